#include "envs/core/fibers.h"

#include <array>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(Fibers, TakeTurnsInTheirOrderAndRestInBetween) {
  std::string log;
  Fibers fibers([&log] { log += '|'; });
  for (const char name : {'a', 'b', 'c'}) {
    fibers.Add([&log, &fibers, name] {
      for (int turn = 0; turn < name - 'a' + 1; ++turn) {
        log += name;
        fibers.Yield();
      }
      log += static_cast<char>(name - 'a' + 'A');
    });
  }
  fibers.Run();
  EXPECT_EQ(log, "abc|Abc|Bc|C");
}

// What stands on a stack stays while others run, in deep calls too.
TEST(Fibers, KeepTheirStacks) {
  Fibers fibers([] {});
  std::vector<int> sums(50);
  for (int i = 0; i < 50; ++i) {
    fibers.Add([&fibers, &sum = sums[static_cast<std::size_t>(i)], i] {
      const auto descend = [&](const auto& self, int depth) -> int {
        std::array<char, 4000> large;
        std::memset(large.data(), i, large.size());
        if (depth > 0) sum += self(self, depth - 1);
        fibers.Yield();
        return large[static_cast<std::size_t>(depth)];
      };
      sum += descend(descend, 100);
    });
  }
  fibers.Run();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(sums[static_cast<std::size_t>(i)], 101 * i);
}

TEST(Fibers, TheFirstExceptionComesOutWhenAllHaveEnded) {
  Fibers fibers([] {});
  int ended = 0;
  for (const char* message : {"first", "second"}) {
    fibers.Add([&fibers, message] {
      fibers.Yield();
      throw std::runtime_error(message);
    });
  }
  fibers.Add([&] {
    for (int i = 0; i < 5; ++i) fibers.Yield();
    ++ended;
  });
  try {
    fibers.Run();
    FAIL() << "nothing was thrown";
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "first");
  }
  EXPECT_EQ(ended, 1);
}

// Each yields while an exception of its own unwinds its stack and while it is handled.
TEST(Fibers, ExceptionsOfSeveralDoNotMeet) {
  Fibers fibers([] {});
  struct YieldsAtTheEnd {
    Fibers& fibers;
    ~YieldsAtTheEnd() {
      EXPECT_EQ(std::uncaught_exceptions(), 1);
      fibers.Yield();
      EXPECT_EQ(std::uncaught_exceptions(), 1);
    }
  };
  std::vector<std::string> seen;
  for (const char* message : {"one", "two", "three"}) {
    fibers.Add([&, message] {
      try {
        const YieldsAtTheEnd yields{fibers};
        throw std::runtime_error(message);
      } catch (const std::runtime_error&) {
        EXPECT_EQ(std::uncaught_exceptions(), 0);
        fibers.Yield();
        try {
          throw;
        } catch (const std::runtime_error& error) {
          seen.emplace_back(error.what());
        }
      }
    });
  }
  fibers.Add([] { EXPECT_EQ(std::uncaught_exceptions(), 0); });
  fibers.Run();
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(Fibers, NoneAreDoneAtOnce) {
  Fibers fibers([] { FAIL() << "nobody rests"; });
  fibers.Run();
}

}  // namespace
}  // namespace tengen
