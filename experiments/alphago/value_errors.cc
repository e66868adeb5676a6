#include "experiments/alphago/value_errors.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "envs/core/check.h"
#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "experiments/statistics/bootstrap.h"

namespace tengen {
namespace {

constexpr std::size_t kBatch = 64;

// One position and what became of it.
struct Asked {
  std::unique_ptr<State> state;
  std::shared_ptr<const Game> game;
  std::vector<Action> legal;
  std::vector<float> prior;
  std::size_t record = 0;
  double z = 0.0;  // view of the player to move
};

class Collector {
 public:
  Collector(Evaluator& evaluator, std::size_t games, std::uint64_t seed)
      : evaluator_(evaluator), rng_(seed, RngRole::kEvaluation) {
    errors_.positions.resize(games);
    errors_.squares.resize(games);
  }

  void Add(Asked asked) {
    // A batch holds one shape of board.
    if (!batch_.empty() && batch_.front().game->spec().shape != asked.game->spec().shape) Flush();
    batch_.push_back(std::move(asked));
    if (batch_.size() == kBatch) Flush();
  }

  ValueErrors Finish() {
    Flush();
    return std::move(errors_);
  }

 private:
  void Flush() {
    std::vector<Evaluation> evaluations(batch_.size());
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      Asked& asked = batch_[i];
      asked.state->LegalActions(asked.legal);
      asked.prior.resize(asked.legal.size());
      evaluations[i].state = asked.state.get();
      evaluations[i].legal = asked.legal;
      evaluations[i].prior = asked.prior;
      evaluations[i].random = rng_.Next();
    }
    if (!evaluations.empty()) evaluator_.Evaluate(evaluations);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
      Count(batch_[i], static_cast<double>(evaluations[i].value));
    }
    batch_.clear();
  }

  void Count(const Asked& asked, double value) {
    const double square = (value - asked.z) * (value - asked.z);
    errors_.positions[asked.record] += 1;
    errors_.squares[asked.record] += square;
    const int quarter = 4 * asked.state->Ply() / asked.game->spec().shape.points();
    const auto stretch = static_cast<std::size_t>(std::min(quarter, ValueErrors::kStretches - 1));
    errors_.stretch_positions[stretch] += 1;
    errors_.stretch_squares[stretch] += square;
  }

  Evaluator& evaluator_;
  Rng rng_;
  std::vector<Asked> batch_;
  ValueErrors errors_;
};

}  // namespace

Interval ValueErrors::Mean() const {
  Rng rng(/*seed=*/1, RngRole::kEvaluation);
  return GroupBootstrapMean(squares, positions, rng);
}

double ValueErrors::StretchMean(int stretch) const {
  const auto i = static_cast<std::size_t>(stretch);
  return stretch_positions[i] == 0 ? 0.0 : stretch_squares[i] / stretch_positions[i];
}

std::int64_t ValueErrors::position_count() const {
  return std::accumulate(positions.begin(), positions.end(), std::int64_t{0});
}

ValueErrors MeasureValueErrors(Evaluator& evaluator, const std::vector<GameRecord>& games,
                               std::int64_t most_positions, std::uint64_t seed) {
  std::int64_t total = 0;
  for (const GameRecord& record : games) total += record.sample_count();
  const std::int64_t stride =
      most_positions == 0 ? 1 : std::max<std::int64_t>(1, total / most_positions);
  Collector collector(evaluator, games.size(), seed);
  std::int64_t sample = 0;
  for (std::size_t i = 0; i < games.size(); ++i) {
    const auto game = MakeGame(games[i].game_id);
    TENGEN_CHECK(game.ok(), game.error());
    const std::unique_ptr<State> state = (*game)->NewState();
    for (const RecordedPly& ply : games[i].plies) {
      if (ply.sample && sample++ % stride == 0) {
        const double first = static_cast<double>(games[i].return_first);
        const double z = state->ToMove() == Player::kFirst ? first : -first;
        collector.Add({state->Clone(), *game, {}, {}, i, z});
      }
      state->Apply(ply.action);
    }
  }
  return collector.Finish();
}

}  // namespace tengen
