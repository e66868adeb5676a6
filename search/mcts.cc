#include "search/mcts.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "envs/core/check.h"
#include "search/gumbel.h"
#include "search/puct.h"
#include "search/tree.h"

namespace tengen {
namespace {

// One move of a simulation's path, and what its statistics were before the virtual loss.
struct Step {
  NodeIndex node;
  std::uint32_t edge;
  std::int32_t saved_node_visits;
  std::int32_t saved_edge_visits;
  float saved_edge_q;
};

// A simulation under way. The objects are kept and used again.
struct Simulation {
  std::vector<Step> path;  // from the root; empty when the root itself is evaluated
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior;
  float reward = 0.0F;    // of the last move
  bool terminal = false;  // ends in a finished game: worth 0 from there, no evaluation
  int evaluation = -1;    // index into evaluations_
};

void CheckConfig(const MctsConfig& config) {
  TENGEN_CHECK(config.leaf_batch > 0, "leaf_batch ", config.leaf_batch, ", wanted at least 1");
  TENGEN_CHECK(config.virtual_loss > 0, "virtual_loss ", config.virtual_loss,
               ", wanted at least 1");
  TENGEN_CHECK(config.gumbel_considered > 0, "gumbel_considered ", config.gumbel_considered,
               ", wanted at least 1");
  TENGEN_CHECK(config.max_nodes > 0, "max_nodes ", config.max_nodes, ", wanted at least 1");
  TENGEN_CHECK(config.c_base > 0.0, "c_base ", config.c_base, ", wanted above 0");
}

}  // namespace

class Mcts::Impl {
 public:
  explicit Impl(const MctsConfig& config)
      : config_(config),
        puct_{config.c_init, config.c_base},
        gumbel_parameters_{config.gumbel_c_visit, config.gumbel_c_scale} {
    CheckConfig(config);
  }

  void Begin(const State& root, int simulations, Exploration exploration, Rng& rng);
  int Gather();
  std::span<Evaluation> pending() { return evaluations_; }
  void Backup();
  void Stop();
  SearchResult Result() const;
  void Clear();
  int node_count() const { return tree_ ? tree_->size() : 0; }

 private:
  enum class Outcome { kEvaluate, kTerminal, kCollision };

  // Begin.
  void SetGame(const State& root);
  void Reuse(const State& root);
  NodeIndex Find(NodeIndex node, std::size_t depth, int plies, const Key128& key);
  QRange RangeOfTree() const;
  void DropSimulations();

  // Gather.
  void GatherRoot();
  void PrepareRoot();
  Outcome Descend(Simulation& simulation);
  int SelectAtRoot();
  int SelectBelow(const Node& node);
  int SelectByPuct(const Node& node, std::span<const float> priors, double fpu_reduction) const;
  void Replay(Simulation& simulation);
  void RequestEvaluation(Simulation& simulation);
  void AddVirtualLoss(Simulation& simulation);

  // Backup.
  void TakeVirtualLossBack(const Simulation& simulation);
  void Finish(const Simulation& simulation);
  void AddToTree(const Simulation& simulation);
  void AddReturn(const Simulation& simulation, double value);

  // Result.
  bool gumbel() const { return config_.root == RootSelection::kGumbel; }
  const Node& root() const { return tree_->node(Tree::kRoot); }
  MoveStatistics StatisticsOf(const Node& node) const {
    return {tree_->priors(node), tree_->visits(node), tree_->q(node)};
  }
  std::size_t BestMove() const;
  void FillPolicy(std::span<float> policy) const;
  std::vector<Action> PrincipalVariation(std::size_t best) const;

  // Constant after construction.
  const MctsConfig config_;
  const PuctParameters puct_;
  const GumbelParameters gumbel_parameters_;

  // Constant for one game.
  const Game* game_ = nullptr;
  std::shared_ptr<const Game> game_owner_;  // empty where nobody shares the game
  double child_discount_ = -1.0;            // gamma, negative with two players
  bool two_players_ = true;

  // The tree, kept from search to search.
  std::optional<Tree> tree_;
  std::unique_ptr<State> root_state_;
  QRange range_ = QRange::Empty();
  std::vector<std::unique_ptr<State>> walk_;  // scratch of Find, one state a ply

  // This search.
  Rng* rng_ = nullptr;
  Exploration exploration_ = Exploration::kOff;
  int budget_ = 0;
  int begun_ = 0;  // simulations begun
  bool root_prepared_ = false;
  std::vector<float> root_priors_;  // with noise; PUCT
  std::vector<float> noise_;        // Gumbel
  GumbelRoot gumbel_root_;
  std::vector<float> scratch_;

  // This batch: simulations_[0 .. num_simulations_).
  std::vector<Simulation> simulations_;
  std::size_t num_simulations_ = 0;
  std::vector<Evaluation> evaluations_;
};

// ---- Begin ----

void Mcts::Impl::Begin(const State& root, int simulations, Exploration exploration, Rng& rng) {
  TENGEN_CHECK(!root.IsTerminal(), "the root is a finished game");
  TENGEN_CHECK(simulations >= 0, "simulations ", simulations, ", wanted at least 0");
  DropSimulations();
  if (&root.game() != game_) SetGame(root);
  Reuse(root);
  root_state_->CopyFrom(root);
  rng_ = &rng;
  exploration_ = exploration;
  budget_ = simulations;
  begun_ = 0;
  root_prepared_ = false;
}

void Mcts::Impl::SetGame(const State& root) {
  game_ = &root.game();
  const GameSpec& spec = game_->spec();
  two_players_ = spec.num_players == 2;
  child_discount_ = two_players_ ? -spec.discount : spec.discount;
  walk_.clear();
  simulations_.clear();
  tree_.emplace(config_.max_nodes, spec.num_actions);
  root_state_ = root.Clone();
  simulations_.resize(static_cast<std::size_t>(config_.leaf_batch));
  for (Simulation& simulation : simulations_) simulation.state = root.Clone();
  game_owner_ = game_->weak_from_this().lock();  // last: the states before were of the old game
}

// Keeps what the tree knows of `root`; otherwise clears it.
void Mcts::Impl::Reuse(const State& root) {
  NodeIndex found = kNoNode;
  const int plies = root.Ply() - root_state_->Ply();
  if (config_.reuse_tree && !tree_->empty() && plies >= 0) {
    if (walk_.empty()) walk_.push_back(root.Clone());
    walk_[0]->CopyFrom(*root_state_);
    found = Find(Tree::kRoot, 0, plies, root.InputKey());
  }
  if (found == kNoNode) {
    tree_->Clear();
  } else {
    tree_->KeepSubtree(found);
  }
  range_ = RangeOfTree();
}

// The node `plies` below `node` whose position has this key. walk_[depth] is the node's position.
NodeIndex Mcts::Impl::Find(NodeIndex node, std::size_t depth, int plies, const Key128& key) {
  if (plies == 0) return walk_[depth]->InputKey() == key ? node : kNoNode;
  if (walk_.size() == depth + 1) walk_.push_back(root_state_->Clone());
  const Node& here = tree_->node(node);
  for (std::uint32_t edge = here.first_edge; edge < here.first_edge + here.num_edges; ++edge) {
    const NodeIndex child = tree_->edge_child(edge);
    if (child == kNoNode || tree_->node(child).terminal()) continue;
    walk_[depth + 1]->CopyFrom(*walk_[depth]);
    walk_[depth + 1]->Apply(tree_->edge_action(edge));
    const NodeIndex found = Find(child, depth + 1, plies - 1, key);
    if (found != kNoNode) return found;
  }
  return kNoNode;
}

QRange Mcts::Impl::RangeOfTree() const {
  if (two_players_) return QRange::Known(-1.0, 1.0);
  QRange range = QRange::Empty();
  for (NodeIndex i = 0; i < static_cast<NodeIndex>(tree_->size()); ++i) {
    const MoveStatistics moves = StatisticsOf(tree_->node(i));
    for (std::size_t a = 0; a < moves.visits.size(); ++a) {
      if (moves.visits[a] > 0) range.Include(moves.q[a]);
    }
  }
  return range;
}

void Mcts::Impl::DropSimulations() {
  for (std::size_t i = num_simulations_; i > 0; --i) TakeVirtualLossBack(simulations_[i - 1]);
  num_simulations_ = 0;
  evaluations_.clear();
}

// ---- Gather ----

int Mcts::Impl::Gather() {
  TENGEN_CHECK(rng_ != nullptr, "Gather before Begin");
  TENGEN_CHECK(evaluations_.empty(), evaluations_.size(), " leaves are pending, wanted none");
  if (tree_->empty()) {
    GatherRoot();
    return 1;
  }
  if (!root_prepared_) PrepareRoot();
  while (begun_ < budget_ && num_simulations_ < simulations_.size()) {
    if (gumbel() && gumbel_root_.AtRoundEnd() && num_simulations_ > 0) break;
    Simulation& simulation = simulations_[num_simulations_];
    const Outcome outcome = Descend(simulation);
    if (outcome == Outcome::kCollision) break;
    ++begun_;
    if (outcome == Outcome::kTerminal && evaluations_.empty()) {
      Finish(simulation);
      continue;
    }
    // An end of a game met beside pending leaves waits for them, so that all virtual losses can be
    // taken back before any value is added.
    if (outcome == Outcome::kEvaluate) RequestEvaluation(simulation);
    if (simulations_.size() > 1) AddVirtualLoss(simulation);
    ++num_simulations_;
  }
  return static_cast<int>(evaluations_.size());
}

void Mcts::Impl::GatherRoot() {
  Simulation& simulation = simulations_[0];
  simulation.path.clear();
  simulation.reward = 0.0F;
  simulation.terminal = false;
  simulation.state->CopyFrom(*root_state_);
  RequestEvaluation(simulation);
  num_simulations_ = 1;
}

// Draws this search's noise.
void Mcts::Impl::PrepareRoot() {
  const std::span<const float> priors = tree_->priors(root());
  root_prepared_ = true;
  if (gumbel()) {
    noise_.assign(priors.size(), 0.0F);
    if (exploration_ == Exploration::kOn) DrawGumbel(*rng_, noise_);
    gumbel_root_.Start(priors, noise_, config_.gumbel_considered, budget_);
    return;
  }
  root_priors_.resize(priors.size());
  const double fraction = exploration_ == Exploration::kOn ? config_.noise_fraction : 0.0;
  MixDirichletNoise(priors, config_.noise_total, fraction, *rng_, root_priors_);
}

// Walks down to a leaf: a move whose child has no node, or the end of a game.
Mcts::Impl::Outcome Mcts::Impl::Descend(Simulation& simulation) {
  simulation.path.clear();
  NodeIndex index = Tree::kRoot;
  while (true) {
    const Node& node = tree_->node(index);
    const int move = index == Tree::kRoot ? SelectAtRoot() : SelectBelow(node);
    const std::uint32_t edge = node.first_edge + static_cast<std::uint32_t>(move);
    simulation.path.push_back(
        {index, edge, node.visits, tree_->edge_visits(edge), tree_->edge_q(edge)});
    const NodeIndex child = tree_->edge_child(edge);
    if (child == kNoNode) break;
    if (tree_->node(child).terminal()) {
      simulation.reward = tree_->node(child).reward;
      simulation.terminal = true;
      simulation.evaluation = -1;
      return Outcome::kTerminal;
    }
    index = child;
  }
  for (std::size_t i = 0; i < num_simulations_; ++i) {
    if (simulations_[i].path.back().edge == simulation.path.back().edge) {
      if (gumbel()) gumbel_root_.Unget();
      return Outcome::kCollision;
    }
  }
  Replay(simulation);
  return simulation.terminal ? Outcome::kTerminal : Outcome::kEvaluate;
}

int Mcts::Impl::SelectAtRoot() {
  if (gumbel()) {
    return gumbel_root_.Next(gumbel_parameters_, range_, root().raw_value, StatisticsOf(root()));
  }
  return SelectByPuct(root(), root_priors_, config_.root_fpu_reduction);
}

int Mcts::Impl::SelectBelow(const Node& node) {
  if (gumbel()) {
    scratch_.resize(node.num_edges);
    return SelectGumbel(gumbel_parameters_, range_, node.raw_value, StatisticsOf(node), scratch_);
  }
  return SelectByPuct(node, tree_->priors(node), config_.fpu_reduction);
}

int Mcts::Impl::SelectByPuct(const Node& node, std::span<const float> priors,
                             double fpu_reduction) const {
  PuctParent parent;
  parent.exploration = static_cast<float>(ExplorationFactor(puct_, node.visits));
  parent.first_play = static_cast<float>(
      FirstPlayUrgency(range_.Normalise(node.mean), fpu_reduction, node.visited_prior));
  parent.q_scale = range_.scale();
  parent.q_offset = range_.offset();
  return SelectPuct(parent, priors, tree_->visits(node), tree_->q(node));
}

// Plays the path's moves on the simulation's own state.
void Mcts::Impl::Replay(Simulation& simulation) {
  simulation.state->CopyFrom(*root_state_);
  for (const Step& step : simulation.path) {
    simulation.state->Apply(tree_->edge_action(step.edge));
  }
  simulation.reward = static_cast<float>(simulation.state->Reward());
  simulation.terminal = simulation.state->IsTerminal();
  simulation.evaluation = -1;
}

void Mcts::Impl::RequestEvaluation(Simulation& simulation) {
  simulation.state->LegalActions(simulation.legal);
  simulation.prior.resize(simulation.legal.size());
  simulation.evaluation = static_cast<int>(evaluations_.size());
  Evaluation& evaluation = evaluations_.emplace_back();
  evaluation.state = simulation.state.get();
  evaluation.legal = simulation.legal;
  evaluation.prior = simulation.prior;
  evaluation.random = rng_->Next();
}

// Until its value is known, the simulation counts as virtual_loss visits with the worst return.
void Mcts::Impl::AddVirtualLoss(Simulation& simulation) {
  const std::int32_t loss = config_.virtual_loss;
  for (Step& step : simulation.path) {
    Node& node = tree_->node(step.node);
    std::int32_t& visits = tree_->edge_visits(step.edge);
    float& q = tree_->edge_q(step.edge);
    q = (static_cast<float>(visits) * q + static_cast<float>(loss) * range_.low()) /
        static_cast<float>(visits + loss);
    visits += loss;
    node.visits += loss;
  }
}

// ---- Backup ----

void Mcts::Impl::Backup() {
  // Latest first: each simulation restores what it found.
  if (simulations_.size() > 1) {
    for (std::size_t i = num_simulations_; i > 0; --i) TakeVirtualLossBack(simulations_[i - 1]);
  }
  for (std::size_t i = 0; i < num_simulations_; ++i) Finish(simulations_[i]);
  num_simulations_ = 0;
  evaluations_.clear();
}

void Mcts::Impl::TakeVirtualLossBack(const Simulation& simulation) {
  for (const Step& step : simulation.path) {
    tree_->node(step.node).visits = step.saved_node_visits;
    tree_->edge_visits(step.edge) = step.saved_edge_visits;
    tree_->edge_q(step.edge) = step.saved_edge_q;
  }
}

void Mcts::Impl::Finish(const Simulation& simulation) {
  AddToTree(simulation);
  AddReturn(simulation, simulation.terminal
                            ? 0.0
                            : evaluations_[static_cast<std::size_t>(simulation.evaluation)].value);
}

void Mcts::Impl::AddToTree(const Simulation& simulation) {
  if (tree_->full()) return;
  if (!simulation.path.empty() && tree_->edge_child(simulation.path.back().edge) != kNoNode) {
    return;
  }
  NodeIndex added = kNoNode;
  if (simulation.terminal) {
    added = tree_->Add({0.0F, 0.0F, simulation.reward}, {}, {});
  } else {
    const Evaluation& answer = evaluations_[static_cast<std::size_t>(simulation.evaluation)];
    added = tree_->Add({answer.value, answer.score, simulation.reward}, answer.legal, answer.prior);
  }
  if (!simulation.path.empty()) tree_->edge_child(simulation.path.back().edge) = added;
}

// `value` of the position at the path's end, view of its player to move.
void Mcts::Impl::AddReturn(const Simulation& simulation, double value) {
  double reward = simulation.reward;
  for (std::size_t i = simulation.path.size(); i > 0; --i) {
    const Step& step = simulation.path[i - 1];
    Node& node = tree_->node(step.node);
    // From here on the view of the player who moves at `node`.
    value = reward + child_discount_ * value;
    reward = node.reward;

    std::int32_t& visits = tree_->edge_visits(step.edge);
    float& q = tree_->edge_q(step.edge);
    if (++visits == 1) node.visited_prior += tree_->edge_prior(step.edge);
    q += static_cast<float>((value - q) / visits);
    range_.Include(q);
    ++node.visits;
    node.mean += static_cast<float>((value - node.mean) / node.visits);
  }
}

void Mcts::Impl::Stop() {
  TENGEN_CHECK(evaluations_.empty(), evaluations_.size(), " leaves are pending, wanted none");
  budget_ = begun_;
}

// ---- Result ----

SearchResult Mcts::Impl::Result() const {
  TENGEN_CHECK(node_count() > 0, "the root has no evaluation yet");
  TENGEN_CHECK(evaluations_.empty(), evaluations_.size(), " leaves are pending, wanted none");
  const MoveStatistics moves = StatisticsOf(root());
  SearchResult result;
  for (const std::uint16_t action : tree_->actions(root())) result.actions.push_back(action);
  result.priors.assign(moves.priors.begin(), moves.priors.end());
  result.visits.assign(moves.visits.begin(), moves.visits.end());
  result.q.assign(moves.q.begin(), moves.q.end());
  for (std::size_t a = 0; a < result.q.size(); ++a) {
    if (result.visits[a] == 0) result.q[a] = root().mean;
  }
  result.policy.resize(moves.priors.size());
  FillPolicy(result.policy);
  result.root_value = root().mean;
  result.raw_value = root().raw_value;
  result.raw_score = root().raw_score;
  result.simulations = begun_;
  const std::size_t best = BestMove();
  result.best = result.actions[best];
  result.principal_variation = PrincipalVariation(best);
  return result;
}

// Training target over the root's moves.
void Mcts::Impl::FillPolicy(std::span<float> policy) const {
  const MoveStatistics moves = StatisticsOf(root());
  if (gumbel()) {
    ImprovedPolicy(gumbel_parameters_, range_, root().raw_value, moves, policy);
    return;
  }
  const int sum = std::accumulate(moves.visits.begin(), moves.visits.end(), 0);
  for (std::size_t a = 0; a < policy.size(); ++a) {
    policy[a] =
        sum == 0 ? moves.priors[a] : static_cast<float>(moves.visits[a]) / static_cast<float>(sum);
  }
}

std::size_t Mcts::Impl::BestMove() const {
  const MoveStatistics moves = StatisticsOf(root());
  if (gumbel() && root_prepared_) {
    return static_cast<std::size_t>(
        gumbel_root_.Best(gumbel_parameters_, range_, root().raw_value, moves));
  }
  // Most visited; equal ones by Q, then by prior, then the first.
  std::size_t best = 0;
  for (std::size_t a = 1; a < moves.visits.size(); ++a) {
    if (std::tie(moves.visits[a], moves.q[a], moves.priors[a]) >
        std::tie(moves.visits[best], moves.q[best], moves.priors[best])) {
      best = a;
    }
  }
  return best;
}

// The best move, then the most visited ones.
std::vector<Action> Mcts::Impl::PrincipalVariation(std::size_t best) const {
  std::vector<Action> line;
  const Node* node = &root();
  for (auto move = static_cast<std::uint32_t>(best);;) {
    const std::uint32_t edge = node->first_edge + move;
    line.push_back(tree_->edge_action(edge));
    const NodeIndex child = tree_->children(*node)[move];
    if (child == kNoNode) return line;
    node = &tree_->node(child);
    const auto visits = tree_->visits(*node);
    const auto most = std::max_element(visits.begin(), visits.end());
    if (most == visits.end() || *most == 0) return line;
    move = static_cast<std::uint32_t>(most - visits.begin());
  }
}

void Mcts::Impl::Clear() {
  DropSimulations();
  if (tree_) tree_->Clear();
  begun_ = 0;
  budget_ = 0;
  root_prepared_ = false;
}

// ---- Mcts ----

Mcts::Mcts(const MctsConfig& config) : impl_(std::make_unique<Impl>(config)) {}
Mcts::~Mcts() = default;
Mcts::Mcts(Mcts&&) noexcept = default;
Mcts& Mcts::operator=(Mcts&&) noexcept = default;

void Mcts::Begin(const State& root, int simulations, Exploration exploration, Rng& rng) {
  impl_->Begin(root, simulations, exploration, rng);
}
int Mcts::Gather() { return impl_->Gather(); }
std::span<Evaluation> Mcts::pending() { return impl_->pending(); }
void Mcts::Backup() { impl_->Backup(); }
void Mcts::Stop() { impl_->Stop(); }
SearchResult Mcts::Result() const { return impl_->Result(); }
void Mcts::Clear() { impl_->Clear(); }
int Mcts::node_count() const { return impl_->node_count(); }

std::int64_t Mcts::BytesFor(const MctsConfig& config, const GameSpec& spec) {
  // A simulation under way holds a path, moves and priors; its State is the game's own affair.
  const std::int64_t simulation = static_cast<std::int64_t>(
      sizeof(Simulation) + sizeof(Evaluation) +
      static_cast<std::size_t>(spec.max_plies) * 2 * sizeof(Step) +
      static_cast<std::size_t>(spec.num_actions) * 2 * (sizeof(Action) + sizeof(float)));
  return Tree::BytesFor(config.max_nodes, spec.num_actions) + config.leaf_batch * simulation +
         spec.num_actions * static_cast<std::int64_t>(8 * sizeof(float));
}

SearchResult RunMcts(Mcts& mcts, Evaluator& evaluator, const State& root, int simulations,
                     Exploration exploration, Rng& rng) {
  mcts.Begin(root, simulations, exploration, rng);
  while (mcts.Gather() > 0) {
    evaluator.Evaluate(mcts.pending());
    mcts.Backup();
  }
  return mcts.Result();
}

}  // namespace tengen
