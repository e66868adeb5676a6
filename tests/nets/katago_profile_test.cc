// What networks that imitate people are told. Numbers by hand from the table in the header; days by
// the calendar (2020-03-01 is 50 years, 12 leap days, January and February after 1970-01-01, and
// the 29th of February: 18250 + 12 + 31 + 29 = 18322).

#include "nets/katago_profile.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::vector<float> Row(const char* name, Player to_move, int points = 361) {
  std::vector<float> row(192, 9.0F);
  KataGoProfile::Parse(name).value().Encode(to_move, points, row);
  return row;
}

int Ones(const std::vector<float>& row, int first, int count) {
  const auto begin = row.begin() + first;
  return static_cast<int>(std::count(begin, begin + count, 1.0F));
}

TEST(KataGoProfileTest, RanksCountFromNineDanDownwards) {
  EXPECT_EQ(KataGoProfile::Parse("rank_9d")->black_rank, 1);
  EXPECT_EQ(KataGoProfile::Parse("rank_1d")->black_rank, 9);
  EXPECT_EQ(KataGoProfile::Parse("rank_1k")->black_rank, 10);
  EXPECT_EQ(KataGoProfile::Parse("preaz_20k")->white_rank, 29);
}

TEST(KataGoProfileTest, RanksAreTheMovers) {
  EXPECT_EQ(Ones(Row("rank_5k_1d", Player::kFirst), 6, 34), 14);
  EXPECT_EQ(Ones(Row("rank_5k_1d", Player::kFirst), 40, 34), 9);
  EXPECT_EQ(Ones(Row("rank_5k_1d", Player::kSecond), 6, 34), 9);
  EXPECT_EQ(Ones(Row("rank_5k_1d", Player::kSecond), 40, 34), 14);
}

TEST(KataGoProfileTest, AGameOnKgsHasItsClockAndDate) {
  const std::vector<float> row = Row("rank_3k", Player::kFirst, 81);
  EXPECT_EQ(row[0], 1.0F);
  EXPECT_EQ(row[1], 1.0F);
  EXPECT_EQ(Ones(row, 2, 4), 0);
  EXPECT_EQ(row[74], 0.5F);
  EXPECT_EQ(row[79], 1.0F);
  EXPECT_EQ(Ones(row, 75, 7), 1);
  EXPECT_NEAR(row[82], 0.25555, 1e-5);   // 0.4 (ln 1260 - 6.5), ln 1260 = 7.138867
  EXPECT_NEAR(row[83], 0.13020, 1e-5);   // 0.3 (ln 31 - 3), ln 31 = 3.433987
  EXPECT_NEAR(row[84], 0.22296, 1e-5);   // 0.5 (ln 7 - 1.5), ln 7 = 1.945910
  EXPECT_NEAR(row[85], -0.20171, 1e-5);  // 0.25 (ln 2 - 1.5)
  EXPECT_NEAR(row[86], -0.74721, 1e-5);  // ln(81 / 361) / 2 = ln(9 / 19)
  // 18322 days are 2617 weeks and 3 days.
  EXPECT_NEAR(row[87], std::cos(6.0 * std::acos(-1.0) / 7.0), 1e-6);
  EXPECT_NEAR(row[88], std::sin(6.0 * std::acos(-1.0) / 7.0), 1e-6);
  // The last period is 7 * 80000 days; a 31st part of its logarithm from one to the next.
  EXPECT_NEAR(row[149], std::cos(2.0 * std::acos(-1.0) * 18322.0 / 560000.0), 1e-6);
  EXPECT_EQ(row[153], 1.0F);
  EXPECT_EQ(Ones(row, 151, 41), 1);
}

TEST(KataGoProfileTest, ProfessionalsAreKnownByTheYear) {
  const std::vector<float> row = Row("proyear_1846", Player::kSecond);
  EXPECT_EQ(Ones(row, 6, 34), 1);
  EXPECT_EQ(row[74], 0.0F);
  EXPECT_EQ(row[75], 1.0F);
  EXPECT_NEAR(row[82], -0.96226, 1e-5);  // 0.4 (ln 60 - 6.5)
  EXPECT_NEAR(row[83], -0.9, 1e-6);
  EXPECT_EQ(row[156], 1.0F);
  EXPECT_EQ(Row("proyear_2022", Player::kFirst)[157], 1.0F);
  EXPECT_EQ(KataGoProfile::Parse("proyear_1970")->days, 151);  // June begins
  EXPECT_EQ(KataGoProfile::Parse("proyear_1969")->days, 151 - 365);
}

TEST(KataGoProfileTest, OtherNamesAreRefused) {
  for (const char* name : {"", "rank_", "rank_0k", "rank_21k", "rank_10d", "rank_5", "rank_5k_",
                           "rank_5k_1d_2d", "rank_05k", "proyear_1799", "proyear_2024", "5k"}) {
    const auto profile = KataGoProfile::Parse(name);
    ASSERT_FALSE(profile.ok()) << name;
    EXPECT_THAT(profile.error(), HasSubstr("wanted rank_5k")) << name;
  }
}

}  // namespace
}  // namespace tengen
