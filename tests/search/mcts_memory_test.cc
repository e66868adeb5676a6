#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <utility>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"

// Counts what goes through operator new in this whole program.

namespace {

std::atomic<long> g_allocations{0};
std::atomic<long> g_bytes{0};
std::atomic<long> g_peak_bytes{0};

void* Allocate(std::size_t size, std::size_t alignment = alignof(std::max_align_t)) {
  void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (memory == nullptr) throw std::bad_alloc();
  ++g_allocations;
  g_bytes += static_cast<long>(malloc_usable_size(memory));
  if (g_bytes > g_peak_bytes) g_peak_bytes = g_bytes.load();
  return memory;
}

void Free(void* memory) {
  if (memory == nullptr) return;
  g_bytes -= static_cast<long>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) { return Allocate(size); }
void* operator new[](std::size_t size) { return Allocate(size); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept { Free(memory); }
void operator delete[](void* memory) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { Free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { Free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { Free(memory); }

namespace tengen {
namespace {

// Plays moves with searches of 100 simulations, the tree kept. Returns the allocations made between
// Begin and the last Backup of its searches.
long AllocationsOfAGame(const Game& game, Mcts& mcts) {
  RandomEvaluator evaluator(1, RandomSource::kDraw);
  Rng rng(1, RngRole::kTest);
  const auto state = game.NewState();
  long allocations = 0;
  for (int move = 0; move < 15 && !state->IsTerminal(); ++move) {
    const long before = g_allocations;
    mcts.Begin(*state, 100, Exploration::kOn, rng);
    while (true) {
      while (mcts.waiting() < mcts.config().batches && mcts.Gather() > 0) {
        evaluator.Evaluate(mcts.pending());
      }
      if (mcts.waiting() == 0) break;
      mcts.Backup();
    }
    allocations += g_allocations - before;
    state->Apply(mcts.Result().best);
  }
  return allocations;
}

TEST(MctsMemoryTest, ASecondGameAllocatesNothing) {
  const auto game = MakeGame("go:size=9,komi=7").value();
  for (const RootSelection root : {RootSelection::kPuct, RootSelection::kGumbel}) {
    for (const auto& [leaf_batch, batches] : {std::pair(1, 1), {8, 1}, {4, 3}}) {
      MctsConfig config;
      config.root = root;
      config.leaf_batch = leaf_batch;
      config.batches = batches;
      Mcts mcts(config);
      EXPECT_GT(AllocationsOfAGame(*game, mcts), 0);
      EXPECT_EQ(AllocationsOfAGame(*game, mcts), 0);
    }
  }
}

class FullTreeTest : public testing::TestWithParam<double> {};

TEST_P(FullTreeTest, StaysWithinItsStatedBound) {
  const auto game = MakeGame("go:size=9,komi=7").value();
  const auto state = game->NewState();
  RandomEvaluator evaluator(1, RandomSource::kDraw);
  Rng rng(1, RngRole::kTest);
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.max_nodes = 3000;
  config.value_bias.factor = GetParam();
  const long before = g_bytes;
  g_peak_bytes = before;
  Mcts mcts(config);
  RunMcts(mcts, evaluator, *state, 5000, Exploration::kOff, rng);
  ASSERT_EQ(mcts.node_count(), config.max_nodes);
  const long used = g_peak_bytes - before;
  EXPECT_LT(used, Mcts::BytesFor(config, game->spec()));
  EXPECT_GT(used, Mcts::BytesFor(config, game->spec()) / 4) << "the bound says nothing";
}

INSTANTIATE_TEST_SUITE_P(ValueBias, FullTreeTest, testing::Values(0.0, 0.35));

}  // namespace
}  // namespace tengen
