#include "experiments/datasets/download.h"

#include <string>

#include "experiments/datasets/program.h"

namespace tengen {
namespace fs = std::filesystem;

Status DownloadDataFile(const DataFile& file, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error{StrCat("cannot make ", folder.string(), ": ", error.message())};
  const fs::path target = folder / file.name;
  const fs::path part = target.string() + ".part";
  const auto code = RunProgram(
      {"curl", "--fail", "--location", "--show-error", "--output", part.string(), "--", file.url});
  Status status = Ok{};
  if (!code) {
    status = Error{code.error()};
  } else if (*code != 0) {
    status = Error{StrCat("curl ended with code ", *code, " for ", file.url)};
  } else {
    status = CheckDataFile(file, part);
  }
  if (status) {
    fs::rename(part, target, error);
    if (!error) return Ok{};
    status = Error{StrCat("cannot name ", target.string(), ": ", error.message())};
  }
  fs::remove(part, error);
  return status;
}

}  // namespace tengen
