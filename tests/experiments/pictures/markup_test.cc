#include "experiments/pictures/markup.h"

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

}  // namespace
}  // namespace tengen
