#include "inspect/reading_session.h"

#include <fmt/format.h>

#include "database/dialect.h"
#include "store/scratch_folder.h"

namespace stedi {

struct ReadingSession::State {
  State(const FoundLake& lake, int threads, uint64_t memory_bytes)
      : catalog(lake.catalog),
        database({threads, memory_bytes, scratch.path(), /*preserve_order=*/false}),
        connection(database),
        storage(database),
        session{database,        connection,     storage,      *catalog,
                lake.place.lake, scratch.path(), lake.database} {
    connection.Execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {0}; USE {0}",
                                   QuoteIdentifier(session.database_name)));
    CreateDialect(connection);
  }

  ScratchFolder scratch{"stedi-reading"};
  std::shared_ptr<const SqlCatalog> catalog;
  Database database;
  Connection connection;
  Storage storage;
  LakeSession session;
};

ReadingSession::ReadingSession(const FoundLake& lake, int threads, uint64_t memory_bytes)
    : state_(std::make_unique<State>(lake, threads, memory_bytes)) {}

ReadingSession::~ReadingSession() = default;

const LakeSession& ReadingSession::session() const { return state_->session; }

}  // namespace stedi
