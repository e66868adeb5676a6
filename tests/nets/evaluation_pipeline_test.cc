#include "nets/evaluation_pipeline.h"

#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/tensor_data.h"
#include "nets/tensor_ops.h"
#include "tests/support/later_device.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr BoardShape kSmall = {3, 3};
constexpr BoardShape kLarge = {5, 5};

// Answers twice the global. Remembers its passes; has memory for so many rows; breaks on a global
// below zero.
class DoublingDevice : public BatchDevice {
 public:
  struct Pass {
    int count;
    int rows;
    bool operator==(const Pass&) const = default;
  };
  explicit DoublingDevice(int memory_rows = 1 << 20) : memory_rows_(memory_rows) {}

  Precision precision() const override { return Precision::kFloat32; }
  void Load(const ModelSnapshot&) override {}
  std::unique_ptr<HostBatch> NewBatch(BoardShape shape, int rows) override {
    auto batch = std::make_unique<HostBatch>();
    batch->shape = shape;
    batch->globals = at::zeros({rows, 1});
    batch->answers.outputs = at::zeros({rows, 1});
    return batch;
  }
  bool Prepare(BoardShape, int rows) override { return rows <= memory_rows_; }
  void Queue(HostBatch& batch, int first, int count, int rows) override {
    passes.push_back({count, rows});
    const float* in = DataOf<float>(batch.globals) + first;
    float* out = DataOf<float>(batch.answers.outputs) + first;
    for (int n = 0; n < count; ++n) {
      if (in[n] < 0.0F) throw WorldError("the device broke");
      out[n] = 2.0F * in[n];
    }
  }
  void Mark(HostBatch&) override {}
  void Await(HostBatch&) override {}

  std::vector<Pass> passes;

 private:
  const int memory_rows_;
};

// Rows with numbers first, first + 1, ... on their way.
class Question {
 public:
  Question(EvaluationPipeline& pipeline, BoardShape shape, int count, float first)
      : pipeline_(pipeline), first_(first), parts_(pipeline.Reserve(shape, count)) {
    for (const auto& part : parts_) {
      for (int n = 0; n < part.count; ++n) {
        DataOf<float>(part.host->globals)[part.first + n] = first++;
      }
    }
    for (const auto& part : parts_) pipeline_.Ready(part);
  }

  // Whether every answer was right. Throws what the device threw.
  bool Wait() {
    bool right = true;
    float wanted = 2.0F * first_;
    std::exception_ptr error;
    for (const auto& part : parts_) {
      try {
        pipeline_.Await(part);
      } catch (...) {
        error = std::current_exception();
      }
      for (int n = 0; n < part.count; ++n, wanted += 2.0F) {
        right &= DataOf<float>(part.host->answers.outputs)[part.first + n] == wanted;
      }
      pipeline_.Release(part);
    }
    if (error) std::rethrow_exception(error);
    return right;
  }

 private:
  EvaluationPipeline& pipeline_;
  float first_;
  std::vector<EvaluationPipeline::Rows> parts_;
};

EvaluationPipeline::Options Largest(int rows) {
  EvaluationPipeline::Options options;
  options.largest_batch = rows;
  return options;
}

TEST(EvaluationPipeline, PassesHavePowersOfTwoRows) {
  EXPECT_EQ(EvaluationPipeline::PassRows(1), 16);
  EXPECT_EQ(EvaluationPipeline::PassRows(16), 16);
  EXPECT_EQ(EvaluationPipeline::PassRows(17), 32);
  EXPECT_EQ(EvaluationPipeline::PassRows(1000), 1024);
}

TEST(EvaluationPipeline, AQuestionLargerThanABatchIsSplit) {
  auto device = std::make_unique<DoublingDevice>();
  const DoublingDevice& passes = *device;
  EvaluationPipeline pipeline(std::move(device), Largest(32));
  EXPECT_TRUE(Question(pipeline, kSmall, 71, 5.0F).Wait());
  int rows = 0;
  for (const auto& pass : passes.passes) {
    EXPECT_LE(pass.rows, 32);
    rows += pass.count;
  }
  EXPECT_EQ(rows, 71);
}

// The heart of it: while the second half is being computed, the first one's answers are there.
TEST(EvaluationPipeline, WaitingForOneHalfDoesNotWaitForTheOther) {
  auto owned = std::make_unique<LaterDevice>(std::make_unique<DoublingDevice>());
  LaterDevice& device = *owned;
  EvaluationPipeline pipeline(std::move(owned), Largest(16));
  device.Allow(1);
  Question first(pipeline, kSmall, 7, 1.0F);
  device.AwaitQueued(1);
  Question second(pipeline, kSmall, 9, 100.0F);
  device.AwaitQueued(2);  // both lie on the device at the same time
  auto answered = std::async(std::launch::async, [&first] { return first.Wait(); });
  const bool in_time = answered.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
  EXPECT_TRUE(in_time) << "the first half waited for the second, which was not allowed to run";
  EXPECT_EQ(device.done(), in_time ? 1 : 0);
  device.Allow(LaterDevice::kAll);
  EXPECT_TRUE(answered.get());
  EXPECT_TRUE(second.Wait());
}

TEST(EvaluationPipeline, WhatComesWhileTheDeviceIsBusyIsOneBatch) {
  auto owned = std::make_unique<LaterDevice>(std::make_unique<DoublingDevice>());
  LaterDevice& device = *owned;
  EvaluationPipeline pipeline(std::move(owned), Largest(64));
  device.Allow(0);
  Question a(pipeline, kSmall, 1, 1.0F);
  device.AwaitQueued(1);
  Question b(pipeline, kSmall, 1, 2.0F);
  device.AwaitQueued(2);
  // Two are in flight: these three gather.
  Question c(pipeline, kSmall, 5, 10.0F);
  Question d(pipeline, kSmall, 6, 20.0F);
  Question e(pipeline, kSmall, 7, 30.0F);
  device.Allow(LaterDevice::kAll);
  for (Question* question : {&e, &d, &c, &b, &a}) EXPECT_TRUE(question->Wait());
  EXPECT_EQ(pipeline.stats().batches, 3);
  EXPECT_EQ(pipeline.stats().rows, 20);
  EXPECT_EQ(pipeline.stats().pass_rows, 16 + 16 + 32);
}

// The first batch's memory comes back as the third's: it is not waited for as if it were the first.
TEST(EvaluationPipeline, TwoAreInFlightAlsoWhenMemoryIsUsedAgain) {
  auto owned = std::make_unique<LaterDevice>(std::make_unique<DoublingDevice>());
  LaterDevice& device = *owned;
  EvaluationPipeline pipeline(std::move(owned), Largest(16));
  EXPECT_TRUE(Question(pipeline, kSmall, 1, 1.0F).Wait());
  device.Allow(0);
  Question a(pipeline, kSmall, 1, 1.0F);
  device.AwaitQueued(2);
  Question b(pipeline, kSmall, 1, 2.0F);
  auto queued = std::async(std::launch::async, [&device] { device.AwaitQueued(3); });
  EXPECT_EQ(queued.wait_for(std::chrono::seconds(20)), std::future_status::ready);
  device.Allow(LaterDevice::kAll);
  EXPECT_TRUE(a.Wait() && b.Wait());
}

TEST(EvaluationPipeline, NothingWaitsForABatchToFill) {
  EvaluationPipeline pipeline(std::make_unique<DoublingDevice>(), Largest(1024));
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(Question(pipeline, kSmall, 1, 1.0F).Wait());
  EXPECT_EQ(pipeline.stats().batches, 100);
}

TEST(EvaluationPipeline, ShapesAreKeptApart) {
  auto owned = std::make_unique<LaterDevice>(std::make_unique<DoublingDevice>());
  LaterDevice& device = *owned;
  EvaluationPipeline pipeline(std::move(owned), Largest(64));
  device.Allow(0);
  Question a(pipeline, kSmall, 1, 1.0F);
  device.AwaitQueued(1);
  Question b(pipeline, kSmall, 1, 1.0F);
  device.AwaitQueued(2);
  Question small(pipeline, kSmall, 3, 1.0F);
  Question large(pipeline, kLarge, 3, 1.0F);
  device.Allow(LaterDevice::kAll);
  EXPECT_TRUE(small.Wait() && large.Wait() && a.Wait() && b.Wait());
  EXPECT_EQ(pipeline.stats().batches, 4);
}

// Every thread holds a question while it asks the next: with memory for a fixed number of batches
// they would wait for each other.
TEST(EvaluationPipeline, ThreadsThatHoldAnswersDoNotLockEachOtherUp) {
  auto owned = std::make_unique<LaterDevice>(std::make_unique<DoublingDevice>());
  EvaluationPipeline pipeline(std::move(owned), Largest(16));
  std::vector<std::thread> threads;
  std::vector<int> wrong(8, 0);
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&pipeline, &wrong, t] {
      const BoardShape shape = t % 2 == 0 ? kSmall : kLarge;
      auto open = std::make_unique<Question>(pipeline, shape, 3, 1.0F);
      for (int i = 0; i < 200; ++i) {
        auto next = std::make_unique<Question>(pipeline, shape, 1 + (i * 7 + t) % 40,
                                               static_cast<float>(1000 * t + i));
        if (!open->Wait()) ++wrong[static_cast<std::size_t>(t)];
        open = std::move(next);
      }
      if (!open->Wait()) ++wrong[static_cast<std::size_t>(t)];
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

TEST(EvaluationPipeline, WhatTheDeviceThrowsReachesThoseWhoAskedAndNobodyElse) {
  EvaluationPipeline pipeline(std::make_unique<DoublingDevice>(), Largest(16));
  EXPECT_TRUE(Question(pipeline, kSmall, 2, 1.0F).Wait());
  Question bad(pipeline, kSmall, 3, -5.0F);
  EXPECT_THROW(bad.Wait(), WorldError);
  EXPECT_TRUE(Question(pipeline, kSmall, 2, 1.0F).Wait());
}

TEST(EvaluationPipeline, WhatADeviceThrowsLaterReachesThoseWhoWait) {
  EvaluationPipeline pipeline(std::make_unique<LaterDevice>(std::make_unique<DoublingDevice>()),
                              Largest(16));
  Question bad(pipeline, kSmall, 3, -5.0F);
  EXPECT_THROW(bad.Wait(), WorldError);
}

TEST(EvaluationPipeline, RowsGivenUpDoNotHoldOthersUp) {
  EvaluationPipeline pipeline(std::make_unique<DoublingDevice>(), Largest(16));
  for (int i = 0; i < 5; ++i) {
    for (const auto& part : pipeline.Reserve(kSmall, 20)) {
      pipeline.Ready(part);
      pipeline.Release(part);
    }
    EXPECT_TRUE(Question(pipeline, kSmall, 4, 1.0F).Wait());
  }
}

TEST(EvaluationPipeline, TooLittleMemoryMakesBatchesSmallerAndIsSaidOnce) {
  auto owned = std::make_unique<DoublingDevice>(/*memory_rows=*/40);
  const DoublingDevice& device = *owned;
  EvaluationPipeline::Options options = Largest(128);
  std::vector<std::string> said;
  options.say = [&said](const std::string& text) { said.push_back(text); };
  {
    EvaluationPipeline pipeline(std::move(owned), options);
    EXPECT_TRUE(Question(pipeline, kSmall, 70, 1.0F).Wait());
    EXPECT_TRUE(Question(pipeline, kSmall, 60, 1.0F).Wait());
    EXPECT_THAT(device.passes,
                ElementsAre(DoublingDevice::Pass{32, 32}, DoublingDevice::Pass{32, 32},
                            DoublingDevice::Pass{6, 16}, DoublingDevice::Pass{32, 32},
                            DoublingDevice::Pass{28, 32}));
  }
  EXPECT_THAT(said,
              ElementsAre("the device has too little memory free for batches of 128 positions; "
                          "they are at most 32 now"));
}

TEST(EvaluationPipeline, NoMemoryAtAllIsOneSentence) {
  EvaluationPipeline pipeline(std::make_unique<DoublingDevice>(/*memory_rows=*/8), Largest(16));
  Question question(pipeline, kSmall, 2, 1.0F);
  try {
    question.Wait();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("too little memory free for a batch of 16 positions of 3x3"));
  }
}

}  // namespace
}  // namespace tengen
