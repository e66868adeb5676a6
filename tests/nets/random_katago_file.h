#pragma once

#include <string>

namespace tengen {

// A network with every kind of block that the version knows and random weights, as KataGo writes
// it: the file's bytes before compression. Versions 8 to 17.
enum class WeightFormat { kText, kBinary };
// What files may have from version 15 on.
struct RandomKataGoParts {
  enum class LastNorm { kBatch, kPointRms, kBoardRms };
  LastNorm last_norm = LastNorm::kBatch;
  bool metadata = false;
  bool area_with_suicide = false;
};
std::string RandomKataGoFile(int version, WeightFormat format, unsigned seed,
                             const RandomKataGoParts& parts = {});

}  // namespace tengen
