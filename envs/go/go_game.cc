#include "envs/go/go_game.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include "envs/core/check.h"
#include "envs/core/rng.h"
#include "envs/go/board_diagram.h"
#include "envs/go/handicap.h"
#include "envs/go/scoring.h"

namespace tengen {
namespace {

constexpr int kMaxPliesLimit = 3 * GoBoard::kMaxPoints;
constexpr std::string_view kColumnNames = "ABCDEFGHJKLMNOPQRST";

Status CheckSetup(const GoSetup& setup) {
  const auto [rows, columns] = setup.shape;
  if (rows < 1 || rows > GoBoard::kMaxSide || columns < 1 || columns > GoBoard::kMaxSide) {
    return Error{
        StrCat("board of ", rows, "x", columns, ", wanted sides from 1 to ", GoBoard::kMaxSide)};
  }
  if (setup.handicap < 0 || setup.handicap > setup.shape.points()) {
    return Error{StrCat("handicap ", setup.handicap, ", wanted 0 to ", setup.shape.points())};
  }
  if (setup.max_plies < 0 || setup.max_plies > kMaxPliesLimit) {
    return Error{StrCat("max_plies ", setup.max_plies, ", wanted 0 to ", kMaxPliesLimit)};
  }
  if (!setup.diagram.empty() && setup.diagram.size() != static_cast<std::size_t>(rows)) {
    return Error{StrCat("diagram of ", setup.diagram.size(), " rows, wanted ", rows)};
  }
  for (const std::string& row : setup.diagram) {
    if (row.size() != static_cast<std::size_t>(columns) ||
        row.find_first_not_of("XO.") != std::string::npos) {
      return Error{StrCat("diagram row '", row, "', wanted ", columns, " of X, O and .")};
    }
  }
  return Ok{};
}

std::string SideText(BoardShape shape) {
  return shape.rows == shape.columns ? StrCat(shape.rows) : StrCat(shape.rows, "x", shape.columns);
}

// Whether the start position is what the option handicap sets.
bool HasFixedHandicap(const GoSetup& setup) {
  if (setup.handicap == 0) return false;
  const auto points = FixedHandicap(setup.shape, setup.handicap);
  if (!points) return false;
  GoSetup empty;
  empty.shape = setup.shape;
  const auto fixed = WithHandicap(std::move(empty), *points);
  return fixed.ok() && fixed->diagram == setup.diagram && fixed->to_move == setup.to_move;
}

// MakeGame understands it unless the board starts with stones that are no fixed handicap; then it
// only names the game.
std::string IdText(const GoSetup& setup) {
  const Rules& rules = setup.rules;
  std::string id =
      StrCat("go:size=", SideText(setup.shape), ",komi=", KomiText(rules.half_komi),
             ",ko=", KoText(rules.ko), ",suicide=", SuicideText(rules.suicide), rules.ExtraText());
  if (setup.max_plies != 3 * setup.shape.points()) id += StrCat(",max_plies=", setup.max_plies);
  if (setup.handicap != 0) id += StrCat(",handicap=", setup.handicap);
  if (HasFixedHandicap(setup)) return id;
  if (setup.to_move != Player::kFirst) id += ",to_move=O";
  for (std::size_t i = 0; i < setup.diagram.size(); ++i) {
    id += (i == 0 ? ",diagram=" : "/") + setup.diagram[i];
  }
  return id;
}

GameSpec MakeSpec(const GoSetup& setup) {
  GameSpec spec;
  spec.name = "go";
  spec.id = IdText(setup);
  spec.shape = setup.shape;
  spec.num_actions = setup.shape.points() + 1;
  spec.policy = PolicyLayout::kPointsAndPass;
  spec.symmetries = SymmetryGroup::Dihedral(setup.shape);
  spec.max_plies = setup.max_plies;
  spec.has_area = true;
  return spec;
}

constexpr int kMinSide = 2;  // of game ids; Make takes less

// "7" or "7x10".
Result<BoardShape> ParseSize(std::string_view text) {
  const std::size_t cross = text.find('x');
  const std::string_view rows = text.substr(0, cross);
  const std::string_view columns = cross == std::string_view::npos ? rows : text.substr(cross + 1);
  BoardShape shape = {0, 0};
  const auto read = [](std::string_view side, int& value) {
    const char* const end = side.data() + side.size();
    const auto [stop, error] = std::from_chars(side.data(), end, value);
    return error == std::errc() && stop == end && value >= kMinSide && value <= GoBoard::kMaxSide;
  };
  if (read(rows, shape.rows) && read(columns, shape.columns)) return shape;
  return Error{StrCat("size=", text, ", wanted a whole number from ", kMinSide, " to ",
                      GoBoard::kMaxSide, " or rows x columns as in 7x10")};
}

Result<BoardShape> TakeShape(GameOptions& options) {
  const bool has_size = options.Has("size");
  const std::string size = options.Text("size", "9");
  const int rows = options.Int("rows", 0, kMinSide, GoBoard::kMaxSide);
  const int columns = options.Int("columns", 0, kMinSide, GoBoard::kMaxSide);
  if (rows == 0 && columns == 0) return ParseSize(size);
  if (!has_size && rows != 0 && columns != 0) return BoardShape{rows, columns};
  return Error{"wanted size alone, or rows and columns"};
}

// Two independent 64-bit hash chains over the same words.
class KeyBuilder {
 public:
  void Add(std::uint64_t word) {
    key_.high = Mix64(key_.high ^ word);
    key_.low = Mix64(key_.low + word * 0xd1342543de82ef95ULL);
  }
  void Add(int word) { Add(static_cast<std::uint64_t>(word)); }
  Key128 key() const { return key_; }

 private:
  Key128 key_ = {1, 2};
};

// Of a game that starts from a position.
GoSetup SetupOf(const GoState& position, Player to_move) {
  GoSetup setup = position.game().setup();
  setup.max_plies = 0;
  setup.to_move = to_move;
  setup.diagram = position.board().Rows();
  return setup;
}

}  // namespace

// GoGame.

GoGame::GoGame(GoSetup setup, GameSpec spec)
    : Game(std::move(spec)),
      setup_(std::move(setup)),
      half_compensation_(setup_.rules.half_komi + 2 * setup_.rules.BonusPoints(setup_.handicap)),
      start_(BoardOfDiagram(setup_.diagram, setup_.shape)) {
  action_of_.assign(GoBoard::kMaxSlots, kNoAction);
  for (Action action = 0; action < pass(); ++action) {
    const int columns = setup_.shape.columns;
    const Point p = start_.PointAt(action / columns, action % columns);
    point_of_.push_back(static_cast<std::uint16_t>(p));
    action_of_[static_cast<std::size_t>(p)] = static_cast<std::int16_t>(action);
  }
}

Result<std::shared_ptr<const GoGame>> GoGame::Make(GoSetup setup) {
  if (const Status status = CheckSetup(setup); !status) return Error{status.error()};
  if (setup.max_plies == 0) setup.max_plies = 3 * setup.shape.points();
  GameSpec spec = MakeSpec(setup);
  const std::shared_ptr<const GoGame> game(new GoGame(std::move(setup), std::move(spec)));
  if (game->start_.removed(Player::kFirst) + game->start_.removed(Player::kSecond) > 0) {
    return Error{"diagram with a chain that has no liberty, wanted one liberty at least"};
  }
  return game;
}

Result<std::shared_ptr<const Game>> GoGame::FromOptions(GameOptions options) {
  GoSetup setup;
  const auto shape = TakeShape(options);
  const auto rules = Rules::Take(options);
  const int handicap = options.Int("handicap", 0, 0, 9);
  setup.max_plies = options.Int("max_plies", 0, 0, kMaxPliesLimit);
  if (const Status status = options.Finish("go"); !status) return Error{status.error()};
  if (!shape) return Error{StrCat("game go: ", shape.error())};
  if (!rules) return Error{StrCat("game go: ", rules.error())};
  setup.shape = *shape;
  setup.rules = *rules;
  if (handicap != 0) {
    const auto points = FixedHandicap(setup.shape, handicap);
    if (!points) return Error{StrCat("game go: ", points.error())};
    setup = WithHandicap(std::move(setup), *points).value();
  }
  auto game = Make(std::move(setup));
  if (!game) return Error{game.error()};
  return std::shared_ptr<const Game>(*std::move(game));
}

std::unique_ptr<State> GoGame::NewState() const {
  return std::make_unique<GoState>(*this, start_, setup_.to_move);
}

std::string GoGame::ActionText(Action action) const {
  TENGEN_CHECK(action >= 0 && action <= pass(), "action ", action, ", wanted 0 to ", pass());
  if (action == pass()) return "pass";
  const auto [rows, columns] = setup_.shape;
  return StrCat(kColumnNames[static_cast<std::size_t>(action % columns)], rows - action / columns);
}

Result<Action> GoGame::ParseAction(std::string_view text) const {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (upper == "PASS") return pass();
  const auto [rows, columns] = setup_.shape;
  const std::size_t column = upper.empty() ? std::string::npos : kColumnNames.find(upper[0]);
  int row_number = 0;
  const char* const end = upper.data() + upper.size();
  const auto [stop, error] =
      std::from_chars(upper.data() + (upper.empty() ? 0 : 1), end, row_number);
  if (column >= static_cast<std::size_t>(columns) || error != std::errc() || stop != end ||
      row_number < 1 || row_number > rows) {
    return Error{StrCat("move '", text, "', wanted pass or a point from A1 to ",
                        kColumnNames[static_cast<std::size_t>(columns - 1)], rows,
                        " (there is no column I)")};
  }
  return (rows - row_number) * columns + static_cast<Action>(column);
}

// GoState.

GoState::GoState(const GoGame& game, const GoBoard& board, Player to_move)
    : game_(&game),
      to_move_(to_move),
      earlier_boards_{board.hash(), board.hash()},
      board_(board),
      history_(board.shape().points()) {
  if (rules().ko != KoRule::kSimple) history_.Add(HistoryKey(board_.hash(), to_move_));
}

GoState::GoState(const GoGame& game, const GoState& position)
    : GoState(game, position.board_, position.to_move_) {
  history_ = position.history_;
  begins_after_pass_ = position.follows_pass();
}

GoState::GoState(const GoState& other)
    : FlatState<GoState>(other),
      game_(other.game_),
      board_(other.board_),
      history_(other.history_) {
  CopyRest(other);
}

std::unique_ptr<GoState> GoState::In(const GoGame& game) const {
  auto state = std::make_unique<GoState>(*this);
  state->game_ = &game;
  return state;
}

GoState& GoState::operator=(const GoState& other) {
  game_ = other.game_;
  board_ = other.board_;
  history_ = other.history_;
  CopyRest(other);
  return *this;
}

void GoState::CopyRest(const GoState& other) {
  to_move_ = other.to_move_;
  terminal_ = other.terminal_;
  result_ = other.result_;
  begins_after_pass_ = other.begins_after_pass_;
  passes_ = other.passes_;
  ply_ = other.ply_;
  earlier_boards_ = other.earlier_boards_;
  std::copy_n(other.moves_.data(), ply_, moves_.data());
}

void GoState::LegalActions(std::vector<Action>& out) const {
  out.clear();
  if (terminal_) return;
  out.resize(static_cast<std::size_t>(game_->spec().num_actions));
  std::size_t count = 0;
  const auto [rows, columns] = board_.shape();
  Action action = 0;
  for (int row = 0; row < rows; ++row) {
    Point p = board_.PointAt(row, 0);
    for (int column = 0; column < columns; ++column, ++p, ++action) {
      if (board_.At(p) == Cell::kEmpty && IsLegalAt(p)) out[count++] = action;
    }
  }
  out[count++] = game_->pass();
  out.resize(count);
}

bool GoState::IsLegal(Action action) const {
  if (terminal_ || action < 0 || action > game_->pass()) return false;
  if (action == game_->pass()) return true;
  const Point p = game_->PointOf(action);
  return board_.At(p) == Cell::kEmpty && IsLegalAt(p);
}

bool GoState::IsLegalByHistory(Point p) const {
  const GoBoard::PlayKind kind = board_.Classify(p, to_move_);
  return !IsForbiddenSuicide(kind) && !IsRepetition(p, kind);
}

bool GoState::IsKoBanned(Action action) const {
  if (terminal_ || action == game_->pass()) return false;
  const Point p = game_->PointOf(action);
  if (board_.At(p) != Cell::kEmpty || IsLegalAt(p)) return false;
  const GoBoard::PlayKind kind = board_.Classify(p, to_move_);
  return !IsForbiddenSuicide(kind) && IsRepetition(p, kind);
}

bool GoState::IsForbiddenSuicide(GoBoard::PlayKind kind) const {
  return kind == GoBoard::PlayKind::kSingleSuicide ||
         (kind == GoBoard::PlayKind::kMultiSuicide && rules().suicide == SuicideRule::kNone);
}

bool GoState::IsRepetition(Point p, GoBoard::PlayKind kind) const {
  if (rules().ko == KoRule::kSimple) return p == board_.ko_point();
  // A board that holds a stone where this player never had one is new. Suicide leaves no stone
  // there.
  if (!board_.EverHeld(p, to_move_) && kind == GoBoard::PlayKind::kNormal) return false;
  return history_.Contains(HistoryKey(board_.HashAfter(p, to_move_, kind), Opponent(to_move_)));
}

std::uint64_t GoState::HistoryKey(std::uint64_t board_hash, Player next) const {
  constexpr std::uint64_t kSecondToMove = 0x5bd1e995a3c59ac3ULL;
  const bool marked = rules().ko == KoRule::kSituational && next == Player::kSecond;
  return marked ? board_hash ^ kSecondToMove : board_hash;
}

void GoState::Apply(Action action) {
  TENGEN_DCHECK(IsLegal(action), "illegal action ", action);
  ApplyUnjudged(action);
}

void GoState::ApplyUnjudged(Action action) {
  const bool pass = action == game_->pass();
  earlier_boards_ = {board_.hash(), earlier_boards_[0]};
  if (pass) {
    board_.Pass();
    ++passes_;
  } else {
    board_.Play(game_->PointOf(action), to_move_);
    passes_ = 0;
  }
  moves_[static_cast<std::size_t>(ply_++)] = static_cast<std::int16_t>(action);
  to_move_ = Opponent(to_move_);
  // A pass leaves the board as it is, which only the situational rule counts as another position.
  if (rules().ko == KoRule::kSituational || (rules().ko == KoRule::kPositional && !pass)) {
    history_.Add(HistoryKey(board_.hash(), to_move_));
  }
  if (passes_ == 2 || ply_ == game_->spec().max_plies) Finish();
}

void GoState::Finish() {
  terminal_ = true;
  const int score = HalfScore();
  result_ = static_cast<std::int8_t>((score > 0) - (score < 0));
}

int GoState::HalfScore(std::span<Cell> owner) const {
  const bool plain_area = rules().scoring == ScoringRule::kArea && rules().tax == TaxRule::kNone;
  if (plain_area) return 2 * AreaScore(board_, owner) - game_->half_compensation();
  std::array<Point, GoBoard::kMaxPoints> buffer;
  std::span<const Point> dead;
  if (rules().scoring == ScoringRule::kTerritory) {
    dead = PassDeadStones(board_, rules().suicide, buffer);
  }
  const GoScore score = ScoreGame(board_, rules().tax, dead, owner);
  return 2 * score.Difference(rules()) - game_->half_compensation();
}

double GoState::Reward() const { return ply_ == 0 ? 0.0 : Return(Opponent(to_move_)); }

double GoState::Return(Player player) const {
  return player == Player::kFirst ? result_ : -result_;
}

Key128 GoState::InputKey() const {
  KeyBuilder builder;
  const auto [rows, columns] = board_.shape();
  builder.Add(board_.hash());
  builder.Add(rows * 32 + columns);
  builder.Add(game_->half_compensation());
  builder.Add(((static_cast<int>(rules().tax) * 4 + static_cast<int>(rules().scoring)) * 4 +
               static_cast<int>(rules().ko)) *
                  32 +
              static_cast<int>(rules().suicide) * 8 + Index(to_move_) * 4 + passes_);
  builder.Add(PliesLeftUpToPoints());
  if (follows_pass() && passes_ == 0) builder.Add(1);
  if (rules().scoring == ScoringRule::kTerritory) {
    builder.Add(board_.removed(Player::kFirst) * 4096 + board_.removed(Player::kSecond));
  }
  for (const std::uint64_t hash : earlier_boards_) builder.Add(hash);
  for (int back = 0; back < kRecentMoves; ++back) builder.Add(RecentMove(back));
  std::uint64_t cells = 0;
  for (Action action = 0; action < game_->pass(); ++action) {
    const Point p = game_->PointOf(action);
    cells = cells << 2 | static_cast<std::uint64_t>(board_.At(p));
    if (action % 32 == 31) builder.Add(std::exchange(cells, 0));
    if (IsKoBanned(action)) builder.Add(~static_cast<std::uint64_t>(p));
  }
  builder.Add(cells);
  return builder.key();
}

void GoState::Board(std::span<Cell> out) const {
  TENGEN_CHECK(out.size() == static_cast<std::size_t>(game_->pass()), "board of ", out.size(),
               " points, wanted ", game_->pass());
  for (Action action = 0; action < game_->pass(); ++action) {
    out[static_cast<std::size_t>(action)] = board_.At(game_->PointOf(action));
  }
}

bool GoState::FinalArea(std::span<Cell> owner, float* score_first) const {
  if (!terminal_) return false;
  *score_first = 0.5F * static_cast<float>(HalfScore(owner));
  return true;
}

std::string GoState::Text() const {
  const auto [rows, columns] = board_.shape();
  std::string text = "  ";
  for (int column = 0; column < columns; ++column) {
    text += {' ', kColumnNames[static_cast<std::size_t>(column)]};
  }
  text += '\n';
  for (int row = 0; row < rows; ++row) {
    const int number = rows - row;
    text += StrCat(number < 10 ? " " : "", number);
    for (int column = 0; column < columns; ++column) {
      text += {' ', ".XO"[static_cast<int>(board_.At(board_.PointAt(row, column)))]};
    }
    text += '\n';
  }
  const Action last = RecentMove(0);
  return StrCat(text,
                terminal_                    ? "over"
                : to_move_ == Player::kFirst ? "X to move"
                                             : "O to move",
                ", ply ", ply_, last == kNoAction ? "" : ", last " + game_->ActionText(last), "\n");
}

Result<GoStart> StartFrom(const GoState& position) {
  GoSetup setup = SetupOf(position, position.ToMove());
  const int room = PositionHistory::kCapacity - position.remembered_positions();
  setup.max_plies = std::min(3 * setup.shape.points(), room);
  if (setup.max_plies < 1) {
    return Error{StrCat("a game of ", position.Ply(), " plies, wanted fewer to start from")};
  }
  auto game = GoGame::Make(std::move(setup));
  if (!game) return Error{game.error()};
  auto state = std::make_unique<GoState>(**game, position);
  return GoStart{*std::move(game), std::move(state)};
}

GoStart StartAnew(const GoState& position, Player to_move) {
  auto game = GoGame::Make(SetupOf(position, to_move)).value();
  GoBoard board = position.board();  // with the stones taken
  board.Pass();                      // and without a ko
  auto state = std::make_unique<GoState>(*game, board, to_move);
  return GoStart{std::move(game), std::move(state)};
}

}  // namespace tengen
