// STEDI_BEGIN_TARGET("avx2,bmi") .. STEDI_END_TARGET: functions defined between them may use these
// instructions. All other code, in particular in headers, still runs on every machine.
#pragma once

#define STEDI_PRAGMA(text) _Pragma(#text)
#ifdef __clang__
#define STEDI_BEGIN_TARGET(isa) \
  STEDI_PRAGMA(clang attribute push(__attribute__((target(isa))), apply_to = function))
#define STEDI_END_TARGET STEDI_PRAGMA(clang attribute pop)
#else
#define STEDI_BEGIN_TARGET(isa) STEDI_PRAGMA(GCC push_options) STEDI_PRAGMA(GCC target(isa))
#define STEDI_END_TARGET STEDI_PRAGMA(GCC pop_options)
#endif
