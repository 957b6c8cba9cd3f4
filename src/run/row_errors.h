// Errors about the value of a row, told without the value.
#pragma once

#include <fmt/format.h>

#include "database/sql_error.h"
#include "database/value_masking.h"
#include "pipeline/project.h"

namespace stedi {

// What `run` returns, which runs the SELECT of `view` or a part of it. An error that may quote the
// value of a row is thrown again with the value masked, naming the view and its file.
template <class Function>
auto WithMaskedErrors(const View& view, const Function& run) {
  try {
    return run();
  } catch (const SqlError& error) {
    if (!QuotesValues(error.type())) throw;
    throw Error(
        error.code(),
        fmt::format("{}: table {}: a row breaks its SELECT: {}; use try_cast, or look for the row "
                    "with stedi query",
                    view.path, view.name, MaskValues(error.what())));
  }
}

}  // namespace stedi
