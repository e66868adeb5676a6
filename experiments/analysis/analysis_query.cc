#include "experiments/analysis/analysis_query.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/gtp/gtp_point.h"
#include "agents/gtp/gtp_rules.h"
#include "agents/gtp/gtp_text.h"

namespace tengen {
namespace {

using Json = nlohmann::json;

constexpr double kNoTimeLimit = 1e20;  // as KataGo says it
constexpr std::int64_t kMaxPriority = std::int64_t{1} << 62;

// Fields that other functions than the ones below look at, or nobody has to.
constexpr const char* kOtherFields[] = {"id", "action"};

// A setting without the quotes around a number or a flag: KataGo takes "50" as 50.
Json Unquoted(const Json& setting) {
  if (!setting.is_string()) return setting;
  const Json inner = Json::parse(setting.get<std::string>(), nullptr, /*allow_exceptions=*/false);
  return inner.is_number() || inner.is_boolean() ? inner : setting;
}

// Takes a query apart. Every Read function returns false when it has set the problem.
class QueryReader {
 public:
  QueryReader(const Json& json, const AnalysisSettings& defaults, const AnalysisNetwork& network)
      : json_(json), network_(network) {
    query_.settings = defaults;
  }

  std::variant<AnalysisQuery, QueryProblem> Read() {
    const bool good = ReadBoard() && ReadRules() && ReadStones("initialStones", stones_) &&
                      ReadMoves() && ReadTurns() && ReadPriorities() && ReadOverrides() &&
                      ReadSearch() && ReadContents() && ReadReports() && ReadLimits("avoidMoves") &&
                      ReadLimits("allowMoves") && BuildTurns();
    if (!good) return problem_;
    WarnOfUnusedFields();
    return std::move(query_);
  }

 private:
  bool Fail(const std::string& field, std::string message) {
    problem_ = {field, std::move(message)};
    return false;
  }

  void Warn(const std::string& field, std::string message) {
    query_.warnings.push_back({field, std::move(message)});
  }

  // The field, or null; notes that it is known.
  const Json* Find(const Json& in, const std::string& field) {
    if (&in == &json_) known_.push_back(field);
    const auto found = in.find(field);
    return found == in.end() ? nullptr : &*found;
  }

  // These leave `out` as it is where the field is missing.
  bool Whole(const Json& in, const std::string& field, std::int64_t low, std::int64_t high,
             std::int64_t* out) {
    const Json* value = Find(in, field);
    if (value == nullptr) return true;
    const bool fits = value->is_number_integer() &&
                      (!value->is_number_unsigned() || value->get<std::uint64_t>() <= INT64_MAX) &&
                      value->get<std::int64_t>() >= low && value->get<std::int64_t>() <= high;
    if (!fits) return Fail(field, StrCat("wanted a whole number from ", low, " to ", high));
    *out = value->get<std::int64_t>();
    return true;
  }
  bool Number(const Json& in, const std::string& field, double low, double high, double* out) {
    const Json* value = Find(in, field);
    if (value == nullptr) return true;
    const double number = value->is_number() ? value->get<double>() : NAN;
    if (!(number >= low && number <= high)) {
      return Fail(field, StrCat("wanted a number from ", low, " to ", high));
    }
    *out = number;
    return true;
  }
  bool Flag(const std::string& field, bool* out) {
    const Json* value = Find(json_, field);
    if (value == nullptr) return true;
    if (!value->is_boolean()) return Fail(field, "wanted true or false");
    *out = value->get<bool>();
    return true;
  }

  bool ReadBoard() {
    for (const char* field : {"boardXSize", "boardYSize"}) {
      if (!json_.contains(field)) {
        return Fail(field, StrCat("missing, wanted a whole number from 2 to ", GoBoard::kMaxSide));
      }
    }
    std::int64_t columns = 0;
    std::int64_t rows = 0;
    if (!Whole(json_, "boardXSize", 2, GoBoard::kMaxSide, &columns) ||
        !Whole(json_, "boardYSize", 2, GoBoard::kMaxSide, &rows)) {
      return false;
    }
    shape_ = {static_cast<int>(rows), static_cast<int>(columns)};
    GoSetup setup;
    setup.shape = shape_;
    names_ = GoGame::Make(std::move(setup)).value();
    return true;
  }

  bool ReadRules() {
    const Json* value = Find(json_, "rules");
    if (value == nullptr || !(value->is_string() || value->is_object())) {
      return Fail("rules", "wanted the name of rules or an object of them");
    }
    const auto rules =
        ParseGtpRulesAndKomi(value->is_string() ? value->get<std::string>() : value->dump());
    if (!rules) {
      // The field is named beside the message.
      const std::string& error = rules.error();
      return Fail("rules", error.starts_with("rules '") ? error.substr(6) : error);
    }
    rules_ = rules->rules;
    return ReadKomi() && ReadBonus();
  }

  bool ReadKomi() {
    double komi = rules_.komi();
    if (!Number(json_, "komi", -kMaxUserKomi, kMaxUserKomi, &komi)) return false;
    if (2.0 * komi != std::floor(2.0 * komi)) return Fail("komi", "wanted a multiple of 0.5");
    rules_.half_komi = static_cast<int>(2.0 * komi);
    return true;
  }

  bool ReadBonus() {
    const Json* value = Find(json_, "whiteHandicapBonus");
    if (value == nullptr) return true;
    const auto rules =
        ParseGtpRule("whiteHandicapBonus", value->is_string() ? value->get<std::string>() : "",
                     {rules_, /*all_stones_alive=*/true});
    if (!rules) return Fail("whiteHandicapBonus", rules.error());
    rules_.bonus = rules->rules.bonus;
    return true;
  }

  Result<Action> PointOf(const std::string& text) const { return ParseGtpPoint(*names_, text); }

  bool ReadStones(const std::string& field, std::vector<GtpMove>& out) {
    const Json* value = Find(json_, field);
    if (value == nullptr) return true;
    if (!value->is_array()) return Fail(field, "wanted a list of [\"B\" or \"W\", point]");
    for (const Json& move : *value) {
      if (!move.is_array() || move.size() != 2 || !move[0].is_string() || !move[1].is_string()) {
        return Fail(field, "wanted a list of [\"B\" or \"W\", point]");
      }
      const auto player = ParseGtpPlayer(move[0].get<std::string>());
      if (!player) return Fail(field, player.error());
      const auto action = PointOf(move[1].get<std::string>());
      if (!action) return Fail(field, action.error());
      out.push_back({*player, *action});
    }
    return true;
  }

  bool ReadMoves() {
    for (const GtpMove& stone : stones_) {
      if (stone.action == names_->pass()) return Fail("initialStones", "a pass, wanted points");
    }
    if (!json_.contains("moves")) {
      return Fail("moves", "missing, wanted a list of [\"B\" or \"W\", point]");
    }
    if (!ReadStones("moves", moves_)) return false;
    const Json* player = Find(json_, "initialPlayer");
    if (player == nullptr) return true;
    const auto first = ParseGtpPlayer(player->is_string() ? player->get<std::string>() : "");
    if (!first) return Fail("initialPlayer", first.error());
    initial_player_ = *first;
    return true;
  }

  bool ReadTurns() {
    const Json* value = Find(json_, "analyzeTurns");
    const auto last = static_cast<std::int64_t>(moves_.size());
    if (value == nullptr) {
      turns_[static_cast<int>(last)] = 0;
      return true;
    }
    if (!value->is_array()) return Fail("analyzeTurns", "wanted a list of turns");
    for (const Json& turn : *value) {
      std::int64_t number = 0;
      if (!Whole(Json::object({{"turn", turn}}), "turn", 0, last, &number)) {
        return Fail("analyzeTurns", problem_.message);
      }
      turns_[static_cast<int>(number)] = 0;
    }
    return true;
  }

  bool ReadPriorities() {
    std::int64_t priority = 0;
    if (!Whole(json_, "priority", -kMaxPriority, kMaxPriority, &priority)) return false;
    for (auto& [turn, turn_priority] : turns_) turn_priority = priority;
    const Json* value = Find(json_, "priorities");
    if (value == nullptr) return true;
    if (json_.contains("priority")) return Fail("priorities", "wanted either this or priority");
    const auto turns = json_.find("analyzeTurns");
    if (!value->is_array() || turns == json_.end() || turns->size() != value->size()) {
      return Fail("priorities", "wanted a list as long as analyzeTurns");
    }
    for (std::size_t i = 0; i < value->size(); ++i) {
      if (!Whole(Json::object({{"priority", (*value)[i]}}), "priority", -kMaxPriority, kMaxPriority,
                 &priority)) {
        return Fail("priorities", problem_.message);
      }
      turns_[(*turns)[i].get<int>()] = priority;
    }
    return true;
  }

  // The settings of KataGo's configuration that mean something here.
  bool ReadOverrides() {
    const Json* value = Find(json_, "overrideSettings");
    if (value == nullptr) return true;
    if (!value->is_object()) return Fail("overrideSettings", "wanted an object");
    std::string unknown;
    for (const auto& [key, written] : value->items()) {
      const Json setting = Unquoted(written);
      const Json one = Json::object({{key, setting}});
      if (key == "maxVisits" || key == "rootPolicyTemperature" || key == "rootFpuReductionMax" ||
          key == "fpuReductionMax" || key == "maxTime") {
        if (!ReadSearchFrom(one)) return Fail("overrideSettings", key + ": " + problem_.message);
      } else if (key == "ignorePreRootHistory") {
        if (!setting.is_boolean()) {
          return Fail("overrideSettings", key + ": wanted true or false");
        }
        query_.settings.history = network_.History(/*hidden=*/setting.get<bool>());
      } else if (key == "humanSLProfile" && written.is_string()) {
        query_.settings.profile = written.get<std::string>();
      } else if (key == "reportAnalysisWinratesAs" && setting.is_string()) {
        const auto perspective = ParsePerspective(setting.get<std::string>());
        if (!perspective) return Fail("overrideSettings", key + ": " + perspective.error());
        query_.settings.perspective = *perspective;
      } else {
        unknown += (unknown.empty() ? "" : ", ") + key;
      }
    }
    if (!unknown.empty()) Warn("overrideSettings", "unknown settings: " + unknown);
    return true;
  }

  bool ReadSearch() {
    std::int64_t pv_length = query_.settings.pv_length;
    if (!ReadSearchFrom(json_) || !Whole(json_, "analysisPVLen", 1, 1000, &pv_length)) return false;
    query_.settings.pv_length = static_cast<int>(pv_length);
    return true;
  }

  bool ReadSearchFrom(const Json& in) {
    AnalysisSettings& settings = query_.settings;
    // Reductions are in units of a value in [-1, 1]; the search has them in [0, 1].
    double reduction = 2.0 * settings.fpu_reduction;
    double root_reduction = 2.0 * settings.root_fpu_reduction;
    if (!Whole(in, "maxVisits", 1, std::int64_t{1} << 50, &settings.visits) ||
        !Number(in, "rootPolicyTemperature", 0.01, 100.0, &settings.root_temperature) ||
        !Number(in, "rootFpuReductionMax", 0.0, 2.0, &root_reduction)) {
      return false;
    }
    if (&in != &json_ && !Number(in, "fpuReductionMax", 0.0, 2.0, &reduction)) return false;
    double seconds = settings.seconds.value_or(kNoTimeLimit);
    if (&in != &json_ && !Number(in, "maxTime", 0.0, kNoTimeLimit, &seconds)) return false;
    if (seconds < kNoTimeLimit) settings.seconds = seconds;
    settings.fpu_reduction = 0.5 * reduction;
    settings.root_fpu_reduction = 0.5 * root_reduction;
    return true;
  }

  bool ReadContents() {
    AnalysisSettings& settings = query_.settings;
    return Flag("includeOwnership", &settings.ownership) &&
           Flag("includeMovesOwnership", &settings.moves_ownership) &&
           Flag("includeOwnershipStdev", &settings.ownership_spread) &&
           Flag("includeMovesOwnershipStdev", &settings.moves_ownership_spread) &&
           Flag("includeNoResultValue", &settings.no_result) &&
           Flag("includePolicy", &settings.policy) && Flag("includePVVisits", &settings.pv_visits);
  }

  bool ReadReports() {
    AnalysisSettings& settings = query_.settings;
    double every = settings.report_every_s;
    if (!Number(json_, "reportDuringSearchEvery", 0.001, 1e6, &every)) return false;
    if (json_.contains("reportDuringSearchEvery")) settings.first_report_s = every;
    settings.report_every_s = every;
    double first = settings.first_report_s.value_or(every);
    if (!Number(json_, "firstReportDuringSearchAfter", 0.001, 1e6, &first)) return false;
    if (json_.contains("firstReportDuringSearchAfter")) settings.first_report_s = first;
    return true;
  }

  bool ReadLimits(const std::string& field) {
    const Json* value = Find(json_, field);
    if (value == nullptr) return true;
    const bool allow = field == "allowMoves";
    const std::string wanted = "wanted a list of objects with player, moves and untilDepth";
    if (json_.contains("allowMoves") && json_.contains("avoidMoves")) {
      return Fail("allowMoves", "wanted no avoidMoves beside it");
    }
    if (!value->is_array()) return Fail(field, wanted);
    MoveLimits& limits = query_.settings.limits;
    for (const Json& limit : *value) {
      if (!limit.is_object() || !limit.contains("player") || !limit.contains("moves") ||
          !limit.contains("untilDepth") || !limit["moves"].is_array()) {
        return Fail(field, wanted);
      }
      const Json& name = limit["player"];
      const auto player = ParseGtpPlayer(name.is_string() ? name.get<std::string>() : "");
      if (!player) return Fail(field, player.error());
      if (allow && limits.HasAllowed(*player)) {
        return Fail(field, "wanted one entry a player at most");
      }
      std::vector<Action> moves;
      for (const Json& move : limit["moves"]) {
        const auto action = PointOf(move.is_string() ? move.get<std::string>() : "");
        if (!action) return Fail(field, action.error());
        moves.push_back(*action);
      }
      std::int64_t depth = 0;
      if (!Whole(limit, "untilDepth", 1, 1'000'000'000, &depth)) {
        return Fail(field, "untilDepth: " + problem_.message);
      }
      if (allow) limits.Allow(*player, std::move(moves), static_cast<int>(depth));
      if (!allow) limits.Avoid(*player, std::move(moves), static_cast<int>(depth));
    }
    return true;
  }

  bool BuildTurns() {
    GtpGame game(shape_, rules_);
    game.BeginAnewAtRepeats();
    if (const Status plays = network_.Plays(game.game().spec()); !plays) {
      return Fail("boardXSize", plays.error());
    }
    std::vector<std::string> rows = PlaceStones();
    Player first = IsHandicap(rows) ? Player::kSecond : Player::kFirst;
    if (!moves_.empty()) first = moves_.front().player;
    const Status started = game.Start(std::move(rows), initial_player_.value_or(first));
    if (!started) return Fail("initialStones", started.error());
    for (int turn = 0; turn <= static_cast<int>(moves_.size()); ++turn) {
      if (const auto wanted = turns_.find(turn); wanted != turns_.end()) {
        auto position = PositionFor(game, game.to_move(), query_.settings.history);
        if (!position) return Fail("moves", position.error());
        query_.turns.push_back({turn, wanted->second, std::move(*position)});
      }
      if (turn == static_cast<int>(moves_.size())) break;
      const GtpMove& move = moves_[static_cast<std::size_t>(turn)];
      const Status played = game.PlayTolerantly(move.player, move.action);
      if (!played) return Fail("moves", StrCat("move ", turn + 1, ": ", played.error()));
    }
    return true;
  }
  // One after the other, as KataGo (Board::setStone): a stone takes off what it leaves without
  // liberties, or itself, and one on another takes its place unless that is suicide.
  std::vector<std::string> PlaceStones() const {
    GoBoard board = BoardOf({});
    for (const GtpMove& stone : stones_) {
      const Point p = names_->PointOf(stone.action);
      const Cell cell = board.At(p);
      if (cell == CellOf(stone.player)) continue;
      if (cell != Cell::kEmpty) {
        std::vector<std::string> rows = board.Rows();
        rows[static_cast<std::size_t>(stone.action / shape_.columns)]
            [static_cast<std::size_t>(stone.action % shape_.columns)] = '.';
        board = BoardOf(std::move(rows));
        if (board.Classify(p, stone.player) != GoBoard::PlayKind::kNormal) continue;
      }
      board.Play(p, stone.player);
    }
    return board.Rows();
  }
  GoBoard BoardOf(std::vector<std::string> rows) const {
    GoSetup setup;
    setup.shape = shape_;
    setup.diagram = std::move(rows);
    const auto game = GoGame::Make(std::move(setup)).value();
    const std::unique_ptr<State> state = game->NewState();
    return static_cast<const GoState&>(*state).board();
  }
  // Two of Black's stones or more, and none of White's.
  static bool IsHandicap(const std::vector<std::string>& rows) {
    std::ptrdiff_t black = 0;
    for (const std::string& row : rows) {
      if (row.find('O') != std::string::npos) return false;
      black += std::count(row.begin(), row.end(), 'X');
    }
    return black > 1;
  }

  void WarnOfUnusedFields() {
    for (const auto& [field, value] : json_.items()) {
      const bool known = std::count(known_.begin(), known_.end(), field) > 0 ||
                         std::count(std::begin(kOtherFields), std::end(kOtherFields), field) > 0;
      if (!known) Warn(field, "unknown field");
    }
  }

  const Json& json_;
  const AnalysisNetwork& network_;
  std::vector<std::string> known_;
  QueryProblem problem_;
  AnalysisQuery query_;

  BoardShape shape_ = {0, 0};
  std::shared_ptr<const GoGame> names_;  // an empty board, for the names of its points
  Rules rules_;
  std::vector<GtpMove> stones_;
  std::vector<GtpMove> moves_;
  std::optional<Player> initial_player_;
  std::map<int, std::int64_t> turns_;  // and their priorities
};

}  // namespace

Result<Perspective> ParsePerspective(std::string_view text) {
  const std::string lower = LowerCase(text);
  if (lower == "black" || lower == "b") return Perspective::kBlack;
  if (lower == "white" || lower == "w") return Perspective::kWhite;
  if (lower == "side-to-move" || lower == "sidetomove") return Perspective::kSideToMove;
  return Error{StrCat("'", text, "', wanted black, white or side-to-move")};
}

double PerspectiveSign(Perspective perspective, Player mover) {
  if (perspective == Perspective::kSideToMove) return 1.0;
  return (perspective == Perspective::kBlack) == (mover == Player::kFirst) ? 1.0 : -1.0;
}

std::variant<AnalysisQuery, QueryProblem> ReadAnalysisQuery(const nlohmann::json& json,
                                                            const AnalysisSettings& defaults,
                                                            const AnalysisNetwork& network) {
  return QueryReader(json, defaults, network).Read();
}

}  // namespace tengen
