#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include "python/bindings/bindings.h"
#include "python/bindings/py_state.h"

namespace tengen {
namespace {

// Many games of one kind, as arrays with one row a game.
class GameBatch {
 public:
  GameBatch(std::shared_ptr<const PyGame> game, int size) : game_(std::move(game)) {
    if (size < 1) throw nb::value_error(StrCat("size is ", size, ", wanted at least 1").c_str());
    for (int i = 0; i < size; ++i) states_.emplace_back(game_);
  }

  const std::shared_ptr<const PyGame>& game() const { return game_; }
  std::size_t size() const { return states_.size(); }

  void Reset(nb::handle which) {
    if (which.is_none()) {
      for (PyState& state : states_) state.Restart();
      return;
    }
    const auto array = ArrayOf<bool>(which, "bool");
    const auto flags = InSpan(array, {size()}, "which");
    for (std::size_t i = 0; i < size(); ++i) {
      if (flags[i]) states_[i].Restart();
    }
  }

  NumpyArray<float> Apply(nb::handle actions);

  NumpyArray<bool> LegalMask() const {
    const auto width = static_cast<std::size_t>(game_->spec().num_actions);
    NewArray<bool> mask({size(), width}, false);
    std::vector<Action> legal;
    for (std::size_t i = 0; i < size(); ++i) {
      if (IsOver(states_[i].state())) continue;
      states_[i].state().LegalActions(legal);
      for (const Action a : legal) mask.span()[i * width + static_cast<std::size_t>(a)] = true;
    }
    return mask.Release();
  }

  NumpyArray<std::int8_t> Boards() const {
    const Shape board = game_->BoardShape();
    NewArray<std::int8_t> boards({size(), board[0], board[1]});
    const std::size_t points = SizeOf(board);
    for (std::size_t i = 0; i < size(); ++i) {
      std::int8_t* const row = boards.span().data() + i * points;
      states_[i].state().Board({reinterpret_cast<Cell*>(row), points});
    }
    return boards.Release();
  }

  nb::tuple Observations(const std::string& encoder_name) const;

  // One number for each game.
  template <typename T, typename Of>
  NumpyArray<T> Each(const Of& of) const {
    NewArray<T> array({size()});
    for (std::size_t i = 0; i < size(); ++i) array.span()[i] = of(states_[i].state());
    return array.Release();
  }

  NumpyArray<double> Returns() const {
    const auto players = static_cast<std::size_t>(game_->spec().num_players);
    NewArray<double> returns({size(), players});
    for (std::size_t i = 0; i < size(); ++i) {
      for (std::size_t p = 0; p < players; ++p) {
        returns.span()[i * players + p] = states_[i].state().Return(static_cast<Player>(p));
      }
    }
    return returns.Release();
  }

  PyState At(std::int64_t index) const {
    const auto count = static_cast<std::int64_t>(size());
    if (index < -count || index >= count) {
      throw nb::index_error(
          StrCat("game ", index, " of ", count, ", wanted 0 to ", count - 1).c_str());
    }
    return PyState(states_[static_cast<std::size_t>(index < 0 ? index + count : index)]);
  }

 private:
  std::shared_ptr<const PyGame> game_;
  std::vector<PyState> states_;
};

// All or nothing: an illegal action leaves every game as it was.
NumpyArray<float> GameBatch::Apply(nb::handle actions) {
  const auto array = ArrayOf<std::int64_t>(actions, "int64");
  const auto row = InSpan(array, {size()}, "actions");
  for (std::size_t i = 0; i < size(); ++i) {
    if (IsOver(states_[i].state()) || states_[i].IsLegal(row[i])) continue;
    throw nb::value_error(StrCat("game ", i, ": ", WhyIllegal(states_[i].state(), row[i])).c_str());
  }
  NewArray<float> rewards({size()}, 0.0F);
  for (std::size_t i = 0; i < size(); ++i) {
    if (IsOver(states_[i].state())) continue;
    states_[i].Apply(row[i]);
    rewards.span()[i] = static_cast<float>(states_[i].state().Reward());
  }
  return rewards.Release();
}

// Rows of finished games are zero.
nb::tuple GameBatch::Observations(const std::string& encoder_name) const {
  const auto encoder = game_->Encoder(encoder_name);
  Shape planes_shape = game_->PlanesShape(*encoder);
  const std::size_t points = SizeOf(planes_shape);
  const auto width = static_cast<std::size_t>(encoder->globals());
  planes_shape.insert(planes_shape.begin(), size());
  NewArray<float> planes(planes_shape, 0.0F);
  NewArray<float> globals({size(), width}, 0.0F);
  for (std::size_t i = 0; i < size(); ++i) {
    if (IsOver(states_[i].state())) continue;
    states_[i].Observe(*encoder, Symmetry(), planes.span().subspan(i * points, points),
                       globals.span().subspan(i * width, width));
  }
  return nb::make_tuple(planes.Release(), globals.Release());
}

}  // namespace

void BindGameBatch(nb::module_& m) {
  nb::class_<GameBatch>(m, "GameBatch", R"(Many games of one kind, played side by side as arrays.

Row i of every array is game i. Finished games, those whose `State.is_over` is true, stay as they
are until `reset`.

Parameters
----------
game : Game
size : int)")
      .def(
          "__init__",
          [](GameBatch* self, const std::shared_ptr<PyGame>& game, int size) {
            new (self) GameBatch(game, size);
          },
          nb::arg("game"), nb::arg("size"))
      .def_prop_ro("game",
                   [](const GameBatch& b) { return std::const_pointer_cast<PyGame>(b.game()); })
      .def("__len__", &GameBatch::size)
      .def("__getitem__", &GameBatch::At, nb::arg("index"), "A copy of one game as a `State`.")
      .def("reset", &GameBatch::Reset, nb::arg("which") = nb::none(),
           R"(Starts all games over, or some.

Parameters
----------
which : array of bool, optional
    [size]; None is all.)")
      .def("apply", &GameBatch::Apply, nb::arg("actions"),
           R"(Plays one action in every game that is not over.

Parameters
----------
actions : array of int
    [size]; entries of finished games are not looked at.

Returns
-------
numpy.ndarray
    float32 [size]: rewards from the view of the players who moved, 0 for finished games.

Raises
------
ValueError
    An illegal action; then no game has changed.)")
      .def("legal_mask", &GameBatch::LegalMask,
           "bool [size, num_actions]; no action is legal in a "
           "finished game.")
      .def("boards", &GameBatch::Boards, "int8 [size, rows, columns] as `State.board`.")
      .def("observations", &GameBatch::Observations, nb::arg("encoder") = "",
           nb::sig("def observations(self, encoder: str = \"\") "
                   "-> tuple[NDArray[numpy.float32], NDArray[numpy.float32]]"),
           "(planes float32 [size, rows, columns, planes], globals float32 [size, globals]) as "
           "`State.observation`; zeros for finished games.")
      .def_prop_ro(
          "to_move",
          [](const GameBatch& b) {
            return b.Each<std::int8_t>([](const State& s) {
              return IsOver(s) ? std::int8_t{-1} : static_cast<std::int8_t>(Index(s.ToMove()));
            });
          },
          nb::rv_policy::move, "int8 [size]: 0 or 1; -1 if the game is over.")
      .def_prop_ro(
          "done",
          [](const GameBatch& b) { return b.Each<bool>([](const State& s) { return IsOver(s); }); },
          nb::rv_policy::move, "bool [size]: `State.is_over`.")
      .def_prop_ro(
          "ply",
          [](const GameBatch& b) {
            return b.Each<std::int32_t>([](const State& s) { return s.Ply(); });
          },
          nb::rv_policy::move, "int32 [size].")
      .def("returns", &GameBatch::Returns, "float64 [size, num_players] as `State.returns`.");
}

}  // namespace tengen
