#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "python/bindings/py_state.h"

namespace tengen {

// Which positions of a game are wanted.
enum class WantedPlies { kSamples, kAll };

// Game records as columns: facts of each game, and of each position in them. Games that differ in
// rules or komi may stand together, boards of different shapes or encoders may not. Not
// thread-safe.
class RecordColumns {
 public:
  // `encoder_name` is empty where planes and globals are not wanted.
  RecordColumns(WantedPlies wanted, std::string encoder_name)
      : wanted_(wanted), encoder_name_(std::move(encoder_name)) {}

  // Replays the game and adds it. Errors: the record does not fit its rules (then nothing is
  // added). Throws ValueError where its board or its encoder differs from the others'.
  Status Add(const GameRecord& record);

  // Games [G].
  std::vector<std::string> game_ids;
  std::vector<std::string> ends;  // "rules", "resign", "truncated", "adjudicated"
  std::vector<float> return_first;
  std::vector<float> score_first;
  std::vector<std::int32_t> plies;
  std::vector<std::uint64_t> seeds;
  std::vector<std::uint64_t> streams;

  // Positions [P].
  std::vector<std::int32_t> game;  // index of the game
  std::vector<std::int32_t> ply;
  std::vector<std::int8_t> to_move;
  std::vector<std::int32_t> action;
  std::vector<std::int32_t> visits;
  std::vector<float> root_value;
  std::vector<float> raw_value;
  std::vector<float> result;       // return of the player to move
  std::vector<std::int8_t> board;  // [P, rows, columns]
  std::vector<float> policy;       // [P, A]
  std::vector<float> planes;       // [P, rows, columns, K] or empty
  std::vector<float> globals;      // [P, K'] or empty

  std::size_t num_actions = 0;  // A
  Shape board_shape = {0, 0};
  std::shared_ptr<const InputEncoder> encoder;  // null where none is wanted

 private:
  void SetGame(const GameRecord& record);
  void AddPosition(const State& state, const GameRecord& record, std::size_t ply);

  const WantedPlies wanted_;
  const std::string encoder_name_;
  std::shared_ptr<const PyGame> game_;  // of the last record
  std::string game_id_;                 // as that record had it
};

}  // namespace tengen
