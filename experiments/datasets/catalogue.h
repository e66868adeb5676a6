#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

enum class DataKind { kTable, kPictures, kSounds, kText, kGames };
std::string DataKindText(DataKind kind);  // "pictures"

// One file of a set, and where it can be had.
struct DataFile {
  std::string name;    // in the set's folder
  std::string url;     // "": it comes with an archive or package only
  std::string sha256;  // of what the url gives; "" for archives that their server packs anew
  std::int64_t bytes = 0;
  // Of such an archive: the files that belong to the set have this in their paths, and together
  // this digest (MembersDigest).
  std::string members;
  std::string members_sha256;
};

// A set that people know by name.
struct KnownData {
  std::string name;  // "mnist"
  DataKind kind = DataKind::kTable;
  std::string summary;  // one line
  std::string licence;
  std::string source;               // who made it: paper or page
  std::vector<DataFile> files;      // empty: generated
  std::string program;              // that makes it, of the Debian package of its name; or ""
  std::string package;              // Debian's, that installs it; or ""
  std::filesystem::path installed;  // where that puts it
  std::string by_hand;              // what else to put where; or ""

  bool generated() const { return files.empty(); }
};

// All of them, by name.
const std::vector<KnownData>& KnownDataSets();
// Errors: there is none of that name (nearest name).
Result<const KnownData*> FindKnownData(const std::string& name);

// Where sets are kept: $TENGEN_DATA, else $XDG_DATA_HOME/tengen, else ~/.local/share/tengen, where
// ~ is HOME or else what the system's list of users says. Each set has a folder of its name in it.
std::filesystem::path DataHome();

// SHA-256 of a line "SHA-256 of the content, two blanks, name, newline" for each file of a tar
// archive (plain or gzip) whose path holds `members`, sorted. Errors: it cannot be read.
Result<std::string> MembersDigest(const std::filesystem::path& archive, const std::string& members);

// Whether a file is what the set says. Errors: it is not, with both checksums.
Status CheckDataFile(const DataFile& wanted, const std::filesystem::path& file);

// The folder that holds all files of a set: that of its Debian package, then DataHome()/NAME.
// Errors: it is in neither; the sentence says how to get it.
Result<std::filesystem::path> LocateData(const KnownData& data);

}  // namespace tengen
