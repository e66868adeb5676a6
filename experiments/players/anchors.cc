#include "experiments/players/anchors.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <nlohmann/json.hpp>

#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/presets.h"
#include "experiments/config/shell_word.h"
#include "experiments/players/agent_spec.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNetwork = "g170-b6c96-s175395328-d26788732.bin.gz";

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

fs::path FindInPath(const std::string& program) {
  const char* variable = std::getenv("PATH");
  std::string rest = std::string(variable == nullptr ? "" : variable) + ":/usr/games";
  while (!rest.empty()) {
    const std::string folder = rest.substr(0, rest.find(':'));
    rest.erase(0, folder.size() + 1);
    if (!folder.empty() && IsFile(fs::path(folder) / program)) return fs::path(folder) / program;
  }
  return {};
}

// GNU Go with the rules of a game; size and komi come over GTP. The referee counts every stone on
// the board as alive, so it has to capture dead stones before it passes.
std::string GnuGoAgent(const fs::path& program, const Rules& rules) {
  std::string command = ShellWord(program.string()) + " --mode gtp --level 10 --capture-all-dead";
  command += rules.scoring == ScoringRule::kArea ? " --chinese-rules" : " --japanese-rules";
  command += rules.ko == KoRule::kPositional    ? " --positional-superko"
             : rules.ko == KoRule::kSituational ? " --situational-superko"
                                                : " --simple-ko";
  command += rules.suicide == SuicideRule::kNone ? " --forbid-suicide" : " --allow-suicide";
  return "gtp:" + AgentWord(command);
}

}  // namespace

OutsidePrograms OutsidePrograms::Find(const std::string& gnugo, const fs::path& katago) {
  OutsidePrograms programs;
  programs.gnugo = gnugo.empty() ? FindInPath("gnugo") : fs::path(gnugo);
  std::error_code ignored;
  programs.katago = fs::is_directory(katago, ignored) ? katago / kNetwork : katago;
  if (!IsFile(programs.gnugo)) programs.gnugo.clear();
  if (!IsFile(programs.katago)) programs.katago.clear();
  return programs;
}

std::vector<std::string> AnchorNames(const Game& game) {
  std::vector<std::string> names = {"random", "mcts:50", "mcts:200", "mcts:800", "mcts:3200"};
  if (game.spec().name == "go") {
    names.insert(names.end(), {"katago-b6c96:0", "gnugo:10", "katago-b6c96:100"});
  }
  return names;
}

Result<std::string> AnchorAgent(const std::string& name, const Game& game,
                                const OutsidePrograms& programs) {
  if (name == "gnugo:10") {
    if (programs.gnugo.empty()) {
      return Error{
          "anchor gnugo:10 left out: no GNU Go; apt-get install gnugo, or --gnugo PROGRAM"};
    }
    return GnuGoAgent(programs.gnugo, static_cast<const GoGame&>(game).rules());
  }
  if (name.starts_with("katago-")) {
    if (programs.katago.empty()) {
      return Error{
          StrCat("anchor ", name, " left out: no network; --katago FILE, wanted ", kNetwork)};
    }
    return StrCat("katago:", AgentWord(programs.katago.string()),
                  ",visits=", name.substr(name.find(':') + 1));
  }
  return name;
}

std::vector<Anchor> MeasuredAnchors(const Game& game, const OutsidePrograms& programs,
                                    std::vector<std::string>* missing) {
  const nlohmann::json all = nlohmann::json::parse(AnchorsJson());
  std::vector<Anchor> anchors;
  for (const auto& [id, elo] : all.at("games").items()) {
    const auto measured = MakeGame(id);
    if (!measured || (*measured)->spec().id != game.spec().id) continue;
    for (const std::string& name : AnchorNames(game)) {
      if (!elo.contains(name)) continue;
      const auto agent = AnchorAgent(name, game, programs);
      if (agent) {
        anchors.push_back({name, *agent, elo.at(name).get<double>()});
      } else if (missing != nullptr) {
        missing->push_back(agent.error());
      }
    }
  }
  std::stable_sort(anchors.begin(), anchors.end(),
                   [](const Anchor& x, const Anchor& y) { return x.elo < y.elo; });
  return anchors;
}

}  // namespace tengen
