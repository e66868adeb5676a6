#include "python/bindings/py_state.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "envs/go/go_game.h"
#include "envs/go/sgf_game.h"
#include "envs/registry/game_registry.h"

namespace tengen {

std::shared_ptr<const PyGame> PyGame::Make(const std::string& id) {
  auto game = MakeGame(id);
  if (!game) throw nb::value_error(game.error().c_str());
  return Of(std::move(*game));
}

std::shared_ptr<const PyGame> PyGame::Of(std::shared_ptr<const Game> game) {
  auto encoder = MakeEncoder(DefaultEncoderName(game->spec())).value();
  return std::make_shared<PyGame>(PyGame{std::move(game), std::move(encoder)});
}

Shape PyGame::BoardShape() const {
  return {static_cast<std::size_t>(spec().shape.rows),
          static_cast<std::size_t>(spec().shape.columns)};
}

Shape PyGame::PlanesShape(const InputEncoder& of) const {
  Shape shape = BoardShape();
  shape.push_back(static_cast<std::size_t>(of.planes()));
  return shape;
}

std::shared_ptr<const InputEncoder> PyGame::Encoder(const std::string& name) const {
  if (name.empty() || name == encoder->name()) return encoder;
  auto made = MakeEncoder(name);
  if (!made) throw nb::value_error(made.error().c_str());
  if (const Status accepts = (*made)->Accepts(spec()); !accepts.ok()) {
    throw nb::value_error(accepts.error().c_str());
  }
  return std::move(*made);
}

Symmetry PyGame::SymmetryAt(int index) const {
  const bool known = index >= 0 && index < Symmetry::kCount;
  if (known && spec().symmetries.Contains(Symmetry(index))) return Symmetry(index);
  throw nb::value_error(
      StrCat("symmetry ", index, ", wanted one of the game's symmetries").c_str());
}

PyState::PyState(std::shared_ptr<const PyGame> game)
    : game_(std::move(game)), state_(game_->game->NewState()) {}

PyState::PyState(const PyState& other)
    : game_(other.game_), state_(other.state_->Clone()), moves_(other.moves_) {}

PyState::PyState(std::shared_ptr<const PyGame> game, std::span<const std::int64_t> moves)
    : PyState(std::move(game)) {
  for (const std::int64_t move : moves) Apply(move);
}

std::string WhyIllegal(const State& state, std::int64_t action) {
  const GameSpec& spec = state.game().spec();
  if (state.IsTerminal()) return StrCat("action ", action, ": the game is over");
  if (action < 0 || action >= spec.num_actions) {
    return StrCat("action ", action, ", wanted 0 to ", spec.num_actions - 1);
  }
  if (!state.IsLegal(static_cast<Action>(action))) {
    return StrCat("action ", action, " (", state.game().ActionText(static_cast<Action>(action)),
                  ") is illegal here, wanted one of legal_actions()");
  }
  return "";
}

bool PyState::IsLegal(std::int64_t action) const {
  return !state_->IsTerminal() && action >= 0 && action < spec().num_actions &&
         state_->IsLegal(static_cast<Action>(action));
}

void PyState::Apply(std::int64_t action) {
  if (!IsLegal(action)) throw nb::value_error(WhyIllegal(*state_, action).c_str());
  moves_.push_back(static_cast<Action>(action));
  state_->Apply(static_cast<Action>(action));
}

void PyState::Restart() {
  state_ = game_->game->NewState();
  moves_.clear();
}

void PyState::RequireToMove(const char* what) const {
  if (state_->IsTerminal()) {
    throw nb::value_error(StrCat(what, ": the game is over, wanted one that goes on").c_str());
  }
}

void PyState::Observe(const InputEncoder& encoder, Symmetry symmetry, std::span<float> planes,
                      std::span<float> globals) const {
  RequireToMove("observation");
  encoder.Encode(*state_, symmetry, planes, globals);
}

namespace {

// RE of a finished game: "B+3.5", "W+2", "0" for a draw.
std::string SgfResult(const State& state) {
  float score = 0.0F;
  if (!state.FinalArea({}, &score)) return "?";
  if (score == 0.0F) return "0";
  return StrCat(score > 0 ? "B+" : "W+", std::abs(score));
}

}  // namespace

std::string PyState::Sgf() const {
  const auto* go = dynamic_cast<const GoGame*>(game_->game.get());
  if (go == nullptr) {
    throw nb::value_error(StrCat("sgf of ", spec().name, ", wanted a game of go").c_str());
  }
  SgfTree tree = SgfOfStart(go->setup(), "tengen");
  Player player = go->setup().to_move;
  int node = 0;
  for (const Action move : moves_) {
    node = AddSgfMove(tree, node, player, move, spec().shape);
    player = Opponent(player);
  }
  if (state_->IsTerminal()) tree.nodes[0].properties.push_back({"RE", {SgfResult(*state_)}});
  return WriteSgf({tree});
}

}  // namespace tengen
