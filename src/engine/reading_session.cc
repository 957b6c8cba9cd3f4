#include "engine/reading_session.h"

#include <fmt/format.h>

#include "base/file.h"
#include "engine/dialect.h"
#include "engine/scratch_folder.h"

namespace stedi {

struct ReadingSession::State {
  State(const FoundLake& lake, SqlCatalog::Mode mode, int threads, uint64_t memory_bytes)
      : lake_exists(StatFile(lake.place.catalog).has_value()),
        catalog(lake_exists ? lake.place.catalog : scratch.path() / "catalog.db", lake.catalog_name,
                lake_exists ? mode : SqlCatalog::Mode::kCreate),
        database({threads, memory_bytes, scratch.path(), /*preserve_order=*/false}),
        connection(database),
        storage(database),
        session{database,       connection,    storage, catalog,     lake.place.lake,
                scratch.path(), lake.database, "",      memory_bytes} {
    if (lake_exists) CheckCatalogIsOf(lake.place, catalog);
    connection.Execute(fmt::format("CREATE SCHEMA IF NOT EXISTS {0}; USE {0}",
                                   QuoteIdentifier(session.database_name)));
    CreateDialect(connection);
  }

  ScratchFolder scratch{"stedi-reading"};
  bool lake_exists;
  SqlCatalog catalog;
  Database database;
  Connection connection;
  Storage storage;
  LakeSession session;
};

ReadingSession::ReadingSession(const FoundLake& lake, SqlCatalog::Mode mode, int threads,
                               uint64_t memory_bytes)
    : state_(std::make_unique<State>(lake, mode, threads, memory_bytes)) {}

ReadingSession::~ReadingSession() = default;

const LakeSession& ReadingSession::session() const { return state_->session; }

}  // namespace stedi
