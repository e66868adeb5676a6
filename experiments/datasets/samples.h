#pragma once

#include <span>
#include <string>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Examples of a supervised task, as plain numbers: n examples of one shape, each with the index of
// its class or with a number to be learnt. A value. Readers fill in what their format has and leave
// the rest empty.
struct Samples {
  // Of one example: {13} the columns of a table's row; {1, 28, 28} channels, rows, columns of a
  // picture; {64, 40} frames, bands of a sound.
  std::vector<int> shape;
  std::vector<float> features;  // [n, shape...], row-major

  std::vector<int> labels;               // [n] index into class_names; empty in regression
  std::vector<std::string> class_names;  // in the order of the labels
  std::vector<float> targets;            // [n] in regression; otherwise empty

  // Tables: the name of each column, and the words of the columns that hold words, whose feature is
  // the word's index until Preprocessing replaces it. Both are of shape[0] or empty.
  std::vector<std::string> feature_names;
  std::vector<std::vector<std::string>> categories;  // a column of numbers: empty

  std::vector<int> lengths;         // [n] frames of a sound; behind them are zeros. Or empty
  std::vector<std::string> groups;  // [n] who or what it came from (a speaker); or empty
  std::vector<std::string> names;   // [n] of the file or row, for people; or empty

  int size() const;   // n
  int width() const;  // numbers of one example
  // The features of example i. REQUIRES: 0 <= i < size().
  std::span<const float> row(int i) const;
  std::span<float> row(int i);
};

// The examples of these indices, in their order; an index may come twice.
Samples Select(const Samples& samples, std::span<const int> indices);

// First thing wrong with it: columns of different lengths, a label without a class, a number that
// is not finite, no example at all.
Status CheckSamples(const Samples& samples);

// A set by its name. Where it comes with a test part of its own, that is kept apart.
struct DataSet {
  std::string name;
  Samples train;
  Samples test;  // no examples: the set has no such part
};

}  // namespace tengen
