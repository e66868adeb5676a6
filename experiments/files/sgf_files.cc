#include "experiments/files/sgf_files.h"

#include <algorithm>

#include "agents/gtp/gtp_text.h"

namespace tengen {

namespace fs = std::filesystem;

bool HasSgfName(std::string_view name) {
  const std::string lower = LowerCase(name);
  return lower.ends_with(".sgf") || lower.ends_with(".sgf.gz");
}

Result<std::vector<fs::path>> SgfFilesIn(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  fs::directory_iterator(folder, error);
  if (error) return Error{StrCat("cannot read ", folder, ": ", error.message())};
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  while (!error && entry != fs::recursive_directory_iterator()) {
    std::error_code ignored;
    if (entry->is_regular_file(ignored) && HasSgfName(entry->path().native())) {
      files.push_back(entry->path());
    }
    entry.increment(error);
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace tengen
