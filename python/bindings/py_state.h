#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "nets/encoder.h"
#include "python/bindings/arrays.h"

namespace tengen {

// A game with what Python needs beside it. Immutable.
struct PyGame {
  std::shared_ptr<const Game> game;
  std::shared_ptr<const InputEncoder> encoder;  // the default one for new networks

  // Throws ValueError.
  static std::shared_ptr<const PyGame> Make(const std::string& id);
  static std::shared_ptr<const PyGame> Of(std::shared_ptr<const Game> game);

  const GameSpec& spec() const { return game->spec(); }
  // (rows, columns)
  Shape BoardShape() const;
  // (rows, columns, planes) and (globals,) of an encoder.
  Shape PlanesShape(const InputEncoder& of) const;
  // The encoder of that name, the default one for "". Throws ValueError where it does not fit.
  std::shared_ptr<const InputEncoder> Encoder(const std::string& name) const;
  // As a symmetry of this game. Throws ValueError.
  Symmetry SymmetryAt(int index) const;
};

// A position that keeps its game alive and remembers the moves that led to it. Every call that is
// undefined in C++ throws ValueError instead.
class PyState {
 public:
  explicit PyState(std::shared_ptr<const PyGame> game);
  PyState(const PyState& other);
  PyState& operator=(const PyState&) = delete;
  // Replays the moves.
  PyState(std::shared_ptr<const PyGame> game, std::span<const std::int64_t> moves);

  const std::shared_ptr<const PyGame>& game() const { return game_; }
  const GameSpec& spec() const { return game_->spec(); }
  const State& state() const { return *state_; }
  const std::vector<Action>& moves() const { return moves_; }

  void Apply(std::int64_t action);
  bool IsLegal(std::int64_t action) const;
  // Start over.
  void Restart();
  // Throws ValueError unless somebody is to move. `what` is what they wanted to know.
  void RequireToMove(const char* what) const;

  // Writes an observation. REQUIRES: sizes of the encoder.
  void Observe(const InputEncoder& encoder, Symmetry symmetry, std::span<float> planes,
               std::span<float> globals) const;
  // The game so far as SGF. Throws ValueError unless it is Go.
  std::string Sgf() const;

 private:
  std::shared_ptr<const PyGame> game_;  // before state_, which refers to it
  std::unique_ptr<State> state_;
  std::vector<Action> moves_;
};

// Why `action` cannot be played in `state`; empty if it can.
std::string WhyIllegal(const State& state, std::int64_t action);

}  // namespace tengen
