#include "experiments/cluster/network_list.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
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
  const Result<std::string> text = ReadWholeFile(file_);
  if (!text) return;
  std::string_view rest = *text;
  bool damaged = false;
  std::int64_t newest = -1;
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
      newest = std::max(newest, step->get<std::int64_t>());
      step_of_[hash->get<std::string>()] = step->get<std::int64_t>();
    } else {
      damaged = true;
    }
  }
  if (damaged) any_until_ = std::max(any_until_, newest);
}

void NetworkList::Add(const std::string& hash, std::int64_t step) {
  const bool is_new = step_of_.insert_or_assign(hash, step).second;
  if (is_new) unwritten_ += nlohmann::json({{"hash", hash}, {"step", step}}).dump() + "\n";
  if (!unwritten_.empty()) Write();
}

// The lines begin anew where a crash or a full disk has torn the last one.
void NetworkList::Write() {
  const int file = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) return;
  const off_t size = ::lseek(file, 0, SEEK_END);
  char last = '\n';
  if (size > 0 && ::pread(file, &last, 1, size - 1) == 1 && last != '\n') {
    unwritten_.insert(0, "\n");
  }
  const ssize_t written = ::write(file, unwritten_.data(), unwritten_.size());
  const bool whole = written == static_cast<ssize_t>(unwritten_.size()) && ::fsync(file) == 0;
  if (whole) {
    unwritten_.clear();
  } else if (size >= 0 && ::ftruncate(file, size) != 0) {
    // What stands there half comes again whole, on a line of its own.
  }
  ::close(file);
}

Status NetworkList::Check(const GameRecord& record) const {
  const bool searched =
      std::ranges::any_of(record.plies, [](const RecordedPly& ply) { return ply.visits > 0; });
  if (searched && record.nets.empty()) {
    return Error{"it names no network, wanted those that it was searched with"};
  }
  for (const NetUse& net : record.nets) {
    if (net.hash.empty()) {
      return Error{StrCat("it names the network of step ", net.step, " without its hash")};
    }
    const auto known = step_of_.find(net.hash);
    if (known == step_of_.end()) {
      if (net.step <= any_until_) continue;
      return Error{StrCat("it names a network ", net.hash.substr(0, 12), "... of step ", net.step,
                          ", which this run never had")};
    }
    if (known->second != net.step) {
      return Error{StrCat("it names network ", net.hash.substr(0, 12), "... as that of step ",
                          net.step, ", wanted ", known->second)};
    }
  }
  return Ok{};
}

}  // namespace tengen
