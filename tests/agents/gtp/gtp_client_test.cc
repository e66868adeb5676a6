#include "agents/gtp/gtp_client.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_gtp.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

GtpClientOptions Options(const std::string& command, double timeout_s = 10.0) {
  GtpClientOptions options;
  options.process.command = command;
  options.timeout_s = timeout_s;
  return options;
}

std::unique_ptr<GtpClient> Start(const std::string& command, double timeout_s = 10.0) {
  auto client = GtpClient::Start(Options(command, timeout_s));
  EXPECT_TRUE(client.ok()) << (client.ok() ? "" : client.error());
  return std::move(*client);
}

TEST(GtpClient, AsksWhoThereIs) {
  const auto client = Start(FakeGtp("play"));
  EXPECT_EQ(client->program(), "Fake 1.5");
  EXPECT_TRUE(client->Knows("genmove"));
  EXPECT_FALSE(client->Knows("kata-set-rules"));
}

TEST(GtpClient, ReadsAnswersAndRefusals) {
  const auto client = Start(FakeGtp("play"));
  EXPECT_TRUE(client->Send("boardsize 5").ok());
  const GtpReply move = client->Send("genmove b");
  EXPECT_TRUE(move.ok());
  EXPECT_EQ(move.text, "A5");
  const GtpReply refused = client->Send("dance");
  EXPECT_TRUE(refused.refused);
  EXPECT_EQ(refused.failure, AgentFailure::kNone);
  EXPECT_EQ(refused.text, "unknown command");
  EXPECT_THAT(client->Send("list_commands").text, HasSubstr("version\nplay\ngenmove"));
  EXPECT_TRUE(client->alive());
}

TEST(GtpClient, TakesCarriageReturnsGreetingsAndAnswersWithoutNumbers) {
  for (const char* mode : {"crlf", "plain"}) {
    const auto client = Start(FakeGtp(mode));
    EXPECT_TRUE(client->Send("boardsize 5").ok());
    EXPECT_EQ(client->Send("genmove b").text, "A5") << mode;
    EXPECT_TRUE(client->Knows("quit")) << mode;
  }
}

struct Case {
  const char* mode;
  AgentFailure failure;
  const char* part;  // of the text

  // Short where it must pass, long enough elsewhere for a slow machine.
  double timeout_s() const { return failure == AgentFailure::kTimeout ? 1.0 : 20.0; }
};

class Failures : public ::testing::TestWithParam<Case> {};

TEST_P(Failures, EndTheProgramAndStay) {
  const Case& test = GetParam();
  const auto begin = std::chrono::steady_clock::now();
  {
    const auto client = Start(FakeGtp(test.mode), test.timeout_s());
    ASSERT_TRUE(client->Send("boardsize 5").ok());
    const GtpReply reply = client->Send("genmove b");
    EXPECT_EQ(reply.failure, test.failure) << reply.text;
    EXPECT_THAT(reply.text, HasSubstr(test.part));
    EXPECT_FALSE(client->alive());
    const GtpReply again = client->Send("genmove w");
    EXPECT_EQ(again.failure, test.failure);
    EXPECT_EQ(again.text, reply.text);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
}

INSTANTIATE_TEST_SUITE_P(
    All, Failures,
    ::testing::Values(Case{"exit", AgentFailure::kExit, "ended at 'genmove b': exit code 3"},
                      Case{"abort", AgentFailure::kExit, "exit code 134, signal 6 (Aborted)"},
                      Case{"half", AgentFailure::kExit, "exit code 0"},
                      Case{"hang", AgentFailure::kTimeout, "no answer to 'genmove b' within 1 s"},
                      Case{"child", AgentFailure::kTimeout, "no answer"},
                      Case{"garbage", AgentFailure::kBadAnswer,
                           "'Segmentation fault (core dumped)'"},
                      Case{"endless", AgentFailure::kBadAnswer, "'thinking'"},
                      Case{"long", AgentFailure::kBadAnswer, "more than 1000000 bytes"},
                      Case{"number", AgentFailure::kBadAnswer, "wanted the number"}),
    [](const auto& test) { return std::string(test.param.mode); });

TEST(GtpClient, ProgramsThatDoNotPlayAreErrorsWithTheirCommand) {
  EXPECT_THAT(GtpClient::Start(Options("/nonexistent/program --gtp 2>/dev/null")).error(),
              HasSubstr("'/nonexistent/program --gtp 2>/dev/null' does not play: ended at "
                        "'protocol_version': exit code 127"));
  EXPECT_THAT(GtpClient::Start(Options(FakeGtp("silent"), 0.2)).error(),
              HasSubstr("no answer to 'protocol_version' within 0.2 s"));
  EXPECT_THAT(GtpClient::Start(Options("yes", 0.4)).error(), HasSubstr("does not play"));
  EXPECT_THAT(GtpClient::Start(Options(FakeGtp("old"))).error(), HasSubstr("wanted 2"));
}

}  // namespace
}  // namespace tengen
