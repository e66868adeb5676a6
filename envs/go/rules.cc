#include "envs/go/rules.h"

#include <cmath>
#include <cstdlib>

namespace tengen {
namespace {

constexpr double kMaxKomi = 361.0;  // the points of the largest board

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

std::string KomiText(int half_komi) {
  const int magnitude = std::abs(half_komi);
  return StrCat(half_komi < 0 ? "-" : "", magnitude / 2, magnitude % 2 != 0 ? ".5" : "");
}

std::string Rules::Text() const {
  return StrCat("ko=", KoText(ko), ",suicide=", SuicideText(suicide),
                ",komi=", KomiText(half_komi));
}

Result<Rules> Rules::Take(GameOptions& options) {
  Rules rules;
  const std::string ko_text =
      options.Choice("ko", KoText(rules.ko), {"positional", "situational", "simple"});
  for (const KoRule ko : {KoRule::kSimple, KoRule::kPositional, KoRule::kSituational}) {
    if (ko_text == KoText(ko)) rules.ko = ko;
  }
  if (options.Choice("suicide", SuicideText(rules.suicide), {"none", "multi"}) == "multi") {
    rules.suicide = SuicideRule::kMulti;
  }
  const double komi = options.Double("komi", rules.komi(), -kMaxKomi, kMaxKomi);
  if (2.0 * komi != std::floor(2.0 * komi)) {
    return Error{StrCat("komi=", komi, ", wanted a multiple of 0.5")};
  }
  rules.half_komi = static_cast<int>(2.0 * komi);
  return rules;
}

Result<Rules> Rules::Parse(std::string_view text) {
  auto options = GameOptions::Parse(text);
  if (!options) return Error{StrCat("rules '", text, "': ", options.error())};
  const auto rules = Take(*options);
  if (!rules) return Error{StrCat("rules '", text, "': ", rules.error())};
  if (const Status status = options->Finish("go"); !status) {
    return Error{StrCat("rules '", text, "': ", status.error())};
  }
  return *rules;
}

}  // namespace tengen
