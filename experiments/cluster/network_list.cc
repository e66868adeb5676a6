#include "experiments/cluster/network_list.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "nets/atomic_file.h"

namespace tengen {

NetworkList::NetworkList(std::filesystem::path file, std::int64_t step) : file_(std::move(file)) {
  const bool is_new = !std::filesystem::exists(file_);
  Read();
  if (!is_new || step == 0) return;
  any_until_ = step;
  unwritten_ = nlohmann::json({{"any_until", step}}).dump() + "\n";
}

// A last line that a crash has torn is of a network that no worker was told of.
void NetworkList::Read() {
  if (!std::filesystem::exists(file_)) return;
  const Result<std::string> text = ReadWholeFile(file_);
  if (!text) throw WorldError(text.error());
  std::string_view rest = *text;
  for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto line = nlohmann::json::parse(rest.substr(0, end), nullptr,
                                            /*allow_exceptions=*/false);
    rest.remove_prefix(end + 1);
    const auto step = line.is_object() ? line.find("step") : line.end();
    const auto until = line.is_object() ? line.find("any_until") : line.end();
    const auto hash = line.is_object() ? line.find("hash") : line.end();
    if (until != line.end() && until->is_number_integer()) {
      any_until_ = std::max(any_until_, until->get<std::int64_t>());
    } else if (step != line.end() && step->is_number_integer() && hash != line.end() &&
               hash->is_string()) {
      steps_of_[hash->get<std::string>()].push_back(step->get<std::int64_t>());
    }
  }
}

void NetworkList::Add(const std::string& hash, std::int64_t step) {
  std::vector<std::int64_t>& steps = steps_of_[hash];
  if (std::ranges::find(steps, step) != steps.end()) return;
  steps.push_back(step);
  unwritten_ += nlohmann::json({{"hash", hash}, {"step", step}}).dump() + "\n";
}

// The lines begin anew where a crash or a full disk has torn the last one.
Status NetworkList::Write() {
  if (unwritten_.empty()) return Ok{};
  const int file = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return Error{StrCat("cannot write ", file_, ": ", std::strerror(errno))};
  const off_t size = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n') {
    unwritten_.insert(0, "\n");
  }
  const ssize_t written = ::write(file, unwritten_.data(), unwritten_.size());
  const bool whole = written == static_cast<ssize_t>(unwritten_.size()) && ::fsync(file) == 0;
  const int error = written >= 0 && !whole ? ENOSPC : errno;
  if (!whole && size >= 0 && ::ftruncate(file, size) != 0) {
    // What stands there half comes again whole, on a line of its own.
  }
  ::close(file);
  if (!whole) return Error{StrCat("cannot write ", file_, ": ", std::strerror(error))};
  unwritten_.clear();
  return Ok{};
}

Status NetworkList::Check(const GameRecord& record) const {
  const auto searched =
      std::ranges::find_if(record.plies, [](const RecordedPly& ply) { return ply.visits > 0; });
  if (searched != record.plies.end()) {
    if (record.nets.empty()) {
      return Error{"it names no network, wanted those that it was searched with"};
    }
    const auto first = searched - record.plies.begin();
    if (record.nets.front().first_ply > first) {
      return Error{StrCat("its first network is of ply ", record.nets.front().first_ply,
                          ", wanted one for its search of ply ", first)};
    }
  }
  for (const NetUse& net : record.nets) {
    if (net.hash.empty()) {
      return Error{StrCat("it names the network of step ", net.step, " without its hash")};
    }
    const auto known = steps_of_.find(net.hash);
    if (known == steps_of_.end() ||
        std::ranges::find(known->second, net.step) != known->second.end()) {
      continue;
    }
    return Error{StrCat("it names network ", net.hash.substr(0, 12), "... as that of step ",
                        net.step, ", wanted ", known->second.front())};
  }
  return Ok{};
}

}  // namespace tengen
