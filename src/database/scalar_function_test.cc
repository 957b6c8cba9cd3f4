#include "database/scalar_function.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

namespace stedi {
namespace {

// Keeps the rows whose first column, an INTEGER, is even; counts all that it is given.
struct EvenRows {
  std::atomic<int> rows{0};

  static void OnChunk(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output) {
    auto* self = static_cast<EvenRows*>(duckdb_scalar_function_get_extra_info(info));
    const idx_t count = duckdb_data_chunk_get_size(input);
    const auto* values =
        static_cast<const int32_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0)));
    auto* passes = static_cast<bool*>(duckdb_vector_get_data(output));
    for (idx_t row = 0; row < count; ++row) passes[row] = values[row] % 2 == 0;
    self->rows += static_cast<int>(count);
  }
};

class ScalarFunctionTest : public testing::Test {
 protected:
  Database database_{DatabaseOptions{}};
  Connection connection_{database_};
  EvenRows even_;
};

TEST_F(ScalarFunctionTest, SelectDroppedHandsOverEveryRowAndReturnsTheRefusedOnes) {
  RegisterFunction(connection_, "even \"rows\"",
                   {DUCKDB_TYPE_ANY, DUCKDB_TYPE_BOOLEAN, &even_, EvenRows::OnChunk});
  const std::string rows = "SELECT i::INTEGER AS \"a b\", 'x' AS t FROM range(5001) AS r(i)";
  const std::string dropped = SelectDropped("even \"rows\"", rows, {"a b", "t"});
  EXPECT_EQ(connection_.Query(dropped).Rows().size(), 2500U);
  EXPECT_EQ(even_.rows, 5001);
}

TEST_F(ScalarFunctionTest, IsCalledByItsName) {
  const ScalarFunction function = {DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_BOOLEAN, &even_,
                                   EvenRows::OnChunk};
  RegisterFunction(connection_, "even", function);
  EXPECT_EQ(connection_.Scalar("SELECT even(7::INTEGER)"), "false");
  EXPECT_EQ(connection_.Scalar("SELECT even(8::INTEGER)"), "true");
}

}  // namespace
}  // namespace stedi
