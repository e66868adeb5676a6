#include "experiments/players/anchors.h"

#include <cstdlib>
#include <string_view>

#include "envs/go/go_game.h"
#include "experiments/config/presets.h"
#include "experiments/config/shell_word.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/anchor_file.h"

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

Result<OutsidePrograms> OutsidePrograms::Find(const std::string& gnugo, const fs::path& katago) {
  OutsidePrograms programs;
  const bool path = gnugo.find('/') != std::string::npos;
  programs.gnugo = path ? fs::path(gnugo) : FindInPath(gnugo.empty() ? "gnugo" : gnugo);
  std::error_code ignored;
  programs.katago = fs::is_directory(katago, ignored) ? katago / kNetwork : katago;
  if (!gnugo.empty() && !IsFile(programs.gnugo)) {
    return Error{StrCat("no program ", gnugo, ", wanted GNU Go")};
  }
  if (!katago.empty() && !IsFile(programs.katago)) {
    return Error{StrCat("no file ", programs.katago.string(), ", wanted a network of KataGo")};
  }
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
    // An anchor stays as it was measured: with AlphaZero's constant, and the most visited move.
    return StrCat("katago:", AgentWord(programs.katago.string()),
                  ",visits=", name.substr(name.find(':') + 1), ",c_init=1.25,lcb=off");
  }
  return name;
}

RatingFit AnchorList::Rate(int agents, std::vector<PairScore> scores) const {
  std::vector<std::optional<double>> fixed;
  for (const Anchor& anchor : anchors) {
    const bool is_fixed = !errors_known() || anchor.name == "random";
    fixed.push_back(is_fixed ? std::optional(anchor.elo) : std::nullopt);
  }
  fixed.resize(anchors.size() + static_cast<std::size_t>(agents));
  scores.insert(scores.end(), matches.begin(), matches.end());
  return FitRatings(fixed, scores);
}

AnchorList MeasuredAnchors(const Game& game, const OutsidePrograms& programs,
                           std::vector<std::string>* missing) {
  static const AnchorFile file = AnchorFile::Parse(AnchorsJson()).value();
  return ListOf(file, game, programs, missing);
}

}  // namespace tengen
