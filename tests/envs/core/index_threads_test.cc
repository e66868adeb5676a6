#include "envs/core/index_threads.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(ForEachIndex, WorksOnEachIndexOnceAndMakesTheWorkOnceAThread) {
  for (const int threads : {1, 3, 50}) {
    std::vector<std::atomic<int>> calls(20);
    std::atomic<int> made = 0;
    ForEachIndex(20, threads, [&]() -> IndexWork {
      ++made;
      return [&calls](int index) { return ++calls[static_cast<std::size_t>(index)] == 1; };
    });
    for (const auto& count : calls) EXPECT_EQ(count, 1);
    EXPECT_EQ(made, std::min(threads, 20));
  }
}

TEST(ForEachIndex, NothingIsBegunBehindAnEnd) {
  std::vector<int> seen;
  ForEachIndex(10, 1, [&]() -> IndexWork {
    return [&seen](int index) {
      seen.push_back(index);
      return index < 3;
    };
  });
  EXPECT_EQ(seen, (std::vector<int>{0, 1, 2, 3}));
  ForEachIndex(0, 4, []() -> IndexWork { return [](int) { return true; }; });
}

TEST(ForEachIndex, AnExceptionEndsAllAndReachesTheCaller) {
  std::atomic<int> begun = 0;
  const auto run = [&begun] {
    ForEachIndex(1'000'000, 4, [&begun]() -> IndexWork {
      return [&begun](int index) {
        ++begun;
        if (index == 5) throw std::runtime_error("five");
        return true;
      };
    });
  };
  EXPECT_THROW(run(), std::runtime_error);
  EXPECT_THROW(ForEachIndex(3, 2, []() -> IndexWork { throw std::runtime_error("no work"); }),
               std::runtime_error);
}

}  // namespace
}  // namespace tengen
