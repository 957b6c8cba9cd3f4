// The templates, embedded in the program when it is built.
#pragma once

#include <span>
#include <string_view>

namespace stedi {

struct TemplateFile {
  std::string_view path;  // below src/export/templates
  std::string_view text;
};
std::span<const TemplateFile> TemplateFiles();

}  // namespace stedi
