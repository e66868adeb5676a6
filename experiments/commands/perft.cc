#include "envs/core/perft.h"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"

namespace tengen {
namespace {

struct PerftOptions {
  std::string game;
  int depth = 4;
  bool json = false;
};

void RunPerft(const PerftOptions& options) {
  using Clock = std::chrono::steady_clock;
  const auto game = GameOrUsageError(options.game);
  const auto start = Clock::now();
  const std::uint64_t nodes = Perft(*game->NewState(), options.depth);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::fprintf(stderr, "%s: %llu action sequences of length %d, %.2f s\n", game->spec().id.c_str(),
               static_cast<unsigned long long>(nodes), options.depth, seconds);
  if (options.json) PrintJsonLine({{"nodes", nodes}});
}

}  // namespace

void AddPerftCommand(CLI::App& app) {
  auto options = std::make_shared<PerftOptions>();
  CLI::App* command =
      app.add_subcommand("perft", "Count the legal action sequences of a given length");
  command->add_option("game", options->game, "Game id, such as go:size=5,suicide=multi")
      ->required();
  command->add_option("--depth", options->depth, "Length of the sequences")
      ->capture_default_str()
      ->check(CLI::Range(0, 30));
  command->add_flag("--json", options->json, "Last line on stdout: {\"nodes\": ...}");
  command->callback([options] { RunPerft(*options); });
}

}  // namespace tengen
