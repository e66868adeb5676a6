#include "experiments/datasets/text_corpus.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

TEST(Alphabet, IsTheCharactersInTheOrderOfTheirCodePoints) {
  const auto alphabet = Alphabet::Of(
      "b\xc3\xa4"
      "a\xe2\x82\xac\nb");  // b, a umlaut, a, euro
  ASSERT_TRUE(alphabet.ok()) << alphabet.error();
  EXPECT_EQ(alphabet->size(), 5);
  EXPECT_THAT(*alphabet->Encode("\na\xc3\xa4"), ElementsAre(0, 1, 3));
  EXPECT_EQ(alphabet->Decode({4, 2}),
            "\xe2\x82\xac"
            "b");
  const auto back = Alphabet::FromJson(nlohmann::json::parse(alphabet->ToJson().dump()));
  ASSERT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(*back, *alphabet);
}

TEST(Alphabet, RefusesATextOfOneCharacterAndOtherBytes) {
  EXPECT_THAT(Alphabet::Of("aaaa").error(), HasSubstr("1 different character, wanted at least 2"));
  EXPECT_FALSE(Alphabet::Of("").ok());
  // RFC 3629: a lone byte, an overlong slash, a surrogate, beyond U+10FFFF, one that is cut off.
  for (const char* bad :
       {"a\xe4z", "a\xc0\xaf", "a\xed\xa0\x80", "a\xf4\x90\x80\x80", "a\xe2\x82"}) {
    EXPECT_THAT(Alphabet::Of(bad).error(), HasSubstr("byte 1 is no UTF-8")) << bad;
  }
}

TEST(Alphabet, NamesACharacterThatItDoesNotKnow) {
  EXPECT_THAT(Alphabet::Of("ab")->Encode("abca").error(),
              HasSubstr("byte 2: 'c' is none of the 2 characters"));
}

TEST(Alphabet, RefusesDamagedJson) {
  for (const char* bad :
       {"{}", "[\"a\"]", "[\"b\",\"a\"]", "[\"a\",\"bc\"]", "[\"a\",1]", "[\"\",\"a\"]"}) {
    EXPECT_FALSE(Alphabet::FromJson(nlohmann::json::parse(bad)).ok()) << bad;
  }
}

// nanoGPT's split: the first int(0.9 n) characters.
TEST(TextCorpus, IsSplitByPosition) {
  const auto corpus = MakeCorpus(
      "abcabcabca"
      "abcabcabca"
      "x",
      "t");
  ASSERT_TRUE(corpus.ok()) << corpus.error();
  EXPECT_THAT(corpus->train, SizeIs(18));
  EXPECT_THAT(corpus->validation, ElementsAre(2, 0, 3));
  EXPECT_EQ(MakeCorpus(std::string(5, 'a') + std::string(5, 'b'), "t", 0.3)->train.size(), 7U);
}

TEST(TextCorpus, RefusesTextsThatAreTooShort) {
  EXPECT_THAT(MakeCorpus("", "t").error(), HasSubstr("t is empty"));
  EXPECT_THAT(MakeCorpus("ab", "t").error(), HasSubstr("wanted at least 2 in each part"));
  EXPECT_FALSE(MakeCorpus("abcdef", "t", 1.0).ok());
}

TEST(TextCorpus, IsReadFromAFile) {
  TempFolder temp;
  std::ofstream(temp / "t.txt") << "to be or not to be that is the question";
  EXPECT_EQ(ReadCorpus(temp / "t.txt")->validation.size(), 4U);
  std::ofstream(temp / "one.txt") << "aaaaaaa";
  EXPECT_THAT(ReadCorpus(temp / "one.txt").error(), HasSubstr("one.txt: 1 different character"));
}

}  // namespace
}  // namespace tengen
