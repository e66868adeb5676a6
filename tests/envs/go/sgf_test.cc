#include "envs/go/sgf.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/rng.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

SgfTree ParseOne(std::string_view text) {
  auto trees = ParseSgf(text);
  EXPECT_TRUE(trees.ok()) << (trees.ok() ? "" : trees.error());
  if (!trees.ok() || trees->empty()) return {};
  EXPECT_EQ(trees->size(), 1U);
  return std::move(trees->front());
}

std::string ErrorOf(std::string_view text) {
  const auto trees = ParseSgf(text);
  EXPECT_FALSE(trees.ok()) << text;
  return trees.ok() ? "" : trees.error();
}

TEST(SgfParser, ReadsPropertiesInTheirOrder) {
  const SgfTree tree = ParseOne("(;GM[1]FF[4] AB [aa][bb]\n\n[cc];B[ee])");
  ASSERT_EQ(tree.nodes.size(), 2U);
  ASSERT_EQ(tree.root().properties.size(), 3U);
  EXPECT_EQ(tree.root().properties[2].name, "AB");
  EXPECT_THAT(tree.root().properties[2].values, ElementsAre("aa", "bb", "cc"));
  EXPECT_EQ(tree.nodes[1].Value("B"), "ee");
}

TEST(SgfParser, ReadsVariationsWithTheMainLineFirst) {
  const SgfTree tree =
      ParseOne("(;SZ[9];B[ee](;W[ce](;B[cf])(;B[cd];W[dd]))(;W[ge];B[gf])(;W[ec]))");
  EXPECT_EQ(tree.nodes.size(), 9U);
  EXPECT_EQ(tree.Leaves(), 4);
  std::vector<std::string> moves;
  for (const int index : tree.MainLine()) {
    for (const SgfProperty& property : tree.nodes[static_cast<std::size_t>(index)].properties) {
      moves.push_back(property.name + property.values[0]);
    }
  }
  EXPECT_THAT(moves, ElementsAre("SZ9", "Bee", "Wce", "Bcf"));
}

TEST(SgfParser, SkipsTextAroundGamesAndAByteOrderMark) {
  const auto trees =
      ParseSgf("\xEF\xBB\xBFjunk (of all) kinds\r\n(\r\n;SZ[9]) between ( ;SZ[13])) end");
  ASSERT_TRUE(trees.ok());
  ASSERT_EQ(trees->size(), 2U);
  EXPECT_EQ((*trees)[0].root().Value("SZ"), "9");
  EXPECT_EQ((*trees)[1].root().Value("SZ"), "13");
}

TEST(SgfParser, IgnoresSmallLettersOfNames) {
  const SgfTree tree = ParseOne("(;GaMe[1]FileFormat[3]SiZe[9];White[gc])");
  EXPECT_EQ(tree.root().Value("GM"), "1");
  EXPECT_EQ(tree.root().Value("FF"), "3");
  EXPECT_EQ(tree.nodes[1].Value("W"), "gc");
}

TEST(SgfParser, BracketsAndParenthesesInsideValuesAreText) {
  const SgfTree tree = ParseOne(R"((;C[a\]b\\c\:d [not a tag\] (;) e];B[ee]))");
  EXPECT_EQ(SgfText(tree.root().Value("C")), "a]b\\c:d [not a tag] (;) e");
  EXPECT_EQ(tree.nodes.size(), 2U);
}

TEST(SgfParser, ForgivesParenthesesMissingAtTheEnds) {
  EXPECT_EQ(ParseOne("(;SZ[9];B[ee];").nodes.size(), 3U);
  EXPECT_EQ(ParseOne("(;SZ[9](;B[ee]").nodes.size(), 2U);
  EXPECT_EQ(ParseOne(" ;SZ[9];B[ee])").nodes.size(), 2U);
}

TEST(SgfParser, DeepVariationsNeedNoDeepStack) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "(;B[aa]";
  text += std::string(100000, ')');
  EXPECT_EQ(ParseOne(text).nodes.size(), 100000U);
  // Branches at every depth, so that writing nests as deep.
  text = "(;SZ[19]";
  for (int i = 0; i < 10000; ++i) text += "(;C[side])(;B[]";
  text += std::string(10001, ')');
  const SgfTree tree = ParseOne(text);
  EXPECT_EQ(tree.nodes.size(), 20001U);
  EXPECT_EQ(tree.Leaves(), 10001);
  const auto again = ParseSgf(WriteSgf({tree}));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(again->front() == tree);
}

TEST(SgfParser, ErrorsSayWhereAndWhy) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("no game"));
  EXPECT_THAT(ErrorOf("just text"), HasSubstr("no game"));
  EXPECT_EQ(ErrorOf("(;SZ[9]\n;B[ee]\n;W[g"),
            "line 3, column 3: the file ends inside this value of W, wanted ']'");
  EXPECT_EQ(ErrorOf("(;SZ[9]\r\n;B"), "line 2, column 2: property B without a value");
  EXPECT_EQ(ErrorOf("(;B[aa]\r(;W[bb])\r;B[cc])"), "line 3, column 1: ';', wanted '(' or ')'");
  EXPECT_EQ(ErrorOf("(;B[aa]())"), "line 1, column 9: a variation without a node, wanted ';'");
  EXPECT_EQ(ErrorOf("(;B[aa]*)"), "line 1, column 8: '*', wanted ';'");
  EXPECT_EQ(ErrorOf("(;b[aa])"), "line 1, column 3: 'b', wanted a property in capitals");
}

TEST(SgfParser, ConvertsTheDeclaredEncoding) {
  // U+00E9 in ISO 8859-1, U+56F2 U+7881 in GB 18030 (as GB 2312), U+8868 in Shift JIS, where the
  // second byte is a backslash.
  const SgfTree latin = ParseOne("(;CA[ISO-8859-1]C[\xE9])");
  EXPECT_EQ(latin.root().Value("C"), "\xC3\xA9");
  EXPECT_EQ(latin.root().Value("CA"), "UTF-8");
  EXPECT_EQ(ParseOne("(;CA[GB2312]C[\xCE\xA7\xC6\xE5])").root().Value("C"),
            "\xE5\x9B\xB4\xE6\xA3\x8B");
  EXPECT_EQ(ParseOne("(;CA[Shift_JIS]C[\x95\x5C])").root().Value("C"), "\xE8\xA1\xA8");
}

TEST(SgfParser, WithoutCaItIsUtf8WhereValidAndElseLatin1) {
  EXPECT_EQ(ParseOne("(;C[\xC3\xA9])").root().Value("C"), "\xC3\xA9");
  EXPECT_EQ(ParseOne("(;C[\xE9 ])").root().Value("C"), "\xC3\xA9 ");
  EXPECT_EQ(ParseOne("(;CA[no-such-encoding]C[\xE9 ])").root().Value("C"), "\xC3\xA9 ");
}

TEST(SgfParser, OnlyAPropertyDeclaresAnEncoding) {
  EXPECT_EQ(ParseOne("(;C[see CA[ISO-8859-1\\]\xC3\xA9])").root().Value("C"),
            "see CA[ISO-8859-1\\]\xC3\xA9");
}

TEST(SgfParser, FindsTheEncodingBehindAByteThatLooksLikeABackslash) {
  EXPECT_EQ(ParseOne("(;PB[\x95\x5C]CA[Shift_JIS])").root().Value("PB"), "\xE8\xA1\xA8");
}

TEST(SgfParser, ReplacesWrongBytes) {
  EXPECT_EQ(ParseOne("(;CA[Shift_JIS]C[a\xFF"
                     "b])")
                .root()
                .Value("C"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST(SgfParser, ReadsUtf16WithAByteOrderMark) {
  const std::string ascii = "(;CA[UTF-16LE]B[aa])";
  std::string little = "\xFF\xFE";
  std::string big = "\xFE\xFF";
  for (const char c : ascii) {
    little += {c, '\0'};
    big += {'\0', c};
  }
  EXPECT_EQ(ParseOne(little).root().Value("B"), "aa");
  EXPECT_EQ(ParseOne(big).root().Value("B"), "aa");
}

TEST(SgfText, ResolvesEscapesAndLineEnds) {
  EXPECT_EQ(SgfText("line one\nline two\\\nstill line two\ttab"),
            "line one\nline twostill line two tab");
  EXPECT_EQ(SgfText("a\\\r\nb\r\nc\rd\n\re"), "ab\nc\nd\ne");
  EXPECT_EQ(SgfText("\\"), "");
}

TEST(SgfText, EscapingIsUndone) {
  const std::string text = "]:\\ [x] \\] e:";
  EXPECT_EQ(SgfText(SgfEscape(text)), text);
  EXPECT_EQ(SgfText(ParseOne("(;C[" + SgfEscape(text) + "])").root().Value("C")), text);
}

TEST(SgfWriter, WriteThenReadGivesTheSameTrees) {
  for (const char* text :
       {"(;)", "(;GM[1]SZ[9];B[ee](;W[ce](;B[cf])(;B[cd];W[dd]))(;W[ge];B[gf])(;W[ec]))",
        "(;CA[GB2312]C[\xCE\xA7\xC6\xE5]AB[aa:bb][dd];B[];W[tt]C[a\\]b\\\nc])",
        "(;SZ[9])(;SZ[13];B[aa];W[bb](;B[cc])(;B[dd]))"}) {
    const auto trees = ParseSgf(text);
    ASSERT_TRUE(trees.ok()) << text;
    const std::string written = WriteSgf(*trees);
    const auto again = ParseSgf(written);
    ASSERT_TRUE(again.ok()) << written;
    EXPECT_EQ(*again, *trees) << written;
  }
}

// Files damaged at random: an error or trees that survive being written, never a crash.
TEST(SgfWriter, DamagedFilesAreErrorsOrSurviveWriting) {
  const std::string whole =
      "(;GM[1]CA[UTF-8]SZ[9]C[\\]\\\\x]AB[aa:bb];B[ee](;W[ce](;B[cf])(;B[cd]))(;W[\xC3\xA9]))";
  constexpr std::string_view kLetters = "()[];\\:BWC a\n\xC3\xFF";
  Rng rng(1, RngRole::kTest);
  const auto below = [&rng](std::size_t n) { return rng.Below(static_cast<std::uint32_t>(n)); };
  int good = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = whole;
    for (std::uint32_t changes = 1 + below(4); changes > 0; --changes) {
      text[below(text.size())] = kLetters[below(kLetters.size())];
    }
    if (below(4) == 0) text.resize(below(text.size()));
    const auto trees = ParseSgf(text);
    if (!trees.ok()) continue;
    ++good;
    const auto again = ParseSgf(WriteSgf(*trees));
    ASSERT_TRUE(again.ok()) << text;
    EXPECT_EQ(*again, *trees) << text;
  }
  EXPECT_GT(good, 1000);
}

TEST(SgfPoint, LettersGoByColumnThenRow) {
  const BoardShape shape = {7, 9};  // rows, columns
  EXPECT_EQ(ParseSgfPoint("aa", shape).value(), 0);
  EXPECT_EQ(ParseSgfPoint("ia", shape).value(), 8);
  EXPECT_EQ(ParseSgfPoint(" ig\n", shape).value(), 62);
  EXPECT_EQ(SgfPointText(62, shape), "ig");
  EXPECT_THAT(ParseSgfPoint("ja", shape).error(), HasSubstr("'aa' to 'ig'"));
  EXPECT_FALSE(ParseSgfPoint("a", shape).ok());
  EXPECT_FALSE(ParseSgfPoint("a1", shape).ok());
}

TEST(SgfPoint, TtIsAPassUpTo19) {
  EXPECT_EQ(ParseSgfPoint("", {19, 19}).value(), 361);
  EXPECT_EQ(ParseSgfPoint("tt", {19, 19}).value(), 361);
  EXPECT_EQ(ParseSgfPoint("tt", {21, 21}).value(), 19 * 21 + 19);
  EXPECT_EQ(ParseSgfPoint("", {21, 21}).value(), 441);
  EXPECT_EQ(ParseSgfPoint("AA", {52, 52}).value(), 26 * 52 + 26);
}

TEST(SgfPoint, ListsHoldRectangles) {
  EXPECT_THAT(ParseSgfPoints({"aa:ba", "cc"}, {3, 3}).value(), ElementsAre(0, 1, 8));
  EXPECT_THAT(ParseSgfPoints({"bb:aa"}, {3, 3}).value(), ElementsAre(0, 1, 3, 4));
  EXPECT_THAT(ParseSgfPoints({""}, {3, 3}).value(), ElementsAre());
  EXPECT_THAT(ParseSgfPoints({"aa:dd"}, {3, 3}).error(), HasSubstr("'dd'"));
  EXPECT_THAT(ParseSgfPoints({"aa:tt"}, {3, 3}).error(), HasSubstr("pass"));
}

}  // namespace
}  // namespace tengen
