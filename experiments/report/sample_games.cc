#include "experiments/report/sample_games.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "experiments/pictures/board_style.h"

namespace tengen {
namespace {

constexpr std::size_t kMostShards = 8;  // of 64 MB each
// A page holds dozens of games; moves that nobody sees on the board are not worth their bytes.
constexpr std::size_t kPolicyEntries = 8;
constexpr float kLeastPolicy = 0.01F;

// `count` of `from`, evenly, the first and the last included.
template <typename T>
std::vector<T> Evenly(std::vector<T> from, std::size_t count) {
  if (from.size() <= count) return from;
  std::vector<T> kept;
  for (std::size_t k = 0; k < count; ++k) {
    kept.push_back(
        std::move(from[count == 1 ? from.size() - 1 : k * (from.size() - 1) / (count - 1)]));
  }
  return kept;
}

// Keeps evenly many of a stream of unknown length: every one, then every second, every fourth.
class EvenSample {
 public:
  explicit EvenSample(std::size_t count) : most_(std::max<std::size_t>(2, 2 * count)) {}

  void Add(GameRecord record) {
    if (seen_++ % stride_ == 0) kept_.push_back(record);
    newest_ = std::move(record);
    if (kept_.size() <= most_) return;
    std::vector<GameRecord> fewer;
    for (std::size_t i = 0; i < kept_.size(); i += 2) fewer.push_back(std::move(kept_[i]));
    kept_ = std::move(fewer);
    stride_ *= 2;
  }
  // What was kept and the newest one, in order.
  std::vector<GameRecord> Take() {
    if (seen_ > 0 && (seen_ - 1) % stride_ != 0) kept_.push_back(std::move(newest_));
    return std::move(kept_);
  }

 private:
  const std::size_t most_;
  std::uint64_t seen_ = 0;
  std::uint64_t stride_ = 1;
  std::vector<GameRecord> kept_;
  GameRecord newest_;
};

std::string Points(float score) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", static_cast<double>(std::fabs(score)));
  return text;
}

const char* StyleName(BoardStyle style) {
  switch (style) {
    case BoardStyle::kLines:
      return "lines";
    case BoardStyle::kSquares:
      return "squares";
    case BoardStyle::kMarks:
      return "marks";
    case BoardStyle::kHoles:
      return "holes";
    case BoardStyle::kHexes:
      return "hexes";
  }
  return "";
}

std::string Digits(const std::vector<Cell>& cells) {
  std::string out;
  for (const Cell cell : cells) out += static_cast<char>('0' + static_cast<int>(cell));
  return out;
}

std::vector<Cell> CellsOf(const State& state) {
  std::vector<Cell> cells(static_cast<std::size_t>(state.game().spec().shape.points()));
  state.Board(cells);
  return cells;
}

nlohmann::ordered_json BoardJson(const Game& game) {
  const GameSpec& spec = game.spec();
  const BoardStyle style = BoardStyleOf(spec);
  const BoardCoordinates names = CoordinatesOf(game);
  return {{"style", StyleName(style)},
          {"rows", spec.shape.rows},
          {"columns", spec.shape.columns},
          {"columnNames", names.columns},
          {"rowNames", names.rows},
          {"stars", style == BoardStyle::kLines ? StarPoints(spec.shape) : std::vector<int>()},
          {"first", PlayerName(spec, Player::kFirst)},
          {"second", PlayerName(spec, Player::kSecond)},
          {"start", Digits(CellsOf(*game.NewState()))}};
}

nlohmann::ordered_json PolicyJson(const GameSpec& spec, const std::vector<Cell>& cells,
                                  std::vector<PolicyEntry> policy) {
  std::stable_sort(policy.begin(), policy.end(), [](const PolicyEntry& a, const PolicyEntry& b) {
    return a.probability > b.probability;
  });
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < std::min(policy.size(), kPolicyEntries); ++i) {
    if (policy[i].probability < kLeastPolicy) break;
    out.push_back(PointOfAction(spec, cells, policy[i].action));
    out.push_back(std::lround(1000.0F * policy[i].probability));
  }
  return out;
}

nlohmann::ordered_json PlyJson(const RecordedPly& ply, State& state, std::vector<Cell>& cells) {
  const GameSpec& spec = state.game().spec();
  const int point = PointOfAction(spec, cells, ply.action);
  const Player mover = state.ToMove();
  const float sign = mover == Player::kFirst ? 1.0F : -1.0F;
  nlohmann::ordered_json value;
  if (ply.visits > 0) value = std::lround(1000.0F * sign * ply.root_value);
  nlohmann::ordered_json policy = PolicyJson(spec, cells, ply.policy);
  const std::string text = state.game().ActionText(ply.action);
  state.Apply(ply.action);
  std::vector<Cell> after = CellsOf(state);
  nlohmann::ordered_json changes = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (after[i] == cells[i]) continue;
    changes.push_back(i);
    changes.push_back(static_cast<int>(after[i]));
  }
  cells = std::move(after);
  return nlohmann::ordered_json::array({text, point, std::move(changes), std::move(value),
                                        ply.visits, std::move(policy),
                                        static_cast<int>(CellOf(mover))});
}

nlohmann::ordered_json GameJson(const GameRecord& record, const Game& game) {
  nlohmann::ordered_json plies = nlohmann::ordered_json::array();
  const std::unique_ptr<State> state = game.NewState();
  std::vector<Cell> cells = CellsOf(*state);
  for (const RecordedPly& ply : record.plies) plies.push_back(PlyJson(ply, *state, cells));
  return {{"board", record.game_id},
          {"number", record.stream},
          {"step", record.nets.empty() ? 0 : record.nets.front().step},
          {"result", ResultText(record)},
          {"owner", Digits(record.owner)},
          {"plies", std::move(plies)}};
}

}  // namespace

std::string ResultText(const GameRecord& record) {
  const auto game = MakeGame(record.game_id);
  if (!game) return "";
  const GameSpec& spec = (*game)->spec();
  if (spec.num_players == 1) return "return " + Points(record.return_first);
  if (record.return_first == 0.0F) return "Draw";
  const Player winner = record.return_first > 0.0F ? Player::kFirst : Player::kSecond;
  const std::string wins = StrCat(PlayerName(spec, winner), " wins");
  if (record.end == GameEnd::kResign) {
    return StrCat(wins, ", ", PlayerName(spec, Opponent(winner)), " resigned");
  }
  if (record.end == GameEnd::kAdjudicated) return wins + ", as agreed";
  return record.owner.empty() ? wins : StrCat(wins, " by ", Points(record.score_first));
}

SampledGames SampleGames(const std::filesystem::path& folder, std::size_t count) {
  SampledGames out;
  EvenSample sample(count);
  RecordShardReader reader(Evenly(ListShards(folder), kMostShards));
  while (std::optional<GameRecord> record = reader.Next()) {
    ++out.read;
    out.returns.push_back(static_cast<double>(record->return_first));
    sample.Add(std::move(*record));
  }
  for (const ShardProblem& problem : reader.problems()) out.damaged += problem.torn_tail ? 0 : 1;
  for (GameRecord& record : Evenly(sample.Take(), count)) {
    const bool sound = CheckRecord(record).ok();
    sound ? out.games.push_back(std::move(record)) : void(++out.damaged);
  }
  return out;
}

nlohmann::ordered_json BoardsJson(const std::vector<GameRecord>& games, std::size_t bytes) {
  std::map<std::string, std::shared_ptr<const Game>> known;
  nlohmann::ordered_json boards = nlohmann::ordered_json::object();
  std::vector<nlohmann::ordered_json> rows;
  std::size_t used = 0;
  for (const GameRecord& record : games) {
    std::shared_ptr<const Game>& game = known[record.game_id];
    if (game == nullptr) {
      game = MakeGame(record.game_id).value();
      boards[record.game_id] = BoardJson(*game);
    }
    rows.push_back(GameJson(record, *game));
    used += rows.back().dump().size() + 1;
  }
  std::size_t wanted = rows.size();
  while (used > bytes && wanted > 0) {
    wanted /= 2;
    std::vector<nlohmann::ordered_json> fewer = Evenly(std::move(rows), wanted);
    rows = std::move(fewer);
    used = 0;
    for (const nlohmann::ordered_json& row : rows) used += row.dump().size() + 1;
  }
  return {{"boards", std::move(boards)}, {"games", std::move(rows)}};
}

}  // namespace tengen
