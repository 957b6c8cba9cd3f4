// The names of the parameters that stedi itself gives values to.
#pragma once

namespace stedi {

inline constexpr const char* kLandingParameter = "stedi.landing";  // --landing
inline constexpr const char* kAsOfParameter = "stedi.as_of";       // the day of the run
inline constexpr const char* kKeyParameter = "stedi.pseudonym_key";
// The environment variable that gives the key.
inline constexpr const char* kKeyVariable = "STEDI_PSEUDONYM_KEY";

}  // namespace stedi
