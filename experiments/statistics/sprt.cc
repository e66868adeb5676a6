#include "experiments/statistics/sprt.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "envs/core/check.h"

namespace tengen {
namespace {

using Shares = std::array<double, 5>;

constexpr double kLargestElo = 1000.0;

double ScoreOf(std::size_t i) { return 0.25 * static_cast<double>(i); }

// Counts with the neutral pairs.
Shares WithPrior(const Pentanomial& pairs, double mean) {
  Shares counts;
  for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<double>(pairs.counts[i]);
  counts[0] += kNeutralPairs * (1.0 - mean) * (1.0 - mean);
  counts[2] += kNeutralPairs * 2.0 * mean * (1.0 - mean);
  counts[4] += kNeutralPairs * mean * mean;
  return counts;
}

// t of the most likely distribution of mean s: the root of a function that falls from +inf to -inf
// between the two poles. Newton's steps, halving where they leave what brackets the root.
double Tilt(const Shares& counts, double s) {
  double low = -1.0 / (1.0 - s);
  double high = 1.0 / s;
  double t = 0.0;
  for (int i = 0; i < 100; ++i) {
    double value = 0.0;
    double slope = 0.0;
    for (std::size_t k = 0; k < counts.size(); ++k) {
      const double ratio = (ScoreOf(k) - s) / (1.0 + t * (ScoreOf(k) - s));
      value += counts[k] * ratio;
      slope -= counts[k] * ratio * ratio;
    }
    (value > 0.0 ? low : high) = t;
    const double newton = t - value / slope;
    const double next = newton > low && newton < high ? newton : 0.5 * (low + high);
    if (std::fabs(next - t) < 1e-12) return next;
    t = next;
  }
  return t;
}

Result<double> ReadNumber(std::string_view text) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) {
    return Error{StrCat("'", text, "', wanted a number")};
  }
  return number;
}

Status CheckSprt(const SprtConfig& config) {
  for (const double elo : {config.elo0, config.elo1}) {
    if (std::fabs(elo) > kLargestElo) return Error{StrCat("elo ", elo, ", wanted -1000 to 1000")};
  }
  if (config.elo0 >= config.elo1) {
    return Error{StrCat("elo0 ", config.elo0, " and elo1 ", config.elo1, ", wanted elo0 < elo1")};
  }
  for (const double error : {config.alpha, config.beta}) {
    if (error <= 0.0 || error >= 0.5) {
      return Error{StrCat("error rate ", error, ", wanted above 0 and below 0.5")};
    }
  }
  return Ok{};
}

}  // namespace

Result<SprtConfig> SprtConfig::Parse(std::string_view text) {
  SprtConfig config;
  const struct {
    std::string_view key;
    double* value;
    bool required;
  } fields[] = {{"elo0", &config.elo0, true},
                {"elo1", &config.elo1, true},
                {"alpha", &config.alpha, false},
                {"beta", &config.beta, false}};
  std::array<bool, std::size(fields)> given = {};
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    const std::string_view key = part.substr(0, part.find('='));
    const auto* field = std::find_if(std::begin(fields), std::end(fields),
                                     [key](const auto& f) { return f.key == key; });
    if (field == std::end(fields) || key.size() == part.size()) {
      return Error{StrCat("sprt '", part, "', wanted elo0=, elo1=, alpha= or beta=")};
    }
    const auto number = ReadNumber(part.substr(key.size() + 1));
    if (!number) return Error{StrCat("sprt ", key, ": ", number.error())};
    *field->value = *number;
    given[static_cast<std::size_t>(field - std::begin(fields))] = true;
  }
  for (std::size_t i = 0; i < std::size(fields); ++i) {
    if (fields[i].required && !given[i]) {
      return Error{StrCat("sprt without ", fields[i].key, ", wanted elo0=...,elo1=...")};
    }
  }
  if (const Status status = CheckSprt(config); !status) {
    return Error{"sprt: " + status.error()};
  }
  return config;
}

std::string_view SprtVerdictText(SprtVerdict verdict) {
  switch (verdict) {
    case SprtVerdict::kH0:
      return "H0";
    case SprtVerdict::kH1:
      return "H1";
    case SprtVerdict::kUndecided:
      break;
  }
  return "undecided";
}

double PentanomialLlr(const Pentanomial& pairs, double elo0, double elo1) {
  const double s0 = ScoreFromElo(elo0);
  const double s1 = ScoreFromElo(elo1);
  const Shares counts = WithPrior(pairs, 0.5 * (s0 + s1));
  const double t0 = Tilt(counts, s0);
  const double t1 = Tilt(counts, s1);
  double llr = 0.0;
  for (std::size_t k = 0; k < counts.size(); ++k) {
    llr += counts[k] * std::log((1.0 + t0 * (ScoreOf(k) - s0)) / (1.0 + t1 * (ScoreOf(k) - s1)));
  }
  return llr;
}

void Sprt::Add(int half_points) {
  if (verdict_ != SprtVerdict::kUndecided) return;
  pairs_.Add(half_points);
  llr_ = PentanomialLlr(pairs_, config_.elo0, config_.elo1);
  below_.Add(-llr_);
  above_.Add(llr_);
  if (llr_ >= upper()) {
    verdict_ = SprtVerdict::kH1;
  } else if (llr_ <= lower()) {
    verdict_ = SprtVerdict::kH0;
  }
}

void Sprt::Records::Add(double ratio) {
  if (ratio <= record) return;
  sum += ratio - record;
  squares += (ratio - record) * (ratio - record);
  record = ratio;
}

// The first step says nothing of how long the others are, and leaves Wald's bound where it is.
double Sprt::Records::Excess() const {
  if (sum <= 0.0) return 0.0;
  return (1.0 - squares / (sum * sum)) * squares / (2.0 * sum);
}

double Sprt::lower() const {
  return -std::log((1.0 - config_.alpha) / config_.beta) + below_.Excess();
}

double Sprt::upper() const {
  return std::log((1.0 - config_.beta) / config_.alpha) - above_.Excess();
}

}  // namespace tengen
