#include "envs/control/control_game.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>

#include "envs/control/acrobot.h"
#include "envs/control/cartpole.h"
#include "envs/control/mountain_car.h"

namespace tengen {
namespace {

constexpr double kDiscount = 0.99;

struct ControlOptions {
  int start = 0;
  int limit = 0;
  double discount = kDiscount;
};

// The shortest text that is read as this very number.
std::string NumberText(double number) {
  std::array<char, 32> text;
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

// "cartpole:start=7", with what differs from the defaults.
std::string ControlId(const EnvSpec& env, const ControlOptions& options) {
  std::string id = StrCat(env.name, ":start=", options.start);
  if (options.limit != env.max_episode_steps) id += StrCat(",limit=", options.limit);
  if (options.discount != kDiscount) id += ",discount=" + NumberText(options.discount);
  return id;
}

template <Dynamics D>
class ControlGame final : public Game {
 public:
  explicit ControlGame(const ControlOptions& options) : Game(MakeSpec(options)), options_(options) {
    Rng rng(static_cast<std::uint64_t>(options.start), RngRole::kEnvironment);
    start_ = D::Start(rng);
  }

  const typename D::State& start() const { return start_; }

  std::unique_ptr<State> NewState() const override;

  std::shared_ptr<const Game> WithStart(std::uint32_t seed) const override {
    ControlOptions options = options_;
    options.start = static_cast<int>(seed & std::numeric_limits<int>::max());
    return std::make_shared<ControlGame>(options);
  }

 private:
  static GameSpec MakeSpec(const ControlOptions& options) {
    const EnvSpec env = D::Spec();
    return {.name = env.name,
            .id = ControlId(env, options),
            .shape = {1, 1},
            .num_actions = env.action.num_actions,
            .num_players = 1,
            .policy = PolicyLayout::kDense,
            .symmetries = SymmetryGroup::Identity(),
            .max_plies = options.limit,
            .truncates = true,
            .min_return = -static_cast<double>(options.limit),  // every reward is in [-1, 1]
            .max_return = static_cast<double>(options.limit),
            .discount = options.discount};
  }

  ControlOptions options_;
  typename D::State start_;
};

template <Dynamics D>
class ControlGameState final : public ControlState {
 public:
  explicit ControlGameState(const ControlGame<D>& game) : game_(&game), state_(game.start()) {}

  const Game& game() const override { return *game_; }
  Player ToMove() const override { return Player::kFirst; }
  bool IsTerminal() const override { return terminated_; }
  void LegalActions(std::vector<Action>& out) const override {
    out.clear();
    for (Action action = 0; action < game_->spec().num_actions && !terminated_; ++action) {
      out.push_back(action);
    }
  }
  bool IsLegal(Action action) const override {
    return !terminated_ && action >= 0 && action < game_->spec().num_actions;
  }
  void Apply(Action action) override {
    TENGEN_DCHECK(IsLegal(action), "action ", action, " in\n", Text());
    const DynamicsOutcome outcome = D::Advance(state_, action);
    reward_ = outcome.reward;
    return_ += outcome.reward;
    terminated_ = outcome.terminated;
    ++ply_;
  }

  double Reward() const override { return reward_; }
  double Return(Player) const override { return return_; }
  int Ply() const override { return ply_; }

  std::unique_ptr<State> Clone() const override {
    return std::make_unique<ControlGameState>(*this);
  }
  void CopyFrom(const State& other) override {
    *this = static_cast<const ControlGameState&>(other);
  }

  // There is no board: one for all.
  std::uint64_t PositionHash() const override { return 1; }
  Key128 InputKey() const override {
    Key128 key{1, 2};
    for (const double x : state_) {
      const auto bits = std::bit_cast<std::uint64_t>(x);
      key.high = Mix64(key.high ^ bits);
      key.low = Mix64(key.low + bits);
    }
    return key;
  }
  void Board(std::span<Cell> out) const override { out[0] = Cell::kEmpty; }

  void Observe(std::span<float> out) const override {
    const auto observation = D::Observe(state_);
    TENGEN_DCHECK(out.size() == observation.size());
    std::copy(observation.begin(), observation.end(), out.begin());
  }

  std::string Text() const override {
    std::string text = StrCat("step ", ply_, ", return ", return_, terminated_ ? ", over" : "");
    const EnvSpec env = D::Spec();
    for (std::size_t i = 0; i < state_.size(); ++i) {
      text += StrCat("\n  ", env.state_names[i], " ", state_[i]);
    }
    return text + "\n";
  }

 private:
  const ControlGame<D>* game_;
  typename D::State state_;
  double reward_ = 0.0;  // of the last ply
  double return_ = 0.0;
  int ply_ = 0;
  bool terminated_ = false;
};

template <Dynamics D>
std::unique_ptr<State> ControlGame<D>::NewState() const {
  return std::make_unique<ControlGameState<D>>(*this);
}

template <Dynamics D>
Result<std::shared_ptr<const Game>> MakeControlGame(GameOptions options) {
  const EnvSpec env = D::Spec();
  ControlOptions chosen;
  chosen.start = options.Int("start", 0, 0, std::numeric_limits<int>::max());
  chosen.limit = options.Int("limit", env.max_episode_steps, 1, 1000000);
  chosen.discount = options.Double("discount", kDiscount, 0.0, 1.0);
  if (Status status = options.Finish(env.name); !status) return Error{status.error()};
  return std::shared_ptr<const Game>(std::make_shared<ControlGame<D>>(chosen));
}

}  // namespace

Result<std::shared_ptr<const Game>> MakeCartPoleGame(GameOptions options) {
  return MakeControlGame<CartPole>(std::move(options));
}
Result<std::shared_ptr<const Game>> MakeMountainCarGame(GameOptions options) {
  return MakeControlGame<MountainCar>(std::move(options));
}
Result<std::shared_ptr<const Game>> MakeAcrobotGame(GameOptions options) {
  return MakeControlGame<Acrobot>(std::move(options));
}

const std::vector<EnvSpec>& ControlGameEnvs() {
  static const std::vector<EnvSpec> envs = {CartPole::Spec(), MountainCar::Spec(), Acrobot::Spec()};
  return envs;
}

}  // namespace tengen
