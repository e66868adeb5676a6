#include "experiments/statistics/rating.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "envs/core/check.h"
#include "experiments/statistics/cholesky.h"

namespace tengen {
namespace {

constexpr double kZ95 = 1.959964;
const double kEloToLog = std::log(10.0) / 400.0;
// Of one step of Newton's method, in units of 1 / kEloToLog: far from the top the curve says
// little.
constexpr double kLongestStep = 2.0;

constexpr int kFixed = -1;

// Two players' games: where each stands among the free players (or kFixed), and its rating if not.
struct Match {
  int a, b;
  double base;    // what the fixed ones of the two add to the difference
  double games;   // effective
  double points;  // of a, of as many games
};

double Logistic(double x) { return 1.0 / (1.0 + std::exp(-x)); }

// log(Logistic(x)), also where that is nearly 0.
double LogLogistic(double x) {
  return x > 0.0 ? -std::log1p(std::exp(-x)) : x - std::log1p(std::exp(x));
}

// The penalised likelihood of n free players, see FitRatings. Ratings are in logistic units.
class Model {
 public:
  Model(std::vector<Match> matches, std::size_t n) : matches_(std::move(matches)), n_(n) {}

  Cholesky Information(const std::vector<double>& rating) const {
    std::vector<double> information(n_ * n_, 0.0);
    for (const Match& m : matches_) {
      const double p = Logistic(Difference(m, rating));
      ForEntries(m, m.games * p * (1.0 - p),
                 [&](std::size_t row, std::size_t column, double weight) {
                   information[row * n_ + column] += weight;
                 });
    }
    return {std::move(information), n_};
  }

  double Objective(const std::vector<double>& rating, const Cholesky& information) const {
    double sum = 0.5 * information.LogDeterminant();
    for (const Match& m : matches_) {
      const double d = Difference(m, rating);
      sum += m.points * LogLogistic(d) + (m.games - m.points) * LogLogistic(-d);
    }
    return sum;
  }

  // Firth's modified score: each match gets its leverage h in games more, drawn.
  std::vector<double> Gradient(const std::vector<double>& rating,
                               const Cholesky& information) const {
    const std::vector<double> inverse = information.Inverse();
    std::vector<double> gradient(n_, 0.0);
    for (const Match& m : matches_) {
      const double p = Logistic(Difference(m, rating));
      double h = 0.0;
      ForEntries(m, m.games * p * (1.0 - p),
                 [&](std::size_t row, std::size_t column, double weight) {
                   h += weight * inverse[row * n_ + column];
                 });
      const double surplus = m.points - m.games * p + h * (0.5 - p);
      if (m.a != kFixed) gradient[static_cast<std::size_t>(m.a)] += surplus;
      if (m.b != kFixed) gradient[static_cast<std::size_t>(m.b)] -= surplus;
    }
    return gradient;
  }

 private:
  static double Difference(const Match& m, const std::vector<double>& rating) {
    return m.base + (m.a == kFixed ? 0.0 : rating[static_cast<std::size_t>(m.a)]) -
           (m.b == kFixed ? 0.0 : rating[static_cast<std::size_t>(m.b)]);
  }

  // Entries of x x^T times `weight`, x being +1 at a and -1 at b.
  template <typename Visit>
  static void ForEntries(const Match& m, double weight, const Visit& visit) {
    for (const auto& [row, row_sign] : {std::pair(m.a, 1.0), std::pair(m.b, -1.0)}) {
      for (const auto& [column, column_sign] : {std::pair(m.a, 1.0), std::pair(m.b, -1.0)}) {
        if (row == kFixed || column == kFixed) continue;
        visit(static_cast<std::size_t>(row), static_cast<std::size_t>(column),
              row_sign * column_sign * weight);
      }
    }
  }

  const std::vector<Match> matches_;
  const std::size_t n_;
};

// Fisher's scoring; steps that overshoot are halved.
std::vector<double> Maximise(const Model& model, std::vector<double> rating) {
  for (int i = 0; i < 200; ++i) {
    const Cholesky information = model.Information(rating);
    const double here = model.Objective(rating, information);
    const std::vector<double> step = information.Solve(model.Gradient(rating, information));
    double longest = 0.0;
    for (const double s : step) longest = std::max(longest, std::fabs(s));
    double scale = std::min(1.0, kLongestStep / std::max(longest, 1e-300));
    std::vector<double> next = rating;
    for (int halvings = 0; halvings < 30; ++halvings, scale *= 0.5) {
      for (std::size_t k = 0; k < next.size(); ++k) next[k] = rating[k] + scale * step[k];
      // The slack is rounding, which near the top exceeds what a step gains.
      if (model.Objective(next, model.Information(next)) >= here - 1e-10) break;
    }
    rating = next;
    if (longest < 1e-9) break;
  }
  return rating;
}

// Players that games link to a fixed one.
std::vector<bool> Linked(const std::vector<std::optional<double>>& fixed,
                         const std::vector<PairScore>& scores) {
  std::vector<bool> linked;
  for (const auto& elo : fixed) linked.push_back(elo.has_value());
  for (std::size_t round = 0; round < fixed.size(); ++round) {
    for (const PairScore& s : scores) {
      TENGEN_CHECK(s.a != s.b, "player ", s.a, " against himself");
      if (s.pairs.pairs() == 0) continue;
      const bool either =
          linked.at(static_cast<std::size_t>(s.a)) || linked.at(static_cast<std::size_t>(s.b));
      linked[static_cast<std::size_t>(s.a)] = linked[static_cast<std::size_t>(s.b)] = either;
    }
  }
  return linked;
}

// Which players are free, and where each player stands among them.
struct Places {
  Places(const std::vector<std::optional<double>>& fixed, const std::vector<bool>& linked) {
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      const bool is_free = linked[i] && !fixed[i];
      place.push_back(is_free ? static_cast<int>(free.size()) : kFixed);
      known.push_back(linked[i]);
      if (is_free) free.push_back(i);
    }
  }

  std::vector<std::size_t> free;
  std::vector<int> place;   // kFixed for those who are not free
  std::vector<bool> known;  // fixed or free
};

// The matches that tell something about free players.
std::vector<Match> Matches(const std::vector<std::optional<double>>& fixed,
                           const std::vector<PairScore>& scores, const Places& places) {
  std::vector<Match> matches;
  for (const PairScore& s : scores) {
    const auto a = static_cast<std::size_t>(s.a);
    const auto b = static_cast<std::size_t>(s.b);
    if (s.pairs.pairs() == 0 || !places.known[a]) continue;
    if (places.place[a] == kFixed && places.place[b] == kFixed) continue;
    const double games = EffectiveGames(s.pairs);
    const double base = (fixed[a].value_or(0.0) - fixed[b].value_or(0.0)) * kEloToLog;
    matches.push_back({places.place[a], places.place[b], base, games, games * s.pairs.mean()});
  }
  return matches;
}

}  // namespace

std::optional<Rating> RatingFit::Difference(std::size_t a, std::size_t b) const {
  if (!ratings_[a] || !ratings_[b]) return std::nullopt;
  const double variance = covariance(a, a) + covariance(b, b) - 2.0 * covariance(a, b);
  return Rating{ratings_[a]->elo - ratings_[b]->elo, kZ95 * std::sqrt(std::max(variance, 0.0))};
}

RatingFit FitRatings(const std::vector<std::optional<double>>& fixed,
                     const std::vector<PairScore>& scores) {
  const std::size_t players = fixed.size();
  const Places places(fixed, Linked(fixed, scores));
  const std::size_t n = places.free.size();
  const Model model(Matches(fixed, scores, places), n);
  const std::vector<double> rating = Maximise(model, std::vector<double>(n, 0.0));
  const std::vector<double> inverse = model.Information(rating).Inverse();

  RatingFit fit;
  fit.covariance_.assign(players * players, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      fit.covariance_[places.free[i] * players + places.free[j]] =
          inverse[i * n + j] / (kEloToLog * kEloToLog);
    }
  }
  for (const auto& elo : fixed) {
    fit.ratings_.push_back(elo ? std::optional(Rating{*elo, 0.0}) : std::nullopt);
  }
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t player = places.free[i];
    fit.ratings_[player] =
        Rating{rating[i] / kEloToLog, kZ95 * std::sqrt(fit.covariance(player, player))};
  }
  return fit;
}

}  // namespace tengen
