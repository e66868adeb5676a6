#include "search/move_selector.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "envs/core/check.h"
#include "search/forced_playouts.h"

namespace tengen {
namespace {

MoveStatistics StatisticsOf(const Tree& tree, const Node& node) {
  return {tree.priors(node), tree.visits(node), tree.q(node)};
}

}  // namespace

MoveSelector::MoveSelector(const MctsConfig& config)
    : gumbel_(config.root == RootSelection::kGumbel),
      puct_{config.c_init, config.c_factor, config.c_base},
      fpu_reduction_(config.fpu_reduction),
      root_fpu_reduction_(config.root_fpu_reduction),
      noise_total_(config.noise_total),
      noise_fraction_(config.noise_fraction),
      noise_shape_(config.noise_shape),
      forced_playouts_(config.forced_playouts),
      lcb_(config.lcb),
      stdev_(config.stdev),
      gumbel_parameters_{config.gumbel_c_visit, config.gumbel_c_scale} {
  TENGEN_CHECK(config.c_base > 0.0, "c_base ", config.c_base, ", wanted above 0");
  TENGEN_CHECK(config.gumbel_considered > 0, "gumbel_considered ", config.gumbel_considered,
               ", wanted at least 1");
}

void MoveSelector::StartSearch(const Tree& tree, int simulations, int considered,
                               Exploration exploration, Rng& rng) {
  const std::span<const float> priors = tree.priors(tree.node(Tree::kRoot));
  started_ = true;
  exploring_ = !gumbel_ && exploration == Exploration::kOn;
  if (gumbel_) {
    root_noise_.assign(priors.size(), 0.0F);
    if (exploration == Exploration::kOn) DrawGumbel(rng, root_noise_);
    gumbel_root_.Start(priors, root_noise_, considered, simulations);
    return;
  }
  root_priors_.resize(priors.size());
  const double fraction = exploration == Exploration::kOn ? noise_fraction_ : 0.0;
  MixShapedNoise(priors, noise_total_, noise_shape_, fraction, rng, root_priors_);
}

int MoveSelector::Select(const Tree& tree, NodeIndex index, const QRange& range) {
  if (!gumbel_) return SelectByPuct(tree, index, range);
  const Node& node = tree.node(index);
  const MoveStatistics moves = StatisticsOf(tree, node);
  if (index == Tree::kRoot) {
    return gumbel_root_.Next(gumbel_parameters_, range, tree.own_value(index), moves);
  }
  scratch_.resize(node.num_edges);
  return SelectGumbel(gumbel_parameters_, range, tree.own_value(index), moves, scratch_);
}

int MoveSelector::SelectByPuct(const Tree& tree, NodeIndex index, const QRange& range) const {
  const bool is_root = index == Tree::kRoot;
  const Node& node = tree.node(index);
  if (is_root && Forces()) {
    const int forced = FindForced(forced_playouts_, root_priors_, tree.visits(node));
    if (forced >= 0) return forced;
  }
  PuctParent parent;
  parent.exploration = static_cast<float>(ExplorationAt(tree, index, range));
  parent.first_play = static_cast<float>(
      FirstPlayUrgency(range.Normalise(node.mean), is_root ? root_fpu_reduction_ : fpu_reduction_,
                       node.visited_prior));
  parent.q_scale = range.scale();
  parent.q_offset = range.offset();
  const std::span<const float> priors = is_root ? root_priors_ : tree.priors(node);
  return SelectPuct(parent, priors, tree.visits(node), tree.q(node));
}

double MoveSelector::ExplorationAt(const Tree& tree, NodeIndex index, const QRange& range) const {
  const Node& node = tree.node(index);
  const double factor = ExplorationFactor(puct_, node.visits);
  if (stdev_.scale <= 0.0) return factor;
  const NodeExtras& extras = tree.extras(index);
  return factor * ExplorationScale(stdev_, range, extras.returns, static_cast<double>(node.mean),
                                   static_cast<double>(extras.square));
}

void MoveSelector::FillPrunedPolicy(const Tree& tree, const QRange& range,
                                    std::span<float> policy) const {
  const Node& root = tree.node(Tree::kRoot);
  std::vector<float> q(tree.q(root).begin(), tree.q(root).end());
  for (float& value : q) value = range.Normalise(value);
  PrunedPolicy(forced_playouts_, ExplorationAt(tree, Tree::kRoot, range), root_priors_,
               tree.visits(root), q, policy);
}

void MoveSelector::GiveBack() {
  if (gumbel_) gumbel_root_.Unget();
}

void MoveSelector::FillPolicy(const Tree& tree, const QRange& range,
                              std::span<float> policy) const {
  const Node& root = tree.node(Tree::kRoot);
  const MoveStatistics moves = StatisticsOf(tree, root);
  if (gumbel_) {
    ImprovedPolicy(gumbel_parameters_, range, tree.own_value(Tree::kRoot), moves, policy);
    return;
  }
  const int sum = std::accumulate(moves.visits.begin(), moves.visits.end(), 0);
  if (sum > 0 && started_ && Forces()) {
    FillPrunedPolicy(tree, range, policy);
    return;
  }
  for (std::size_t a = 0; a < policy.size(); ++a) {
    policy[a] =
        sum == 0 ? moves.priors[a] : static_cast<float>(moves.visits[a]) / static_cast<float>(sum);
  }
}

float MoveSelector::RootValue(const Tree& tree, std::span<const float> policy) const {
  const Node& root = tree.node(Tree::kRoot);
  if (!gumbel_) return root.mean;
  return static_cast<float>(
      PolicyValue(tree.own_value(Tree::kRoot), StatisticsOf(tree, root), policy));
}

std::size_t MoveSelector::Best(const Tree& tree, const QRange& range) const {
  const Node& root = tree.node(Tree::kRoot);
  const MoveStatistics moves = StatisticsOf(tree, root);
  if (gumbel_ && started_) {
    return static_cast<std::size_t>(
        gumbel_root_.Best(gumbel_parameters_, range, tree.own_value(Tree::kRoot), moves));
  }
  const bool visited = std::any_of(moves.visits.begin(), moves.visits.end(),
                                   [](std::int32_t visits) { return visits > 0; });
  if (lcb_.stdevs > 0.0 && !gumbel_ && visited) {
    return BestByLowerBound(lcb_, range, moves.visits, moves.q, tree.squares(root));
  }
  std::size_t best = 0;
  for (std::size_t a = 1; a < moves.visits.size(); ++a) {
    if (std::tie(moves.visits[a], moves.q[a], moves.priors[a]) >
        std::tie(moves.visits[best], moves.q[best], moves.priors[best])) {
      best = a;
    }
  }
  return best;
}

}  // namespace tengen
