#pragma once

#include <string>
#include <string_view>

#include "envs/core/result.h"
#include "envs/go/rules.h"

namespace tengen {

constexpr double kMaxUserKomi = 400.0;  // KataGo's MAX_USER_KOMI

// Rules as GTP controllers set them.
struct GtpRules {
  Rules rules;
  // Nobody agrees on dead stones: the board counts as it stands, so they must be captured.
  bool all_stones_alive = true;
  // kata-get-rules does not tell of the agreement: KataGo knows none where its object of rules
  // names territory and no friendlyPassOk, and settles life and death by playing on.
  bool tacit_agreement = false;
};

// A name or form of ParseRulesName, or KataGo's JSON object of rules, in which what is missing is
// as in KataGo: Tromp-Taylor, without points in seki where territory counts. Komi is what the text
// says, else the usual one of these rules. Stones can be dead by agreement under the national rules
// and wherever territory counts. Errors: an unknown name or value, rules this engine does not have
// (button).
Result<GtpRules> ParseGtpRulesAndKomi(std::string_view text);

// What kata-set-rules takes: the same, but komi stays as it is in `now`, and one in the text is an
// error.
Result<GtpRules> ParseGtpRules(std::string_view text, const GtpRules& now);

// One rule of KataGo's JSON, "ko" "POSITIONAL".
Result<GtpRules> ParseGtpRule(std::string_view key, std::string_view value, const GtpRules& now);

// KataGo's JSON object.
std::string GtpRulesText(const GtpRules& rules);

}  // namespace tengen
