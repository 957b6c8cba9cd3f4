// The line that a project has said of a view's rows (property 'note').
#pragma once

#include <optional>
#include <string>

#include "lake/lake_session.h"
#include "pipeline/project.h"

namespace stedi {

// What the expression `note` says of the rows of a view that is readable by its name; nothing where
// it is NULL.
std::optional<std::string> NoteLine(const LakeSession& session, const View& view,
                                    const std::string& note);

}  // namespace stedi
