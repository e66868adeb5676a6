#include "experiments/players/shipped_networks.h"

#include <algorithm>

#include "envs/core/join.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

// Where an installed program has them, or else the source tree that this one was built from.
fs::path NetworksFolder() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  const fs::path installed = program.parent_path().parent_path() / "share/tengen/networks";
  return !error && fs::is_directory(installed, error) ? installed : fs::path(TENGEN_NETWORKS);
}

}  // namespace

std::vector<std::string> ShippedNetworkNames() {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(NetworksFolder(), error)) {
    if (fs::exists(entry.path() / "model.json", error)) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<fs::path> ShippedNetwork(const std::string& name) {
  const std::vector<std::string> names = ShippedNetworkNames();
  if (std::find(names.begin(), names.end(), name) != names.end()) return NetworksFolder() / name;
  return Error{StrCat("no network '", name, "' comes with this program, wanted ",
                      names.empty() ? StrCat("one in ", NetworksFolder()) : Join(names))};
}

}  // namespace tengen
