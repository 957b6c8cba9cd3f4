#include "landing/misfit.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

TEST(MisfitTest, SaysColumnKindAndWhatWasWanted) {
  const Contract contract = {{{"email", ColumnType::kString, true},
                              {"time", ColumnType::kBigint, false},
                              {"small", ColumnType::kInt, false},
                              {"x", ColumnType::kDouble, false},
                              {"yes", ColumnType::kBoolean, false}}};
  struct Case {
    Misfit misfit;
    std::string text;  // column, found, wanted
  };
  const Case cases[] = {
      {{}, "||"},
      {{FoundKind::kArray, kNoColumn}, "|array|object"},
      {{FoundKind::kEmptyText, 1}, "time|empty text|BIGINT"},
      {{FoundKind::kTrue, 3}, "x|true|DOUBLE"},
      {{FoundKind::kFraction, 2}, "small|fraction|INT"},
      {{FoundKind::kNumber, 4}, "yes|number|BOOLEAN"},
      {{FoundKind::kNull, 0}, "email|null|STRING NOT NULL"},
      {{FoundKind::kMissing, 0}, "email|no such key|STRING NOT NULL"},
      {{FoundKind::kDuplicateKey, 0}, "email|key given twice|one value"},
  };
  for (const Case& c : cases) {
    const MisfitText text = Describe(c.misfit, contract);
    EXPECT_EQ(text.column + "|" + text.found + "|" + text.wanted, c.text);
  }
}

TEST(MisfitTest, TellsTheKindOfAValue) {
  struct Case {
    JsonValue value;
    FoundKind found;
  };
  const Case cases[] = {
      {{JsonKind::kNull, false, "null"}, FoundKind::kNull},
      {{JsonKind::kTrue, false, "true"}, FoundKind::kTrue},
      {{JsonKind::kFalse, false, "false"}, FoundKind::kFalse},
      {{JsonKind::kNumber, false, "1.5"}, FoundKind::kNumber},
      {{JsonKind::kObject, false, "{}"}, FoundKind::kObject},
      {{JsonKind::kArray, false, "[]"}, FoundKind::kArray},
      {{JsonKind::kString, false, ""}, FoundKind::kEmptyText},
      {{JsonKind::kString, false, " \t"}, FoundKind::kBlankText},
      {{JsonKind::kString, true, "\\u0020"}, FoundKind::kBlankText},
      {{JsonKind::kString, true, "\\u0041"}, FoundKind::kText},
      {{JsonKind::kString, false, " x"}, FoundKind::kText},
  };
  for (const Case& c : cases) EXPECT_EQ(KindOf(c.value), c.found) << c.value.text;
}

}  // namespace
}  // namespace stedi
