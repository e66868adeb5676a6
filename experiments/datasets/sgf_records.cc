#include "experiments/datasets/sgf_records.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>

#include "agents/gtp/gtp_text.h"
#include "envs/go/go_game.h"
#include "envs/go/sgf_game.h"
#include "envs/go/sgf_replay.h"
#include "envs/registry/game_registry.h"
#include "experiments/files/sgf_files.h"
#include "experiments/files/tar_archive.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 31;

// The reasons that are counted are few; what differs from game to game stands in none of them.
Error Refusal(std::string reason) { return Error{std::move(reason)}; }

std::string GameId(BoardShape shape, Rules rules, KoRule ko) {
  rules.ko = ko;
  rules.bonus = HandicapBonus::kNone;  // no game with a handicap is taken
  const std::string size = shape.rows == shape.columns
                               ? StrCat("size=", shape.rows)
                               : StrCat("size=", shape.rows, "x", shape.columns);
  return StrCat("go:", size, ",", rules.Text());
}

// Plays the moves as far as the game goes. Nothing if one of them is not legal.
std::unique_ptr<State> PlayAll(const Game& game, const std::vector<SgfMove>& moves,
                               std::vector<RecordedPly>& plies) {
  std::unique_ptr<State> state = game.NewState();
  plies.clear();
  for (const SgfMove& move : moves) {
    if (IsOver(*state)) break;
    if (!state->IsLegal(move.action)) return nullptr;
    RecordedPly ply;
    ply.action = move.action;
    ply.sample = true;
    ply.policy = {{move.action, 1.0F}};
    plies.push_back(std::move(ply));
    state->Apply(move.action);
  }
  return state;
}

void SetEnd(const SgfResult& result, const State& state, GameRecord& record) {
  record.return_first = result.return_first;
  record.end = GameEnd::kAdjudicated;
  if (IsOver(state)) {
    std::vector<Cell> owner(static_cast<std::size_t>(state.game().spec().shape.points()));
    float score = 0.0F;
    const float told = result.return_first * result.margin.value_or(0.0F);
    const bool has_margin = result.margin || result.return_first == 0.0F;
    if (has_margin && state.FinalArea(owner, &score) && score == told &&
        static_cast<float>(state.Return(Player::kFirst)) == result.return_first) {
      record.end = GameEnd::kRules;
      record.owner = std::move(owner);
      record.score_first = score;
    }
    return;
  }
  const float if_mover_lost = state.ToMove() == Player::kFirst ? -1.0F : 1.0F;
  if (result.resigned && result.return_first == if_mover_lost) record.end = GameEnd::kResign;
}

Result<std::vector<SgfMove>> EvenGame(const SgfTree& tree) {
  const auto replay = ReplaySgf(tree, tree.MainLine());
  if (!replay) return Error{replay.error()};
  // Superko is left to the game: whose rules know it, the record does not always say.
  const auto refused = [](const SgfProblem& note) { return note.kind != SgfProblemKind::kSuperko; };
  const auto note = std::find_if(replay->notes.begin(), replay->notes.end(), refused);
  if (note != replay->notes.end() || replay->problem) {
    const SgfProblem& first = note != replay->notes.end() ? *note : *replay->problem;
    return Refusal(StrCat("a move that cannot be played (", SgfProblemText(first.kind), ")"));
  }
  const SgfPosition& end = replay->position;
  if (replay->moves == 0) return Refusal("no moves");
  const bool setup =
      static_cast<int>(end.moves.size()) != replay->moves ||
      std::any_of(end.diagram.begin(), end.diagram.end(), [](const std::string& row) {
        return row.find_first_not_of('.') != std::string::npos;
      });
  if (setup) return Refusal("setup stones");
  Player to_move = Player::kFirst;
  for (const SgfMove& move : end.moves) {
    if (move.player != to_move) return Refusal("a player who moves twice in a row");
    to_move = Opponent(to_move);
  }
  return end.moves;
}

// Calls `visit` with every SGF file's bytes. Returns how many there are.
Result<int> VisitSgf(const fs::path& path, const std::function<void(std::string_view)>& visit) {
  std::error_code ignored;
  int files = 0;
  if (fs::is_directory(path, ignored)) {
    const auto names = SgfFilesIn(path);
    if (!names) return Error{names.error()};
    for (const fs::path& name : *names) {
      const auto bytes = ReadGzipFile(name, kMaxBytes);
      if (!bytes) return Error{bytes.error()};
      visit(*bytes);
      ++files;
    }
    return files;
  }
  const auto bytes = ReadGzipFile(path, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  if (bytes->size() <= 262 || bytes->substr(257, 5) != "ustar") {
    visit(*bytes);
    return 1;
  }
  std::map<std::string, std::string_view> in_order;  // archives have any order
  VisitTar(*bytes, path, [&in_order](const std::string& name, std::string_view content) {
    if (HasSgfName(name)) in_order.emplace(name, content);
  });
  for (const auto& [name, content] : in_order) visit(content);
  return static_cast<int>(in_order.size());
}

class Collector {
 public:
  explicit Collector(const SgfRecordOptions& options) : options_(options) {}

  void Add(std::string_view file) {
    const auto trees = ParseSgf(file);
    if (!trees) return Refuse("a file that is no SGF");
    for (const SgfTree& tree : *trees) AddGame(tree);
  }
  SgfRecords Take() { return std::move(out_); }

 private:
  void AddGame(const SgfTree& tree) {
    if (options_.size) {
      const auto info = ReadSgfGameInfo(tree);
      if (info && info->shape != BoardShape{*options_.size, *options_.size}) {
        return Refuse("another board size");
      }
    }
    Result<GameRecord> record = RecordOfSgf(tree);
    if (!record) return Refuse(record.error());
    std::vector<Action> key = {static_cast<Action>(record->game_id.size())};
    for (const RecordedPly& ply : record->plies) key.push_back(ply.action);
    if (!seen_.insert(std::move(key)).second) return Refuse("the same game again");
    record->stream = out_.records.size();
    out_.records.push_back(std::move(*record));
  }
  void Refuse(const std::string& reason) { ++out_.refused[reason]; }

  const SgfRecordOptions options_;
  SgfRecords out_;
  std::set<std::vector<Action>> seen_;  // moves of the games so far
};

}  // namespace

std::optional<SgfResult> ParseSgfResult(std::string_view value) {
  std::string text = LowerCase(value);
  std::erase(text, ' ');
  if (text.starts_with("black+") || text.starts_with("white+")) text.erase(1, 4);
  SgfResult result;
  if (text == "0" || text == "draw" || text == "jigo") return result;
  if (text.size() < 2 || (text[0] != 'b' && text[0] != 'w') || text[1] != '+') return std::nullopt;
  result.return_first = text[0] == 'b' ? 1.0F : -1.0F;
  const std::string_view rest = std::string_view(text).substr(2);
  result.resigned = rest == "r" || rest == "resign";
  float margin = 0.0F;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), margin);
  if (error == std::errc() && end == rest.data() + rest.size() && std::isfinite(margin)) {
    if (margin < 0.0F) return std::nullopt;
    if (margin == 0.0F) return SgfResult{};
    result.margin = margin;
  }
  return result;
}

Result<GameRecord> RecordOfSgf(const SgfTree& tree) {
  const auto info = ReadSgfGameInfo(tree);
  if (!info) return Error{info.error()};
  const auto moves = EvenGame(tree);
  if (!moves) return Error{moves.error()};
  const auto result = ParseSgfResult(info->result);
  if (!result) return Refusal("no result");
  const Rules rules = ReadSgfRules(*info, UsualSgfRules()).named.rules;
  GameRecord record;
  for (const KoRule ko : {KoRule::kPositional, KoRule::kSimple}) {
    record.game_id = GameId(info->shape, rules, ko);
    const auto game = MakeGame(record.game_id);
    if (!game) return Error{game.error()};
    const std::unique_ptr<State> state = PlayAll(**game, *moves, record.plies);
    if (state == nullptr) continue;
    SetEnd(*result, *state, record);
    return record;
  }
  return Refusal("a move that the rules forbid");
}

Result<SgfRecords> ReadSgfRecords(const fs::path& path, const SgfRecordOptions& options) {
  Collector collector(options);
  const auto files = VisitSgf(path, [&collector](std::string_view file) { collector.Add(file); });
  if (!files) return Error{files.error()};
  if (*files == 0) return Error{StrCat("no .sgf file in ", path.string())};
  SgfRecords out = collector.Take();
  if (!out.records.empty()) return out;
  const auto commonest =
      std::max_element(out.refused.begin(), out.refused.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  const std::string why = commonest == out.refused.end()
                              ? "no games"
                              : StrCat(commonest->first, ", ", commonest->second, " times");
  return Error{StrCat("no game in ", path.string(), " can be learnt from: ", why)};
}

}  // namespace tengen
