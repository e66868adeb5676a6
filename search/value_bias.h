#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "envs/core/game.h"
#include "search/tree.h"

namespace tengen {

// Subtree value bias correction (KataGo, docs/KataGoMethods.md): networks misjudge some local
// sequences in the same way wherever the tree meets them, and deeper search shows it. Positions n
// are put into buckets B by the moves that led there and the stones around the last one. With
// V(n) the evaluator's value and C(n) the mean over the visits of n's moves,
//
//   error(n) = V(n) - C(n),   weight(n) = (number of those visits)^exponent
//   bias(B)  = sum over B of weight(n) error(n) / sum over B of weight(n)
//
// and the search counts V(n) - factor * bias(B(n)) in the place of V(n). A position takes its
// bucket's bias when it is added and whenever a simulation comes through. All values are from the
// view of the player to move at n, who is the same for all of a bucket.
//
// Deviations: stones in atari and ko are not part of the key; games whose actions are no points
// have no stones in it; what lies outside a subtree that is kept is forgotten as a whole.
struct ValueBiasParameters {
  double factor = 0.0;  // 0 = off; KataGo 0.35
  double exponent = 0.8;
};

// Identifies the bucket of a position: who moved last, the last two moves, and the board within two
// points of the last one. `last`, `before`: kNoAction where there is none or it is not known.
// `scratch` is used for the board.
std::uint64_t ValueBiasKey(const State& state, Action last, Action before,
                           std::vector<Cell>& scratch);

// The buckets of one tree. Not thread-safe; allocates when it meets a new bucket.
class ValueBias {
 public:
  explicit ValueBias(const ValueBiasParameters& parameters) : parameters_(parameters) {}

  bool on() const { return parameters_.factor > 0.0; }
  // The bucket of a key.
  std::uint32_t Bucket(std::uint64_t key);
  // factor * bias(B), 0 while nothing is known of it.
  double Correction(std::uint32_t bucket) const;

  // Takes a node's present error into its bucket, takes the bucket's bias into the node's mean, and
  // returns by how much the sum of the node's returns has changed. REQUIRES: the tree has extras.
  double Update(Tree& tree, NodeIndex index);

  // Makes the buckets those of this tree's nodes alone, which get new numbers, or empties them. So
  // there are never more than a tree may have nodes.
  void Rebuild(Tree& tree);
  void Clear();
  std::size_t size() const { return buckets_.size(); }

  // Upper bound of the memory of so many buckets, the moment of a rebuild included.
  static std::int64_t BytesFor(std::int64_t buckets) { return 192 * buckets; }

 private:
  struct Sums {
    double weight = 0.0;
    double weighted_error = 0.0;
  };

  const ValueBiasParameters parameters_;
  std::unordered_map<std::uint64_t, std::uint32_t> bucket_of_;
  std::vector<Sums> buckets_;
};

}  // namespace tengen
