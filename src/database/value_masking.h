// Masks the values of rows that DuckDB quotes in its messages: they must not be shown or recorded.
#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace stedi {

// Returns the first line of `message`, with *** in place of every quoted text and every number that
// stands alone.
std::string MaskValues(std::string_view message);

// Returns the message of an error, with values masked where DuckDB may have quoted them.
std::string ShownMessage(const std::exception& error);

}  // namespace stedi
