#include "experiments/config/shell_word.h"

#include <array>
#include <cstdio>
#include <memory>

#include <gtest/gtest.h>

namespace tengen {
namespace {

// What a shell makes of the word is the word.
TEST(ShellWord, IsReadBackByAShell) {
  for (const char* word : {"plain", "a b", "it's", "$HOME `x` \\ \"q\" *", "", "-n"}) {
    const std::string command = "printf '%s' " + ShellWord(word);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    ASSERT_NE(pipe, nullptr);
    std::array<char, 256> buffer = {};
    const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), pipe.get());
    EXPECT_EQ(std::string(buffer.data(), count), word);
  }
  EXPECT_EQ(ShellWord("runs/go5,visits=100"), "runs/go5,visits=100");
}

}  // namespace
}  // namespace tengen
