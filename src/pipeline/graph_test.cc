#include <fmt/format.h>
#include <gtest/gtest.h>

#include "pipeline/project.h"

namespace stedi {
namespace {

// Makes a project from a text such as "a<b,c;b;c<b", in which a reads b and c. "!d" is a
// references.* to d.
Project MakeProject(const std::string& graph) {
  Project project;
  for (size_t begin = 0; begin < graph.size();) {
    const size_t end = std::min(graph.find(';', begin), graph.size());
    const std::string view_text = graph.substr(begin, end - begin);
    View view;
    view.name = view_text.substr(0, 1);
    view.position = {view.name + ".sql", 1, 26};
    for (size_t i = 1; i + 1 < view_text.size(); i += 2) {
      const std::string other = view_text.substr(i + 1, 1);
      if (view_text[i] != '!') {
        view.inputs.push_back(other);
        continue;
      }
      Expectation expectation;
      expectation.references_table = other;
      view.expectations.push_back(expectation);
    }
    project.views.push_back(std::move(view));
    begin = end + 1;
  }
  return project;
}

TEST(OrderViews, PutsInputsFirst) {
  struct Case {
    std::string graph;
    std::string order;
    std::string mistakes;
  };
  const Case cases[] = {
      {"", "", ""},
      {"a;b;c", "abc", ""},
      {"a<c;b;c", "cab", ""},
      {"a<b,c;b<c;c", "cba", ""},
      {"a<x,y;b<a", "ab", ""},  // feeds are not part of the order
      {"a!b;b", "ba", ""},
      {"a!a;b", "ab", ""},  // a table may reference itself
      {"a<a;b", "ab", "a.sql:26 a selects from itself"},
      {"a<b;b<c;c<a", "cba", "a.sql:26 tables wait for each other: a -> b -> c -> a"},
      {"a<b;b!a", "ba", "a.sql:26 tables wait for each other: a -> b -> a"},
      {"a<b;b<c;c<b", "cba", "b.sql:26 tables wait for each other: b -> c -> b"},
      // Cycles that share a view are one mistake, separate cycles are several.
      {"a<b;b<c;c<a,b", "cba", "a.sql:26 tables wait for each other: a -> b -> c -> a"},
      {"a<c;b<c;c<b", "bca", "b.sql:26 tables wait for each other: b -> c -> b"},
      {"a<a,b;b<a", "ba", "a.sql:26 a selects from itself"},
      {"a<b;b<a;c<d;d<c", "badc",
       "a.sql:26 tables wait for each other: a -> b -> ac.sql:26 tables wait for each other: c -> "
       "d "
       "-> c"},
  };
  for (const Case& row : cases) {
    SCOPED_TRACE(row.graph);
    const Project project = MakeProject(row.graph);
    std::vector<Diagnostic> diagnostics;
    std::string order;
    for (const size_t i : OrderViews(project, diagnostics)) order += project.views[i].name;
    std::string mistakes;
    for (const Diagnostic& d : diagnostics) {
      mistakes += fmt::format("{}:{} {}", d.position.path, d.position.column, d.message);
    }
    EXPECT_EQ(order, row.order);
    EXPECT_EQ(mistakes, row.mistakes);
  }
}

TEST(OrderViews, HandlesALongChain) {
  Project project;
  for (int i = 0; i < 20000; ++i) {
    View view;
    view.name = fmt::format("v{:05}", i);
    view.inputs = {fmt::format("v{:05}", i + 1)};
    project.views.push_back(std::move(view));
  }
  std::vector<Diagnostic> diagnostics;
  const std::vector<size_t> order = OrderViews(project, diagnostics);
  ASSERT_EQ(order.size(), 20000U);
  EXPECT_EQ(order.front(), 19999U);
  EXPECT_EQ(order.back(), 0U);
}

}  // namespace
}  // namespace stedi
