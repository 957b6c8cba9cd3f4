// What a run, its plan and a verification begin with: the project and its parameters.
#pragma once

#include <string>

#include "engine/check.h"
#include "engine/database.h"
#include "engine/run.h"

namespace stedi {

// The parameters that a run gives to its project.
ProjectOptions OptionsOfRun(const RunOptions& options, const std::string& pseudonym_key);

// Throws ProjectError when the project has mistakes, kInvalid when --rebuild names no table of it,
// or when a landing folder is not there; what is not on a disk is asked for by the run itself.
// `connection`: as of CheckProject(); nullptr: a database of its own.
CheckedProject LoadRunProject(const RunOptions& options, const std::string& pseudonym_key,
                              Connection* connection = nullptr);

// What may be written down of the key, and under which setting the catalog has it.
inline constexpr const char* kKeyFingerprintSetting = "pseudonym_key_fingerprint";
std::string KeyFingerprint(const std::string& pseudonym_key);

// DuckDB's share of the memory.
uint64_t QuarterOfMachine();  // bytes of its memory
uint64_t MemoryOf(const RunOptions& options);

}  // namespace stedi
