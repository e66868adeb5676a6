#include "experiments/rl/transition_replay.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/registry/env_registry.h"

namespace tengen {

void LargestDeviation::Add(double deviation, const std::string& at_sequence, int at_step) {
  if (std::isnan(deviation)) deviation = std::numeric_limits<double>::infinity();
  if (deviation <= value) return;
  value = deviation;
  sequence = at_sequence;
  step = at_step;
}

namespace {

using Json = nlohmann::json;

// A file that is not what it should be; the message says where. Becomes an Error.
class FormatError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

const Json& Member(const Json& object, const char* key, const std::string& where) {
  if (!object.is_object()) throw FormatError(where + " is no object, wanted one");
  const auto it = object.find(key);
  if (it == object.end()) throw FormatError(StrCat(where, " has no '", key, "'"));
  return *it;
}

const Json& ListMember(const Json& object, const char* key, const std::string& where) {
  const Json& list = Member(object, key, where);
  if (!list.is_array()) throw FormatError(StrCat(where, ": '", key, "' is no list, wanted one"));
  return list;
}

bool FlagMember(const Json& object, const char* key, const std::string& where) {
  const Json& flag = Member(object, key, where);
  if (!flag.is_boolean()) throw FormatError(StrCat(where, ": '", key, "', wanted true or false"));
  return flag.get<bool>();
}

double Number(const Json& json, const std::string& where) {
  if (!json.is_number()) throw FormatError(StrCat(where, " is ", json.dump(), ", wanted a number"));
  return json.get<double>();
}

std::vector<double> Numbers(const Json& object, const char* key, int size,
                            const std::string& where) {
  const Json& list = ListMember(object, key, where);
  if (static_cast<int>(list.size()) != size) {
    throw FormatError(StrCat(where, ": '", key, "' has ", list.size(), " numbers, wanted ", size));
  }
  std::vector<double> numbers;
  for (const Json& number : list) numbers.push_back(Number(number, StrCat(where, ": '", key, "'")));
  return numbers;
}

// An action read from a file, with the memory that EnvAction refers to.
struct StoredAction {
  std::int32_t index = -1;
  std::vector<float> values;

  StoredAction(const Json& json, const ActionSpace& space, const std::string& where) {
    if (space.discrete()) {
      if (!json.is_number_integer() || std::abs(json.get<double>()) > 1e9) {
        throw FormatError(StrCat(where, " is ", json.dump(), ", wanted ", space.Text()));
      }
      index = json.get<std::int32_t>();
    } else if (json.is_array()) {
      for (const Json& value : json) values.push_back(static_cast<float>(Number(value, where)));
    } else {
      values.push_back(static_cast<float>(Number(json, where)));
    }
    const Status status = CheckAction(space, action());
    if (!status) throw FormatError(StrCat(where, ": ", status.error()));
  }

  EnvAction action() const { return values.empty() ? EnvAction(index) : EnvAction(values); }
};

// Replays the sequences of one environment.
class Replayer {
 public:
  Replayer(const std::string& name, const Json& entry) {
    replay_.environment = name;
    std::string id = name;
    if (entry.contains("max_episode_steps")) {
      const double limit = Number(entry["max_episode_steps"], name + ": 'max_episode_steps'");
      id += StrCat(":limit=", static_cast<std::int64_t>(limit));
    }
    auto env = MakeEnv(id);
    if (!env) throw FormatError(env.error());
    env_ = std::move(*env);
    has_limit_ = env_->spec().max_episode_steps > 0;
    observation_.resize(static_cast<std::size_t>(env_->spec().observation_size()));
    state_.resize(static_cast<std::size_t>(env_->spec().state_size()));
  }

  void Replay(const Json& sequence, const std::string& where) {
    const Json& id = Member(sequence, "id", where);
    sequence_ = id.is_string() ? id.get<std::string>() : id.dump();
    const std::string here = replay_.environment + " " + sequence_;
    const Json& actions = ListMember(sequence, "actions", here);
    const Json& steps = ListMember(sequence, "steps", here);
    if (actions.size() != steps.size()) {
      throw FormatError(StrCat(here, " has ", actions.size(), " actions and ", steps.size(),
                               " steps, wanted as many"));
    }
    std::vector<double> state = Numbers(sequence, "start_state", StateSize(), here);
    if (sequence.contains("start_obs")) {
      Set(state, 0, here);
      CompareObservation(Numbers(sequence, "start_obs", ObservationSize(), here), 0);
    }
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const std::string at = StrCat(here, " step ", i + 1);
      Set(state, static_cast<int>(i), at);
      state = Step(StoredAction(actions[i], env_->spec().action, at + ": action"), steps[i],
                   static_cast<int>(i) + 1, at);
    }
  }

  const EnvReplay& replay() const { return replay_; }

 private:
  int ObservationSize() const { return static_cast<int>(observation_.size()); }
  // Of the states in the file, which do not count steps.
  int StateSize() const { return static_cast<int>(state_.size()) - (has_limit_ ? 1 : 0); }

  void Set(std::vector<double> state, int elapsed, const std::string& where) {
    if (has_limit_) state.push_back(elapsed);
    const Status status = env_->SetState(state);
    if (!status) throw FormatError(where + ": " + status.error());
  }

  // Compares one step and returns the recorded state, from which the next one starts.
  std::vector<double> Step(const StoredAction& action, const Json& step, int number,
                           const std::string& where) {
    const StepOutcome outcome = env_->Step(action.action(), rng_);
    ++replay_.steps;
    std::vector<double> recorded = Numbers(step, "state", StateSize(), where);
    env_->GetState(state_);
    for (std::size_t k = 0; k < recorded.size(); ++k) {
      replay_.state.Add(std::abs(state_[k] - recorded[k]), sequence_, number);
    }
    CompareObservation(Numbers(step, "obs", ObservationSize(), where), number);
    const double reward = Number(Member(step, "reward", where), where + ": 'reward'");
    replay_.reward.Add(std::abs(outcome.reward - reward), sequence_, number);
    const bool same = outcome.terminated == FlagMember(step, "terminated", where) &&
                      outcome.truncated == FlagMember(step, "truncated", where);
    if (!same) ++replay_.flags_differ;
    return recorded;
  }

  void CompareObservation(const std::vector<double>& recorded, int number) {
    env_->Observe(observation_);
    for (std::size_t k = 0; k < recorded.size(); ++k) {
      replay_.observation.Add(std::abs(static_cast<double>(observation_[k]) - recorded[k]),
                              sequence_, number);
    }
  }

  EnvReplay replay_;
  std::unique_ptr<Env> env_;
  bool has_limit_ = false;
  Rng rng_{1, RngRole::kEnvironment};
  std::string sequence_;
  std::vector<float> observation_;
  std::vector<double> state_;
};

}  // namespace

Result<std::vector<EnvReplay>> ReplayTransitions(const nlohmann::json& file) {
  try {
    const Json& environments = Member(file, "environments", "the file");
    if (!environments.is_object() || environments.empty()) {
      return Error{"'environments' names none, wanted an object of environments"};
    }
    std::vector<EnvReplay> replays;
    for (auto it = environments.begin(); it != environments.end(); ++it) {
      Replayer replayer(it.key(), *it);
      const Json& sequences = ListMember(*it, "sequences", it.key());
      for (std::size_t i = 0; i < sequences.size(); ++i) {
        replayer.Replay(sequences[i], StrCat(it.key(), " sequence ", i + 1));
      }
      replays.push_back(replayer.replay());
    }
    return replays;
  } catch (const FormatError& error) {
    return Error{error.what()};
  }
}

std::vector<EnvReplay> ReplayTransitionFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in || !std::filesystem::is_regular_file(path)) {
    throw WorldError(StrCat("cannot read ", path));
  }
  const Json json = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) throw WorldError(StrCat(path, " is not JSON, wanted transitions"));
  auto replays = ReplayTransitions(json);
  if (!replays) throw WorldError(StrCat(path, ": ", replays.error()));
  return std::move(*replays);
}

}  // namespace tengen
