#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/datasets/samples.h"
#include "experiments/datasets/sound_folder.h"

namespace tengen {

// Sets that are made, not found, so that every task runs with no data at all. All are functions of
// their arguments only.

// y = 3 x + 2 + noise, x uniform in [-1, 1), noise uniform in [0, 1), so that the best line has a
// bias near 2.5. Shape {1}, targets y.
Samples NoisyLine(int count, std::uint64_t seed);

// Two spirals that wind around each other (Lang & Witbrock 1988): class c at angle t + pi c and
// radius t / (3 pi), t in [0, 3 pi), with normal noise of deviation `noise` on both coordinates.
// Shape {2}: x, y.
Samples TwoSpirals(int count, double noise, std::uint64_t seed);

// Digits 0 to 9 drawn by strokes, 28x28, in [0, 1]: each is shifted, turned, slanted, scaled and
// drawn with a pen of another width. Shape {1, 28, 28}.
Samples DrawnDigits(int count, std::uint64_t seed);

// The digits "spoken" by a source and filter (Klatt 1980, much reduced): a buzz or noise through
// three resonances that move from sound to sound of the word; `speakers` differ in pitch, length of
// the vocal tract and pace. 8 kHz, `takes` of each digit by each speaker.
std::vector<Recording> SpokenDigits(int speakers, int takes, std::uint64_t seed);

// Sentences of a small context-free grammar of nested brackets and words, at least `characters`
// long: "the old king (who saw the child) sleeps.\n".
std::string GrammarText(int characters, std::uint64_t seed);

}  // namespace tengen
