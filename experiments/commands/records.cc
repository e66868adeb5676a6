#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "agents/records/game_record.h"
#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"

namespace tengen {
namespace {

struct RecordsOptions {
  std::string folder;
  long long game = -1;
  bool json = false;
};

std::vector<std::filesystem::path> ShardsOrError(const std::string& text) {
  const std::filesystem::path folder = text;
  std::error_code ignored;
  if (std::filesystem::is_regular_file(folder, ignored)) return {folder};
  const bool is_run = std::filesystem::exists(folder / "games", ignored);
  auto shards = ListShards(is_run ? folder / "games" : folder);
  if (shards.empty()) {
    throw WorldError(StrCat("no record shards in ", folder, ", wanted a run folder or a shard"));
  }
  return shards;
}

// Reads everything, replays every game by the rules, reports what is damaged.
void RunVerify(const RecordsOptions& options) {
  RecordShardReader reader(ShardsOrError(options.folder));
  long long games = 0;
  long long positions = 0;
  long long bad = 0;
  std::FILE* out = AnswerStream(options.json);
  while (const auto record = reader.Next()) {
    ++games;
    positions += record->sample_count();
    const Status status = CheckRecord(*record);
    if (status) continue;
    ++bad;
    std::fprintf(out, "%s, offset %lld: %s\n", reader.file().c_str(),
                 static_cast<long long>(reader.offset()), status.error().c_str());
  }
  for (const ShardProblem& problem : reader.problems()) {
    std::fprintf(out, "%s\n", problem.Text().c_str());
  }
  const std::size_t damaged = reader.problems().size();
  std::fprintf(out,
               "%lld games with %lld training positions; %lld break the rules, %zu damaged "
               "stretches\n",
               games, positions, bad, damaged);
  if (options.json) {
    PrintJsonLine(
        {{"games", games}, {"positions", positions}, {"invalid", bad}, {"damaged", damaged}});
  }
  if (bad > 0 || damaged > 0) {
    throw WorldError(StrCat(options.folder, " holds damaged records, wanted none"));
  }
}

const char* EndText(GameEnd end) {
  if (end == GameEnd::kResign) return " by resignation";
  return end == GameEnd::kAdjudicated ? " as agreed" : "";
}

void PrintGame(const GameRecord& record) {
  const auto game = OrWorldError(MakeGame(record.game_id));
  auto state = game->NewState();
  for (std::size_t i = 0; i < record.plies.size(); ++i) {
    const RecordedPly& ply = record.plies[i];
    std::printf("%3zu. %-5s visits %4d  value %+.3f  network %+.3f%s\n", i + 1,
                game->ActionText(ply.action).c_str(), ply.visits, ply.root_value, ply.raw_value,
                ply.sample ? "  *" : "");
    state->Apply(ply.action);
  }
  std::printf("%s\nresult for the first player: %+g%s\n", state->Text().c_str(),
              record.return_first, EndText(record.end));
}

void RunInspect(const RecordsOptions& options) {
  RecordShardReader reader(ShardsOrError(options.folder));
  long long index = 0;
  while (const auto record = reader.Next()) {
    if (options.game < 0) {
      std::printf("%6lld  %-28s %3zu plies  seed %llu stream %llu  network step %lld  result %+g\n",
                  index, record->game_id.c_str(), record->plies.size(),
                  static_cast<unsigned long long>(record->seed),
                  static_cast<unsigned long long>(record->stream),
                  static_cast<long long>(record->nets.empty() ? 0 : record->nets.front().step),
                  record->return_first);
    } else if (index == options.game) {
      if (options.json) {
        std::printf("%s\n", RecordToJson(*record).c_str());
      } else {
        PrintGame(*record);
      }
      return;
    }
    ++index;
  }
  if (options.game >= 0) {
    throw UsageError(StrCat("--game is ", options.game, ", wanted 0 to ", index - 1));
  }
}

}  // namespace

void AddRecordsCommand(CLI::App& app) {
  auto options = std::make_shared<RecordsOptions>();
  CLI::App* command = app.add_subcommand("records", "Look into the game records of a run");
  command->require_subcommand(1);
  CLI::App* verify = command->add_subcommand("verify", "Check frames, checksums and rules");
  verify->add_option("folder", options->folder, "Run folder, games folder or shard")->required();
  verify->add_flag("--json", options->json, "Last line on stdout: the counts as JSON");
  verify->callback([options] { RunVerify(*options); });
  CLI::App* inspect = command->add_subcommand("inspect", "List the games, or show one");
  inspect->add_option("folder", options->folder, "Run folder, games folder or shard")->required();
  CLI::Option* game = inspect->add_option("--game", options->game, "Show this game, from 0 on")
                          ->check(NumberAbove(-1.0));
  inspect->add_flag("--json", options->json, "With --game: the whole record as JSON")->needs(game);
  inspect->callback([options] { RunInspect(*options); });
}

}  // namespace tengen
