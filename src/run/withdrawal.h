// Who withdrew is taken out of the published tables even when a run fails: no guard and no broken
// file holds up a no (docs/decisions/0031-a-no-is-not-held-up.md).
//
// A table of consent (property 'consent') has a row for each person who agrees. Its published rows
// of those whom this run did not find there leave, and with them, from table to table along the
// references.* that fail a run, all rows that refer to one that left. Nothing joins: what is
// published afterwards is what was published, with fewer rows.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "catalog/sql_catalog.h"
#include "lake/lake_table.h"
#include "lake/run_session.h"
#include "pipeline/project.h"
#include "run/run_report.h"

namespace stedi {

class Withdrawal {
 public:
  // Makes the rows that this run gives to a table readable by its name; false: it cannot.
  using ShowRowsOfRun = std::function<bool(const std::string& table)>;

  // Finds the published rows that leave and those that stay. A table that cannot be read does not
  // stand in the way of the others: where rows refer to it, its rows of this run, if they can be
  // had, tell who stays. REQUIRES: each table of consent has been built in this run and is readable
  // by its name. Project and order are kept by reference.
  Withdrawal(const RunSession& session, const Project& project, const std::vector<size_t>& order,
             const ShowRowsOfRun& show_rows_of_run = {});

  // In the names of the files that Stage writes.
  const std::string& file_id() const { return session_.run_id; }
  // By table in graph order; those of which rows leave.
  const std::vector<RowsTakenOut>& rows() const { return rows_; }

  // Whether a table of which all rows left is published, or one that was empty before.
  bool ExplainsEmpty(const std::string& table) const;
  // Whether a covers of `table` fails for the rows that stay, too.
  bool ExplainsUncovered(const std::string& table, const Expectation& covers) const;

  // A line about each table that may still hold people who withdrew: one that could not be read or
  // written, with what to do, and a derived table that rows leave no way, because it does not refer
  // to a table that they left.
  std::vector<std::string> MayStillHold() const;

  // Stages the tables without the rows that leave, but those that cannot be written: they are no
  // more among rows() then. They are valid as long as this is.
  std::vector<const LakeTable*> Stage();

 private:
  struct Published {
    LakeTable table;
    std::string gone;  // SQL over its columns: of a row that leaves; empty: none does
    int64_t gone_rows = 0;
  };
  void Find(const View& view);
  void FindIn(const View& view, Published& published);
  // The published rows of `view` cannot be read.
  void StandIn(const View& view, const ShowRowsOfRun& show_rows_of_run);
  bool IsReferredTo(const std::string& table) const;
  std::string GoneCondition(const View& view) const;
  void StageOne(const RowsTakenOut& taken);
  // How many rows of a SELECT's FROM there are.
  int64_t CountRows(const std::string& from) const;

  RunSession session_;  // with an id of its own: the run may have staged the same tables before
  std::string run_id_;
  const Project& project_;
  const std::vector<size_t>& order_;
  std::map<std::string, Published> published_;
  std::map<std::string, std::string> untouched_;  // what could not be read or written -> why
  // Whose remaining rows have a name and may be fewer than the published ones.
  std::set<std::string> left_;
  std::vector<RowsTakenOut> rows_;
};

// An error that says what was taken out.
std::string WithTakenOut(std::string error, const std::vector<RowsTakenOut>& rows);

// The tables of consent, in no order.
std::vector<const View*> TablesOfConsent(const Project& project);

}  // namespace stedi
