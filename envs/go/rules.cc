#include "envs/go/rules.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace tengen {
namespace {

constexpr double kMaxKomi = 361.0;  // the points of the largest board

struct Preset {
  std::string_view name;
  Rules rules;
};

constexpr Preset kPresets[] = {
    {"tromp-taylor", {.ko = KoRule::kPositional, .suicide = SuicideRule::kMulti, .half_komi = 15}},
    {"chinese", {.ko = KoRule::kSimple, .bonus = HandicapBonus::kStones, .half_komi = 15}},
    {"japanese",
     {.ko = KoRule::kSimple,
      .scoring = ScoringRule::kTerritory,
      .tax = TaxRule::kSeki,
      .half_komi = 13}},
    {"aga", {.ko = KoRule::kSituational, .bonus = HandicapBonus::kStonesLessOne, .half_komi = 15}},
    {"new-zealand", {.ko = KoRule::kSituational, .suicide = SuicideRule::kMulti, .half_komi = 14}},
    {"cgos", {.ko = KoRule::kPositional, .half_komi = 14}},
};

constexpr KoRule kKoRules[] = {KoRule::kPositional, KoRule::kSituational, KoRule::kSimple};
constexpr SuicideRule kSuicideRules[] = {SuicideRule::kNone, SuicideRule::kMulti};
constexpr ScoringRule kScoringRules[] = {ScoringRule::kArea, ScoringRule::kTerritory};
constexpr TaxRule kTaxRules[] = {TaxRule::kNone, TaxRule::kSeki, TaxRule::kAll};
constexpr HandicapBonus kBonuses[] = {HandicapBonus::kNone, HandicapBonus::kStones,
                                      HandicapBonus::kStonesLessOne};

// Takes an option whose values are the texts of `all`.
template <typename Rule, std::size_t kCount>
Rule TakeRule(GameOptions& options, std::string_view key, Rule fallback, const Rule (&all)[kCount],
              std::string_view (*text)(Rule)) {
  std::vector<std::string> allowed;
  for (const Rule rule : all) allowed.emplace_back(text(rule));
  const std::string chosen = options.Choice(key, text(fallback), allowed);
  for (const Rule rule : all) {
    if (chosen == text(rule)) return rule;
  }
  return fallback;
}

}  // namespace

std::string_view KoText(KoRule ko) {
  switch (ko) {
    case KoRule::kSimple:
      return "simple";
    case KoRule::kPositional:
      return "positional";
    case KoRule::kSituational:
      return "situational";
  }
  TENGEN_CHECK(false, "ko rule ", static_cast<int>(ko));
}

std::string_view SuicideText(SuicideRule suicide) {
  return suicide == SuicideRule::kMulti ? "multi" : "none";
}

std::string_view ScoringText(ScoringRule scoring) {
  return scoring == ScoringRule::kArea ? "area" : "territory";
}

std::string_view TaxText(TaxRule tax) {
  switch (tax) {
    case TaxRule::kNone:
      return "none";
    case TaxRule::kSeki:
      return "seki";
    case TaxRule::kAll:
      return "all";
  }
  TENGEN_CHECK(false, "tax rule ", static_cast<int>(tax));
}

std::string_view BonusText(HandicapBonus bonus) {
  switch (bonus) {
    case HandicapBonus::kNone:
      return "0";
    case HandicapBonus::kStones:
      return "n";
    case HandicapBonus::kStonesLessOne:
      return "n-1";
  }
  TENGEN_CHECK(false, "handicap bonus ", static_cast<int>(bonus));
}

std::string KomiText(int half_komi) {
  const int magnitude = std::abs(half_komi);
  return StrCat(half_komi < 0 ? "-" : "", magnitude / 2, magnitude % 2 != 0 ? ".5" : "");
}

int Rules::BonusPoints(int handicap_stones) const {
  switch (bonus) {
    case HandicapBonus::kNone:
      return 0;
    case HandicapBonus::kStones:
      return handicap_stones;
    case HandicapBonus::kStonesLessOne:
      return std::max(0, handicap_stones - 1);
  }
  TENGEN_CHECK(false, "handicap bonus ", static_cast<int>(bonus));
}

std::string Rules::Text() const {
  return StrCat("ko=", KoText(ko), ",suicide=", SuicideText(suicide), ",komi=", KomiText(half_komi),
                ExtraText());
}

std::string Rules::ExtraText() const {
  std::string text;
  if (scoring != ScoringRule::kArea) text += StrCat(",score=", ScoringText(scoring));
  if (tax != TaxRule::kNone) text += StrCat(",tax=", TaxText(tax));
  if (bonus != HandicapBonus::kNone) text += StrCat(",bonus=", BonusText(bonus));
  return text;
}

const std::vector<std::string>& RulesPresetNames() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> list;
    for (const Preset& preset : kPresets) list.emplace_back(preset.name);
    return list;
  }();
  return names;
}

Result<Rules> RulesPreset(std::string_view name) {
  for (const Preset& preset : kPresets) {
    if (name == preset.name) return preset.rules;
  }
  for (const KoRule ko : kKoRules) {
    for (const SuicideRule suicide : kSuicideRules) {
      const std::string_view word =
          suicide == SuicideRule::kNone ? "_no_suicide" : "_multi_suicide";
      if (name == StrCat(KoText(ko), word)) return Rules{.ko = ko, .suicide = suicide};
    }
  }
  std::string known;
  for (const std::string& preset : RulesPresetNames()) {
    known += (known.empty() ? "" : " or ") + preset;
  }
  return Error{StrCat("rules '", name, "', wanted ", known)};
}

Result<Rules> Rules::Take(GameOptions& options) {
  Rules rules;
  const bool has_preset = options.Has("rules");
  const auto preset = RulesPreset(options.Text("rules", ""));
  if (preset) rules = *preset;
  rules.ko = TakeRule(options, "ko", rules.ko, kKoRules, KoText);
  rules.suicide = TakeRule(options, "suicide", rules.suicide, kSuicideRules, SuicideText);
  rules.scoring = TakeRule(options, "score", rules.scoring, kScoringRules, ScoringText);
  rules.tax = TakeRule(options, "tax", rules.tax, kTaxRules, TaxText);
  rules.bonus = TakeRule(options, "bonus", rules.bonus, kBonuses, BonusText);
  const double komi = options.Double("komi", rules.komi(), -kMaxKomi, kMaxKomi);
  if (has_preset && !preset) return Error{preset.error()};
  if (2.0 * komi != std::floor(2.0 * komi)) {
    return Error{StrCat("komi=", komi, ", wanted a multiple of 0.5")};
  }
  rules.half_komi = static_cast<int>(2.0 * komi);
  return rules;
}

Result<Rules> Rules::Parse(std::string_view text) {
  const bool starts_with_name =
      !text.empty() && text.substr(0, text.find(',')).find('=') == std::string_view::npos;
  auto options = GameOptions::Parse(starts_with_name ? StrCat("rules=", text) : std::string(text));
  if (!options) return Error{StrCat("rules '", text, "': ", options.error())};
  const auto rules = Take(*options);
  if (!rules) return Error{StrCat("rules '", text, "': ", rules.error())};
  if (const Status status = options->Finish("go"); !status) {
    return Error{StrCat("rules '", text, "': ", status.error())};
  }
  return *rules;
}

}  // namespace tengen
