#pragma once

#include "experiments/config/json_fields.h"
#include "experiments/datasets/spectrum.h"

// SpectrumConfig's fields for those who read and write configs; includes nlohmann/json.

namespace tengen {

template <typename V>
void VisitFields(V& visit, SpectrumConfig& c) {
  visit("kind", c.kind, {{"log-mel", SpectrumKind::kLogMel}, {"mfcc", SpectrumKind::kMfcc}});
  visit("window_s", c.window_s);
  visit("hop_s", c.hop_s);
  visit("bands", c.bands);
  visit("coefficients", c.coefficients);
  visit("subtract_mean", c.subtract_mean);
}

}  // namespace tengen
