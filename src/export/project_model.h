// A project as one JSON value: what the templates of an export are filled from, and pipeline.json.
#pragma once

#include "export/template_text.h"
#include "pipeline/project.h"

namespace stedi {

// `checked` has its inputs and is without errors; `order` is that of its views. SQL in the model is
// as written, `${parameters}` still in it; the values of secrets are left out. Keys in the order of
// the project's graph, feeds and columns as defined: the same project gives the same value.
// Throws kUnavailable when the project's files cannot be read again.
Json ProjectModel(const Project& checked, const std::vector<size_t>& order);

}  // namespace stedi
