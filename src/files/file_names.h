// Decides which files of a feed's folder are landing data, by their names alone: by the patterns of
// 'feed.files', or by a default rule when the feed has none. The case of ASCII letters does not
// matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stedi {

// Whether `pattern` matches the whole name. '*' stands for any number of characters, including
// none; '?' stands for one UTF-8 character.
bool MatchesName(std::string_view name, std::string_view pattern);

// The default rule: names that end in .json, .jsonl or .ndjson, and names without an extension that
// contain a digit, as Firehose, Glue and Spark (part-00000) write them. Either may be followed by
// the extension of a compressed file or an archive, and by numbers (a.json.gz.1). A name with such
// an extension needs no digit: a file that cannot be decoded is to be reported, not skipped.
bool IsLandingName(std::string_view name);

// Applies the patterns, or the default rule when there are none. `name` is the name of the file
// without folders.
bool IsLandingName(std::string_view name, const std::vector<std::string>& patterns);

// Returns a file's path in the form that users and logs may see. If file names are declared to be
// personal data (`is_personal`), all of it is masked; otherwise each part that contains an e-mail
// address is masked.
std::string ShownFile(std::string_view file, bool is_personal);

}  // namespace stedi
