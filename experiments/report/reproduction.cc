#include "experiments/report/reproduction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "experiments/config/rl_config.h"
#include "experiments/config/shell_word.h"
#include "experiments/config/train_config.h"
#include "experiments/players/agent_spec.h"
#include "experiments/supervised/go_policy_config.h"

namespace tengen {
namespace {

// Settings that have options of their own, or that a run's config.json leaves out.
const std::set<std::string>& OwnOptions() {
  static const std::set<std::string> names = {
      "name",   "expectation",     "budget",    "seed",         "threads",
      "device", "selfplay_device", "precision", "deterministic"};
  return names;
}

void Collect(const nlohmann::json& config, const nlohmann::json& base, const std::string& path,
             std::vector<std::string>& out) {
  for (const auto& [key, value] : config.items()) {
    const auto other = base.find(key);
    const std::string name = path.empty() ? key : path + "." + key;
    if (other != base.end() && value.is_object() && other->is_object()) {
      Collect(value, *other, name, out);
    } else if (other == base.end() || *other != value) {
      out.push_back(
          StrCat(name, "=", value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
    }
  }
}

// " --set a=1 --set b=2"
std::string SetOptions(const std::vector<std::string>& differences) {
  std::string out;
  for (const std::string& difference : differences) out += " --set " + ShellWord(difference);
  return out;
}

bool IsPreset(const std::string& name) {
  const std::vector<std::string> names = PresetNames();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Seed(const RunContents& run) {
  const auto seed = run.config.find("seed");
  return seed != run.config.end() && seed->is_number_integer() ? " --seed " + seed->dump() : "";
}

// A fresh folder, so that the run at hand stays as it is.
std::string RunDir(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '/' || c == ':' || c == '='; }, '-');
  return " --run-dir " + ShellWord(StrCat("runs/", name, "-again"));
}

// What `train PRESET` gives with the precision that the run computed with. Where that is not known
// and the preset has two networks, neither is taken, so that all of the run's is said.
nlohmann::json PresetOf(const RunContents& run, const std::string& preset) {
  const std::string precision = run.SessionText("precision_used");
  std::string device = run.SessionText("selfplay_device");
  if (device.empty()) device = run.SessionText("device");
  const bool float32 = precision == "fp32" && (device.empty() || device == "cpu");
  nlohmann::json usual = TrainConfigToJson(LoadTrainConfig(preset).value());
  nlohmann::json small = TrainConfigToJson(LoadTrainConfig(preset, PresetNet::kFloat32).value());
  if (precision.empty() && usual != small) usual.erase("net");
  return float32 ? small : usual;
}

std::string TrainCommand(const RunContents& run) {
  const std::string preset = TextField(run.config, "name");
  std::string command = "./tengen train ";
  if (IsPreset(preset)) {
    nlohmann::json config = run.config;
    for (const std::string& name : OwnOptions()) config.erase(name);
    const nlohmann::json base = PresetOf(run, preset);
    command += ShellWord(preset) + Seed(run) + SetOptions(Differences(config, base));
  } else {
    command += ShellWord((run.folder / "config.json").string()) + Seed(run);
  }
  const std::string budget = run.SessionText("budget");
  if (!budget.empty()) command += " --budget " + ShellWord(budget);
  const std::string device = run.SessionText("device");
  if (!device.empty() && device != "cpu") command += " --device " + ShellWord(device);
  const std::string selfplay = run.SessionText("selfplay_device");
  if (!selfplay.empty() && selfplay != device) {
    command += " --selfplay-device " + ShellWord(selfplay);
  }
  // What was computed with, not what was asked for: "auto" may be another elsewhere.
  const std::string precision = run.SessionText("precision_used");
  if (!precision.empty()) command += " --set precision=" + ShellWord(precision);
  if (!run.sessions.empty()) {
    const double threads = NumberField(run.sessions.back(), "threads", 0.0);
    if (threads > 0.0) command += StrCat(" --threads ", threads);
  }
  const auto deterministic = run.config.find("deterministic");
  if (deterministic != run.config.end() && *deterministic == true) command += " --deterministic";
  return command + RunDir(preset.empty() ? "run" : preset);
}

// Of go-policy and go-value. The games are those of the run folder's own file names; whoever has
// them elsewhere names that.
std::string GoPolicyCommand(const RunContents& run) {
  const std::string name = TextField(run.config, "name");
  const std::string task = TextField(run.config, "task");
  const std::string preset = name.substr(std::min(name.size(), task.size() + 1));
  std::string command = "./tengen learn " + task;
  if (const auto base = LoadGoPolicyPreset(preset)) {
    nlohmann::json config = run.config;
    for (const std::string& key : OwnOptions()) config.erase(key);
    for (const char* key : {"task", "sgf", "selfplay", "from", "batch_games"}) config.erase(key);
    command += StrCat(" ", ShellWord(preset), Seed(run),
                      SetOptions(Differences(config, GoPolicyConfigToJson(*base))));
  }
  const std::string from = TextField(run.config, "from");
  command += from.empty() ? " --sgf " + ShellWord(TextField(run.config, "sgf"))
                          : " --from " + ShellWord(from);
  const std::string budget = run.SessionText("budget");
  if (!budget.empty()) command += " --budget " + ShellWord(budget);
  const auto deterministic = run.config.find("deterministic");
  if (deterministic != run.config.end() && *deterministic == true) command += " --deterministic";
  return command + RunDir(name.empty() ? "run" : name);
}

std::string GoReinforceCommand(const RunContents& run) {
  std::string command =
      StrCat("./tengen learn go-reinforce --from ", ShellWord(TextField(run.config, "from")),
             " --game ", ShellWord(TextField(run.config, "game")), " --baseline ",
             ShellWord(TextField(run.config, "baseline")));
  const std::string value = TextField(run.config, "value");
  if (!value.empty()) command += " --value " + ShellWord(value);
  const std::pair<const char*, const char*> numbers[] = {
      {"games", "games"}, {"rate", "rate"}, {"pool_every", "pool-every"}, {"seed", "seed"}};
  for (const auto& [key, option] : numbers) {
    if (run.config.contains(key) && run.config.at(key).is_number()) {
      command += StrCat(" --", option, " ", run.config.at(key).dump());
    }
  }
  return command + RunDir("go-reinforce");
}

std::string RlCommand(const RunContents& run) {
  const std::string algorithm = TextField(run.config, "algorithm");
  const std::string env = TextField(run.config, "env");
  std::string command = StrCat("./tengen rl ", ShellWord(algorithm), " ", ShellWord(env));
  const std::string run_dir = RunDir(StrCat(algorithm, "-", env));
  const auto preset = RlPreset(algorithm, env);
  if (!preset) return command + run_dir;
  nlohmann::json config = run.config;
  for (const char* name : {"steps", "seed", "seeds"}) {
    if (config.contains(name) && config.at(name).is_number()) {
      command += StrCat(" --", name, " ", config.at(name).dump());
    }
    config.erase(name);
  }
  return command + SetOptions(Differences(config, RlConfigToJson(*preset))) + run_dir;
}

std::vector<ReproductionStep> Measurements(const RunContents& run, const Game& game) {
  const std::string folder = run.folder.string();
  const GameSpec& spec = game.spec();
  const auto agent = [&](const std::string& options) {
    return ShellWord(StrCat("run:", AgentWord(folder), options));
  };
  if (spec.num_players == 1) {
    return {{"Returns of the policy alone and with search",
             StrCat("./tengen episodes ", agent(",visits=0"), " ", agent(",visits=50"), " --game ",
                    ShellWord(spec.name))}};
  }
  return {{"Play it against pure search", StrCat("./tengen match ", agent(",visits=100"),
                                                 " mcts:200 --game ", ShellWord(spec.id))},
          {"Play it against its untrained self",
           StrCat("./tengen match ", agent(",visits=100"), " ", agent("@0,visits=100"), " --game ",
                  ShellWord(spec.id))},
          {"Elo of its checkpoints; the next report shows the table",
           StrCat("./tengen ladder --run ", ShellWord(folder), " --game ", ShellWord(spec.id),
                  " --json > ", ShellWord(folder + "/ladder.json"))}};
}

std::string Command(const RunContents& run) {
  if (run.zero == nullptr) return RlCommand(run);
  if (!run.config.contains("task")) return TrainCommand(run);
  return TextField(run.config, "task") == "go-reinforce" ? GoReinforceCommand(run)
                                                         : GoPolicyCommand(run);
}

}  // namespace

std::vector<std::string> Differences(const nlohmann::json& config, const nlohmann::json& base) {
  std::vector<std::string> out;
  Collect(config, base, "", out);
  return out;
}

std::vector<ReproductionStep> Reproduction(const RunContents& run) {
  std::vector<ReproductionStep> steps = {{"Train it again", Command(run)}};
  if (run.zero != nullptr && run.zero->game != nullptr) {
    for (ReproductionStep& step : Measurements(run, *run.zero->game)) {
      steps.push_back(std::move(step));
    }
  }
  const std::string commit = run.SessionText("commit");
  if (!commit.empty()) {
    steps.insert(steps.begin(),
                 {"The program it ran on",
                  StrCat("git checkout ", ShellWord(commit.substr(0, commit.find('+'))))});
  }
  return steps;
}

}  // namespace tengen
