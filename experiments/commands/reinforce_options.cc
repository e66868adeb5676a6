#include "experiments/commands/reinforce_options.h"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/config/shell_word.h"

namespace tengen {

void AddReinforceOptions(CLI::App& command, ReinforceOptions& options,
                         const ReinforceOptionTexts& texts) {
  command.add_option("--from", options.from, texts.from);
  command.add_option("--game", options.game, "Game of Go")->capture_default_str();
  AddRunOptions(command, options, texts.run);
  command.add_option("--games", options.games, "Games of a batch")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  command.add_option("--rate", options.rate, texts.rate)
      ->capture_default_str()
      ->check(NumberFrom(1e-8, 100.0));
  command
      .add_option("--pool-every", options.pool_every,
                  "Batches until it joins the opponents as it stands")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command
      .add_option("--baseline", options.baseline,
                  "What results are measured from: " + texts.baseline)
      ->capture_default_str()
      ->check(CLI::IsMember(texts.baselines));
  command.add_option("--match-games", options.match_games, "Games against its start at the end")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000000));
  command.add_flag("--json", options.json, "Last line on stdout: the rows as JSON");
}

void PrintMatchAgainstStart(const ReinforceOptions& options, const std::string& task,
                            const Interval& score, const std::string& agent,
                            const std::vector<LearnRow>& rows) {
  std::fprintf(AnswerStream(options.json),
               "%.1f %% (%.1f to %.1f) of the points in %d games against what it began with, moves "
               "drawn, no search\nnext:\n  ./tengen match %s mcts:100 --game %s\n",
               100.0 * score.value, 100.0 * score.low, 100.0 * score.high, options.match_games,
               ShellWord(agent).c_str(), ShellWord(options.game).c_str());
  if (!options.json) return;
  std::vector<LearnRow> all = {{"score against the start", 100.0 * score.value, "%"},
                               {"score against the start low", 100.0 * score.low, "%"},
                               {"score against the start high", 100.0 * score.high, "%"}};
  all.insert(all.end(), rows.begin(), rows.end());
  PrintJsonLine(RowsJson(task, all));
}

}  // namespace tengen
