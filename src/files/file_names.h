// Which files of a feed's folder are landing data, told from their names: by the patterns of
// 'feed.files', or by the rule that holds where a feed has none. Names match without ASCII case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stedi {

// '*' stands for any characters, none among them; '?' for one character of UTF-8.
bool MatchesName(std::string_view name, std::string_view pattern);

// The rule without patterns: names that end in .json, .jsonl or .ndjson, and names without an
// ending that hold a digit, as Firehose, Glue and Spark (part-00000) write them. Behind either may
// stand the ending of a compressed file or an archive, and numbers (a.json.gz.1). A name with such
// an ending needs no digit: what cannot be decoded is to be told, not passed over.
bool IsLandingName(std::string_view name);

// `patterns` empty: the rule without patterns. `name` is that of the file alone, without folders.
bool IsLandingName(std::string_view name, const std::vector<std::string>& patterns);

// A file's path as people and logs may see it. Where file names are said to be personal data all of
// it is masked, else each part that holds an e-mail address.
std::string ShownFile(std::string_view file, bool is_personal);

}  // namespace stedi
