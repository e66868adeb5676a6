#pragma once

#include <string>
#include <vector>

namespace tengen {

// The files experiments/presets/*.json, built into the program.
struct Preset {
  std::string name;
  std::string json;
};

const std::vector<Preset>& Presets();

// experiments/presets/anchors.json: Elo of the anchors of each measured game.
const std::string& AnchorsJson();

}  // namespace tengen
