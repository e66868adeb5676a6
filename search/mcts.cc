#include "search/mcts.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "envs/core/check.h"
#include "search/backup.h"
#include "search/batch_queue.h"
#include "search/leaf_adjustment.h"
#include "search/move_selector.h"
#include "search/position_finder.h"
#include "search/puct.h"
#include "search/tree.h"
#include "search/tree_reading.h"

namespace tengen {
namespace {

// A simulation under way. The objects are kept and used again.
struct Simulation {
  std::vector<PathStep> path;  // from the root; empty when the root itself is evaluated
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior;
  float reward = 0.0F;    // of the last move
  float score = 0.0F;     // of a finished game with area, view of the player to move there
  bool terminal = false;  // ends in a finished game: worth 0 from there, no evaluation
  const Evaluation* answer = nullptr;  // of its batch; null at the end of a game
};

// Leaves that are evaluated together.
struct LeafBatch {
  std::vector<Simulation> simulations;  // the first `size` are under way
  std::size_t size = 0;
  std::vector<Evaluation> evaluations;  // never grows beyond what is reserved: `answer` stays valid

  std::span<Simulation> under_way() { return std::span(simulations).first(size); }
  void Reset() {
    size = 0;
    evaluations.clear();
  }
};

TreeExtras ExtrasOf(const MctsConfig& config) {
  return NeedsExtras(config) ? TreeExtras::kAll : TreeExtras::kNone;
}

std::optional<ScoreMoments> MomentsOf(const Evaluation& answer) {
  if (answer.details == nullptr || !answer.details->given) return std::nullopt;
  const float mean = answer.details->score_mean;
  const float deviation = answer.details->score_deviation;
  return ScoreMoments{mean, mean * mean + deviation * deviation};
}

}  // namespace

class Mcts::Impl {
 public:
  explicit Impl(const MctsConfig& config)
      : config_(config), adjustment_(config), selector_(config) {
    const Status status = CheckMctsConfig(config);
    TENGEN_CHECK(status.ok(), status.error());
  }

  void Begin(const State& root, int simulations, Exploration exploration, Rng& rng, int considered);
  int Gather();
  int waiting() const { return static_cast<int>(waiting_); }
  const MctsConfig& config() const { return config_; }
  std::span<Evaluation> pending() {
    return waiting_ == 0 ? std::span<Evaluation>() : Waiting(waiting_ - 1).evaluations;
  }
  Action RootMove(const Evaluation& pending) const;
  void Backup();
  void PauseAfterEnds(int simulations) { pause_ = simulations; }
  bool done() const { return begun_ >= budget_; }
  void Stop();
  SearchResult Result() const;
  std::vector<Action> Line(Action first, std::vector<int>* visits) const;
  std::vector<TreeMove> Moves(int min_visits, std::size_t most) const;
  SearchScores Scores() const;
  void Clear();
  int node_count() const { return tree_ ? tree_->size() : 0; }

 private:
  enum class Outcome { kEvaluate, kTerminal, kCollision };

  // Begin.
  void SetGame(const State& root);
  void Reuse(const State& root);
  QRange RangeOfTree() const;
  void DropSimulations();

  // Gather.
  void GatherRoot(LeafBatch& batch);
  bool GatherOne(LeafBatch& batch);
  Outcome Descend(const LeafBatch& batch, Simulation& simulation);
  bool IsTaken(const LeafBatch& batch, std::uint32_t edge) const;
  void Replay(Simulation& simulation);
  float FinalScore(const Simulation& simulation);
  void RequestEvaluation(LeafBatch& batch, Simulation& simulation);

  // Backup.
  // The batch that waits behind `place` older ones.
  LeafBatch& Waiting(std::size_t place) { return batches_[(first_ + place) % batches_.size()]; }
  const LeafBatch& Waiting(std::size_t place) const {
    return batches_[(first_ + place) % batches_.size()];
  }
  bool has_unobserved() const { return config_.leaf_batch > 1 || config_.batches > 1; }
  void AddUnobservedOf(const Simulation& simulation);
  void TakeAllUnobservedBack();
  void Finish(const Simulation& simulation);
  void AddToTree(const Simulation& simulation);
  void AddWithExtras(const Simulation& simulation, double value);
  Tree::Leaf LeafOf(const Simulation& simulation) const;
  LeafPlace PlaceOf(const Simulation& simulation) const;

  // Constant after construction.
  const MctsConfig config_;

  // Constant for one game.
  const Game* game_ = nullptr;
  std::shared_ptr<const Game> game_owner_;  // empty where nobody shares the game
  double child_discount_ = -1.0;            // gamma, negative with two players
  bool two_players_ = true;

  // The tree, kept from search to search.
  std::optional<Tree> tree_;
  std::unique_ptr<State> root_state_;
  QRange range_ = QRange::Empty();
  PositionFinder finder_;
  LeafAdjustment adjustment_;

  // This search.
  Rng* rng_ = nullptr;
  Exploration exploration_ = Exploration::kOff;
  int budget_ = 0;
  int considered_ = 0;  // by a Gumbel root
  int begun_ = 0;       // simulations begun
  int pause_ = 0;       // see PauseAfterEnds
  std::int64_t simulator_calls_ = 0;
  MoveSelector selector_;

  // A ring: `waiting_` of them wait, from the oldest at `first_` on.
  std::vector<LeafBatch> batches_;
  std::size_t first_ = 0;
  std::size_t waiting_ = 0;
};

// ---- Begin ----

void Mcts::Impl::Begin(const State& root, int simulations, Exploration exploration, Rng& rng,
                       int considered) {
  TENGEN_CHECK(!root.IsTerminal(), "the root is a finished game");
  TENGEN_CHECK(simulations >= 0, "simulations ", simulations, ", wanted at least 0");
  TENGEN_CHECK(considered >= 0, "considered moves ", considered, ", wanted at least 0");
  DropSimulations();
  if (&root.game() != game_) SetGame(root);
  Reuse(root);
  root_state_->CopyFrom(root);
  rng_ = &rng;
  exploration_ = exploration;
  budget_ = simulations;
  considered_ = considered > 0 ? considered : config_.gumbel_considered;
  begun_ = 0;
  simulator_calls_ = 0;
  selector_.EndSearch();
}

void Mcts::Impl::SetGame(const State& root) {
  game_ = &root.game();
  const GameSpec& spec = game_->spec();
  two_players_ = spec.num_players == 2;
  child_discount_ = two_players_ ? -spec.discount : spec.discount;
  finder_ = PositionFinder();
  batches_.clear();
  tree_.emplace(config_.max_nodes, spec.num_actions, ExtrasOf(config_));
  root_state_ = root.Clone();
  first_ = 0;
  batches_.resize(static_cast<std::size_t>(config_.batches));
  for (LeafBatch& batch : batches_) {
    batch.simulations.resize(static_cast<std::size_t>(config_.leaf_batch));
    batch.evaluations.reserve(batch.simulations.size());
    for (Simulation& simulation : batch.simulations) simulation.state = root.Clone();
  }
  game_owner_ = game_->weak_from_this().lock();  // last: the states before were of the old game
}

// Keeps what the tree knows of `root`; otherwise clears it.
void Mcts::Impl::Reuse(const State& root) {
  const NodeIndex found = config_.reuse_tree ? finder_.Find(*tree_, *root_state_, root) : kNoNode;
  if (found == kNoNode) {
    tree_->Clear();
    adjustment_.Clear();
  } else {
    tree_->KeepSubtree(found);
    if (found != Tree::kRoot) adjustment_.Keep(*tree_);
  }
  range_ = RangeOfTree();
}

QRange Mcts::Impl::RangeOfTree() const {
  if (two_players_) return QRange::Known(-1.0, 1.0);
  QRange range = QRange::Empty();
  for (NodeIndex i = 0; i < static_cast<NodeIndex>(tree_->size()); ++i) {
    const auto visits = tree_->visits(tree_->node(i));
    const auto q = tree_->q(tree_->node(i));
    for (std::size_t a = 0; a < q.size(); ++a) {
      if (visits[a] > 0) range.Include(q[a]);
    }
  }
  return range;
}

void Mcts::Impl::DropSimulations() {
  TakeAllUnobservedBack();
  for (; waiting_ > 0; --waiting_) Waiting(waiting_ - 1).Reset();
  first_ = 0;
}

// ---- Gather ----

int Mcts::Impl::Gather() {
  TENGEN_CHECK(rng_ != nullptr, "Gather before Begin");
  TENGEN_CHECK(waiting_ < batches_.size(), waiting_, " batches are pending, wanted fewer than ",
               batches_.size());
  LeafBatch& batch = Waiting(waiting_);
  if (tree_->empty()) {
    if (waiting_ == 0) GatherRoot(batch);
  } else {
    if (!selector_.started())
      selector_.StartSearch(*tree_, budget_, considered_, exploration_, *rng_);
    const int first = begun_;
    while (begun_ < budget_ && batch.size < batch.simulations.size()) {
      if (!GatherOne(batch)) break;
      if (pause_ > 0 && batch.size == 0 && begun_ - first >= pause_) break;
    }
  }
  if (!batch.evaluations.empty()) ++waiting_;
  return static_cast<int>(batch.evaluations.size());
}

// Begins a simulation more; false where that must wait for values.
bool Mcts::Impl::GatherOne(LeafBatch& batch) {
  const bool alone = waiting_ == 0 && batch.size == 0;
  if (!alone && selector_.AtRoundEnd()) return false;
  Simulation& simulation = batch.simulations[batch.size];
  const Outcome outcome = Descend(batch, simulation);
  if (outcome == Outcome::kCollision) return false;
  if (outcome == Outcome::kTerminal && batch.evaluations.empty()) {
    if (waiting_ > 0) {
      selector_.GiveBack();
      return false;
    }
    ++begun_;
    Finish(simulation);
    return true;
  }
  ++begun_;
  // An end of a game met beside pending leaves waits for them, so that all visits under way can be
  // taken back before any value is added.
  if (outcome == Outcome::kEvaluate) RequestEvaluation(batch, simulation);
  AddUnobservedOf(simulation);
  ++batch.size;
  return true;
}

void Mcts::Impl::GatherRoot(LeafBatch& batch) {
  Simulation& simulation = batch.simulations[0];
  simulation.path.clear();
  simulation.reward = 0.0F;
  simulation.terminal = false;
  simulation.state->CopyFrom(*root_state_);
  RequestEvaluation(batch, simulation);
  batch.size = 1;
}

// Walks down to a leaf: a move whose child has no node, or the end of a game.
Mcts::Impl::Outcome Mcts::Impl::Descend(const LeafBatch& batch, Simulation& simulation) {
  simulation.path.clear();
  NodeIndex index = Tree::kRoot;
  while (true) {
    const int move = selector_.Select(*tree_, index, range_);
    simulation.path.push_back(MakeStep(*tree_, index, move));
    const NodeIndex child = tree_->edge_child(simulation.path.back().edge);
    if (child == kNoNode) break;
    if (tree_->node(child).terminal()) {
      simulation.reward = tree_->node(child).reward;
      simulation.score = tree_->node(child).raw_score;
      simulation.terminal = true;
      simulation.answer = nullptr;
      return Outcome::kTerminal;
    }
    index = child;
  }
  if (IsTaken(batch, simulation.path.back().edge)) {
    selector_.GiveBack();
    return Outcome::kCollision;
  }
  Replay(simulation);
  return simulation.terminal ? Outcome::kTerminal : Outcome::kEvaluate;
}

// Whether a simulation that waits, or one of `batch`, ends behind that move.
bool Mcts::Impl::IsTaken(const LeafBatch& batch, std::uint32_t edge) const {
  const auto takes = [edge](const LeafBatch& other) {
    const auto end = other.simulations.begin() + static_cast<std::ptrdiff_t>(other.size);
    return std::any_of(other.simulations.begin(), end, [edge](const Simulation& simulation) {
      return simulation.path.back().edge == edge;
    });
  };
  for (std::size_t i = 0; i < waiting_; ++i) {
    if (takes(Waiting(i))) return true;
  }
  return takes(batch);
}

// Plays the path's moves on the simulation's own state.
void Mcts::Impl::Replay(Simulation& simulation) {
  simulation.state->CopyFrom(*root_state_);
  for (const PathStep& step : simulation.path) {
    simulation.state->Apply(tree_->edge_action(step.edge));
  }
  simulator_calls_ += static_cast<std::int64_t>(simulation.path.size());
  simulation.reward = static_cast<float>(simulation.state->Reward());
  simulation.terminal = simulation.state->IsTerminal();
  simulation.score = simulation.terminal ? FinalScore(simulation) : 0.0F;
  simulation.answer = nullptr;
}

float Mcts::Impl::FinalScore(const Simulation& simulation) {
  float first = 0.0F;
  if (!game_->spec().has_area || !simulation.state->FinalArea({}, &first)) return 0.0F;
  const bool root_moves = simulation.path.size() % 2 == 0;
  return (root_state_->ToMove() == Player::kFirst) == root_moves ? first : -first;
}

void Mcts::Impl::RequestEvaluation(LeafBatch& batch, Simulation& simulation) {
  simulation.state->LegalActions(simulation.legal);
  simulation.prior.resize(simulation.legal.size());
  Evaluation& evaluation = batch.evaluations.emplace_back();
  simulation.answer = &evaluation;
  evaluation.state = simulation.state.get();
  evaluation.legal = simulation.legal;
  evaluation.prior = simulation.prior;
  evaluation.random = rng_->Next();
}

Action Mcts::Impl::RootMove(const Evaluation& pending) const {
  for (std::size_t i = 0; i < waiting_; ++i) {
    const LeafBatch& batch = Waiting(i);
    for (std::size_t k = 0; k < batch.size; ++k) {
      const Simulation& simulation = batch.simulations[k];
      if (simulation.answer != &pending) continue;
      return simulation.path.empty() ? kNoAction : tree_->edge_action(simulation.path.front().edge);
    }
  }
  TENGEN_CHECK(false, "the leaf is not pending");
}

// ---- Backup ----

void Mcts::Impl::Backup() {
  if (waiting_ == 0) return;
  TakeAllUnobservedBack();
  LeafBatch& oldest = Waiting(0);
  for (const Simulation& simulation : oldest.under_way()) Finish(simulation);
  oldest.Reset();
  first_ = (first_ + 1) % batches_.size();
  --waiting_;
  for (std::size_t i = 0; i < waiting_; ++i) {
    for (Simulation& simulation : Waiting(i).under_way()) {
      SaveAnew(*tree_, simulation.path);
      AddUnobservedOf(simulation);
    }
  }
}

void Mcts::Impl::AddUnobservedOf(const Simulation& simulation) {
  if (!has_unobserved()) return;
  AddUnobserved(*tree_, simulation.path, config_.virtual_loss, range_.low());
}

// Latest first: each simulation restores what it found.
void Mcts::Impl::TakeAllUnobservedBack() {
  if (!has_unobserved()) return;
  for (std::size_t i = waiting_; i > 0; --i) {
    LeafBatch& batch = Waiting(i - 1);
    for (std::size_t k = batch.size; k > 0; --k) {
      TakeUnobservedBack(*tree_, batch.simulations[k - 1].path);
    }
  }
}

void Mcts::Impl::Finish(const Simulation& simulation) {
  double value = 0.0;
  if (!simulation.terminal) {
    value = simulation.answer->value;
    TENGEN_CHECK(std::isfinite(value), "evaluator's value ", value, ", wanted a finite number");
  }
  if (tree_->has_extras()) {
    AddWithExtras(simulation, value);
    return;
  }
  AddToTree(simulation);
  AddReturn(*tree_, simulation.path, simulation.reward, value, child_discount_, range_);
}

void Mcts::Impl::AddToTree(const Simulation& simulation) {
  if (tree_->full()) return;
  if (!simulation.path.empty() && tree_->edge_child(simulation.path.back().edge) != kNoNode) {
    return;
  }
  // This visit is not counted yet.
  if (!simulation.path.empty() && !simulation.terminal &&
      tree_->edge_visits(simulation.path.back().edge) + 1 < config_.expand_visits) {
    return;
  }
  Tree::Leaf leaf = LeafOf(simulation);
  if (tree_->has_extras()) adjustment_.Fill(*tree_, PlaceOf(simulation), leaf);
  NodeIndex added = kNoNode;
  if (simulation.terminal) {
    added = tree_->Add(leaf, {}, {});
  } else {
    added = tree_->Add(leaf, simulation.answer->legal, simulation.answer->prior);
  }
  if (!simulation.path.empty()) tree_->edge_child(simulation.path.back().edge) = added;
}

Tree::Leaf Mcts::Impl::LeafOf(const Simulation& simulation) const {
  if (simulation.terminal) return {0.0F, simulation.score, simulation.reward};
  const Evaluation& answer = *simulation.answer;
  return {answer.value, answer.score, simulation.reward, MomentsOf(answer)};
}

// `value`: the evaluator's, 0 at the end of a game. What counts is what the leaf is worth with its
// utility and correction; a leaf without a node (the tree is full) has no correction.
void Mcts::Impl::AddWithExtras(const Simulation& simulation, double value) {
  if (adjustment_.has_utility()) {
    value += static_cast<double>(adjustment_.Utility(PlaceOf(simulation)));
  }
  const int size = tree_->size();
  AddToTree(simulation);
  if (tree_->size() > size) {
    value -= static_cast<double>(tree_->extras(static_cast<NodeIndex>(size)).correction);
  }
  AddReturnWithExtras(*tree_, simulation.path, simulation.reward, value, child_discount_, range_,
                      adjustment_.bias());
}

LeafPlace Mcts::Impl::PlaceOf(const Simulation& simulation) const {
  const float score = simulation.terminal ? simulation.score : simulation.answer->score;
  return {*root_state_, simulation.path, *simulation.state, simulation.terminal, score};
}

void Mcts::Impl::Stop() {
  TENGEN_CHECK(waiting_ == 0, waiting_, " batches are pending, wanted none");
  budget_ = begun_;
}

// ---- Result ----

SearchResult Mcts::Impl::Result() const {
  TENGEN_CHECK(node_count() > 0, "the root has no evaluation yet");
  TENGEN_CHECK(waiting_ == 0, waiting_, " batches are pending, wanted none");
  const Node& root = tree_->node(Tree::kRoot);
  const auto actions = tree_->actions(root);
  const auto priors = tree_->priors(root);
  const auto visits = tree_->visits(root);
  const auto q = tree_->q(root);
  SearchResult result;
  result.actions.assign(actions.begin(), actions.end());
  result.priors.assign(priors.begin(), priors.end());
  result.visits.assign(visits.begin(), visits.end());
  result.q.assign(q.begin(), q.end());
  for (std::size_t a = 0; a < q.size(); ++a) {
    if (visits[a] == 0) result.q[a] = root.mean;
  }
  result.policy.resize(priors.size());
  selector_.FillPolicy(*tree_, range_, result.policy);
  result.root_value = selector_.RootValue(*tree_, result.policy);
  if (adjustment_.has_utility()) TakeUtilityOff(*tree_, config_.root, result);
  result.raw_value = root.raw_value;
  result.raw_score = root.raw_score;
  result.simulations = begun_;
  result.simulator_calls = simulator_calls_;
  const std::size_t best = selector_.Best(*tree_, range_);
  result.best = result.actions[best];
  result.principal_variation = LineOf(*tree_, best, nullptr);
  return result;
}

std::vector<Action> Mcts::Impl::Line(Action first, std::vector<int>* visits) const {
  TENGEN_CHECK(node_count() > 0, "the root has no evaluation yet");
  const auto actions = tree_->actions(tree_->node(Tree::kRoot));
  const auto found = std::find(actions.begin(), actions.end(), first);
  TENGEN_CHECK(found != actions.end(), "action ", first, ", wanted a legal one");
  if (visits != nullptr) visits->clear();
  return LineOf(*tree_, static_cast<std::size_t>(found - actions.begin()), visits);
}

std::vector<TreeMove> Mcts::Impl::Moves(int min_visits, std::size_t most) const {
  TENGEN_CHECK(node_count() > 0, "the root has no evaluation yet");
  TENGEN_CHECK(min_visits >= 1, "min_visits ", min_visits, ", wanted at least 1");
  return MovesOf(*tree_, {config_.c_init, config_.c_factor, config_.c_base}, min_visits, most);
}

SearchScores Mcts::Impl::Scores() const {
  TENGEN_CHECK(node_count() > 0, "the root has no evaluation yet");
  return ScoresOf(*tree_);
}

void Mcts::Impl::Clear() {
  DropSimulations();
  if (tree_) tree_->Clear();
  adjustment_.Clear();
  begun_ = 0;
  budget_ = 0;
  selector_.EndSearch();
}

// ---- Mcts ----

Mcts::Mcts(const MctsConfig& config) : impl_(std::make_unique<Impl>(config)) {}
Mcts::~Mcts() = default;
Mcts::Mcts(Mcts&&) noexcept = default;
Mcts& Mcts::operator=(Mcts&&) noexcept = default;

void Mcts::Begin(const State& root, int simulations, Exploration exploration, Rng& rng,
                 int considered) {
  impl_->Begin(root, simulations, exploration, rng, considered);
}
int Mcts::Gather() { return impl_->Gather(); }
int Mcts::waiting() const { return impl_->waiting(); }
std::span<Evaluation> Mcts::pending() { return impl_->pending(); }
Action Mcts::RootMove(const Evaluation& pending) const { return impl_->RootMove(pending); }
void Mcts::Backup() { impl_->Backup(); }
void Mcts::PauseAfterEnds(int simulations) { impl_->PauseAfterEnds(simulations); }
bool Mcts::done() const { return impl_->done(); }
void Mcts::Stop() { impl_->Stop(); }
SearchResult Mcts::Result() const { return impl_->Result(); }
std::vector<Action> Mcts::Line(Action first, std::vector<int>* visits) const {
  return impl_->Line(first, visits);
}
std::vector<TreeMove> Mcts::Moves(int min_visits, std::size_t most) const {
  return impl_->Moves(min_visits, most);
}
SearchScores Mcts::Scores() const { return impl_->Scores(); }
void Mcts::Clear() { impl_->Clear(); }
int Mcts::node_count() const { return impl_->node_count(); }
const MctsConfig& Mcts::config() const { return impl_->config(); }

std::int64_t Mcts::BytesFor(const MctsConfig& config, const GameSpec& spec) {
  // A simulation under way holds a path, moves and priors; its State is the game's own affair.
  const std::int64_t simulation = static_cast<std::int64_t>(
      sizeof(Simulation) + sizeof(Evaluation) +
      static_cast<std::size_t>(spec.max_plies) * 2 * sizeof(PathStep) +
      static_cast<std::size_t>(spec.num_actions) * 2 * (sizeof(Action) + sizeof(float)));
  const std::int64_t buckets = config.value_bias.factor > 0.0 ? config.max_nodes : 0;
  return Tree::BytesFor(config.max_nodes, spec.num_actions, ExtrasOf(config)) +
         ValueBias::BytesFor(buckets) +
         std::int64_t{config.leaf_batch} * config.batches * simulation +
         spec.num_actions * static_cast<std::int64_t>(8 * sizeof(float));
}

SearchResult RunMcts(Mcts& mcts, Evaluator& evaluator, const State& root, int simulations,
                     Exploration exploration, Rng& rng) {
  mcts.Begin(root, simulations, exploration, rng);
  BatchQueue queue(mcts, evaluator);
  queue.Drain();
  return mcts.Result();
}

}  // namespace tengen
