#include "experiments/viewer/play/play_session.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

std::unique_ptr<PlaySession> Open(const std::string& game, const std::string& first,
                                  const std::string& second,
                                  const std::string& analysis = "mcts:8") {
  PlayOptions options;
  options.game = game;
  options.agents = {first, second};
  options.analysis = analysis;
  auto session = PlaySession::Open(options, Device::kCpu);
  EXPECT_TRUE(session.ok()) << (session.ok() ? "" : session.error());
  return std::move(*session);
}

// Frames until something is so, at most 20 s.
bool AdvanceUntil(PlaySession& session, const std::function<bool()>& so) {
  for (int i = 0; i < 2000 && !so(); ++i) {
    session.Advance(0.01);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return so();
}

TEST(PlaySession, AnAgentAnswersAPerson) {
  auto session = Open("tictactoe", "", "mcts:50");
  ASSERT_TRUE(session->person_to_move());
  ASSERT_TRUE(session->Move(4).ok());
  EXPECT_FALSE(session->Move(0).ok()) << "it is the agent's turn";
  EXPECT_TRUE(session->busy());
  ASSERT_TRUE(AdvanceUntil(*session, [&] { return session->game().plies() == 2; }));
  EXPECT_TRUE(session->person_to_move());
  ASSERT_NE(session->LastThought(), nullptr);
  EXPECT_FALSE(session->LastThought()->tree.empty());
  session->Undo();
  EXPECT_EQ(session->game().plies(), 0) << "back to where the person moves";
}

TEST(PlaySession, TwoAgentsPlayToTheEnd) {
  auto session = Open("connect4", "mcts:20", "random");
  ASSERT_TRUE(AdvanceUntil(*session, [&] { return session->game().over(); }));
  EXPECT_FALSE(session->busy());
  EXPECT_NE(session->game().ResultText(), "");
}

TEST(PlaySession, AnalysisFollowsTheShownPosition) {
  auto session = Open("tictactoe", "", "");
  session->SetAnalysing(true);
  ASSERT_TRUE(AdvanceUntil(*session, [&] { return session->ShownThought() != nullptr; }));
  ASSERT_TRUE(session->Move(0).ok());
  ASSERT_TRUE(
      AdvanceUntil(*session, [&] { return session->game().shown().win_rate_first.has_value(); }));
  EXPECT_EQ(session->ShownThought()->state, session->game().shown().state);
}

TEST(PlaySession, AProgramThatDiesLosesNothing) {
  auto session = Open("go:size=5", "", "gtp:\"exit 1\"");
  ASSERT_TRUE(session->Move(12).ok());
  ASSERT_TRUE(AdvanceUntil(*session, [&] { return !session->error().empty(); }));
  EXPECT_EQ(session->game().plies(), 1);
  EXPECT_THAT(session->StatusText(), testing::HasSubstr("gtp:"));
  const auto path = std::filesystem::temp_directory_path() / "tengen_play_session_test.sgf";
  session->Save(path);
  std::ifstream in(path);
  const std::string record((std::istreambuf_iterator<char>(in)), {});
  EXPECT_THAT(record, testing::HasSubstr("B[cc]"));
  std::filesystem::remove(path);
  session->TakeOver();
  EXPECT_TRUE(session->person_to_move());
  EXPECT_TRUE(session->Move(13).ok());
}

TEST(PlaySession, ClosingDoesNotWaitForAProgramThatThinks) {
  // Answers everything and never a genmove.
  auto session = Open("go:size=5", "",
                      "gtp:\"while read id command rest; do case $command in "
                      "protocol_version) echo =$id 2;; list_commands) echo =$id genmove;; "
                      "genmove) sleep 60;; *) echo =$id;; esac; echo; done\"");
  ASSERT_TRUE(session->Move(12).ok());
  ASSERT_TRUE(AdvanceUntil(*session, [&] {
    return session->StatusText().find("is thinking") != std::string::npos;
  })) << session->StatusText();
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // until genmove was said
  const auto begin = std::chrono::steady_clock::now();
  session = nullptr;
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST(PlaySession, BeginsBehindMovesThatWerePlayed) {
  PlayOptions options;
  options.game = "go:size=5";
  options.moves = {12, 7, 13};
  options.agents = {"mcts:8", ""};
  auto session = PlaySession::Open(options, Device::kCpu);
  ASSERT_TRUE(session.ok()) << session.error();
  EXPECT_EQ((*session)->game().plies(), 3);
  EXPECT_EQ((*session)->game().ply(), 3);
  EXPECT_TRUE((*session)->person_to_move());
  EXPECT_TRUE((*session)->saved()) << "nothing was played yet";
  EXPECT_TRUE((*session)->Move(8).ok());
  EXPECT_FALSE((*session)->saved());
  options.moves = {12, 12};
  const auto refused = PlaySession::Open(options, Device::kCpu);
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error(), testing::HasSubstr("move 2: illegal move C3"));
}

TEST(PlaySession, TimeRunsOut) {
  PlayOptions options;
  options.game = "tictactoe";
  options.agents = {"", ""};
  options.minutes = 1.0;
  auto session = PlaySession::Open(options, Device::kCpu);
  ASSERT_TRUE(session.ok());
  (*session)->Advance(100.0);
  EXPECT_FALSE((*session)->game().over()) << "the clock starts with the first move";
  ASSERT_TRUE((*session)->Move(0).ok());
  (*session)->Advance(59.0);
  EXPECT_FALSE((*session)->game().over());
  (*session)->Advance(2.0);
  EXPECT_EQ((*session)->game().ResultText(), "X wins, O ran out of time");
}

// Black owns 5x5 but for one white stone that cannot live. With it dead Black has 25 points and
// White the komi of 0.5; alive it would count one point and take its neighbours from Black.
TEST(PlaySession, GuessesDeadStonesAndKeepsThemWhenOneLooksBack) {
  auto session = Open("go:size=5,komi=0.5", "", "");
  const std::vector<Action> black = {7, 11, 12, 13, 17, 10, 14, 8};
  ASSERT_TRUE(session->Move(black[0]).ok());
  ASSERT_TRUE(session->Move(24).ok());  // White in the corner, alone
  for (std::size_t i = 1; i < black.size(); ++i) {
    ASSERT_TRUE(session->Move(black[i]).ok());
    ASSERT_TRUE(session->Move(25).ok()) << "White passes";
  }
  ASSERT_TRUE(session->Move(25).ok()) << "Black passes too";
  ASSERT_TRUE(session->game().needs_scoring());
  const auto counted = [&] { return !session->busy() && !session->game().dead().empty(); };
  ASSERT_TRUE(AdvanceUntil(*session, counted));
  EXPECT_TRUE(session->game().dead()[24]);
  EXPECT_EQ(session->game().Score(), 24.5F);
  const std::string result = session->game().ResultText();
  EXPECT_EQ(result, "Black wins by 24.5 points");

  session->game().GoTo(3);
  session->Advance(0.01);
  session->game().GoTo(session->game().plies());
  session->Advance(0.01);
  EXPECT_EQ(session->game().ResultText(), result);
  EXPECT_THAT(session->game().Record(), testing::HasSubstr("RE[B+24.5]"));
}

TEST(PlaySession, SaysWhatIsWrongWithItsOptions) {
  for (const auto& [game, agent] : {std::pair("chess", ""), std::pair("cartpole", ""),
                                    std::pair("tictactoe", "mcts"), std::pair("go:size=77", "")}) {
    PlayOptions options;
    options.game = game;
    options.agents = {"", agent};
    const auto session = PlaySession::Open(options, Device::kCpu);
    ASSERT_FALSE(session.ok()) << game;
    EXPECT_NE(session.error(), "");
  }
}

}  // namespace
}  // namespace tengen
