#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agents/gtp/gtp_analysis.h"
#include "agents/gtp/gtp_clock.h"
#include "agents/gtp/gtp_game.h"
#include "agents/gtp/gtp_rules.h"
#include "agents/gtp/gtp_text.h"
#include "agents/gtp/position_search.h"
#include "agents/policy_agent.h"
#include "envs/core/result.h"
#include "search/evaluator.h"

namespace tengen {

struct GtpConfig {
  std::string name = "Tengen";
  std::string version;
  BoardShape shape = {19, 19};
  GtpRules rules;
  MctsConfig mcts;
  bool chose_batch = false;  // mcts.leaf_batch stays whatever visits and threads are
  int threads = 1;           // that the evaluator was asked for
  std::string profile;       // the people it imitates, as KataGo names them; "" if none
  int visits = 100;          // simulations a move, at most; 0 plays the evaluator's policy
  int playouts = std::numeric_limits<int>::max();  // at most as well: KataGo's name beside visits
  double seconds = 0.0;  // a move, at most; 0 leaves it to visits and the clock
  PolicyChoice policy = PolicyChoice::kBest;  // with no visits
  double root_temperature = 1.0;              // see PositionSearchRequest
  bool ponder = false;                        // see GtpEngine::pondering
  // Analysis shows networks no move from before its root, as KataGo's analysis.
  bool analysis_hides_history = false;
  // What kata-get-models tells of the evaluator.
  std::string model;       // as the user named it
  std::string model_name;  // that a network gives itself
  int model_version = 0;   // model version of KataGo; 0 for other evaluators
  // Resigns when the value of kResignMoves own moves in a row lay below; -1 = never.
  double resign_below = -0.95;
  std::uint64_t seed = 1;
};

// Plays Go behind the Go Text Protocol, version 2, with the analysis commands of Leela Zero and
// KataGo.
//
// The end of a game, under area and territory scoring alike, is an agreement: after two passes the
// controller asks for final_status_list dead, and if both sides tell the same stones, final_score
// counts without them. If not, play goes on (two passes end nothing here) until they are captured.
// Where nobody agrees on dead stones (GtpRules::all_stones_alive), final_score counts what stands,
// and genmove answers a pass by a pass only if that wins.
//
// Reads no input and writes no stream itself, but loadsgf and printsgf open files and
// genmove reads the clock. Not thread-safe: one thread calls Handle and Ponder.
class GtpEngine {
 public:
  // The evaluator for a game, with the threads and the profile of the settings; an error if it
  // cannot play on that board or imitate such people.
  using EvaluatorFactory =
      std::function<Result<std::shared_ptr<Evaluator>>(const GoGame&, const GtpConfig&)>;

  static constexpr int kResignMoves = 3;
  static constexpr std::size_t kMaxLine = 100'000;

  struct Io {
    std::function<void(std::string_view)> write;  // to the controller, at once
    std::function<bool()> waiting;  // a command (or the end of input) waits; asked while searching
    std::function<void(std::string_view)> say = {};  // to people, lines; empty: to nobody
    // GoGui's line "# interrupt" waits; asked while choosing a move, which it ends. Empty: never.
    std::function<bool()> interrupted = {};
  };

  // Errors: the board is out of range, the evaluator cannot play it.
  static Result<std::unique_ptr<GtpEngine>> Make(const GtpConfig& config, EvaluatorFactory factory,
                                                 Io io);

  // Handles a command before any controller asks, without an answer. Errors: its own.
  Status Adopt(std::string_view line);
  // Handles one line and writes the answer; lines without a command have none. False after quit.
  bool Handle(std::string_view line);

  // Thinks about the player to move until a command waits, or the tree has as many simulations as
  // `visits` allows for 100 moves.
  void Ponder();

  // Whether the controller wants it to think on the opponent's time.
  bool pondering() const { return config_.ponder; }

  const GtpGame& game() const { return game_; }

 private:
  using Arguments = std::vector<std::string>;
  using Answer = Result<std::string>;
  struct Command {
    const char* name;
    Answer (GtpEngine::*handle)(const Arguments& arguments);
    std::size_t least;  // arguments
  };

  GtpEngine(const GtpConfig& config, EvaluatorFactory factory, Io io);
  static const std::vector<Command>& Commands();
  static const Command* FindCommand(std::string_view name);
  Status Reopen(BoardShape shape);

  // gtp_engine.cc: administration and the board.
  Answer ProtocolVersion(const Arguments& arguments);
  Answer Name(const Arguments& arguments);
  Answer Version(const Arguments& arguments);
  Answer KnownCommand(const Arguments& arguments);
  Answer ListCommands(const Arguments& arguments);
  Answer Quit(const Arguments& arguments);
  Answer BoardSize(const Arguments& arguments);
  Answer ClearBoard(const Arguments& arguments);
  Answer Komi(const Arguments& arguments);
  Answer GetKomi(const Arguments& arguments);
  Answer Play(const Arguments& arguments);
  Answer Undo(const Arguments& arguments);
  Answer ShowBoard(const Arguments& arguments);
  Answer SetRules(const Arguments& arguments);
  Answer SetRule(const Arguments& arguments);
  Answer GetRules(const Arguments& arguments);
  Answer KgsRules(const Arguments& arguments);
  Answer AdoptRules(const Result<GtpRules>& rules);
  Answer SetPosition(const Arguments& arguments);
  Answer ClearCache(const Arguments& arguments);
  Answer StopThinking(const Arguments& arguments);
  Answer FixedHandicap(const Arguments& arguments);
  Answer PlaceFreeHandicap(const Arguments& arguments);
  Answer SetFreeHandicap(const Arguments& arguments);

  // gtp_engine_board.cc: what stands there, as GNU Go and GoGui ask.
  Answer ListStones(const Arguments& arguments);
  Answer Captures(const Arguments& arguments);
  Answer MoveHistory(const Arguments& arguments);
  Answer LastMove(const Arguments& arguments);
  Answer QueryBoardSize(const Arguments& arguments);
  Answer AllLegal(const Arguments& arguments);
  Answer IsLegal(const Arguments& arguments);
  Answer ColorAt(const Arguments& arguments);
  Answer PlaySequence(const Arguments& arguments);
  Answer CpuTime(const Arguments& arguments);
  Answer GoguiCommands(const Arguments& arguments);
  Answer GoguiPolicy(const Arguments& arguments);
  Answer GoguiOwnership(const Arguments& arguments);
  Answer GoguiValue(const Arguments& arguments);
  Answer TopMovesBlack(const Arguments& arguments);
  Answer TopMovesWhite(const Arguments& arguments);

  // gtp_engine_params.cc: settings by KataGo's names.
  Answer ListParams(const Arguments& arguments);
  Answer GetParam(const Arguments& arguments);
  Answer SetParam(const Arguments& arguments);
  Answer GetParams(const Arguments& arguments);
  Answer SetParams(const Arguments& arguments);
  Answer GetModels(const Arguments& arguments);

  // gtp_engine_play.cc: moves.
  Answer GenMove(const Arguments& arguments);
  Answer RegGenMove(const Arguments& arguments);
  Answer KataSearch(const Arguments& arguments);
  Answer KataSearchCancellable(const Arguments& arguments);

  // gtp_engine_debug.cc: what a search found, for people.
  Answer GenMoveDebug(const Arguments& arguments);
  Answer KataSearchDebug(const Arguments& arguments);
  Answer DebugMoves(const Arguments& arguments);
  Answer DebugClocks(const Arguments& arguments);
  Answer KataBenchmark(const Arguments& arguments);
  std::string SearchTable() const;
  std::string DescribePosition(bool raw);

  // gtp_engine_time.cc: time.
  Answer TimeSettings(const Arguments& arguments);
  Answer KgsTimeSettings(const Arguments& arguments);
  Answer KataTimeSettings(const Arguments& arguments);
  Answer ListTimeSettings(const Arguments& arguments);
  Answer TimeLeft(const Arguments& arguments);

  // gtp_engine_analysis.cc: analysis.
  Answer LzAnalyze(const Arguments& arguments);
  Answer KataAnalyze(const Arguments& arguments);
  Answer LzGenMoveAnalyze(const Arguments& arguments);
  Answer KataGenMoveAnalyze(const Arguments& arguments);
  Answer KataSearchAnalyze(const Arguments& arguments);
  Answer KataSearchAnalyzeCancellable(const Arguments& arguments);
  Answer KataRawNn(const Arguments& arguments);

  // gtp_engine_score.cc: the end of the game, and files.
  Answer FinalScore(const Arguments& arguments);
  Answer EstimateScore(const Arguments& arguments);
  Answer FinalStatusList(const Arguments& arguments);
  Answer LoadSgf(const Arguments& arguments);
  Answer PrintSgf(const Arguments& arguments);

  Status PlaceHandicap(const std::vector<Action>& points);
  Answer Analyze(GtpAnalysisStyle style, const Arguments& arguments);
  // What becomes of a move that was chosen.
  enum class Then { kPlay, kTell, kTellUnlessCancelled };
  Answer ChooseAndAnalyze(GtpAnalysisStyle style, Then then, const Arguments& arguments);
  Answer Search(Then then, const Arguments& arguments);
  Answer SetTime(const Arguments& arguments, bool kgs);
  Answer TopMoves(Player player);
  PositionEvaluation EvaluateFor(Player player);
  Status AdoptConfig(GtpConfig config);

  // What genmove decides, without playing it.
  struct Choice {
    Action action = kNoAction;  // none: nothing is allowed
    float value = 0.0F;
    bool cancelled = false;  // a command came first
  };
  Choice Choose(Player player, const GtpAnalysisRequest* analysis, Then then);
  Choice ChooseByPolicy(const GoState& root);
  enum class Purpose { kPlay, kAnalyze };
  // The position to search, valid until the next call.
  const GoState& RootFor(Player player, Purpose purpose);
  const GoState& RawRootFor(Player player);
  // The move's text; plays it or resigns if that is asked for.
  std::string Conclude(Player player, const Choice& choice, Then then);
  void WriteAnalysis(const std::string& line) const;
  void Say(const std::string& sentence) const;
  void SayUnused(const std::string& names) const;
  bool PassWins(Player player);
  std::vector<Point> DeadStones();
  int HalfScore();  // Black minus White
  std::string VerticesText(const std::vector<Action>& points) const;

  GtpConfig config_;
  const EvaluatorFactory factory_;
  const Io io_;
  GtpGame game_;
  GtpRules rules_;
  GtpClock clock_;
  std::shared_ptr<Evaluator> evaluator_;
  std::unique_ptr<PositionSearch> search_;
  GoStart root_;  // where the position itself is not what is searched, see RootFor
  std::array<int, 2> hopeless_ = {0, 0};  // own moves in a row below resign_below
  bool searched_ = false;                 // the last choice came of a search
  bool quit_ = false;

  // Of the command under way.
  const GtpCommand* command_ = nullptr;
  bool streamed_ = false;  // its answer has begun and is not one text
};

}  // namespace tengen
