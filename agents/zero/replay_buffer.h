#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/rng.h"

namespace tengen {

// How many of the newest positions training draws from (Wu 2019, arXiv:1902.10565, appendix C):
//   N(n) = c (1 + b ((n / c)^a - 1) / a)   for n >= c positions played so far, all of them before.
struct WindowConfig {
  std::int64_t minimum = 20000;  // c, positions
  double exponent = 0.75;        // a, in (0, 1]
  double growth = 0.4;           // b, in (0, 1]: dN/dn at n = c
};

std::int64_t WindowSize(const WindowConfig& config, std::int64_t positions_played);

// A training position: a record, its game, and one of its plies with `sample` set.
struct SampledPosition {
  std::shared_ptr<const GameRecord> record;
  std::shared_ptr<const Game> game;
  int ply = 0;
};

// Policy surprise weighting (KataGo, docs/KataGoMethods.md, which takes a share of 0.5): how often
// each of a game's n training positions is drawn, relative to drawing them uniformly,
//
//   w(i) = 1 - share + share * n * surprise(i) / sum of the surprises,
//
// from RecordedPly::surprise. Uniform where no surprise is known. Deviation: fast searches are
// never training positions, however surprising.
std::vector<float> SurpriseWeights(std::span<const float> surprises, double share);

// The newest games, in memory, as long as they hold a window of positions. Positions are drawn
// uniformly, or within each game by SurpriseWeights. Games of different shapes (board, number of
// actions) lie in separate lanes, since a batch holds one shape. Contents are a function of the
// records in the order of Add. Not thread-safe.
class ReplayBuffer {
 public:
  // `surprise_share`: of SurpriseWeights, in [0, 1]; 0 = uniform.
  explicit ReplayBuffer(const WindowConfig& config, double surprise_share = 0.0);

  // Errors as FindGame. Drops the oldest games while the rest holds the window. Games without
  // samples are counted as games only.
  Status Add(std::shared_ptr<const GameRecord> record);

  // Counts games that came before all others and have left the window: the rest of the run draws
  // what it would have drawn with them. REQUIRES: nothing was added yet.
  void Skip(std::int64_t games, std::int64_t positions);

  // `count` positions of one shape: the shape is that of one uniform position.
  // REQUIRES: positions() > 0.
  std::vector<SampledPosition> Sample(int count, Rng& rng) const;

  std::int64_t positions() const { return positions_; }              // inside now
  std::int64_t games() const;                                        // inside now
  std::int64_t positions_added() const { return positions_added_; }  // ever
  std::int64_t games_added() const { return games_added_; }          // ever

  // The game of that id, shared with the records of it that are inside. Errors: an id that MakeGame
  // refuses.
  Result<std::shared_ptr<const Game>> FindGame(const std::string& id);
  // Games remembered by FindGame, of which at most half (and a few) are of no record any more.
  std::size_t known_games() const { return known_games_.size(); }

 private:
  struct Entry {
    std::shared_ptr<const GameRecord> record;
    std::shared_ptr<const Game> game;
    std::vector<int> plies;      // those with `sample`
    std::vector<float> weights;  // of those; empty: equal
    std::int64_t end = 0;        // positions of this lane up to and with this game, ever
    std::int64_t sequence = 0;   // of Add, over all lanes
  };
  struct Lane {
    BoardShape shape;
    int num_actions = 0;
    std::deque<Entry> entries;
    std::int64_t dropped = 0;  // positions of this lane dropped, ever
    std::int64_t end = 0;      // positions of this lane, ever
  };
  Lane& LaneOf(const GameSpec& spec);
  void DropOld();
  void ForgetUnused();

  WindowConfig config_;
  double surprise_share_;
  std::unordered_map<std::string, std::weak_ptr<const Game>> known_games_;  // by id
  std::size_t forget_at_ = 0;  // size of known_games_ at which the unused are looked for
  std::vector<Lane> lanes_;
  std::int64_t positions_ = 0;
  std::int64_t positions_added_ = 0;
  std::int64_t games_added_ = 0;
};

}  // namespace tengen
