// Which files of a feed's folder are landing data, judged by their names alone: by the patterns of
// 'feed.files', or by a default rule where a feed has none. ASCII letters match in either case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stedi {

// '*' stands for any number of characters, including none; '?' for one character of UTF-8.
bool MatchesName(std::string_view name, std::string_view pattern);

// The default rule: names that end in .json, .jsonl or .ndjson, and names without an extension that
// contain a digit, as Firehose, Glue and Spark (part-00000) write them. Either may be followed by
// the extension of a compressed file or an archive, and by numbers (a.json.gz.1). A name with such
// an extension needs no digit: a file that cannot be decoded is to be reported, not skipped.
bool IsLandingName(std::string_view name);

// By the patterns, or by the default rule when there are none. `name` is that of the file alone,
// without folders.
bool IsLandingName(std::string_view name, const std::vector<std::string>& patterns);

// A file's path as people and logs may see it. Where file names are declared to be personal data,
// all of it is masked; elsewhere each part that contains an e-mail address.
std::string ShownFile(std::string_view file, bool is_personal);

}  // namespace stedi
