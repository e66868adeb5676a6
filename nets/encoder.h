#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "envs/core/game.h"

namespace tengen {

// Turns a position into the input of a network: planes (one number per point) and globals (one
// number per position). Everything is from the view of the player to move. An encoder is part of a
// network: its name and version ("go/2") stand in the network's file, and what a name writes never
// changes. Immutable, thread-safe.
class InputEncoder {
 public:
  virtual ~InputEncoder() = default;

  virtual std::string_view name() const = 0;
  virtual int planes() const = 0;
  virtual int globals() const = 0;

  // Whether positions of this game can be encoded; the error says what the encoder wants.
  virtual Status Accepts(const GameSpec& spec) const = 0;

  // Overwrites both spans. `planes` is channels-last: [row][column][plane] of the board turned by
  // `symmetry`, i.e. what lies on point p of the position is written at symmetry.Map(shape, p).
  // REQUIRES: !state.IsTerminal(), Accepts(game), the symmetry does not transpose a rectangle,
  // planes.size() == points() * planes(), globals.size() == globals().
  virtual void Encode(const State& state, Symmetry symmetry, std::span<float> planes,
                      std::span<float> globals) const = 0;
};

// The encoder of that name: "board/1" (any game with a board), "go/1", "go/2", or a
// control task's, such as "cartpole/1".
Result<std::shared_ptr<const InputEncoder>> MakeEncoder(std::string_view name);

// The encoder that new networks for this game use.
std::string DefaultEncoderName(const GameSpec& spec);

}  // namespace tengen
