#include "export/template_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "base/ascii_case.h"
#include "base/error.h"

namespace stedi {
namespace {

struct Node {
  enum class Kind : uint8_t { kText, kValue, kSection, kInverted };
  Kind kind = Kind::kText;
  std::string text;    // kText: itself; else the key
  std::string filter;  // kValue
  std::string indent;  // kValue alone on its line: precedes each line of the value but the first
  size_t line = 0;
  std::vector<Node> children;
};

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

std::string Quoted(std::string_view text, char quote, std::string_view escaped_quote) {
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote) {
      out += escaped_quote;
    } else {
      out += c;
    }
  }
  return out + quote;
}

std::string PlainText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string PythonLiteral(const Json& value) {
  if (value.is_null()) return "None";
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  std::string out;
  if (value.is_array()) {
    for (const Json& element : value) out += (out.empty() ? "" : ", ") + PythonLiteral(element);
    return "[" + out + "]";
  }
  if (value.is_object()) {
    for (const auto& [key, element] : value.items()) {
      out += (out.empty() ? "" : ", ") + PythonLiteral(key) + ": " + PythonLiteral(element);
    }
    return "{" + out + "}";
  }
  return value.dump();  // JSON strings and numbers are Python literals
}

// Returns a literal in triple quotes, which keeps the lines of a long text.
std::string PythonText(const Json& value) {
  const std::string text = PlainText(value);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool closes = text[i] == '"' && (i + 1 == text.size() || text[i + 1] == '"');
    if (text[i] == '\\' || closes) out += '\\';
    out += text[i];
  }
  return R"(""")" + out + R"(""")";
}

// Makes CustomersTrusted of customers_trusted: logical IDs of CloudFormation consist of letters and
// digits.
std::string LogicalId(const Json& value) {
  std::string out;
  bool begins = true;
  for (const char c : PlainText(value)) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool is_part = is_letter || (c >= '0' && c <= '9');
    if (is_part) out += begins ? UpperLetter(c) : c;
    begins = !is_part;
  }
  return out;
}

// Parsers of DDL do not agree on how a quote is escaped, so it becomes a typographic apostrophe.
std::string DdlText(const Json& value) { return Quoted(PlainText(value), '\'', "\u2019"); }

struct Filter {
  std::string_view name;
  std::string (*apply)(const Json& value);
};
constexpr std::array<Filter, 8> kFilters = {{
    {"", &PlainText},
    {"ddl", &DdlText},
    {"id", &LogicalId},
    {"json", [](const Json& value) { return value.dump(); }},
    {"py", &PythonLiteral},
    {"pytext", &PythonText},
    {"sh", [](const Json& value) { return Quoted(PlainText(value), '\'', "'\\''"); }},
    {"sql", [](const Json& value) { return Quoted(PlainText(value), '\'', "''"); }},
}};

class TemplateParser {
 public:
  TemplateParser(std::string_view name, std::string_view text) : name_(name), text_(text) {}

  std::vector<Node> Parse() {
    std::vector<Node> nodes = ParseUntil("");
    return nodes;
  }

  [[noreturn]] static void Fail(std::string_view name, size_t line, const std::string& message) {
    throw Error(ErrorCode::kInternal, fmt::format("template {}:{}: {}", name, line, message));
  }

 private:
  // Parses up to the tag that closes `section`, or to the end when `section` is "".
  std::vector<Node> ParseUntil(const std::string& section) {
    std::vector<Node> nodes;
    const size_t begin_line = line_;
    for (;;) {
      const size_t tag = text_.find("{{", at_);
      AddText(nodes, text_.substr(at_, tag - at_));
      if (tag == std::string_view::npos) {
        if (!section.empty()) Fail(name_, begin_line, "{{#" + section + "}} is not closed");
        return nodes;
      }
      const size_t end = text_.find("}}", tag);
      if (end == std::string_view::npos) Fail(name_, line_, "{{ is not closed");
      std::string key(text_.substr(tag + 2, end - tag - 2));
      const char sigil = key.empty() ? '\0' : key.front();
      const bool is_section = sigil == '#' || sigil == '^' || sigil == '/';
      if (is_section) key.erase(0, 1);
      const std::string indent = is_section ? "" : IndentOf(tag, end + 2);
      at_ = end + 2;
      if (is_section && OnlySectionsOnLine(tag)) DropLine(nodes, tag);
      if (sigil == '/') {
        if (key != section) Fail(name_, line_, "{{/" + key + "}} closes nothing");
        return nodes;
      }
      AddTag(nodes, key, sigil, indent);
    }
  }

  void AddTag(std::vector<Node>& nodes, const std::string& key, char sigil,
              const std::string& indent) {
    Node node;
    node.line = line_;
    if (sigil == '#' || sigil == '^') {
      node.kind = sigil == '#' ? Node::Kind::kSection : Node::Kind::kInverted;
      node.text = key;
      node.children = ParseUntil(key);
    } else {
      node.kind = Node::Kind::kValue;
      const size_t bar = std::min(key.find('|'), key.size());
      node.filter = bar == key.size() ? "" : key.substr(bar + 1);
      node.text = key.substr(0, bar);
      node.indent = indent;
    }
    nodes.push_back(std::move(node));
  }

  void AddText(std::vector<Node>& nodes, std::string_view text) {
    if (text.empty()) return;
    line_ += static_cast<size_t>(std::ranges::count(text, '\n'));
    Node node;
    node.text = text;
    nodes.push_back(std::move(node));
  }

  size_t LineBegin(size_t tag) const {
    const size_t newline = tag == 0 ? std::string_view::npos : text_.rfind('\n', tag - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
  }
  std::string_view LineOf(size_t tag) const {
    const size_t begin = LineBegin(tag);
    return text_.substr(begin, text_.find('\n', tag) - begin);
  }

  // Returns the white space before a value that is alone on its line, else "".
  std::string IndentOf(size_t tag, size_t end) const {
    const std::string_view before = text_.substr(LineBegin(tag), tag - LineBegin(tag));
    const std::string_view after = text_.substr(end, text_.find('\n', end) - end);
    return IsBlank(before) && IsBlank(after) ? std::string(before) : "";
  }

  bool OnlySectionsOnLine(size_t tag) const {
    std::string_view rest = LineOf(tag);
    for (;;) {
      const size_t begin = std::min(rest.find("{{"), rest.size());
      if (!IsBlank(rest.substr(0, begin))) return false;
      if (begin == rest.size()) return true;
      const char sigil = begin + 2 < rest.size() ? rest[begin + 2] : '\0';
      const size_t end = rest.find("}}", begin);
      if ((sigil != '#' && sigil != '^' && sigil != '/') || end == std::string_view::npos)
        return false;
      rest.remove_prefix(end + 2);
    }
  }

  // Removes the white space before the tag and, after the last tag of a line, passes over the end
  // of the line.
  void DropLine(std::vector<Node>& nodes, size_t tag) {
    const std::string_view before = text_.substr(LineBegin(tag), tag - LineBegin(tag));
    if (IsBlank(before) && !before.empty() && !nodes.empty()) {
      Node& last = nodes.back();
      if (last.kind == Node::Kind::kText) last.text.resize(last.text.size() - before.size());
    }
    const size_t newline = text_.find('\n', at_);
    const std::string_view after = text_.substr(at_, newline - at_);
    if (!IsBlank(after)) return;  // another section tag follows on the line
    at_ = newline == std::string_view::npos ? text_.size() : newline + 1;
    if (newline != std::string_view::npos) ++line_;
  }

  std::string_view name_;
  std::string_view text_;
  size_t at_ = 0;
  size_t line_ = 1;
};

class TemplateRenderer {
 public:
  explicit TemplateRenderer(std::string_view name) : name_(name) {}

  void Render(const std::vector<Node>& nodes, std::vector<const Json*>& contexts) {
    for (const Node& node : nodes) {
      if (node.kind == Node::Kind::kText) {
        out_ += node.text;
      } else if (node.kind == Node::Kind::kValue) {
        AddValue(node, contexts);
      } else {
        RenderSection(node, contexts);
      }
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  const Json& Find(const Node& node, const std::vector<const Json*>& contexts) const {
    const size_t dot = node.text == "." ? std::string::npos : node.text.find('.');
    const std::string head = node.text.substr(0, dot);
    for (size_t i = contexts.size(); i-- > 0;) {
      if (!contexts[i]->contains(head)) continue;
      const Json* found = &contexts[i]->at(head);
      for (size_t begin = dot; begin != std::string::npos && found != nullptr;) {
        const size_t end = node.text.find('.', begin + 1);
        const std::string key = node.text.substr(begin + 1, end - begin - 1);
        found = found->is_object() && found->contains(key) ? &found->at(key) : nullptr;
        begin = end;
      }
      if (found != nullptr) return *found;
    }
    TemplateParser::Fail(name_, node.line, "there is no value " + node.text);
  }

  void AddValue(const Node& node, const std::vector<const Json*>& contexts) {
    const auto* const filter = std::ranges::find(kFilters, node.filter, &Filter::name);
    if (filter == kFilters.end())
      TemplateParser::Fail(name_, node.line, "there is no filter " + node.filter);
    for (const char c : filter->apply(Find(node, contexts))) {
      // An empty line is not indented.
      if (c != '\n' && !out_.empty() && out_.back() == '\n') out_ += node.indent;
      out_ += c;
    }
  }

  void RenderSection(const Node& node, std::vector<const Json*>& contexts) {
    const Json& value = Find(node, contexts);
    const bool is_set = value.is_boolean() ? value.get<bool>()
                                           : !(value.is_null() || value.empty() ||
                                               (value.is_string() && PlainText(value).empty()));
    if (node.kind == Node::Kind::kInverted) {
      if (!is_set) Render(node.children, contexts);
      return;
    }
    if (!is_set) return;
    if (!value.is_array()) {
      const Json empty = Json::object();
      contexts.push_back(value.is_object() ? &value : &empty);
      Render(node.children, contexts);
      contexts.pop_back();
      return;
    }
    for (size_t i = 0; i < value.size(); ++i) {
      Json element = value[i].is_object() ? value[i] : Json::object();
      if (!value[i].is_object()) element["."] = value[i];
      element["first"] = i == 0;
      element["last"] = i + 1 == value.size();
      contexts.push_back(&element);
      Render(node.children, contexts);
      contexts.pop_back();
    }
  }

  std::string_view name_;
  std::string out_;
};

}  // namespace

std::string RenderTemplate(std::string_view name, std::string_view text, const Json& context) {
  const std::vector<Node> nodes = TemplateParser(name, text).Parse();
  TemplateRenderer renderer(name);
  std::vector<const Json*> contexts = {&context};
  renderer.Render(nodes, contexts);
  return renderer.Take();
}

}  // namespace stedi
