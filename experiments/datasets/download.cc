#include "experiments/datasets/download.h"

#include <cerrno>
#include <cstring>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <vector>

extern char** environ;

namespace tengen {
namespace {

namespace fs = std::filesystem;

// Runs a program of the PATH and waits for it. Returns its exit code. Errors: it cannot be started.
Result<int> Run(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, arguments.front(), nullptr, nullptr, arguments.data(), environ);
  if (error != 0) {
    return Error{StrCat("cannot start ", words.front(), ": ", std::strerror(error),
                        error == ENOENT ? "; ./tengen packages curl installs it" : "")};
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return Error{StrCat("cannot wait for ", words.front())};
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

Status DownloadDataFile(const DataFile& file, const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return Error{StrCat("cannot make ", folder.string(), ": ", error.message())};
  const fs::path target = folder / file.name;
  const fs::path part = target.string() + ".part";
  const auto code = Run(
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
