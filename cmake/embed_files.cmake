# Writes the C++ file OUTPUT, which contains the template files as string literals. LIST is a text file with one path
# per line, relative to ROOT.
#   cmake -DROOT=.. -DLIST=.. -DOUTPUT=.. -P embed_files.cmake
file(STRINGS "${LIST}" paths)
set(rows "")
string(REPEAT "." 96 piece)
foreach(path IN LISTS paths)
  file(READ "${ROOT}/${path}" text HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" bytes "${text}")
  # One line holds 24 bytes, to keep lines short.
  string(REGEX REPLACE "(${piece})" "\\1\"\n     \"" pieces "${bytes}")
  file(SIZE "${ROOT}/${path}" size)
  string(APPEND rows "    {\"${path}\", std::string_view(\"${pieces}\", ${size})},\n")
endforeach()
file(WRITE "${OUTPUT}" "// Made by cmake/embed_files.cmake.
#include \"export/template_files.h\"

namespace stedi {
namespace {
constexpr TemplateFile kTemplateFiles[] = {
${rows}};
}  // namespace

std::span<const TemplateFile> TemplateFiles() { return kTemplateFiles; }

}  // namespace stedi
")
