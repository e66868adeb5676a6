#include "envs/go/sgf_encoding.h"

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/check.h"
#include "envs/go/sgf_replay.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

SgfTree Record(const std::string& name) {
  std::ifstream file(Golden("records/" + name), std::ios::binary);
  return ParseSgf(std::string(std::istreambuf_iterator<char>(file), {})).value().front();
}

int MovesOf(const SgfTree& tree) { return ReplaySgf(tree, tree.MainLine())->moves; }

TEST(SgfCharacterSets, TheNamesOfRealRecordsDecode) {
  for (const char* name : {"Shift_JIS.sgf", "x-sjis.sgf"}) {
    EXPECT_EQ(Record(name).root().Value("PB"), "\xE5\xB1\xB1\xE7\x94\xB0") << name;  // Yamada
    EXPECT_THAT(Record(name).notes, IsEmpty()) << name;
  }
  EXPECT_EQ(Record("GB_2312-80.sgf").root().Value("PB"), "\xE5\xBC\xA0\xE4\xB8\x89");
  // Kim Cheol-su
  EXPECT_EQ(Record("EUC-KR.sgf").root().Value("PB"), "\xEA\xB9\x80\xEC\xB2\xA0\xEC\x88\x98");
}

// The same two characters under each of the names that RFC 1345, the registry and programs have.
void ExpectNames(const std::vector<std::string>& names, const std::string& bytes,
                 const std::string& utf8) {
  for (const std::string& name : names) {
    const SgfTree tree =
        ParseSgf(StrCat("(;SZ[9]CA[", name, "]PB[", bytes, "];B[aa])")).value().front();
    EXPECT_EQ(tree.root().Value("PB"), utf8) << name;
    EXPECT_EQ(tree.root().Value("CA"), "UTF-8") << name;
    EXPECT_THAT(tree.notes, IsEmpty()) << name;
  }
}

TEST(SgfCharacterSets, AllSpellingsOfAName) {
  ExpectNames({"Shift_JIS", "shift-jis", "SJIS", "MS_Kanji", "x-sjis", "csShiftJIS", "Windows-31J",
               "CP932", "MS932"},
              "\x95\x5C\x8E\xA6", "\xE8\xA1\xA8\xE7\xA4\xBA");
  ExpectNames({"EUC-JP", "EUC_JP", "x-euc-jp", "eucJP", "csEUCPkdFmtJapanese",
               "Extended_UNIX_Code_Packed_Format_for_Japanese"},
              "\xC6\xFC\xCB\xDC", "\xE6\x97\xA5\xE6\x9C\xAC");
  ExpectNames({"EUC-KR", "EUC_KR", "euckr", "KS_C_5601-1987", "KS_C_5601-1989", "KSC_5601",
               "korean", "iso-ir-149", "UHC", "CP949", "windows-949", "x-windows-949"},
              "\xC7\xD1\xB1\xB9", "\xED\x95\x9C\xEA\xB5\xAD");
  ExpectNames({"GB_2312-80", "GB2312", "gb2312", "GB_2312", "chinese", "csGB2312", "iso-ir-58",
               "csISO58GB231280", "EUC-CN", "EUC_CN", "GBK", "x-gbk", "CP936", "windows-936",
               "GB18030", "gb-18030"},
              "\xD6\xD0\xB9\xFA", "\xE4\xB8\xAD\xE5\x9B\xBD");
  ExpectNames(
      {"Big5", "big-5", "csBig5", "cn-big5", "x-x-big5", "big5-eten", "CP950", "windows-950"},
      "\xA4\xA4\xB0\xEA", "\xE4\xB8\xAD\xE5\x9C\x8B");
  ExpectNames({"ISO-8859-1", "ISO_8859-1", "ISO_8859-1:1987", "iso-ir-100", "latin1", "Latin-1",
               "l1", "IBM819", "CP819", "ISO8859-1", "ISO8859_1", "iso88591"},
              "\xE9", "\xC3\xA9");
  ExpectNames({"ISO-8859-2", "ISO_8859-2:1987", "latin2", "ISO8859_2"}, "\xB1", "\xC4\x85");
  ExpectNames({"windows-1251", "CP1251", "x-cp1251"}, "\xCF", "\xD0\x9F");
  ExpectNames({"KOI8-R", "koi8-r"}, "\xF0", "\xD0\x9F");
  ExpectNames({"UTF-8", "utf8", "utf_8", "unicode-1-1-utf-8"}, "\xC3\xA9", "\xC3\xA9");
  ExpectNames({"US-ASCII", "ANSI_X3.4-1968", "ascii"}, "\xC3\xA9", "\xC3\xA9");
}

// Names that end in a byte like a backslash: U+8868 in Shift-JIS, U+529F in Big5. Read in the
// first game's character set the others' names would be other characters, or brackets be lost.
TEST(SgfCharacterSets, EveryGameOfACollectionHasItsOwn) {
  const std::string games =
      "(;SZ[9]CA[Shift_JIS]PB[\x95\x5C];B[aa])\n"
      "(;SZ[9]PB[\x95\x5C]PW[none declared];B[aa];W[bb])\n"
      "(;SZ[9]CA[Big5]PB[\xA5\x5C](;B[aa];W[bb])(;B[cc]))\n"
      "(;SZ[9]CA[big-5]PB[\xA5\x5C];B[aa];W[bb];B[cc])\n"
      "(;SZ[9]CA[UTF-8]PB[\xC3\xA9];B[aa])\n"
      "(;SZ[9]CA[latin1]PB[\xE9];B[aa];W[bb])\n";
  const auto trees = ParseSgf(games).value();
  ASSERT_THAT(trees, SizeIs(6));
  const std::vector<std::string> names = {"\xE8\xA1\xA8", "\xE8\xA1\xA8", "\xE5\x8A\x9F",
                                          "\xE5\x8A\x9F", "\xC3\xA9",     "\xC3\xA9"};
  const std::vector<int> moves = {1, 2, 2, 3, 1, 2};
  for (std::size_t i = 0; i < trees.size(); ++i) {
    EXPECT_EQ(trees[i].root().Value("PB"), names[i]) << i;
    EXPECT_EQ(MovesOf(trees[i]), moves[i]) << i;
    EXPECT_THAT(trees[i].notes, IsEmpty()) << i;
  }
  // One that is not known says so, and the others are what they are.
  const auto some = ParseSgf("(;CA[klingon]PB[a];B[aa])(;CA[SJIS]PB[\x95\x5C];B[aa])").value();
  ASSERT_THAT(some, SizeIs(2));
  EXPECT_EQ(some[1].root().Value("PB"), "\xE8\xA1\xA8");
  EXPECT_THAT(some[0].notes, SizeIs(1));
}

TEST(SgfCharacterSets, UnknownNamesAreSaid) {
  for (const char* name : {"no-such", "JIS_C6226-1983", "UTF-16LE", "klingon",
                           // Encodings in which no text can say so: UTF-16, UTF-32 and EBCDIC.
                           "Unicode", "csUnicode", "WCHAR_T", "CP037"}) {
    const SgfTree tree = ParseSgf(StrCat("(;CA[", name, "]PB[\xE9];B[aa])")).value().front();
    ASSERT_THAT(tree.notes, SizeIs(1)) << name;
    EXPECT_THAT(tree.notes[0], HasSubstr(StrCat("'", name, "'"))) << name;
    EXPECT_EQ(tree.root().Value("PB"), "\xC3\xA9") << name;
  }
}

TEST(SgfCharacterSets, WithoutCaNoMoveIsSwallowed) {
  const SgfTree tree = Record("sjis_5c_swallow_moves.sgf");
  EXPECT_EQ(MovesOf(tree), 4);
  ASSERT_THAT(tree.notes, SizeIs(1));
  EXPECT_THAT(tree.notes[0], HasSubstr("Shift_JIS"));
  EXPECT_THAT(SgfText(tree.nodes[1].Value("C")), HasSubstr("\xE8\xA1\xA8"));
  // Second bytes that look like a backslash, in Shift-JIS, GBK and Big5: "表", "俓", "功". The
  // everyday characters around tell which.
  const std::string moves = "];W[cc];B[gg]C[end];W[gc])";
  for (const auto& [text, shown] :
       {std::pair("\x82\xCC\x82\xF0\x95\x5C", "\xE3\x81\xAE\xE3\x82\x92\xE8\xA1\xA8"),
        std::pair("\xB5\xC4\xC6\xE5\xB0\x5C", "\xE7\x9A\x84\xE6\xA3\x8B"),
        std::pair("\xAA\xBA\xB4\xD1\xA5\x5C", "\xE7\x9A\x84\xE6\xA3\x8B\xE5\x8A\x9F")}) {
    const SgfTree game = ParseSgf(StrCat("(;SZ[9];B[ee]C[", text, moves)).value().front();
    EXPECT_EQ(MovesOf(game), 4) << shown;
    EXPECT_THAT(std::string(game.nodes[1].Value("C")), HasSubstr(shown));
    const SgfTree stones =
        ParseSgf(StrCat("(;SZ[9]GN[", text, "]AB[cc][gg];W[ee])")).value().front();
    ASSERT_NE(stones.root().Find("AB"), nullptr) << shown;
    EXPECT_THAT(stones.root().Find("AB")->values, SizeIs(2)) << shown;
    EXPECT_THAT(std::string(stones.root().Value("GN")), HasSubstr(shown));
    EXPECT_THAT(stones.notes, SizeIs(1)) << shown;
  }
}

TEST(SgfCharacterSets, WithoutCaNothingElseIsSwallowedEither) {
  // The second bytes of U+80FD and U+30BD look like a backslash.
  const SgfTree stones = ParseSgf("(;GM[1]FF[4]SZ[9]GN[\x94\x5C]AB[cc][gg];W[ee])").value().front();
  EXPECT_EQ(stones.root().Value("GN"), "\xE8\x83\xBD");
  EXPECT_EQ(ReplaySgf(stones, stones.MainLine(), 0)->position.board.Rows()[2], "..X......");
  ASSERT_THAT(stones.notes, SizeIs(1));
  EXPECT_THAT(stones.notes[0], HasSubstr("0 of 2 values of setup"));
  const SgfTree names = ParseSgf("(;SZ[9]PB[\x8E\x52\x96\x7B\x83\x5C]PW[x];B[ee])").value().front();
  EXPECT_EQ(names.root().Value("PB"), "\xE5\xB1\xB1\xE6\x9C\xAC\xE3\x82\xBD");
  EXPECT_EQ(names.root().Value("PW"), "x");
  EXPECT_THAT(names.notes, SizeIs(1));
  const SgfTree labels = ParseSgf("(;SZ[9]LB[aa:\x94\x5C][bb:2];B[ee])").value().front();
  EXPECT_THAT(labels.root().Find("LB")->values, SizeIs(2));
  // Words that end in an accent hide a bracket from Shift-JIS, and stay what they are.
  const SgfTree latin = ParseSgf("(;SZ[9]PB[Andr\xE9]PW[Jos\xE9]AB[cc][gg];W[ee])").value().front();
  EXPECT_EQ(latin.root().Value("PW"), "Jos\xC3\xA9");
  EXPECT_THAT(latin.notes, IsEmpty());
}

TEST(SgfCharacterSets, AWrongDeclarationSwallowsNoMoveEither) {
  const SgfTree tree =
      ParseSgf("(;CA[UTF-8]SZ[9];B[ee]C[\x82\xCC\x95\x5C];W[cc];B[gg]C[end])").value().front();
  EXPECT_EQ(MovesOf(tree), 3);
  EXPECT_THAT(tree.notes, SizeIs(1));
}

// A file saved anew as UTF-8 that still declares what it was: the odd bytes of a character take the
// bracket behind it along.
TEST(SgfCharacterSets, Utf8UnderAnOldDeclarationSwallowsNothing) {
  const std::string good = "\xE5\xA5\xBD";            // U+597D
  const std::string ke = "\xE6\x9F\xAF\xE6\xB4\x81";  // U+67EF U+6D01
  for (const auto& [charset, text] : {std::pair("GB2312", good), std::pair("gbk", good),
                                      std::pair("Big5", good), std::pair("Shift_JIS", ke)}) {
    const SgfTree tree =
        ParseSgf(StrCat("(;CA[", charset, "]SZ[9];B[aa]C[", text, "];W[bb]C[", text, "];B[cc])"))
            .value()
            .front();
    EXPECT_EQ(MovesOf(tree), 3) << charset;
    EXPECT_EQ(tree.nodes[1].Value("C"), text) << charset;
    ASSERT_THAT(tree.notes, SizeIs(1)) << charset;
    EXPECT_THAT(tree.notes[0], HasSubstr("read as UTF-8"));
  }
  const SgfTree names =
      ParseSgf("(;CA[GB2312]SZ[9]PB[\xE4\xB8\xAD]PW[x];B[aa];W[bb])").value().front();
  EXPECT_EQ(names.root().Value("PB"), "\xE4\xB8\xAD");
  EXPECT_EQ(names.root().Value("PW"), "x");
  // What declares itself rightly stays: U+6A21 in GBK is valid as UTF-8 too.
  const SgfTree right = ParseSgf("(;CA[GBK]SZ[9]PB[\xC4\xA3]PW[x];B[aa])").value().front();
  EXPECT_EQ(right.root().Value("PB"), "\xE6\xA8\xA1");
  EXPECT_THAT(right.notes, IsEmpty());
}

// Any text is valid where each byte is a character; ISO-8859-1 is what FF[4] takes for granted.
TEST(SgfCharacterSets, ADeclarationThatFitsEverythingSwallowsNothing) {
  for (const char* charset : {"ISO-8859-1", "windows-1252", "iso8859-15"}) {
    const SgfTree tree =
        ParseSgf(StrCat("(;CA[", charset, "]SZ[9]PB[\x83\x5C];B[aa]C[\x83\x5C];W[bb];B[cc])"))
            .value()
            .front();
    EXPECT_EQ(MovesOf(tree), 3) << charset;
    EXPECT_EQ(tree.root().Value("PB"), "\xE3\x82\xBD") << charset;
    EXPECT_THAT(tree.notes, SizeIs(1)) << charset;
  }
  const SgfTree latin =
      ParseSgf("(;CA[ISO-8859-1]SZ[9]PB[Jos\xE9]PW[\\[x\\]];B[aa])").value().front();
  EXPECT_EQ(latin.root().Value("PB"), "Jos\xC3\xA9");
  EXPECT_THAT(latin.notes, IsEmpty());
}

TEST(SgfCharacterSets, OneBadByteDoesNotSpoilUtf8WithoutCa) {
  const std::string name = "\xE6\x9F\xAF\xE6\xB4\x81\xE4\xB9\x9D\xE6\xAE\xB5\xE6\x9F\xAF";
  const SgfTree tree =
      ParseSgf(StrCat("(;SZ[9]PB[", name, "]PW[", name, "];B[aa]C[\xE6\x9F];W[bb])"))
          .value()
          .front();
  EXPECT_EQ(tree.root().Value("PB"), name);
  EXPECT_EQ(MovesOf(tree), 2);
  ASSERT_THAT(tree.notes, SizeIs(1));
  EXPECT_THAT(tree.notes[0], HasSubstr("U+FFFD"));
}

TEST(SgfCharacterSets, AWrongDeclarationIsSaid) {
  struct Case {
    const char* text;
    const char* black;
    const char* note;
  };
  for (const auto& [text, black, note] :
       {Case{"(;CA[UTF-8]SZ[9]PB[Lo\xEF"
             "c];B[ee])",
             "Lo\xC3\xAF"
             "c",
             "'UTF-8' that it declares, read as ISO-8859-1"},
        Case{"\xEF\xBB\xBF(;SZ[9]PB[Jos\xE9];B[ee])", "Jos\xC3\xA9", "read as ISO-8859-1"},
        // One byte is missing at the end.
        Case{"(;CA[UTF-8]SZ[9]PB[\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3];B[ee])",
             "\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xEF\xBF\xBD", "U+FFFD"},
        // EUC-JP and UTF-8 as Shift-JIS.
        Case{"(;CA[Shift_JIS]SZ[9]PB[\xC6\xFC.];B[ee])", "\xEF\xBE\x86\xEF\xBF\xBD.",
             "'Shift_JIS' that it declares, wrong bytes became U+FFFD"},
        Case{"(;CA[Shift_JIS]SZ[9]PB[Voil\xC3\xA0!];B[ee])", "Voil\xC3\xA0!", "read as UTF-8"}}) {
    const SgfTree tree = ParseSgf(text).value().front();
    EXPECT_EQ(tree.root().Value("PB"), black);
    ASSERT_THAT(tree.notes, SizeIs(1)) << black;
    EXPECT_THAT(tree.notes[0], HasSubstr(note));
    const SgfTree again = ParseSgf(WriteSgf({tree})).value().front();
    EXPECT_EQ(again.root().Value("PB"), black);
    EXPECT_THAT(again.notes, IsEmpty()) << black;
  }
}

TEST(SgfCharacterSets, WhatIsWrittenBackDeclaresItself) {
  const SgfTree tree = Record("latin1_noca.sgf");
  EXPECT_EQ(tree.root().Value("PB"),
            "Lo\xC3\xAF"
            "c");
  EXPECT_EQ(tree.root().Value("CA"), "UTF-8");
  const std::string written = WriteSgf({tree});
  EXPECT_THAT(written, HasSubstr("CA[UTF-8]"));
  EXPECT_EQ(ParseSgf(written).value().front(), tree);
  // Also what was UTF-8 without saying so, and text that is added later.
  EXPECT_THAT(WriteSgf(ParseSgf("(;PB[\xC3\xA9])").value()), HasSubstr("CA[UTF-8]"));
  SgfTree added = ParseSgf("(;PB[a];B[aa])").value().front();
  EXPECT_THAT(WriteSgf({added}), Not(HasSubstr("CA")));
  added.nodes[1].properties.push_back({"C", {"\xC3\xA9"}});
  EXPECT_THAT(WriteSgf({added}), HasSubstr("(;CA[UTF-8]PB[a]"));
}

TEST(SgfCharacterSets, Utf16WithAndWithoutItsMark) {
  const std::string ascii = "(;SZ[9];B[aa])";
  for (const bool big : {false, true}) {
    for (const bool mark : {false, true}) {
      std::string bytes = mark ? (big ? "\xFE\xFF" : "\xFF\xFE") : "";
      for (const char c : ascii) {
        if (big) bytes += '\0';
        bytes += c;
        if (!big) bytes += '\0';
      }
      const auto trees = ParseSgf(bytes);
      ASSERT_TRUE(trees.ok()) << big << mark;
      EXPECT_EQ(MovesOf(trees->front()), 1);
    }
  }
}

TEST(SgfBareRoot, AFirstNodeWithoutItsSemicolonIsOneGame) {
  const SgfTree tree = Record("b_variations.sgf");
  const SgfGameInfo info = ReadSgfGameInfo(tree).value();
  EXPECT_EQ(info.shape, (BoardShape{9, 9}));
  EXPECT_EQ(info.half_komi, 11);
  EXPECT_EQ(info.handicap, 2);
  EXPECT_EQ(info.black, "Ann");
  EXPECT_THAT(tree.root().children, SizeIs(2));
  const SgfReplay replay = ReplaySgf(tree, tree.MainLine()).value();
  EXPECT_EQ(replay.moves, 2);
  EXPECT_EQ(replay.position.diagram[2], "......X..");
  ASSERT_THAT(tree.notes, SizeIs(1));
  EXPECT_EQ(tree.notes[0], "line 1, column 2: a node without its ';'");
}

TEST(SgfBareRoot, SiblingsOfIt) {
  for (const char* text :
       {"(SZ[9]KM[5.5];B[ee];W[cc])", "( \n SZ [9];B[ee];W[cc])", "(SiZe[9];B[ee];W[cc])",
        "(GM[1]SZ[9](;B[ee];W[cc])(;B[aa]))", "(;SZ[9](B[ee];W[cc])(B[aa]))",
        "junk (see below) (SZ[9];B[ee];W[cc])",
        // Without the first parenthesis too, or with names that are not of the format.
        "SZ[9]KM[5.5]HA[2]AB[gc][cg](;B[ee];W[cc])(;W[cc];B[ee])", " \r\nSZ[9]\n;B[ee];W[cc])",
        "\xEF\xBB\xBF \nSZ[9](;B[ee];W[cc])(;B[aa])", "(MULTIGOGM[1]SZ[9](;B[ee];W[cc])(;B[aa]))",
        "MULTIGOGM[1]\nSZ[9](;B[ee];W[cc])(;B[aa])",
        "(SiZe[9]KoMi[5.5](;Black[ee];White[cc])(;Black[aa]))"}) {
    const auto trees = ParseSgf(text);
    ASSERT_TRUE(trees.ok()) << text << ": " << trees.error();
    ASSERT_THAT(*trees, SizeIs(1)) << text;
    EXPECT_EQ(ReadSgfGameInfo(trees->front())->shape, (BoardShape{9, 9})) << text;
    EXPECT_EQ(MovesOf(trees->front()), 2) << text;
    EXPECT_FALSE(trees->front().notes.empty()) << text;
  }
  EXPECT_THAT(ParseSgf("((;SZ[9];B[ee])(;SZ[13]))").value(), SizeIs(2)) << "two roots, two games";
}

TEST(SgfBareRoot, NamesInSmallLettersAreAnError) {
  EXPECT_EQ(ParseSgf("(sz[9]km[5.5](;W[ee])(;W[cc]))").error(),
            "line 1, column 2: 'sz', wanted a property in capitals");
  for (const char* text :
       {"sz[9]km[5.5](;W[ee])(;W[cc])", "(sz[9](;W[ee])(;W[cc]))", "(ab[cc][gg](;W[ee])(;W[cc]))",
        "(c[a (b)]sz[9](;W[ee])(;W[cc]))", "(;SZ[9](b[ee];w[cc]))"}) {
    const auto trees = ParseSgf(text);
    ASSERT_FALSE(trees.ok()) << text;
    EXPECT_THAT(trees.error(), HasSubstr("wanted a property in capitals")) << text;
  }
}

TEST(SgfBareRoot, OfTheSecondGame) {
  for (const char* second : {"(SZ[9](;B[ee];W[cc])(;B[aa]))", "SZ[9](;B[ee];W[cc])(;B[aa])"}) {
    const auto trees = ParseSgf(StrCat("(;SZ[13];B[aa])\n", second));
    ASSERT_TRUE(trees.ok()) << trees.error();
    ASSERT_THAT(*trees, SizeIs(2)) << second;
    EXPECT_EQ(ReadSgfGameInfo(trees->back())->shape, (BoardShape{9, 9})) << second;
    EXPECT_EQ(MovesOf(trees->back()), 2) << second;
  }
}

TEST(SgfBareRoot, TextWithBracketsIsNone) {
  const auto trees =
      ParseSgf("Re[2]: a game (see[1]) (;SZ[9];B[ee];W[cc]) as[3] said (in[4]), NOTE[5].");
  ASSERT_TRUE(trees.ok()) << trees.error();
  ASSERT_THAT(*trees, SizeIs(1));
  EXPECT_EQ(MovesOf(trees->front()), 2);
  EXPECT_THAT(trees->front().notes, IsEmpty());
}

}  // namespace
}  // namespace tengen
