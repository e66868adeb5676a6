#include "experiments/viewer/window/needed_glyphs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;

bool HoldsLatin(unsigned character) { return character < 0x180; }

// By the Unicode charts: 呉 U+5449, 清 U+6E05, 源 U+6E90, 한 U+D55C.
TEST(NeededGlyphsTest, NeighboursAreOneStretchAndNothingTwice) {
  NeededGlyphs glyphs(HoldsLatin);
  glyphs.Need("呉清源 and 呉");
  glyphs.Need("\u6e06\u6e04");
  EXPECT_THAT(glyphs.Ranges(), ElementsAre(0x5449, 0x5449, 0x6e04, 0x6e06, 0x6e90, 0x6e90, 0));
}

TEST(NeededGlyphsTest, NewsAreToldOnce) {
  NeededGlyphs glyphs(HoldsLatin);
  EXPECT_FALSE(glyphs.TakeNews());
  glyphs.Need("Black: Grünwald");
  EXPECT_FALSE(glyphs.TakeNews());
  EXPECT_TRUE(glyphs.empty());
  glyphs.Need("한");
  EXPECT_TRUE(glyphs.TakeNews());
  glyphs.Need("한");
  EXPECT_FALSE(glyphs.TakeNews());
  EXPECT_THAT(glyphs.Ranges(), ElementsAre(0xd55c, 0xd55c, 0));
}

TEST(NeededGlyphsTest, WhatIsNoCharacterIsPassedOver) {
  NeededGlyphs glyphs(HoldsLatin);
  glyphs.Need("\xff\x80 \xe5\x91");  // stray bytes, and a character cut off
  glyphs.Need("\xf0\x9f\x98\x80");   // beyond the basic plane
  EXPECT_TRUE(glyphs.empty());
  glyphs.Need("\xe5 \xe5\x91\x89");  // goes on behind a wrong byte
  EXPECT_THAT(glyphs.Ranges(), ElementsAre(0x5449, 0x5449, 0));
}

}  // namespace
}  // namespace tengen
