#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "nets/encoder.h"

namespace tengen {

// What an encoder wrote about one position.
struct Encoded {
  std::vector<float> planes;
  std::vector<float> globals;
  int count = 0;  // planes per point

  bool operator==(const Encoded&) const = default;

  // One plane as a picture: '1' where it is one, '.' where it is zero.
  std::string Plane(const BoardShape& shape, int plane) const {
    std::string text;
    for (int point = 0; point < shape.points(); ++point) {
      const float value = planes[static_cast<std::size_t>(point * count + plane)];
      text += value == 1.0F ? '1' : value == 0.0F ? '.' : '?';
      if ((point + 1) % shape.columns == 0) text += ' ';
    }
    return text;
  }
};

inline Encoded Encode(const InputEncoder& encoder, const State& state,
                      Symmetry symmetry = Symmetry()) {
  const GameSpec& spec = state.game().spec();
  Encoded result;
  result.count = encoder.planes();
  result.planes.assign(static_cast<std::size_t>(spec.shape.points() * encoder.planes()), -7.0F);
  result.globals.assign(static_cast<std::size_t>(encoder.globals()), -7.0F);
  encoder.Encode(state, symmetry, result.planes, result.globals);
  return result;
}

// With the encoder of new networks.
inline Encoded Encode(const State& state, Symmetry symmetry = Symmetry()) {
  return Encode(**MakeEncoder(DefaultEncoderName(state.game().spec())), state, symmetry);
}

}  // namespace tengen
