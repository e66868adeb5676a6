#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/players/anchors.h"
#include "experiments/statistics/pentanomial.h"

namespace tengen {

// A match between two anchors, by name.
struct AnchorMatch {
  std::string a;
  std::string b;
  Pentanomial pairs;  // in the view of a; the first ones where the match is not over
};

// How the anchors of a game were measured, and what came out.
struct AnchorRecord {
  int games = 100;  // of each match when it is over
  int opening_plies = 2;
  std::uint64_t seed = 1;
  std::vector<AnchorMatch> matches;
};

// What experiments/presets/anchors.json and `tengen ladder --measure-anchors --anchors FILE` hold:
//
//   {"about": "...",
//    "games": {
//      GAME ID: {"games": 100, "opening_plies": 2, "seed": 1,
//                "matches": [{"a": "mcts:50", "b": "random", "pairs": [0, 0, 3, 7, 40]}, ...]},
//      GAME ID: {"elo": {"random": 0, "mcts:50": 556, ...}}}}
//
// "pairs" are a's results as in Pentanomial. "elo" alone is what remains of measurements whose
// matches were not kept.
class AnchorFile {
 public:
  // An empty file for a path that does not exist. Errors: not this format.
  static Result<AnchorFile> Read(const std::filesystem::path& path);
  static Result<AnchorFile> Parse(const std::string& text);

  // With "matches", the record; nothing where the game is not named or only its Elo is known.
  // Game ids are compared as written.
  const AnchorRecord* record(const std::string& game_id) const;
  // Replaces what is known of the game.
  void Set(const std::string& game_id, AnchorRecord record);

  // Ids of the games, in order.
  std::vector<std::string> games() const;
  // "elo" of a game by name of the anchor; empty if there is none.
  std::map<std::string, double> elo(const std::string& game_id) const;

  std::string Text() const;

 private:
  struct Entry {
    std::map<std::string, double> elo;  // empty where there is a record
    AnchorRecord record;
  };

  std::map<std::string, Entry> entries_;
};

// The anchors of a game as a file has them, from the record or by their bare Elo; empty if it does
// not name the game. `missing` (may be null) gets a sentence for each that is not here.
AnchorList ListOf(const AnchorFile& file, const Game& game, const OutsidePrograms& programs,
                  std::vector<std::string>* missing);

// Ratings from a record. Anchors that no chain of matches links to "random" are left out; empty if
// that leaves none but "random".
AnchorList ListOf(const AnchorRecord& record, const Game& game, const OutsidePrograms& programs,
                  std::vector<std::string>* missing);

}  // namespace tengen
