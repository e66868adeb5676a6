// libFuzzer target: whatever lines come, the engine gives exactly one well-formed answer to each
// command, none to the rest, and an error leaves the game as it was. From "(;" on, the bytes are
// the file that loadsgf reads, whatever file it names.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

#include "agents/gtp/gtp_engine.h"
#include "search/simple_evaluators.h"

namespace {

using namespace tengen;  // NOLINT: a program of one file

void Require(bool condition) {
  if (!condition) std::abort();
}

// A random network with scores and ownership, so that no playouts are needed for them.
class FuzzEvaluator final : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const std::uint64_t random = evaluation.state->InputKey().low;
      evaluation.value = FillRandomEvaluation(random, evaluation.prior);
      evaluation.score = 30.0F * evaluation.value;
      for (float& owner : evaluation.ownership) owner = evaluation.value;
    }
    return 0;
  }
  void Wait(Ticket) override {}
};

// What an error must not change.
struct Snapshot {
  std::string board;
  std::size_t moves;
  Player to_move;
  Rules rules;
  BoardShape shape;
  int handicap;

  explicit Snapshot(const GtpGame& game)
      : board(game.state().Text()),
        moves(game.moves().size()),
        to_move(game.to_move()),
        rules(game.rules()),
        shape(game.shape()),
        handicap(game.handicap()) {}
  bool operator==(const Snapshot&) const = default;
};

// "=ID ...\n\n" or "?ID ...\n\n", with no empty line before the end.
void RequireOneAnswer(const std::string& output, const GtpCommand& command) {
  Require(output.size() >= 3 && (output[0] == '=' || output[0] == '?'));
  Require(output.compare(1, command.id.size(), command.id) == 0);
  const char behind = output[1 + command.id.size()];
  Require(behind == ' ' || behind == '\n');
  Require(output.find("\n\n") == output.size() - 2);
}

// A file in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : descriptor_(::memfd_create("game.sgf", 0)) {
    Require(descriptor_ >= 0 &&
            ::write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return StrCat("/proc/self/fd/", descriptor_); }

 private:
  const int descriptor_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  GtpConfig config;
  config.shape = {5, 5};
  config.visits = 4;
  config.mcts.root = RootSelection::kPuct;
  config.mcts.noise_fraction = 0.0;
  config.mcts.max_nodes = 100;
  std::string output;
  const auto engine =
      GtpEngine::Make(config,
                      [](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
                        return std::shared_ptr<Evaluator>(std::make_shared<FuzzEvaluator>());
                      },
                      {[&output](std::string_view text) { output += text; }, [] { return true; }});
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t file_at = std::min(size, bytes.find("(;"));
  const MemoryFile file(bytes.substr(file_at));
  std::string_view rest = bytes.substr(0, file_at);
  for (bool more = true; more && !rest.empty();) {
    std::string line(rest.substr(0, rest.find('\n')));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto command = ParseGtpLine(line);
    // No other file of this machine.
    if (command && command->name == "printsgf" && !command->arguments.empty()) continue;
    if (command && command->name == "kata-benchmark") continue;  // as long as it was asked for
    if (command && command->name == "loadsgf") {
      line = command->id + " loadsgf " + file.path();
      if (command->arguments.size() > 1) line += " " + command->arguments[1];
    }
    output.clear();
    const Snapshot before((*engine)->game());
    more = (*engine)->Handle(line);
    if (!command) {
      Require(output.empty());
      continue;
    }
    RequireOneAnswer(output, *command);
    if (output[0] == '?') Require(before == Snapshot((*engine)->game()));
  }
  return 0;
}
