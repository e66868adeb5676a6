#include "experiments/viewer/run/checkpoint_study.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <limits>
#include <span>

#include "envs/core/check.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "search/batch_queue.h"

namespace tengen {
namespace {

constexpr std::size_t kPositionsKept =
    64;  // stepping back and forth in a game searches nothing anew
constexpr float kUntouched = std::numeric_limits<float>::quiet_NaN();

MctsConfig SearchConfig(int visits) {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  config.leaf_batch = LeafBatchesFor(visits, /*most=*/1).leaf_batch;
  config.max_nodes = visits + 1;
  config.reuse_tree = false;
  return config;
}

}  // namespace

float NetworkView::Policy(Action action) const {
  const auto at = std::lower_bound(legal.begin(), legal.end(), action);
  if (at == legal.end() || *at != action) return 0.0F;
  return policy[static_cast<std::size_t>(at - legal.begin())];
}

std::string StudiedPosition::Key() const {
  std::string key = game->spec().id;
  for (const Action move : moves) key += StrCat(" ", move);
  return key;
}

std::unique_ptr<State> StudiedPosition::MakeState() const {
  std::unique_ptr<State> state = game->NewState();
  for (const Action move : moves) state->Apply(move);
  return state;
}

std::vector<std::int64_t> SpreadOrder(const std::vector<std::int64_t>& steps) {
  std::vector<std::int64_t> order;
  std::vector<bool> taken(steps.size(), false);
  const auto take = [&](std::size_t index) {
    if (taken[index]) return;
    taken[index] = true;
    order.push_back(steps[index]);
  };
  if (steps.empty()) return order;
  take(steps.size() - 1);
  take(0);
  for (std::size_t parts = 2; order.size() < steps.size(); parts *= 2) {
    for (std::size_t i = 1; i < parts; i += 2) {
      take(std::min(steps.size() - 1, i * steps.size() / parts));
    }
    if (parts < 2 * steps.size()) continue;
    for (std::size_t i = 0; i < steps.size(); ++i) take(i);
  }
  return order;
}

CheckpointStudy::CheckpointStudy(std::filesystem::path run, Device device)
    : run_(std::move(run)), device_(device), thread_([this] { Serve(); }) {}

CheckpointStudy::~CheckpointStudy() {
  {
    MutexLock lock(mutex_);
    ends_ = true;
    changed_.NotifyAll();
  }
  thread_.join();
}

void CheckpointStudy::Ask(const StudiedPosition& position, const std::vector<std::int64_t>& steps,
                          std::int64_t chosen, int visits) {
  MutexLock lock(mutex_);
  const std::string key = position.Key();
  std::vector<std::int64_t> order = SpreadOrder(steps);
  if (key == key_ && chosen == chosen_ && visits == visits_ && order == steps_) return;
  if (key != key_ || chosen != chosen_) {
    Answers& answers = answers_[key];
    const auto has_problem = [](const auto& answer) { return !answer.second->problem.empty(); };
    std::erase_if(answers.networks, [&](const auto& answer) {
      return answer.first == chosen && has_problem(answer);
    });
    std::erase_if(answers.searches, has_problem);
  }
  position_ = position;
  key_ = key;
  steps_ = std::move(order);
  chosen_ = chosen;
  visits_ = visits;
  std::erase(recent_, key);
  recent_.push_back(key);
  if (recent_.size() > kPositionsKept) {
    answers_.erase(recent_.front());
    recent_.pop_front();
  }
  changed_.NotifyAll();
}

StudyView CheckpointStudy::view() const {
  MutexLock lock(mutex_);
  StudyView view;
  view.busy = working_ || NextJob().has_value();
  const auto answers = answers_.find(key_);
  if (answers == answers_.end()) return view;
  view.networks = answers->second.networks;
  const auto search = answers->second.searches.find({chosen_, visits_});
  if (search != answers->second.searches.end()) view.search = search->second;
  view.left =
      static_cast<std::size_t>(std::count_if(steps_.begin(), steps_.end(), [&](std::int64_t step) {
        return !answers->second.networks.contains(step);
      }));
  return view;
}

std::optional<CheckpointStudy::Job> CheckpointStudy::NextJob() const {
  const auto answers = answers_.find(key_);
  if (position_.game == nullptr || answers == answers_.end()) return std::nullopt;
  const auto& [networks, searches] = answers->second;
  const auto chosen = networks.find(chosen_);
  if (chosen_ >= 0 && chosen == networks.end()) return Job{key_, position_, chosen_, 0};
  if (visits_ > 0 && chosen_ >= 0 && chosen->second->problem.empty() &&
      !searches.contains({chosen_, visits_})) {
    return Job{key_, position_, chosen_, visits_};
  }
  for (const std::int64_t step : steps_) {
    if (!networks.contains(step)) return Job{key_, position_, step, 0};
  }
  return std::nullopt;
}

bool CheckpointStudy::StillWanted(const Job& job) const {
  MutexLock lock(mutex_);
  return !ends_ && key_ == job.key && chosen_ == job.step && visits_ == job.visits;
}

void CheckpointStudy::Keep(const Job& job, NetworkView view) {
  MutexLock lock(mutex_);
  const auto answers = answers_.find(job.key);
  if (answers == answers_.end()) return;
  answers->second.networks[job.step] = std::make_shared<const NetworkView>(std::move(view));
}

void CheckpointStudy::Keep(const Job& job, SearchView view) {
  MutexLock lock(mutex_);
  const auto answers = answers_.find(job.key);
  if (answers == answers_.end()) return;
  answers->second.searches[{job.step, job.visits}] =
      std::make_shared<const SearchView>(std::move(view));
}

void CheckpointStudy::Do(const Job& job) {
  std::string problem;
  try {
    if (job.visits == 0) return Keep(job, AskNetwork(job));
    SearchView view = Search(job);
    if (StillWanted(job)) Keep(job, std::move(view));
    return;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  NetworkView view;
  view.step = job.step;
  SearchView search;
  view.problem = search.problem = problem;
  job.visits == 0 ? Keep(job, std::move(view)) : Keep(job, std::move(search));
}

void CheckpointStudy::Serve() {
  for (;;) {
    std::optional<Job> job;
    {
      MutexLock lock(mutex_);
      working_ = false;
      while (!ends_ && !(job = NextJob())) changed_.Wait(mutex_);
      if (ends_) return;
      working_ = true;
    }
    Do(*job);
  }
}

std::shared_ptr<Evaluator> CheckpointStudy::Open(std::int64_t step, const GameSpec& game,
                                                 std::string& problem) {
  if (open_step_ == step && open_ != nullptr) return open_;
  const std::filesystem::path folder = RunFolder::Checkpoint(run_, step);
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    problem = StrCat("The checkpoint of step ", step, " is gone.");
    return nullptr;
  }
  const auto network = LoadNetwork(folder);
  Status plays =
      network ? CheckModelPlays(network->snapshot.config, game) : Status(Error{network.error()});
  if (!plays) {
    problem = StrCat("The checkpoint of step ", step, " cannot be used: ", plays.error());
    return nullptr;
  }
  NetEvaluatorOptions options;
  options.device = device_;
  options.symmetry = EvaluationSymmetry::kIdentity;  // the same answer at each look
  open_ = std::make_shared<NetEvaluator>(network->snapshot, options);
  open_step_ = step;
  return open_;
}

NetworkView CheckpointStudy::AskNetwork(const Job& job) {
  NetworkView view;
  view.step = job.step;
  const GameSpec& spec = job.position.game->spec();
  const std::shared_ptr<Evaluator> evaluator = Open(job.step, spec, view.problem);
  if (evaluator == nullptr) return view;
  const std::unique_ptr<State> state = job.position.MakeState();
  state->LegalActions(view.legal);
  view.policy.resize(view.legal.size());
  view.ownership.assign(static_cast<std::size_t>(spec.shape.points()), kUntouched);
  Evaluation evaluation;
  evaluation.state = state.get();
  evaluation.legal = view.legal;
  evaluation.prior = view.policy;
  evaluation.ownership = view.ownership;
  evaluator->Evaluate({&evaluation, 1});
  const float sign = state->ToMove() == Player::kFirst ? 1.0F : -1.0F;
  view.value = sign * evaluation.value;
  if (view.ownership.empty() || std::isnan(view.ownership.front())) {
    view.ownership.clear();
  } else {
    view.score = sign * evaluation.score;
  }
  for (float& owner : view.ownership) owner *= sign;
  return view;
}

SearchView CheckpointStudy::Search(const Job& job) {
  SearchView view;
  const auto evaluator = Open(job.step, job.position.game->spec(), view.problem);
  if (evaluator == nullptr) return view;
  const std::unique_ptr<State> state = job.position.MakeState();
  PositionSearch search(evaluator, SearchConfig(job.visits), /*seed=*/1);
  PositionSearchRequest request;
  request.root = state.get();
  request.visits = job.visits;
  request.stop = [&] { return !StillWanted(job); };
  search.Run(request);
  view.analysis = search.Analysis();
  return view;
}

}  // namespace tengen
