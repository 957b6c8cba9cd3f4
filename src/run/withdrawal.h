// Removes the rows of people who withdrew their consent from the published tables, even when a run
// fails: no guard and no damaged file holds up a withdrawal
// (docs/decisions/0031-a-no-is-not-held-up.md).
//
// A table of consent (property 'consent') has a row for each person who agrees. Its published rows
// of people whom this run did not find there are removed. So are, from table to table, all rows
// that refer to a removed row by a references.* expectation that fails a run. No row is added: what
// is published afterwards is what was published before, with fewer rows.
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
  // Makes the rows that this run gives to a table readable by its name. Returns false if it cannot.
  using ShowRowsOfRun = std::function<bool(const std::string& table)>;

  // Finds the published rows that leave and those that stay. A table that cannot be read does not
  // hold up the others: if rows refer to it, the rows that this run gives it decide who stays, if
  // it can be built. REQUIRES: each table of consent has been built in this run and is readable by
  // its name. Project and order are kept by reference.
  Withdrawal(const RunSession& session, const Project& project, const std::vector<size_t>& order,
             const ShowRowsOfRun& show_rows_of_run = {});

  // The id that is in the names of the files that Stage writes.
  const std::string& file_id() const { return session_.run_id; }
  // How many rows leave each table, in graph order; only tables that rows leave.
  const std::vector<RowsTakenOut>& rows() const { return rows_; }

  // Whether the table is published and no row of it stays. So it is for one that was empty before.
  bool ExplainsEmpty(const std::string& table) const;
  // Whether the expectation `covers` of `table` would fail for the rows that stay as well.
  bool ExplainsUncovered(const std::string& table, const Expectation& covers) const;

  // Returns a line about each table that may still hold people who withdrew: a table that could not
  // be read or written, with what to do; and a derived table that no row can leave, because it does
  // not refer to a table that rows left.
  std::vector<std::string> MayStillHold() const;

  // Stages the tables without the rows that leave. Those that cannot be written are left out, and
  // removed from rows(). The returned tables are valid as long as this object.
  std::vector<const LakeTable*> Stage();

 private:
  struct Published {
    LakeTable table;
    std::string gone;  // a condition over its columns for the rows that leave; empty: none does
    int64_t gone_rows = 0;
  };
  void Find(const View& view);
  void FindIn(const View& view, Published& published);
  // Uses the rows of this run, if they can be had, because the published rows of `view` cannot be
  // read.
  void UseRowsOfRun(const View& view, const ShowRowsOfRun& show_rows_of_run);
  bool IsReferredTo(const std::string& table) const;
  std::string GoneCondition(const View& view) const;
  void StageOne(const RowsTakenOut& taken);
  // Counts the rows of `FROM <from>`.
  int64_t CountRows(const std::string& from) const;

  RunSession session_;  // with an id of its own: the run may have staged the same tables before
  std::string run_id_;
  const Project& project_;
  const std::vector<size_t>& order_;
  std::map<std::string, Published> published_;
  std::map<std::string, std::string> untouched_;  // by table: why it could not be read or written
  // The tables whose remaining rows may be fewer than the published ones, and can be read by the
  // name that RemainingName gives.
  std::set<std::string> left_;
  std::vector<RowsTakenOut> rows_;
};

// Returns the error with a list of the rows that were taken out.
std::string WithTakenOut(std::string error, const std::vector<RowsTakenOut>& rows);

// The tables of consent, in no order.
std::vector<const View*> TablesOfConsent(const Project& project);

}  // namespace stedi
