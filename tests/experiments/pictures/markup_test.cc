#include "experiments/pictures/markup.h"

#include <array>
#include <cstdio>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Escaped, LeavesNothingThatMarkupReads) {
  EXPECT_EQ(Escaped("a < b & \"c\" > d"), "a &lt; b &amp; &quot;c&quot; &gt; d");
  EXPECT_EQ(Escaped("Größe 囲碁"), "Größe 囲碁");
  EXPECT_EQ(Escaped(std::string_view("a\0b\x1b[2J", 7)), "a b [2J");
}

TEST(Escaped, ReplacesBytesThatAreNotUtf8) {
  const std::string text = Escaped("caf\xe9!");
  EXPECT_THAT(text, HasSubstr("caf"));
  EXPECT_THAT(text, HasSubstr("!"));
  EXPECT_THAT(text, Not(HasSubstr("\xe9!")));
}

TEST(ScriptJson, CannotEndItsElementAndReadsBack) {
  const nlohmann::ordered_json json = {{"name", "</script><!--"}, {"n", 3}};
  const std::string text = ScriptJson(json);
  EXPECT_THAT(text, Not(HasSubstr("<")));
  EXPECT_EQ(nlohmann::ordered_json::parse(text), json);
}

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
