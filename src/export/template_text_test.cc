#include "export/template_text.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

Json Context() {
  return Json::parse(R"({
    "name": "it's", "count": 3, "yes": true, "no": false, "none": [], "empty": "",
    "nested": {"key": "deep", "name": "inner"},
    "words": ["a", "b"],
    "tables": [{"name": "t1", "columns": [{"name": "x"}]}, {"name": "t2", "columns": []}],
    "id": "customers_trusted2", "quotes": "a \"\"\"\\ \"b\"",
    "sql": "SELECT 1\n\nFROM t"
  })");
}

TEST(RenderTemplate, FollowsItsRules) {
  struct Case {
    const char* name;
    const char* text;
    const char* expected;
  };
  const Case cases[] = {
      {"text alone", "a { b } c\n", "a { b } c\n"},
      {"value", "<{{name}}>", "<it's>"},
      {"number", "{{count}}", "3"},
      {"dotted", "{{nested.key}}", "deep"},
      {"literals", "{{name|py}} {{name|json}} {{name|sh}} {{name|sql}}",
       "\"it's\" \"it's\" 'it'\\''s' 'it''s'"},
      {"python values", "{{yes|py}} {{no|py}} {{words|py}} {{nested|py}}",
       R"(True False ["a", "b"] {"key": "deep", "name": "inner"})"},
      {"python text", "{{sql|pytext}} {{quotes|pytext}}",
       "\"\"\"SELECT 1\n\nFROM t\"\"\" \"\"\"a \\\"\\\"\"\\\\ \"b\\\"\"\"\""},
      {"text of DDL", "{{name|ddl}}", "'it\u2019s'"},
      {"logical id", "{{id|id}} {{name|id}}", "CustomersTrusted2 ItS"},
      {"list of words", "{{#words}}{{.}}{{^last}}, {{/last}}{{/words}}", "a, b"},
      {"list of objects", "{{#tables}}{{#first}}>{{/first}}{{name}};{{/tables}}", ">t1;t2;"},
      {"outer value", "{{#tables}}{{count}}{{/tables}}", "33"},
      {"inner value first", "{{#nested}}{{name}}{{/nested}}", "inner"},
      {"true and false", "{{#yes}}1{{/yes}}{{#no}}2{{/no}}{{^no}}3{{/no}}", "13"},
      {"empty", "{{#none}}1{{/none}}{{^none}}2{{/none}}{{^empty}}3{{/empty}}", "23"},
      {"section lines vanish", "a\n  {{#words}}\n  - {{.}}\n  {{/words}}\nb\n",
       "a\n  - a\n  - b\nb\n"},
      {"two tags on one line", "{{#yes}}{{#words}}\n{{.}}\n{{/words}}{{/yes}}\nend", "a\nb\nend"},
      {"lists in lists",
       "{{#tables}}\n{{name}}:\n{{#columns}}\n  {{name}}\n{{/columns}}\n{{/tables}}\n",
       "t1:\n  x\nt2:\n"},
      {"indented value", "q: |\n  {{sql}}\nend", "q: |\n  SELECT 1\n\n  FROM t\nend"},
      {"a value among others is not indented", "  x {{sql}}", "  x SELECT 1\n\nFROM t"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(RenderTemplate("t", c.text, Context()), c.expected) << c.name;
  }
}

TEST(RenderTemplate, NamesTheLineOfAMistake) {
  const std::pair<const char*, const char*> cases[] = {
      {"a\n{{nothing}}", "template t:2: there is no value nothing"},
      {"{{name|none}}", "template t:1: there is no filter none"},
      {"{{#words}}", "template t:1: {{#words}} is not closed"},
      {"\n{{/words}}", "template t:2: {{/words}} closes nothing"},
      {"{{name", "template t:1: {{ is not closed"},
  };
  for (const auto& [text, message] : cases) {
    try {
      RenderTemplate("t", text, Context());
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), message);
    }
  }
}

}  // namespace
}  // namespace stedi
