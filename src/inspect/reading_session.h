// The lake session of a command that does not write to a lake. Rows that DuckDB spills go to the
// system's temporary folder.
#pragma once

#include <memory>

#include "inspect/lake_reader.h"
#include "lake/lake_session.h"

namespace stedi {

class ReadingSession {
 public:
  ReadingSession(const FoundLake& lake, int threads, uint64_t memory_bytes);
  ~ReadingSession();
  ReadingSession(const ReadingSession&) = delete;
  ReadingSession& operator=(const ReadingSession&) = delete;

  const LakeSession& session() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stedi
