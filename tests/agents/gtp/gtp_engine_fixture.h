#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/gtp/gtp_engine.h"

namespace tengen {

// An evaluator with scores and ownership: Black owns everything, by 5 points. With `details` it
// says that self-play would end 7 +- 3 points ahead.
class BlackOwnsAll : public Evaluator {
 public:
  explicit BlackOwnsAll(float value, bool details) : value_(value), details_(details) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const float sign = evaluation.state->ToMove() == Player::kFirst ? 1.0F : -1.0F;
      for (float& prior : evaluation.prior)
        prior = 1.0F / static_cast<float>(evaluation.prior.size());
      evaluation.value = value_ * sign;
      evaluation.score = 5.0F * sign;
      for (float& owner : evaluation.ownership) owner = sign;
      if (!details_ || evaluation.details == nullptr) continue;
      evaluation.details->given = true;
      evaluation.details->score_mean = 7.0F * sign;
      evaluation.details->score_deviation = 3.0F;
    }
    return 0;
  }
  void Wait(Ticket) override {}

 private:
  const float value_;
  const bool details_;
};
class GtpEngineTest : public ::testing::Test {
 protected:
  GtpEngineTest() {
    config_.version = "1";
    config_.shape = {9, 9};
    config_.visits = 16;
    config_.mcts.root = RootSelection::kPuct;
    config_.mcts.noise_fraction = 0.0;
  }

  void Open(float value = 0.5F) {
    auto engine = GtpEngine::Make(
        config_,
        [this, value](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
          return std::shared_ptr<Evaluator>(std::make_shared<BlackOwnsAll>(value, details_));
        },
        {Writer(), [this] { return Stop(); }});
    ASSERT_TRUE(engine.ok());
    engine_ = std::move(*engine);
  }

  std::function<void(std::string_view)> Writer() {
    return [this](std::string_view text) { output_ += text; };
  }

  bool Stop() { return std::chrono::steady_clock::now() >= stop_at_; }

  // The whole answer to one line.
  std::string Send(const std::string& line) {
    output_.clear();
    engine_->Handle(line);
    return output_;
  }

  // The answer's text; the command must succeed.
  std::string Ok(const std::string& line) {
    const std::string answer = Send(line);
    EXPECT_THAT(answer, ::testing::StartsWith("=")) << line;
    EXPECT_THAT(answer, ::testing::EndsWith("\n\n")) << line;
    if (answer.size() <= 4) return "";
    return answer.substr(2, answer.size() - 4);
  }

  std::string Fail(const std::string& line) {
    const std::string answer = Send(line);
    EXPECT_THAT(answer, ::testing::StartsWith("? ")) << line;
    EXPECT_THAT(answer, ::testing::EndsWith("\n\n")) << line;
    return answer;
  }

  bool details_ = false;  // of the evaluator
  GtpConfig config_;
  std::unique_ptr<GtpEngine> engine_;
  std::string output_;
  std::chrono::steady_clock::time_point stop_at_;  // of analysis; at first: at once
};

}  // namespace tengen
