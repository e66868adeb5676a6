#include "envs/core/perft.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/go/board.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"

namespace tengen {
namespace {

struct PerftOptions {
  std::string game;
  std::string size;
  std::string rules;
  int depth = 4;
  bool json = false;
};

// The game id with --size and --rules in it. They are for counting, so the limit on plies is put
// out of the way.
std::string GameId(const PerftOptions& options) {
  if (options.size.empty() && options.rules.empty()) return options.game;
  const std::size_t name_end = options.game.find(':');
  if (options.game.substr(0, name_end) != "go") {
    throw UsageError(StrCat("--size and --rules with game '", options.game, "', wanted go"));
  }
  std::string id = StrCat(options.game, name_end == std::string::npos ? ":" : ",",
                          "max_plies=", 3 * GoBoard::kMaxPoints);
  if (!options.size.empty()) id += StrCat(",size=", options.size);
  if (!options.rules.empty()) {
    const std::string first = options.rules.substr(0, options.rules.find(','));
    id += StrCat(first.find('=') == std::string::npos ? ",rules=" : ",", options.rules);
  }
  return id;
}

void RunPerft(const PerftOptions& options) {
  using Clock = std::chrono::steady_clock;
  const auto game = GameOrUsageError(GameId(options));
  const auto start = Clock::now();
  const std::uint64_t nodes = Perft(*game->NewState(), options.depth);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::fprintf(AnswerStream(options.json), "%s: %llu action sequences of length %d, %.2f s\n",
               game->spec().id.c_str(), static_cast<unsigned long long>(nodes), options.depth,
               seconds);
  if (options.json) PrintJsonLine({{"nodes", nodes}});
}

}  // namespace

void AddPerftCommand(CLI::App& app) {
  auto options = std::make_shared<PerftOptions>();
  CLI::App* command =
      app.add_subcommand("perft", "Count the legal action sequences of a given length");
  command->add_option("game", options->game, "Game id, such as go:size=5,suicide=multi")
      ->required();
  command->add_option("--size", options->size, "With go: size of the board, such as 5 or 7x10");
  command->add_option(
      "--rules", options->rules,
      "With go: a rule set such as chinese or positional_no_suicide, or a list such "
      "as ko=simple,suicide=multi");
  command->add_option("--depth", options->depth, "Length of the sequences")
      ->capture_default_str()
      ->check(CLI::Range(0, 30));
  command->add_flag("--json", options->json, "Last line on stdout: {\"nodes\": ...}");
  command->callback([options] { RunPerft(*options); });
}

}  // namespace tengen
