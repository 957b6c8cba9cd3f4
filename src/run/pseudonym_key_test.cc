#include "run/pseudonym_key.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

// The process has no key: the variable is not set, and its config folder is empty.
class PseudonymKeyTest : public testing::Test {
 protected:
  PseudonymKeyTest() {
    std::string pattern = testing::TempDir() + "stedi-key-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    ::unsetenv(kKeyVariable);
    ::setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
  }
  ~PseudonymKeyTest() override {
    ::unsetenv(kKeyVariable);
    ::unsetenv("XDG_CONFIG_HOME");
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path folder_;
};

TEST_F(PseudonymKeyTest, TakesPrintableKeysOfSixteenCharactersOrMore) {
  EXPECT_EQ(CheckedKey("0123456789abcdef", "here"), "0123456789abcdef");
  EXPECT_EQ(CheckedKey("0123456789abcde~\n\n", "here"), "0123456789abcde~");
  for (const char* key : {"", "\n", "0123456789abcde", "0123456789abcde\n", "0123456789 abcdef",
                          "0123456789'abcdef", "0123456789\"abcdef", "0123456789\\abcdef",
                          "0123456789\tabcdef", "0123456789xyz\xC3\xA4"}) {
    try {
      CheckedKey(key, "here");
      FAIL() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      EXPECT_EQ(std::string(error.what()).find("the pseudonym key in here must be"), 0U);
      const bool is_shown = *key > ' ' && std::string(error.what()).find(key) != std::string::npos;
      EXPECT_FALSE(is_shown) << key;
    }
  }
}

TEST_F(PseudonymKeyTest, TheVariableCountsBeforeTheFile) {
  EXPECT_FALSE(FindPseudonymKey().has_value());
  MakeFolders(folder_ / "stedi");
  WriteNewFile(folder_ / "stedi/pseudonym.key", "of-the-file-0123456789\n");
  EXPECT_EQ(FindPseudonymKey()->value, "of-the-file-0123456789");
  ::setenv(kKeyVariable, "of-the-variable-0123456789", 1);
  EXPECT_EQ(FindPseudonymKey()->value, "of-the-variable-0123456789");
  ::setenv(kKeyVariable, "short", 1);
  EXPECT_THROW(FindPseudonymKey(), Error);
}

TEST_F(PseudonymKeyTest, ANewKeyIsFoundAgain) {
  const PseudonymKey key = FindOrMakePseudonymKey();
  EXPECT_EQ(key.value.size(), 64U);
  EXPECT_EQ(key.new_file, folder_ / "stedi/pseudonym.key");
  EXPECT_NE(FindOrMakePseudonymKey().value, key.value);  // it is not saved yet
  SaveKey(key);
  const PseudonymKey found = FindOrMakePseudonymKey();
  EXPECT_EQ(found.value, key.value);
  EXPECT_FALSE(found.new_file.has_value());
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(*key.new_file).permissions(),
            perms::owner_read | perms::owner_write);
}

}  // namespace
}  // namespace stedi
