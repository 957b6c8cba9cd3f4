#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "pipeline/project.h"

namespace stedi {
namespace {

enum class Visit : uint8_t { kNew, kOpen, kDone };

class Orderer {
 public:
  Orderer(const Project& project, std::vector<Diagnostic>& diagnostics)
      : project_(project), diagnostics_(diagnostics), visits_(project.views.size(), Visit::kNew) {
    for (size_t i = 0; i < project.views.size(); ++i) by_name_[project.views[i].name] = i;
  }

  std::vector<size_t> Order() {
    for (size_t i = 0; i < project_.views.size(); ++i) VisitFrom(i);
    return std::move(order_);
  }

 private:
  // The names of the tables that must be built before `view`, in order.
  std::set<std::string> Before(const View& view) const {
    std::set<std::string> names(view.inputs.begin(), view.inputs.end());
    for (const Expectation& expectation : view.expectations) {
      // A table may reference itself: its audit reads the complete table.
      if (expectation.references_table != view.name) names.insert(expectation.references_table);
    }
    return names;
  }

  // Depth-first search with an explicit stack, because a chain of views may be long.
  void VisitFrom(size_t root) {
    struct Frame {
      size_t view;
      std::vector<size_t> before;
      size_t next = 0;
    };
    std::vector<Frame> stack;
    const auto open = [&](size_t view) {
      visits_[view] = Visit::kOpen;
      Frame frame{view, {}};
      for (const std::string& name : Before(project_.views[view])) {
        if (const auto found = by_name_.find(name); found != by_name_.end()) {
          frame.before.push_back(found->second);
        }
      }
      stack.push_back(std::move(frame));
    };
    if (visits_[root] == Visit::kNew) open(root);
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == frame.before.size()) {
        visits_[frame.view] = Visit::kDone;
        order_.push_back(frame.view);
        stack.pop_back();
        continue;
      }
      const size_t next = frame.before[frame.next++];
      if (visits_[next] == Visit::kNew) {
        open(next);
      } else if (visits_[next] == Visit::kOpen) {
        std::vector<size_t> path;
        path.reserve(stack.size());
        for (const Frame& on_path : stack) path.push_back(on_path.view);
        path.erase(path.begin(), std::find(path.begin(), path.end(), next));
        ReportCycle(std::move(path));
      }
    }
  }

  // Reports the first cycle that is found, but no further cycle that shares a view with one found
  // before. The path begins with the view whose name comes first.
  void ReportCycle(std::vector<size_t> path) {
    const bool is_known =
        std::ranges::any_of(path, [&](size_t view) { return in_cycle_.contains(view); });
    in_cycle_.insert(path.begin(), path.end());
    if (is_known) return;
    std::rotate(path.begin(), std::ranges::min_element(path), path.end());
    const View& view = project_.views[path.front()];
    std::string names;
    for (const size_t index : path) names += project_.views[index].name + " -> ";
    names += view.name;
    Diagnostic diagnostic;
    diagnostic.position = view.position;
    diagnostic.line_text = LineText(view.select.original, view.position.line);
    diagnostic.message = path.size() == 1 ? fmt::format("{} selects from itself", view.name)
                                          : fmt::format("tables wait for each other: {}", names);
    diagnostic.hint = path.size() == 1 ? "a table is made from other tables"
                                       : "read one of them from an earlier table";
    diagnostics_.push_back(std::move(diagnostic));
  }

  const Project& project_;
  std::vector<Diagnostic>& diagnostics_;
  std::map<std::string, size_t> by_name_;
  std::vector<Visit> visits_;
  std::set<size_t> in_cycle_;
  std::vector<size_t> order_;
};

}  // namespace

std::vector<size_t> OrderViews(const Project& project, std::vector<Diagnostic>& diagnostics) {
  return Orderer(project, diagnostics).Order();
}

}  // namespace stedi
