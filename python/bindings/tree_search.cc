#include "python/bindings/tree_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tengen {

TreeSearch::TreeSearch(const MctsConfig& config, std::uint64_t seed, int threads)
    : config_(config), seed_(seed), team_(threads) {}

// Every thread takes its own range of trees.
template <typename Work>
void TreeSearch::ForEachSlot(const Work& work) {
  const auto parts = static_cast<std::size_t>(team_.size());
  team_.Run([&](int part) {
    const std::size_t begin = active_ * static_cast<std::size_t>(part) / parts;
    const std::size_t end = active_ * (static_cast<std::size_t>(part) + 1) / parts;
    for (std::size_t i = begin; i < end; ++i) work(*slots_[i]);
  });
}

void TreeSearch::Begin(const std::vector<const PyState*>& states, int simulations,
                       Exploration exploration, const std::string& encoder) {
  if (states.empty()) throw nb::value_error("no states to search, wanted at least one");
  if (simulations < 1) {
    throw nb::value_error(StrCat("simulations is ", simulations, ", wanted at least 1").c_str());
  }
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i] != nullptr) continue;
    throw nb::type_error(StrCat("state ", i, " is None, wanted a State").c_str());
  }
  const std::shared_ptr<const PyGame> game = states.front()->game();
  for (std::size_t i = 0; i < states.size(); ++i) {
    const GameSpec& spec = states[i]->spec();
    if (spec.id != game->spec().id) {
      throw nb::value_error(StrCat("state ", i, " is of ", spec.id, ", wanted one of ",
                                   game->spec().id, " as state 0")
                                .c_str());
    }
    if (IsOver(states[i]->state())) {
      throw nb::value_error(
          StrCat("state ", i, ": the game is over, wanted one that goes on").c_str());
    }
  }
  encoder_ = game->Encoder(encoder);
  game_ = game;
  leaves_.clear();
  active_ = states.size();
  while (slots_.size() < active_) {
    slots_.push_back(std::make_unique<Slot>(config_, seed_, slots_.size()));
  }
  for (std::size_t i = 0; i < active_; ++i) {
    slots_[i]->mcts.Begin(states[i]->state(), simulations, exploration, slots_[i]->rng);
    slots_[i]->done = false;
  }
}

int TreeSearch::Gather() {
  ForEachSlot([](Slot& slot) { slot.done = slot.done || slot.mcts.Gather() == 0; });
  leaves_.clear();
  for (std::size_t i = 0; i < active_; ++i) {
    if (slots_[i]->done) continue;
    for (Evaluation& evaluation : slots_[i]->mcts.pending()) leaves_.push_back(&evaluation);
  }
  return leaves();
}

void TreeSearch::Encode(std::span<float> planes, std::span<float> globals) const {
  const std::size_t points = planes.size() / leaves_.size();
  const std::size_t width = globals.size() / leaves_.size();
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    encoder_->Encode(*leaves_[i]->state, Symmetry(), planes.subspan(i * points, points),
                     globals.subspan(i * width, width));
  }
}

namespace {

// exp(x - max) / sum over the legal actions.
void SetPrior(const float* logits, Evaluation& leaf) {
  float largest = logits[leaf.legal[0]];
  for (const Action action : leaf.legal) largest = std::max(largest, logits[action]);
  float sum = 0.0F;
  for (std::size_t a = 0; a < leaf.legal.size(); ++a) {
    sum += leaf.prior[a] = std::exp(logits[leaf.legal[a]] - largest);
  }
  for (float& prior : leaf.prior) prior /= sum;
}

void CheckAnswers(std::span<Evaluation* const> leaves, const float* logits, std::size_t width,
                  std::span<const float> values, int players) {
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!std::isfinite(values[i])) {
      throw nb::value_error(
          StrCat("the evaluator's values[", i, "] is ", values[i], ", wanted a finite number")
              .c_str());
    }
    // Rounding may pass 1 by a little.
    if (players == 2 && std::abs(values[i]) > 1.01F) {
      throw nb::value_error(StrCat("the evaluator's values[", i, "] is ", values[i],
                                   ", wanted -1 to 1 in a game of two players")
                                .c_str());
    }
    for (const Action action : leaves[i]->legal) {
      const float logit = logits[i * width + static_cast<std::size_t>(action)];
      if (std::isfinite(logit)) continue;
      throw nb::value_error(StrCat("the evaluator's logits[", i, ", ", action, "] is ", logit,
                                   ", wanted a finite number for every legal action")
                                .c_str());
    }
  }
}

}  // namespace

void TreeSearch::Backup(std::span<const float> logits, std::span<const float> values) {
  const auto width = static_cast<std::size_t>(game_->spec().num_actions);
  CheckAnswers(leaves_, logits.data(), width, values, game_->spec().num_players);
  for (std::size_t i = 0; i < leaves_.size(); ++i) {
    SetPrior(logits.data() + i * width, *leaves_[i]);
    leaves_[i]->value = values[i];
  }
  leaves_.clear();
  ForEachSlot([](Slot& slot) {
    if (!slot.done) slot.mcts.Backup();
  });
}

void TreeSearch::Clear() {
  slots_.clear();
  leaves_.clear();
  active_ = 0;
}

std::vector<SearchResult> TreeSearch::Results() const {
  std::vector<SearchResult> results;
  for (std::size_t i = 0; i < active_; ++i) results.push_back(slots_[i]->mcts.Result());
  return results;
}

}  // namespace tengen
