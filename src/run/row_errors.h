// Masks the values of rows in the errors of a view's SELECT.
#pragma once

#include <fmt/format.h>

#include "database/sql_error.h"
#include "database/value_masking.h"
#include "pipeline/project.h"

namespace stedi {

// Calls `run`, which runs the SELECT of `view` or a part of it, and returns what it returns. An
// error that may quote the value of a row is thrown again with the value masked; it names the view
// and its file.
template <class Function>
auto WithMaskedErrors(const View& view, const Function& run) {
  try {
    return run();
  } catch (const SqlError& error) {
    if (!QuotesValues(error.fault())) throw;
    throw Error(
        error.code(),
        fmt::format("{}: table {}: a row breaks its SELECT: {}; use try_cast, or look for the row "
                    "with stedi query",
                    view.path, view.name, MaskValues(error.what())));
  }
}

}  // namespace stedi
