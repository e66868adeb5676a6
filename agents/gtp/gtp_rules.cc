#include "agents/gtp/gtp_rules.h"

#include <cmath>

#include <nlohmann/json.hpp>

#include "agents/gtp/gtp_text.h"
#include "envs/go/rule_names.h"

namespace tengen {
namespace {

template <typename T>
struct Named {
  const char* name;
  T value;
};

constexpr Named<KoRule> kKo[] = {{"SIMPLE", KoRule::kSimple},
                                 {"POSITIONAL", KoRule::kPositional},
                                 {"SITUATIONAL", KoRule::kSituational}};
constexpr Named<ScoringRule> kScoring[] = {{"AREA", ScoringRule::kArea},
                                           {"TERRITORY", ScoringRule::kTerritory}};
constexpr Named<TaxRule> kTax[] = {
    {"NONE", TaxRule::kNone}, {"SEKI", TaxRule::kSeki}, {"ALL", TaxRule::kAll}};
constexpr Named<HandicapBonus> kBonus[] = {{"0", HandicapBonus::kNone},
                                           {"N", HandicapBonus::kStones},
                                           {"N-1", HandicapBonus::kStonesLessOne}};

template <typename T, std::size_t N>
Status ReadName(const Named<T> (&names)[N], const nlohmann::json& value, T& out) {
  std::string wanted;
  const std::string text = value.is_string() ? LowerCase(value.get<std::string>()) : "";
  for (const auto& [name, meaning] : names) {
    if (LowerCase(name) == text) {
      out = meaning;
      return Ok{};
    }
    wanted += (wanted.empty() ? "" : ", ") + std::string(name);
  }
  return Error{"wanted one of " + wanted};
}

template <typename T, std::size_t N>
std::string NameOf(const Named<T> (&names)[N], T value) {
  for (const auto& [name, meaning] : names) {
    if (meaning == value) return name;
  }
  return "";
}

Status ReadFlag(const nlohmann::json& value, bool& out) {
  if (!value.is_boolean()) return Error{"wanted true or false"};
  out = value.get<bool>();
  return Ok{};
}

Status ReadRule(const std::string& key, const nlohmann::json& value, GtpRules& out) {
  Rules& rules = out.rules;
  if (key == "ko" || key == "koRule") return ReadName(kKo, value, rules.ko);
  if (key == "score" || key == "scoring" || key == "scoringRule")
    return ReadName(kScoring, value, rules.scoring);
  if (key == "tax" || key == "taxRule") return ReadName(kTax, value, rules.tax);
  if (key == "whiteHandicapBonus") return ReadName(kBonus, value, rules.bonus);
  bool flag = false;
  if (key == "suicide" || key == "multiStoneSuicideLegal") {
    const Status status = ReadFlag(value, flag);
    if (status) rules.suicide = flag ? SuicideRule::kMulti : SuicideRule::kNone;
    return status;
  }
  if (key == "friendlyPassOk") {
    const Status status = ReadFlag(value, flag);
    if (status) out.all_stones_alive = !flag;
    if (status) out.tacit_agreement = false;
    return status;
  }
  if (key == "hasButton") {
    const Status status = ReadFlag(value, flag);
    return status && flag ? Status(Error{"this engine has no button"}) : status;
  }
  return Error{"unknown rule"};
}

Status ReadKomi(const nlohmann::json& value, int& half_komi) {
  const double komi = value.is_number() ? value.get<double>() : NAN;
  if (!(std::abs(komi) <= kMaxUserKomi)) {
    return Error{StrCat("wanted a number from -", kMaxUserKomi, " to ", kMaxUserKomi)};
  }
  if (2.0 * komi != std::floor(2.0 * komi)) return Error{"wanted a multiple of 0.5"};
  half_komi = static_cast<int>(2.0 * komi);
  return Ok{};
}

void AgreeTacitly(GtpRules& rules) {
  rules.all_stones_alive = false;
  rules.tacit_agreement = true;
}

Result<GtpRules> ReadObject(const nlohmann::json& json) {
  GtpRules rules = {RulesPreset("tromp-taylor").value(), /*all_stones_alive=*/true};
  for (const auto& [key, value] : json.items()) {
    const Status status =
        key == "komi" ? ReadKomi(value, rules.rules.half_komi) : ReadRule(key, value, rules);
    if (!status) return Error{"rule '" + key.substr(0, 30) + "': " + status.error()};
  }
  const bool territory = rules.rules.scoring == ScoringRule::kTerritory;
  if (territory && !json.contains("tax") && !json.contains("taxRule")) {
    rules.rules.tax = TaxRule::kSeki;
  }
  if (territory && !json.contains("friendlyPassOk")) AgreeTacitly(rules);
  if (territory && !json.contains("komi")) rules.rules.half_komi = 13;
  return rules;
}

}  // namespace

Result<GtpRules> ParseGtpRulesAndKomi(std::string_view text) {
  if (!text.empty() && text.front() == '{') {
    const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded() || !json.is_object()) return Error{"rules that are no JSON object"};
    return ReadObject(json);
  }
  const auto named = ParseRulesName(text);
  if (!named) return Error{named.error()};
  return GtpRules{named->rules, !named->agreement};
}

Result<GtpRules> ParseGtpRules(std::string_view text, const GtpRules& now) {
  if (LowerCase(text).find("komi") != std::string::npos) {
    return Error{"rules with a komi, wanted them without: the command komi sets it"};
  }
  auto rules = ParseGtpRulesAndKomi(text);
  if (rules) rules->rules.half_komi = now.rules.half_komi;
  return rules;
}

Result<GtpRules> ParseGtpRule(std::string_view key, std::string_view value, const GtpRules& now) {
  auto json = nlohmann::json::parse(LowerCase(value), nullptr, /*allow_exceptions=*/false);
  if (!json.is_boolean()) json = std::string(value);
  GtpRules rules = now;
  const Status status = ReadRule(std::string(key), json, rules);
  if (!status) return Error{status.error()};
  const bool territory = rules.rules.scoring == ScoringRule::kTerritory;
  const bool was_territory = now.rules.scoring == ScoringRule::kTerritory;
  if (territory && !was_territory && rules.all_stones_alive) AgreeTacitly(rules);
  if (!territory && rules.tacit_agreement) rules = {rules.rules, /*all_stones_alive=*/true};
  return rules;
}

std::string GtpRulesText(const GtpRules& rules) {
  const nlohmann::ordered_json json = {
      {"hasButton", false},
      {"ko", NameOf(kKo, rules.rules.ko)},
      {"scoring", NameOf(kScoring, rules.rules.scoring)},
      {"suicide", rules.rules.suicide == SuicideRule::kMulti},
      {"tax", NameOf(kTax, rules.rules.tax)},
      {"whiteHandicapBonus", NameOf(kBonus, rules.rules.bonus)},
      {"friendlyPassOk", !rules.all_stones_alive && !rules.tacit_agreement}};
  return json.dump();
}

}  // namespace tengen
