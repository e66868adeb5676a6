#pragma once

#include <map>
#include <string>
#include <vector>

#include "envs/core/game.h"
#include "nets/katago_evaluator.h"

namespace tengen {

// One block of the output of KataGo's GTP command kata-raw-nn.
struct KataGoRawBlock {
  int symmetry = 0;
  std::map<std::string, double> values;
  std::vector<double> policy;  // the pass last; NaN = illegal
  std::vector<double> ownership;
};

std::vector<KataGoRawBlock> ReadKataGoRawBlocks(const std::string& text);

// Largest differences met; printed at the end of a test.
struct KataGoDifferences {
  double policy = 0.0;
  double win = 0.0;
  double lead = 0.0;       // points
  double lead_over = 0.0;  // as parts of what RaiseLead tolerates
  double score = 0.0;
  double ownership = 0.0;
  double single = 0.0;  // of float32 from float64

  static void Raise(double* largest, double difference);
  // KataGo's answers in its repository come from an RTX A5000 (cpp/tests/results/*/*.log), where by
  // default float32 convolutions multiply in TF32: every factor is rounded to 11 bits. A float64
  // pass with the factors of all convolutions so rounded moves the leads of g170-b6c96 by up to
  // 5e-3 points and halves the largest difference of analysis_basic.txt (from 1.2e-2 to 6e-3, at a
  // lead of 18 points). So 5e-3 + 2^-11 |lead| are tolerated.
  void RaiseLead(double expected, double met);
  // `answer` is the mover's view of the same board.
  void Compare(const KataGoRawBlock& block, const KataGoAnswer& answer, Player mover);
  void Print(const char* test) const;
};

}  // namespace tengen
