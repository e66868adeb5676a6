#pragma once

#include <array>
#include <string>
#include <string_view>

#include "envs/core/result.h"
#include "experiments/statistics/pentanomial.h"

namespace tengen {

// What a sequential test decides between: a difference of elo0 (H0) and one of elo1 (H1), on the
// logistic scale of interval.h.
struct SprtConfig {
  double elo0 = 0.0;
  double elo1 = 10.0;
  double alpha = 0.05;  // probability of accepting H1 where elo0 is true
  double beta = 0.05;   // probability of accepting H0 where elo1 is true

  // "elo0=0,elo1=10,alpha=0.05,beta=0.05", the last two may be missing. Errors: unknown or missing
  // parts, elo0 >= elo1, |elo| above 1000, alpha or beta not in (0, 0.5).
  static Result<SprtConfig> Parse(std::string_view text);
};

enum class SprtVerdict { kUndecided, kH0, kH1 };
std::string_view SprtVerdictText(SprtVerdict verdict);  // "undecided", "H0", "H1"

// Generalised log-likelihood ratio of H1 to H0: both hypotheses fix the mean of a pair's score at
// s = ScoreFromElo(elo) and leave all else open, so each takes the distribution of mean s that
// makes the results most likely,
//
//   p_i = f_i / (1 + t (a_i - s)),  where  sum f_i (a_i - s) / (1 + t (a_i - s)) = 0,
//
// with f_i the share of pairs that scored a_i in {0, 1/4, 1/2, 3/4, 1} (Van den Bergh, "A practical
// introduction to the GSPRT", as in fishtest; Owen, "Empirical likelihood ratio", 1988). The ratio
// is
//   sum n_i log(p1_i / p0_i).
// The counts n_i begin with kNeutralPairs pairs of independent games without draws, of a mean half
// way between the hypotheses: the variance of the first few pairs is worth little, and taking it as
// found would decide too soon and too often wrongly.
double PentanomialLlr(const Pentanomial& pairs, double elo0, double elo1);
inline constexpr double kNeutralPairs = 3.0;

// A sequential probability ratio test on pairs (Wald 1945), one pair at a time, in order.
//
// Wald's bounds log(beta / (1 - alpha)) and log((1 - beta) / alpha) hold for a ratio that stops on
// a bound; this one jumps over it by some of the last pair's worth, which makes the test longer and
// its errors rarer than asked. So each bound moves inwards by the expected excess
//
//   (1 - 1 / n) sum of x^2 / (2 sum of x),  n = (sum of x)^2 / sum of x^2,
//
// x being the steps by which the ratio has passed its own record on that side so far (Siegmund,
// "Sequential analysis", 1985, corollary 8.33; so does fishtest). A ratio that stays where it is
// moves no bound, however alike the pairs are. The factor is ours: n is how many steps of equal
// length tell as much, and one step says nothing of the others. It keeps the excess below an eighth
// of the record.
//
// The error rates that this reaches are in the table of sprt_slow_test.cc: within one point of 5 %
// where the hypotheses are up to 50 Elo apart; rarer than asked where nearly all games are drawn
// and the hypotheses so far apart that a dozen pairs decide. Pairs that all split one to one decide
// for the hypothesis nearer to equality, and never where both are as far from it.
class Sprt {
 public:
  explicit Sprt(const SprtConfig& config) : config_(config) {}

  // Takes the next pair's points, times two. Without effect once there is a verdict.
  void Add(int half_points);

  SprtVerdict verdict() const { return verdict_; }
  double llr() const { return llr_; }
  // Where H0 and H1 are accepted now.
  double lower() const;
  double upper() const;
  const Pentanomial& pairs() const { return pairs_; }
  const SprtConfig& config() const { return config_; }

 private:
  // Steps of the ratio past its record on one side.
  struct Records {
    double record = 0.0;
    double sum = 0.0;
    double squares = 0.0;

    void Add(double ratio);
    double Excess() const;
  };

  SprtConfig config_;
  Pentanomial pairs_;
  double llr_ = 0.0;
  Records below_, above_;  // of -llr_ and llr_
  SprtVerdict verdict_ = SprtVerdict::kUndecided;
};

}  // namespace tengen
