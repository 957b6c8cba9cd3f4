// The small template language of an export's files.
//
//   {{key}}             a value; keys are looked up in the innermost context, then outwards;
//                       a dot goes into an object, {{.}} is a list's element itself
//   {{key|filter}}      py, json, sh, sql: as a literal of that language (json is good YAML);
//                       ddl: as an SQL literal without a quote in it; pytext: as a Python
//                       literal of several lines; id: as letters and digits
//   {{#key}}..{{/key}}  once for each element of a list, with {{#first}} and {{#last}} known
//                       inside; for any other value, once if it is true or not empty
//   {{^key}}..{{/key}}  if it is false or empty
//
// A line that holds nothing but section tags gives no line. Where a value is alone on its line,
// each of its lines is indented like the tag.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace stedi {

using Json = nlohmann::ordered_json;

// Renders the template `text`. Throws kInternal, with `name` and the line, for a tag that is not
// closed, an unknown filter or a key that is not in `context`: templates are part of the program,
// so each of these is a bug.
std::string RenderTemplate(std::string_view name, std::string_view text, const Json& context);

}  // namespace stedi
