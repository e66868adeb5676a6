#include "experiments/train/ranks.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/zero/zero_learner.h"
#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/train/rank_place.h"
#include "nets/atomic_file.h"
#include "nets/device.h"
#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

constexpr auto kEndWait = std::chrono::seconds(10);

// This process's command line, word by word.
std::vector<std::string> CommandLine() {
  Result<std::string> text = ReadWholeFile("/proc/self/cmdline");
  if (!text) throw WorldError(text.error());
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text->size(); at = text->find('\0', at) + 1) {
    words.emplace_back(text->c_str() + at);
  }
  return words;
}

// The environment of a copy: ours, with its place among the ranks.
std::vector<std::string> EnvironmentOf(int rank, int ranks, int port) {
  const std::vector<std::pair<std::string, std::string>> place = {
      {"RANK", std::to_string(rank)},       {"WORLD_SIZE", std::to_string(ranks)},
      {"LOCAL_RANK", std::to_string(rank)}, {"LOCAL_WORLD_SIZE", std::to_string(ranks)},
      {"MASTER_ADDR", "127.0.0.1"},         {"MASTER_PORT", std::to_string(port)}};
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    const bool is_ours = std::any_of(place.begin(), place.end(),
                                     [&](const auto& variable) { return variable.first == name; });
    if (!is_ours) all.emplace_back(text);
  }
  for (const auto& [name, value] : place) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

pid_t StartCopy(int rank, int ranks, int port) {
  std::vector<std::string> words = CommandLine();
  std::vector<std::string> variables = EnvironmentOf(rank, ranks, port);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, "/proc/self/exe", nullptr, nullptr, Pointers(words).data(),
                                  Pointers(variables).data());
  if (error != 0) throw WorldError(StrCat("cannot start rank ", rank, ": ", std::strerror(error)));
  return pid;
}

// Whether the process has ended by then. Its end is taken note of.
bool EndsBefore(pid_t pid, std::chrono::steady_clock::time_point end) {
  while (true) {
    const pid_t ended = ::waitpid(pid, nullptr, WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) return true;
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

void CheckShares(const SharedBatch& batch, int ranks) {
  if (batch.rows % ranks == 0 && batch.rows / ranks >= 2) return;
  throw UsageError(StrCat(batch.key, " is ", batch.rows, ", wanted ", ranks,
                          " equal shares of at least 2, one for each rank"));
}

}  // namespace

std::unique_ptr<Ranks> Ranks::Join(int wanted, const SharedBatch& batch) {
  const Result<std::optional<RankPlace>> place =
      RankPlaceFrom([](const char* name) -> const char* { return std::getenv(name); });
  if (!place) throw UsageError(place.error());
  const int size = *place ? (*place)->size : wanted;
  if (*place && wanted > 1 && wanted != size) {
    throw UsageError(StrCat("--ranks is ", wanted, ", but WORLD_SIZE is ", size));
  }
  if (size <= 1) return nullptr;
  CheckShares(batch, size);
  std::unique_ptr<Ranks> ranks(new Ranks);
  if (*place) {
    ranks->team_ = std::make_shared<RankTeam>(**place);
  } else {
    ranks->Start(size);
  }
  return ranks;
}

std::unique_ptr<Ranks> Ranks::Join(int wanted, const TrainConfig& config) {
  auto ranks = Join(wanted, SharedBatch{"learner.batch_size", config.learner.batch_size});
  if (ranks && ranks->leads()) ranks->Lead(TrainConfigToJson(config));
  return ranks;
}

void Ranks::Start(int ranks) {
  RankPlace place;
  place.size = place.on_this_machine = ranks;
  team_ = std::make_shared<RankTeam>(place, [this, ranks](int port) {
    for (int rank = 1; rank < ranks; ++rank) copies_.push_back(StartCopy(rank, ranks, port));
  });
}

Ranks::~Ranks() {
  team_.reset();  // whoever still waits for this rank is told
  const auto end = std::chrono::steady_clock::now() + kEndWait;
  for (const pid_t copy : copies_) {
    if (EndsBefore(copy, end)) continue;
    ::kill(copy, SIGKILL);
    ::waitpid(copy, nullptr, 0);
  }
}

void Ranks::Lead(const nlohmann::json& config) { team_->Broadcast(config.dump()); }

nlohmann::json Ranks::AwaitConfig() {
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  return nlohmann::json::parse(team_->Broadcast(std::string()), nullptr,
                               /*allow_exceptions=*/false);
}

int Ranks::ThreadsHere() const {
  return std::max(1, ProcessorCount() / team_->place().on_this_machine);
}

std::string Ranks::DeviceHere(const std::string& device) const {
  return DeviceOfRank(device, team_->place(), device == "cuda" ? FindCuda().devices : 0);
}

void Ranks::Follow(const std::string& device) {
  TrainConfig config;
  Status read = TrainConfigFromJson(AwaitConfig(), config);
  config.device = DeviceHere(device);
  config.selfplay_device.clear();
  if (read) read = CheckTrainConfig(config);
  if (!read) throw WorldError("rank 0's config is not for this version: " + read.error());
  SetIntraOpThreads(ThreadsHere());
  ZeroLearner learner(config.learner, *TrainModelConfig(config), config.seed, config.device,
                      TrainPrecision(config), nullptr, team_);
  const RankPlace& place = team_->place();
  std::fprintf(stderr, "rank %d of %d computes its share of the updates\n", place.rank, place.size);
  learner.Follow();
}

}  // namespace tengen
