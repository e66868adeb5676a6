#include "experiments/viewer/window/view_script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

TEST(ViewScript, NamesTheLineThatIsWrong) {
  for (const auto& [text, wanted] :
       {std::pair("key Q\nclik 3 4\n", "line 2: unknown command 'clik'"),
        std::pair("key Hyper+Q", "line 1: no key 'Hyper+Q'"),
        std::pair("# nothing\n\nsize 10", "line 3: size '10'"),
        std::pair("wait long", "line 1: wait 'long'"), std::pair("shot", "says nothing more")}) {
    const auto script = ViewScript::Parse(text);
    ASSERT_FALSE(script.ok()) << text;
    EXPECT_THAT(script.error(), testing::HasSubstr(wanted));
  }
}

TEST(ViewScript, TakesEveryCommandAndComments) {
  const auto script = ViewScript::Parse(
      "# a game\nkey Ctrl+Shift+S\ntype a b\nclick D4   # here\nmove 3 4\ndrag D4 E5\n"
      "drop game.sgf\nsize 640 480\nwait 0.5\nwait idle\nshot a.png\nquit\n");
  ASSERT_TRUE(script.ok()) << script.error();
  EXPECT_FALSE(script->done());
  EXPECT_TRUE(ViewScript::Parse("# only this")->done());
}

}  // namespace
}  // namespace tengen
