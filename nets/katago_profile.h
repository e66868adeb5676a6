#pragma once

#include <span>
#include <string_view>

#include "envs/core/game.h"
#include "envs/core/result.h"

namespace tengen {

// What a network that imitates people is told of a game besides the position: who plays, by which
// clock, when and where. By the names that KataGo gives to a few such games (its setting
// humanSLProfile):
//
//   rank_5k        both are 5 kyu on KGS in 2020; 20k to 1k, 1d to 9d
//   rank_5k_1d     Black and White
//   preaz_5k       the same in 2016, before programs taught people their openings; preaz_5k_1d
//   proyear_1954   professionals of that year, 1800 to 2023
struct KataGoProfile {
  static constexpr int kInputs = 192;

  enum class Source { kKgs = 2, kGogod = 5, kGo4go = 6 };  // numbers of the network's inputs

  int black_rank = 1;  // 1 = 9 dan, ..., 9 = 1 dan, 10 = 1 kyu, ..., 29 = 20 kyu
  int white_rank = 1;
  Source source = Source::kKgs;
  int days = 0;  // from 1970-01-01 to the game's date

  // Errors: another name, with what is wanted.
  static Result<KataGoProfile> Parse(std::string_view name);

  // The network's inputs, [192], view of the player to move:
  //
  //   0, 1       own, opponent's: a human
  //   2 - 5      own, opponent's: without rank; rank unknown: 0
  //   6 - 39     own rank: as many ones as its number says; 40 - 73 the opponent's
  //   74         1 an unrated game, 1/2 not known
  //   75 - 81    clock: not known, none, absolute, simple, byo-yomi, Canadian, Fischer
  //   82         0.4 (ln(main time in seconds + 60) - 6.5)
  //   83         0.3 (ln(seconds of a period + 1) - 3)
  //   84, 85     0.5 (ln(periods + 2) - 1.5), 0.25 (ln(Canadian moves + 2) - 1.5)
  //   86         ln(points / 361) / 2
  //   87 - 150   cos and sin of 2 pi days / period; 32 periods from 7 to 560,000 days, evenly
  //   spaced
  //              by their logarithm
  //   151 - 166  source
  //
  // Games on KGS count as played with 20 minutes and 5 periods of 30 seconds, not known whether
  // rated; those of professionals by a clock that is not known.
  void Encode(Player to_move, int points, std::span<float> row) const;
};

}  // namespace tengen
