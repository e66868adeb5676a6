#include "python/bindings/record_columns.h"

#include <utility>

namespace tengen {
namespace {

const char* EndName(GameEnd end) {
  switch (end) {
    case GameEnd::kRules:
      return "rules";
    case GameEnd::kResign:
      return "resign";
    case GameEnd::kTruncated:
      return "truncated";
    case GameEnd::kAdjudicated:
      return "adjudicated";
  }
  TENGEN_CHECK(false, "end ", static_cast<int>(end));
}

// `count` more numbers at the end of a column.
template <typename T>
std::span<T> Grow(std::vector<T>& column, std::size_t count) {
  column.resize(column.size() + count);
  return std::span(column).last(count);
}

}  // namespace

void RecordColumns::SetGame(const GameRecord& record) {
  if (game_ != nullptr && game_id_ == record.game_id) return;
  const auto made = PyGame::Make(record.game_id);
  const Shape shape = made->BoardShape();
  const auto actions = static_cast<std::size_t>(made->spec().num_actions);
  if (num_actions != 0 && (shape != board_shape || actions != num_actions)) {
    throw nb::value_error(StrCat("a game of ", record.game_id, " beside boards of shape ",
                                 ShapeText(board_shape),
                                 ", wanted one shape: choose it with board_shape")
                              .c_str());
  }
  std::shared_ptr<const InputEncoder> of_game;
  if (!encoder_name_.empty()) {
    of_game = made->Encoder(encoder_name_ == "default" ? "" : encoder_name_);
    if (encoder != nullptr && of_game->name() != encoder->name()) {
      throw nb::value_error(StrCat("a game of ", record.game_id, ", whose encoder is ",
                                   of_game->name(), ", beside games with ", encoder->name(),
                                   ", wanted one encoder for all")
                                .c_str());
    }
  }
  encoder = of_game;
  board_shape = shape;
  num_actions = actions;
  game_ = made;
  game_id_ = record.game_id;
}

Status RecordColumns::Add(const GameRecord& record) {
  if (Status status = CheckRecord(record); !status.ok()) return status;
  SetGame(record);
  const std::unique_ptr<State> state = game_->game->NewState();
  for (std::size_t ply_index = 0; ply_index < record.plies.size(); ++ply_index) {
    const RecordedPly& recorded = record.plies[ply_index];
    if (recorded.sample || wanted_ == WantedPlies::kAll) AddPosition(*state, record, ply_index);
    state->Apply(recorded.action);
  }
  game_ids.push_back(record.game_id);
  ends.emplace_back(EndName(record.end));
  return_first.push_back(record.return_first);
  score_first.push_back(record.score_first);
  plies.push_back(static_cast<std::int32_t>(record.plies.size()));
  seeds.push_back(record.seed);
  streams.push_back(record.stream);
  return Ok{};
}

void RecordColumns::AddPosition(const State& state, const GameRecord& record,
                                std::size_t ply_index) {
  const RecordedPly& recorded = record.plies[ply_index];
  const bool first = state.ToMove() == Player::kFirst;
  game.push_back(static_cast<std::int32_t>(game_ids.size()));
  ply.push_back(static_cast<std::int32_t>(ply_index));
  to_move.push_back(first ? 0 : 1);
  action.push_back(recorded.action);
  visits.push_back(recorded.visits);
  root_value.push_back(recorded.root_value);
  raw_value.push_back(recorded.raw_value);
  result.push_back(first ? record.return_first : -record.return_first);
  const std::span<std::int8_t> cells = Grow(board, SizeOf(board_shape));
  state.Board({reinterpret_cast<Cell*>(cells.data()), cells.size()});
  const std::span<float> row = Grow(policy, num_actions);
  for (const PolicyEntry& entry : recorded.policy) {
    row[static_cast<std::size_t>(entry.action)] = entry.probability;
  }
  if (encoder == nullptr) return;
  const auto channels = static_cast<std::size_t>(encoder->planes());
  encoder->Encode(state, Symmetry(), Grow(planes, SizeOf(board_shape) * channels),
                  Grow(globals, static_cast<std::size_t>(encoder->globals())));
}

}  // namespace tengen
