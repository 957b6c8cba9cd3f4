// A project as one JSON value. The templates of an export are rendered from it, and it is written
// as pipeline.json.
#pragma once

#include "export/template_text.h"
#include "pipeline/project.h"

namespace stedi {

// REQUIRES: `checked` comes from CheckProject without errors, and `order` is the build order of its
// views. SQL in the model is as written, with its `${parameters}`; values of secrets are left out.
// Tables are in the order of `order`, feeds and columns in the order of their definitions, so that
// the same project gives the same value. Throws kUnavailable when the project's files cannot be
// read again.
Json ProjectModel(const Project& checked, const std::vector<size_t>& order);

}  // namespace stedi
