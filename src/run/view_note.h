// The line about a view's rows that its property 'note' asks for.
#pragma once

#include <optional>
#include <string>

#include "lake/lake_session.h"
#include "pipeline/project.h"

namespace stedi {

// Returns the value of the view's property 'note' over its rows; nothing if it is NULL. REQUIRES:
// the view has the property and is readable by its name.
std::optional<std::string> NoteLine(const LakeSession& session, const View& view);

}  // namespace stedi
