#include "experiments/supervised/held_out_score.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "agents/zero/zero_samples.h"
#include "envs/registry/game_registry.h"
#include "nets/encoder.h"
#include "nets/tensor_ops.h"
#include "tests/support/random_record.h"

namespace tengen {
namespace {

ModelConfig SmallModel() {
  ModelConfig config = ModelConfigFor(MakeGame("go:size=3").value()->spec(), 8, 1);
  config.head_channels = config.head_hidden = 8;
  return config;
}

std::vector<GameRecord> Games() {
  std::vector<GameRecord> games;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    games.push_back(RandomRecord("go:size=3,komi=0.5", seed));
    for (RecordedPly& ply : games.back().plies) ply.policy = {{ply.action, 1.0F}};
  }
  // Another board size in between.
  games.insert(games.begin() + 1, RandomRecord("go:size=5,komi=0.5", 9));
  for (RecordedPly& ply : games[1].plies) ply.policy = {{ply.action, 1.0F}};
  return games;
}

std::int64_t PliesOf(const std::vector<GameRecord>& games) {
  std::int64_t plies = 0;
  for (const GameRecord& record : games) plies += static_cast<std::int64_t>(record.plies.size());
  return plies;
}

// A network of zeros thinks everything equally probable: log 10 nats a move on 9 points and the
// pass, log 26 on 25, and log 3 for the result.
TEST(HeldOutScore, OfANetworkOfZerosIsThatOfGuessing) {
  ModelSnapshot network = Model(SmallModel(), 1).Snapshot();
  for (auto& [name, tensor] : network.weights) tensor = at::zeros_like(tensor);
  const std::vector<GameRecord> games = Games();
  const HeldOutScore score = ScoreHeldOut(network, games, "cpu");
  const auto large = static_cast<double>(games[1].plies.size());
  const auto all = static_cast<double>(PliesOf(games));
  EXPECT_EQ(score.position_count(), PliesOf(games));
  EXPECT_NEAR(score.policy_loss, (large * std::log(26.0) + (all - large) * std::log(10.0)) / all,
              1e-5);
  EXPECT_NEAR(score.value_loss, std::log(3.0), 1e-5);
}

// One position at a time, without batches, by the same network.
TEST(HeldOutScore, CountsTheMostProbableLegalMovesThatWerePlayed) {
  const ModelSnapshot network = Model(SmallModel(), 2).Snapshot();
  const std::vector<GameRecord> games = Games();
  const HeldOutScore score = ScoreHeldOut(network, games, "cpu");
  Model model(network.config, 1);
  ASSERT_TRUE(model.Load(network.weights).ok());
  model.Eval();
  const auto encoder = MakeEncoder(network.config.encoder).value();
  double loss = 0.0;
  for (std::size_t g = 0; g < games.size(); ++g) {
    const auto game = MakeGame(games[g].game_id).value();
    const auto state = game->NewState();
    const BoardShape shape = game->spec().shape;
    int hits = 0;
    for (const RecordedPly& ply : games[g].plies) {
      std::vector<float> planes(static_cast<std::size_t>(shape.points() * encoder->planes()));
      std::vector<float> globals(static_cast<std::size_t>(encoder->globals()));
      encoder->Encode(*state, Symmetry(), planes, globals);
      const at::NoGradGuard no_grad;
      const at::Tensor logits =
          model
              .Forward(
                  at::from_blob(planes.data(), {1, shape.rows, shape.columns, encoder->planes()})
                      .permute({0, 3, 1, 2}),
                  at::from_blob(globals.data(), {1, encoder->globals()}))
              .policy_logits[0];
      std::vector<Action> legal;
      state->LegalActions(legal);
      Action best = legal.front();
      for (const Action action : legal) {
        if (logits[action].item<float>() > logits[best].item<float>()) best = action;
      }
      hits += best == ply.action ? 1 : 0;
      loss -= logits.log_softmax(0)[ply.action].item<double>();
      state->Apply(ply.action);
    }
    EXPECT_EQ(score.hits[g], hits) << g;
    EXPECT_EQ(score.positions[g], static_cast<int>(games[g].plies.size()));
  }
  EXPECT_NEAR(score.policy_loss, loss / static_cast<double>(PliesOf(games)), 1e-4);
}

TEST(HeldOutScore, LooksAtFewerPositionsOfAllGames) {
  const ModelSnapshot network = Model(SmallModel(), 1).Snapshot();
  const std::vector<GameRecord> games = Games();
  const HeldOutScore score = ScoreHeldOut(network, games, "cpu", PliesOf(games) / 3);
  EXPECT_EQ(score.position_count(), (PliesOf(games) + 2) / 3);
  for (const int positions : score.positions) EXPECT_GT(positions, 0);
}

}  // namespace
}  // namespace tengen
