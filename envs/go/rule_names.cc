#include "envs/go/rule_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace tengen {
namespace {

struct Meaning {
  std::string_view name;  // letters alone
  std::string_view rules;
  bool agreement = true;
};

// Rules::Parse understands the second column.
constexpr Meaning kMeanings[] = {
    {"tromptaylor", "tromp-taylor", false},
    {"tt", "tromp-taylor", false},
    {"logical", "tromp-taylor", false},
    {"chinese", "chinese"},
    {"china", "chinese"},
    {"cn", "chinese"},
    {"chineseogs", "chinese,ko=positional"},
    {"chinesekgs", "chinese,ko=positional"},
    {"ogschinese", "chinese,ko=positional"},
    {"kgschinese", "chinese,ko=positional"},
    {"japanese", "japanese"},
    {"japan", "japanese"},
    {"jp", "japanese"},
    {"nihonkiin", "japanese"},
    {"korean", "japanese"},
    {"korea", "japanese"},
    {"kr", "japanese"},
    {"aga", "aga"},
    {"american", "aga"},
    {"bga", "aga"},
    {"british", "aga"},
    {"french", "aga"},
    {"ffg", "aga"},
    {"newzealand", "new-zealand"},
    {"nz", "new-zealand"},
    {"ing", "tromp-taylor"},
    {"goe", "tromp-taylor"},
    {"goeing", "tromp-taylor"},
    {"inggoe", "tromp-taylor"},
    {"stonescoring", "ko=simple,tax=all,komi=7.5"},
    {"ancientarea", "ko=simple,tax=all,komi=7.5"},
    {"ancientchinese", "ko=simple,tax=all,komi=7.5"},
    {"ancientterritory", "japanese,tax=all"},
    {"cgos", "cgos", false},
};

// Words that say no more than that a name is one of rules.
constexpr std::string_view kFillers[] = {"rule", "rules", "ruleset", "set",       "the",    "of",
                                         "go",   "komi",  "area",    "territory", "scoring"};

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// Runs of ASCII letters; nothing if there are letters of other alphabets between them.
std::vector<std::string> Words(std::string_view lower) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : lower) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80U) return {};
    const bool letter = std::isalpha(byte) != 0;
    if (letter && !inside) words.emplace_back();
    if (letter) words.back() += c;
    inside = letter;
  }
  return words;
}

std::string Joined(const std::vector<std::string>& words, bool fillers) {
  std::string text;
  for (const std::string& word : words) {
    const bool filler =
        std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers);
    if (fillers || !filler) text += word;
  }
  return text;
}

const Meaning* Find(std::string_view name) {
  for (const Meaning& meaning : kMeanings) {
    if (meaning.name == name) return &meaning;
  }
  return nullptr;
}

// The meaning of a name with other words beside it, "Ing's Rules". Two words that are a name
// together are no names by themselves. Null where there is none, and where they do not agree.
const Meaning* FindAmong(const std::vector<std::string>& words) {
  const Meaning* found = nullptr;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const Meaning* meaning = i + 1 < words.size() ? Find(words[i] + words[i + 1]) : nullptr;
    if (meaning != nullptr) {
      ++i;
    } else {
      meaning = Find(words[i]);
    }
    if (meaning == nullptr) continue;
    const bool agree = found == nullptr ||
                       (found->rules == meaning->rules && found->agreement == meaning->agreement);
    if (!agree) return nullptr;
    found = meaning;
  }
  return found;
}

NamedRules RulesOf(const Meaning& meaning) {
  return {Rules::Parse(meaning.rules).value(), meaning.agreement};
}

// Whether the words also name the way of counting that the rules do not have. AGA's have both: they
// come to the same there.
bool Contradicts(const std::vector<std::string>& words, const Meaning& meaning) {
  if (meaning.rules == "aga") return false;
  const bool territory = RulesOf(meaning).rules.scoring == ScoringRule::kTerritory;
  return std::find(words.begin(), words.end(), territory ? "area" : "territory") != words.end();
}

// Reads KataGo's compact form: keys and values without anything between them, or spaces.
class CompactReader {
 public:
  explicit CompactReader(std::string_view lower) {
    for (const char c : lower) {
      if (std::isspace(static_cast<unsigned char>(c)) == 0) rest_ += c;
    }
  }

  Result<NamedRules> Read() {
    named_.rules.suicide = SuicideRule::kMulti;
    named_.rules.half_komi = 15;
    while (!rest_.empty()) {
      if (!ReadKomi() && !ReadKey()) {
        return Error{StrCat("rules '", rest_.substr(0, 40), "'")};
      }
    }
    if (!missing_.empty()) return Error{missing_};
    const bool territory = named_.rules.scoring == ScoringRule::kTerritory;
    if (!has_tax_) named_.rules.tax = territory ? TaxRule::kSeki : TaxRule::kNone;
    if (!has_komi_ && territory) named_.rules.half_komi = 13;
    named_.agreement = friendly_.value_or(territory);
    return named_;
  }

 private:
  bool Take(std::string_view prefix) {
    if (!rest_.starts_with(prefix)) return false;
    rest_.erase(0, prefix.size());
    return true;
  }

  template <typename T, std::size_t kCount>
  bool TakeOne(const std::pair<std::string_view, T> (&names)[kCount], T& out) {
    for (const auto& [name, value] : names) {
      if (!Take(name)) continue;
      out = value;
      return true;
    }
    return false;
  }

  bool ReadKomi() {
    if (!Take("komi")) return false;
    const std::size_t end = std::min(rest_.find_first_not_of("+-.0123456789"), rest_.size());
    const auto rules = Rules::Parse("komi=" + rest_.substr(0, end));
    if (end == 0 || !rules) return false;
    named_.rules.half_komi = rules->half_komi;
    rest_.erase(0, end);
    return has_komi_ = true;
  }

  bool ReadKey() {
    Rules& rules = named_.rules;
    constexpr std::pair<std::string_view, bool> kFlags[] = {{"0", false}, {"1", true}};
    if (Take("ko")) {
      if (Take("spight")) {
        missing_ = "this engine has no Spight ko";
        return true;
      }
      constexpr std::pair<std::string_view, KoRule> kKo[] = {{"simple", KoRule::kSimple},
                                                             {"positional", KoRule::kPositional},
                                                             {"situational", KoRule::kSituational}};
      return TakeOne(kKo, rules.ko);
    }
    if (Take("scoring") || Take("score")) {
      constexpr std::pair<std::string_view, ScoringRule> kScoring[] = {
          {"area", ScoringRule::kArea}, {"territory", ScoringRule::kTerritory}};
      return TakeOne(kScoring, rules.scoring);
    }
    if (Take("tax")) {
      constexpr std::pair<std::string_view, TaxRule> kTax[] = {
          {"none", TaxRule::kNone}, {"seki", TaxRule::kSeki}, {"all", TaxRule::kAll}};
      return has_tax_ = TakeOne(kTax, rules.tax);
    }
    bool flag = false;
    if (Take("sui")) {
      if (!TakeOne(kFlags, flag)) return false;
      rules.suicide = flag ? SuicideRule::kMulti : SuicideRule::kNone;
      return true;
    }
    if (Take("button")) {
      if (!TakeOne(kFlags, flag)) return false;
      if (flag) missing_ = "this engine has no button";
      return true;
    }
    if (Take("whb")) {
      constexpr std::pair<std::string_view, HandicapBonus> kBonus[] = {
          {"0", HandicapBonus::kNone},
          {"n-1", HandicapBonus::kStonesLessOne},
          {"n", HandicapBonus::kStones}};
      return TakeOne(kBonus, rules.bonus);
    }
    if (!Take("fpok") || !TakeOne(kFlags, flag)) return false;
    friendly_ = flag;
    return true;
  }

  std::string rest_;  // lower case, no spaces
  NamedRules named_;
  bool has_tax_ = false;
  bool has_komi_ = false;
  std::optional<bool> friendly_;
  std::string missing_;  // what this engine does not have
};

// "positional_no_suicide" and its like, see RulesPreset.
bool IsKoWithSuicide(const std::string& lower) {
  return lower.ends_with("_suicide") && RulesPreset(lower).ok();
}

// Its keys may stand in any order.
bool LooksCompact(const std::string& lower) {
  constexpr std::string_view kStarts[] = {
      "kosimple",    "koposit", "kositu",  "kospight", "scorearea", "scoreterr", "scoringarea",
      "scoringterr", "taxnone", "taxseki", "taxall",   "sui0",      "sui1",      "button0",
      "button1",     "whb0",    "whbn",    "fpok0",    "fpok1"};
  std::string text = lower;
  std::erase_if(text, [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
  return std::any_of(std::begin(kStarts), std::end(kStarts),
                     [&text](std::string_view start) { return text.starts_with(start); });
}

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

std::string CompactName(const Rules& rules) {
  std::string name = StrCat(
      "ko", UpperCase(KoText(rules.ko)), "score", UpperCase(ScoringText(rules.scoring)), "tax",
      UpperCase(TaxText(rules.tax)), "sui", rules.suicide == SuicideRule::kMulti ? 1 : 0);
  if (rules.bonus != HandicapBonus::kNone) name += "whb" + UpperCase(BonusText(rules.bonus));
  return name;
}

}  // namespace

Result<NamedRules> ParseRulesName(std::string_view text) {
  const std::string lower = Lower(text);
  if (lower.find('=') != std::string::npos || IsKoWithSuicide(lower)) {
    const auto rules = Rules::Parse(lower);
    if (!rules) return Error{rules.error()};
    return NamedRules{*rules, rules->scoring == ScoringRule::kTerritory};
  }
  if (LooksCompact(lower)) return CompactReader(lower).Read();
  const std::vector<std::string> words = Words(lower);
  if (Joined(words, /*fillers=*/true).find("button") != std::string::npos) {
    return Error{"this engine has no button"};
  }
  const Meaning* meaning = Find(Joined(words, /*fillers=*/true));
  if (meaning == nullptr) meaning = Find(Joined(words, /*fillers=*/false));
  if (meaning != nullptr && !Contradicts(words, *meaning)) return RulesOf(*meaning);
  std::string known;
  for (const std::string& preset : RulesPresetNames()) {
    known += (known.empty() ? "" : " or ") + preset;
  }
  std::string shown;
  for (const char c : text.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
  return Error{StrCat("rules '", shown, text.size() > 40 ? "..." : "", "', wanted ", known)};
}

Result<NamedRules> ParseRecordRules(std::string_view text) {
  auto named = ParseRulesName(text);
  const std::string lower = Lower(text);
  if (named || lower.find("button") != std::string::npos) return named;
  const std::vector<std::string> words = Words(lower);
  const Meaning* meaning = FindAmong(words);
  return meaning == nullptr || Contradicts(words, *meaning) ? named : RulesOf(*meaning);
}

std::string RulesName(const Rules& rules) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kKnown = {{
      {"tromp-taylor", "Tromp-Taylor"},
      {"chinese", "Chinese"},
      {"japanese", "Japanese"},
      {"aga", "AGA"},
      {"new-zealand", "NZ"},
  }};
  for (const auto& [preset, name] : kKnown) {
    Rules known = RulesPreset(preset).value();
    known.half_komi = rules.half_komi;
    if (known == rules) return std::string(name);
  }
  return CompactName(rules);
}

std::string RulesName(const NamedRules& named) {
  const std::string name = RulesName(named.rules);
  if (ParseRulesName(name).value().agreement == named.agreement) return name;
  return CompactName(named.rules) + (named.agreement ? "fpok1" : "fpok0");
}

}  // namespace tengen
