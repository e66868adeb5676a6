#pragma once

#include <string>
#include <string_view>

#include "envs/core/result.h"
#include "envs/go/rules.h"

// Rule sets by the names that people, records and other programs give them.

namespace tengen {

struct NamedRules {
  Rules rules;  // with the komi that is usual under them
  // Whether players agree on dead stones at the end, as they do under national rules and wherever
  // territory counts. If not, the board counts as it stands.
  bool agreement = false;
};

// Reads, in any case, with spaces, '_', '-' or nothing between words, and with words such as
// "rules" beside them:
//   - presets (RulesPresetNames()) and the names that KataGo has for its rule sets
//     (https://lightvector.github.io/KataGo/rules.html): "new zealand", "stone_scoring", "GOE/Ing";
//   - what records write for them: "NZ", "Japanese Rules", "Korean", "Chinese (area)";
//   - Rules::Text();
//   - KataGo's compact form, "koPOSITIONALscoreAREAtaxNONEsui1".
// Errors: a name that is none of these, rules that this engine does not have (a button, Spight ko).
Result<NamedRules> ParseRulesName(std::string_view text);
// The same as records have it (RU): names may stand among other words, as long as all names among
// them mean the same: "Japanese, Pair Go".
Result<NamedRules> ParseRecordRules(std::string_view text);

// The name that other programs know, for records: "Tromp-Taylor", "Chinese", "Japanese", "AGA" or
// "NZ" where the rules are exactly those, otherwise KataGo's compact form. Komi is left out.
std::string RulesName(const Rules& rules);
// The same, or the compact form with "fpok1" or "fpok0" where others would take that name for
// another agreement on dead stones.
std::string RulesName(const NamedRules& named);

}  // namespace tengen
