#include <algorithm>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>
#include <optional>
#include <tuple>
#include <utility>

#include "envs/registry/game_registry.h"
#include "python/bindings/bindings.h"
#include "python/bindings/py_state.h"

namespace tengen {
namespace {

using GamePointer = std::shared_ptr<PyGame>;

// nanobind shares objects that are not const; a PyGame has nothing that could be changed.
GamePointer Shared(const std::shared_ptr<const PyGame>& game) {
  return std::const_pointer_cast<PyGame>(game);
}

NumpyArray<std::int32_t> ActionsArray(const std::vector<Action>& actions) {
  NewArray<std::int32_t> array({actions.size()});
  std::copy(actions.begin(), actions.end(), array.span().begin());
  return array.Release();
}

NumpyArray<std::int32_t> LegalActions(const PyState& state) {
  std::vector<Action> legal;
  if (!state.state().IsTerminal()) state.state().LegalActions(legal);
  return ActionsArray(legal);
}

void FillMask(const PyState& state, std::span<bool> mask) {
  std::fill(mask.begin(), mask.end(), false);
  if (state.state().IsTerminal()) return;
  std::vector<Action> legal;
  state.state().LegalActions(legal);
  for (const Action action : legal) mask[static_cast<std::size_t>(action)] = true;
}

// Fills `out`, or a new array where it is None, and returns it.
template <typename T, typename Fill>
nb::object FillArray(const std::optional<OutArray>& out, nb::handle out_object, Shape shape,
                     const char* name, const Fill& fill) {
  if (out) {
    fill(OutSpan<T>(*out, shape, name));
    return nb::borrow(out_object);
  }
  NewArray<T> array(std::move(shape));
  fill(array.span());
  return nb::cast(array.Release());
}

std::optional<OutArray> AsOut(nb::handle object, const char* name) {
  if (object.is_none()) return std::nullopt;
  OutArray array;
  if (!nb::try_cast(object, array, /*convert=*/false)) {
    throw nb::type_error(StrCat(name, ": wanted an array that can be written to").c_str());
  }
  return array;
}

nb::object LegalMask(const PyState& state, nb::handle out) {
  const auto actions = static_cast<std::size_t>(state.spec().num_actions);
  return FillArray<bool>(AsOut(out, "out"), out, {actions}, "out",
                         [&](std::span<bool> mask) { FillMask(state, mask); });
}

nb::object Board(const PyState& state, nb::handle out) {
  return FillArray<std::int8_t>(
      AsOut(out, "out"), out, state.game()->BoardShape(), "out", [&](std::span<std::int8_t> cells) {
        static_assert(sizeof(Cell) == 1);
        state.state().Board({reinterpret_cast<Cell*>(cells.data()), cells.size()});
      });
}

nb::tuple Observation(const PyState& state, const std::optional<nb::tuple>& out,
                      const std::string& encoder_name, int symmetry_index) {
  const auto encoder = state.game()->Encoder(encoder_name);
  const Symmetry symmetry = state.game()->SymmetryAt(symmetry_index);
  const Shape planes_shape = state.game()->PlanesShape(*encoder);
  const Shape globals_shape = {static_cast<std::size_t>(encoder->globals())};
  if (out) {
    if (out->size() != 2) throw nb::value_error("out: wanted two arrays, planes and globals");
    const auto planes = AsOut((*out)[0], "out[0]");
    const auto globals = AsOut((*out)[1], "out[1]");
    if (!planes || !globals) throw nb::type_error("out: wanted two arrays, met None");
    state.Observe(*encoder, symmetry, OutSpan<float>(*planes, planes_shape, "out[0]"),
                  OutSpan<float>(*globals, globals_shape, "out[1]"));
    return *out;
  }
  NewArray<float> planes(planes_shape);
  NewArray<float> globals(globals_shape);
  state.Observe(*encoder, symmetry, planes.span(), globals.span());
  return nb::make_tuple(planes.Release(), globals.Release());
}

std::optional<std::pair<double, NumpyArray<std::int8_t>>> FinalArea(const PyState& state) {
  NewArray<std::int8_t> owner(state.game()->BoardShape());
  float score = 0.0F;
  const std::span<std::int8_t> cells = owner.span();
  if (!state.state().IsTerminal() ||
      !state.state().FinalArea({reinterpret_cast<Cell*>(cells.data()), cells.size()}, &score)) {
    return std::nullopt;
  }
  return std::pair(static_cast<double>(score), owner.Release());
}

std::string ActionText(const PyGame& game, std::int64_t action) {
  if (action < 0 || action >= game.spec().num_actions) {
    throw nb::value_error(
        StrCat("action ", action, ", wanted 0 to ", game.spec().num_actions - 1).c_str());
  }
  return game.game->ActionText(static_cast<Action>(action));
}

Action ParseAction(const PyGame& game, const std::string& text) {
  const Result<Action> action = game.game->ParseAction(text);
  if (!action) throw nb::value_error(action.error().c_str());
  return *action;
}

GamePointer WithStart(const PyGame& game, std::uint32_t seed) {
  auto started = game.game->WithStart(seed);
  if (started == nullptr) {
    throw nb::value_error(
        StrCat(game.spec().name, " has one start position, wanted a game that draws it").c_str());
  }
  return Shared(PyGame::Of(std::move(started)));
}

std::vector<int> Symmetries(const PyGame& game) {
  std::vector<int> indices;
  for (int i = 0; i < Symmetry::kCount; ++i) {
    if (game.spec().symmetries.Contains(Symmetry(i))) indices.push_back(i);
  }
  return indices;
}

void BindGame(nb::module_& m) {
  nb::class_<PyGame>(m, "Game", R"(The rules of a game; see `tengen.game`.

Immutable. Games with the same `id` are equal and can be pickled.)")
      .def_prop_ro(
          "name", [](const PyGame& g) { return g.spec().name; }, "Family, such as \"go\".")
      .def_prop_ro(
          "id", [](const PyGame& g) { return g.spec().id; },
          "`tengen.game(id)` makes this very game again.")
      .def_prop_ro(
          "num_actions", [](const PyGame& g) { return g.spec().num_actions; },
          "Actions are 0 to `num_actions - 1`.")
      .def_prop_ro(
          "num_players", [](const PyGame& g) { return g.spec().num_players; }, "1 or 2.")
      .def_prop_ro(
          "board_shape",
          [](const PyGame& g) { return std::pair(g.spec().shape.rows, g.spec().shape.columns); },
          "(rows, columns); row 0 is the top one.")
      .def_prop_ro(
          "max_plies", [](const PyGame& g) { return g.spec().max_plies; },
          "Then play is over at the latest; see `State.is_over`.")
      .def_prop_ro(
          "discount", [](const PyGame& g) { return g.spec().discount; },
          "gamma of one-player games; 1 for two players.")
      .def_prop_ro(
          "return_range",
          [](const PyGame& g) { return std::pair(g.spec().min_return, g.spec().max_return); },
          "(least, greatest) return of one player over a whole game.")
      .def_prop_ro("symmetries", Symmetries,
                   "Indices of the symmetries under which the rules stay the same.")
      .def_prop_ro(
          "encoder", [](const PyGame& g) { return std::string(g.encoder->name()); },
          "Name of the encoder that `State.observation` uses by default.")
      .def_prop_ro(
          "observation_shape",
          [](const PyGame& g) {
            return std::pair(
                std::tuple(g.spec().shape.rows, g.spec().shape.columns, g.encoder->planes()),
                std::tuple(g.encoder->globals()));
          },
          "Shapes of the two arrays of `State.observation`: planes and globals.")
      .def(
          "new_state", [](const GamePointer& g) { return PyState(g); },
          "The start position as a `State`.")
      .def("with_start", WithStart, nb::arg("seed"),
           "The same game with the start position that belongs to `seed` (control tasks).")
      .def("action_text", ActionText, nb::arg("action"),
           "An action as people write it, such as \"C3\".")
      .def("parse_action", ParseAction, nb::arg("text"), "The action that `action_text` writes.")
      .def(
          "map_action",
          [](const PyGame& g, int symmetry, std::int64_t action) {
            ActionText(g, action);  // in range
            return g.spec().MapAction(g.SymmetryAt(symmetry), static_cast<Action>(action));
          },
          nb::arg("symmetry"), nb::arg("action"),
          "The action that `action` becomes on the board turned by `symmetry`.")
      .def("__eq__",
           [](const PyGame& g, nb::handle other) {
             return nb::isinstance<PyGame>(other) &&
                    nb::cast<const PyGame&>(other).spec().id == g.spec().id;
           })
      .def("__hash__", [](const PyGame& g) { return nb::hash(nb::str(g.spec().id.c_str())); })
      .def("__repr__", [](const PyGame& g) { return StrCat("tengen.game('", g.spec().id, "')"); })
      .def("__getstate__", [](const PyGame& g) { return g.spec().id; })
      .def("__setstate__",
           [](PyGame& g, const std::string& id) { new (&g) PyGame(*PyGame::Make(id)); });
}

// REQUIRES: the memory of a state that has not been made.
void SetState(PyState& state, const nb::tuple& saved) {
  std::string id;
  if (saved.size() != 2 || !nb::try_cast(saved[0], id)) {
    throw nb::type_error("a pickled State is another tuple, wanted (id of its game, moves)");
  }
  const auto moves = ArrayOf<std::int64_t>(saved[1], "int64");
  new (&state) PyState(PyGame::Make(id), InSpan(moves, {moves.size()}, "moves"));
}

void BindStateMoves(nb::class_<PyState>& state) {
  state
      .def("legal_actions", LegalActions,
           R"(The legal actions, ascending.

Returns
-------
numpy.ndarray
    int32 [n]; empty if `is_terminal`.)")
      .def("legal_mask", LegalMask, nb::arg("out") = nb::none(),
           nb::sig("def legal_mask(self, out: NDArray[numpy.bool_] | None = None) "
                   "-> NDArray[numpy.bool_]"),
           R"(Which actions are legal.

Parameters
----------
out : numpy.ndarray, optional
    bool [num_actions], is written to and returned.

Returns
-------
numpy.ndarray
    bool [num_actions].)")
      .def("is_legal", &PyState::IsLegal, nb::arg("action"))
      .def("apply", &PyState::Apply, nb::arg("action"),
           R"(Plays an action.

Raises
------
ValueError
    The action is out of range or illegal here, or `is_terminal`.)")
      .def(
          "clone", [](const PyState& s) { return PyState(s); }, "A copy that goes on alone.")
      .def("__copy__", [](const PyState& s) { return PyState(s); })
      .def("__deepcopy__", [](const PyState& s, nb::handle) { return PyState(s); })
      .def("__getstate__",
           [](const PyState& s) { return nb::make_tuple(s.spec().id, ActionsArray(s.moves())); })
      .def("__setstate__", SetState);
}

void BindStateFacts(nb::class_<PyState>& state) {
  state.def_prop_ro("game", [](const PyState& s) { return Shared(s.game()); })
      .def_prop_ro(
          "to_move",
          [](const PyState& s) {
            s.RequireToMove("to_move");
            return Index(s.state().ToMove());
          },
          "0 or 1. ValueError if `is_terminal`.")
      .def_prop_ro(
          "is_terminal", [](const PyState& s) { return s.state().IsTerminal(); },
          "Whether the rules ended the game.")
      .def_prop_ro(
          "is_over", [](const PyState& s) { return IsOver(s.state()); },
          "As `is_terminal`, or cut off by the time limit of a control task, behind which a "
          "`State` can go on.")
      .def_prop_ro(
          "ply", [](const PyState& s) { return s.state().Ply(); },
          "Actions since the start position.")
      .def_prop_ro(
          "moves", [](const PyState& s) { return ActionsArray(s.moves()); }, nb::rv_policy::move,
          "int32 [ply]: those actions.")
      .def_prop_ro(
          "reward", [](const PyState& s) { return s.state().Reward(); },
          "Of the last action, from the view of the player who took it. With two players "
          "0 until the end, then +1, 0 or -1.")
      .def(
          "returns",
          [](const PyState& s) {
            std::vector<double> returns;
            for (int p = 0; p < s.spec().num_players; ++p) {
              returns.push_back(s.state().Return(static_cast<Player>(p)));
            }
            return returns;
          },
          "Undiscounted sum of rewards so far, one number for each player.")
      .def(
          "board", Board, nb::arg("out") = nb::none(),
          nb::sig("def board(self, out: NDArray[numpy.int8] | None = None) -> NDArray[numpy.int8]"),
          R"(What stands where.

Parameters
----------
out : numpy.ndarray, optional
    int8 [rows, columns], is written to and returned.

Returns
-------
numpy.ndarray
    int8 [rows, columns]: 0 empty, 1 first player, 2 second player; row 0 is the top one.)")
      .def(
          "observation", Observation, nb::arg("out") = nb::none(), nb::arg("encoder") = "",
          nb::arg("symmetry") = 0,
          nb::sig("def observation(self, out: tuple[NDArray[numpy.float32], NDArray[numpy.float32]]"
                  " | None = None, encoder: str = \"\", symmetry: int = 0) "
                  "-> tuple[NDArray[numpy.float32], NDArray[numpy.float32]]"),
          R"(What a network of Tengen sees, from the view of the player to move.

Parameters
----------
out : tuple of numpy.ndarray, optional
    Planes and globals, float32 in C order, are written to and returned.
encoder : str
    Such as "board/1" or "go/2"; "" is `Game.encoder`.
symmetry : int
    One of `Game.symmetries`, by which the board is turned.

Returns
-------
planes : numpy.ndarray
    float32 [rows, columns, planes]; PyTorch's order is `planes.transpose(2, 0, 1)`.
globals : numpy.ndarray
    float32 [globals].

Raises
------
ValueError
    The game `is_terminal`; an array of another shape or dtype.)")
      .def("final_area", FinalArea,
           "Of a finished game with area: (score of the first player minus the second's with "
           "komi, owner of each point as in `board`); None for others.")
      .def("sgf", &PyState::Sgf, "The game so far as SGF. ValueError unless it is Go.")
      .def_prop_ro(
          "position_hash", [](const PyState& s) { return s.state().PositionHash(); },
          "64 bits; equal boards have equal hashes.")
      .def("__str__", [](const PyState& s) { return s.state().Text(); })
      .def("__repr__", [](const PyState& s) {
        return StrCat("<tengen.State of ", s.spec().id, " at ply ", s.state().Ply(), ">");
      });
}

}  // namespace

void BindGames(nb::module_& m) {
  BindGame(m);
  nb::class_<PyState> state(m, "State", R"(A position of a game; `Game.new_state` makes the first.

Changed by `apply` alone. Keeps its game alive. One thread at a time.)");
  BindStateMoves(state);
  BindStateFacts(state);
  m.def(
      "game", [](const std::string& id) { return Shared(PyGame::Make(id)); }, nb::arg("id"),
      R"(Makes a game.

Parameters
----------
id : str
    A name, or "name:key=value,...", such as "go:size=9,komi=7"; `tengen.games` lists them.

Returns
-------
Game

Raises
------
ValueError
    An unknown name or option, with the nearest name, or a value out of range.)");
  m.def(
      "games",
      [] {
        nb::dict games;
        for (const RegisteredGame& game : RegisteredGames()) {
          games[game.name.c_str()] = game.summary;
        }
        return games;
      },
      "Names of all games, each with a sentence that tells its options.");
}

}  // namespace tengen
