#include "envs/go/rule_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::string Text(std::string_view name) {
  const auto named = ParseRulesName(name);
  EXPECT_TRUE(named.ok()) << name << ": " << named.error();
  return named ? named->rules.Text() : "";
}

// Rule sets as KataGo's rules.cpp has them (parseRules).
TEST(RulesNames, KataGosNamesWithSpacesUnderscoresAndHyphens) {
  for (const char* name : {"newzealand", "new zealand", "new-zealand", "new_zealand", "NZ"}) {
    EXPECT_EQ(Text(name), "ko=situational,suicide=multi,komi=7") << name;
  }
  for (const char* name : {"tromptaylor", "Tromp Taylor", "tromp_taylor", "TROMP-TAYLOR", "ing",
                           "GOE", "GOE/Ing", "Ing rules"}) {
    EXPECT_EQ(Text(name), "ko=positional,suicide=multi,komi=7.5") << name;
  }
  for (const char* name : {"stonescoring", "stone_scoring", "stone scoring", "ancient-area"}) {
    EXPECT_EQ(Text(name), "ko=simple,suicide=none,komi=7.5,tax=all") << name;
  }
  for (const char* name : {"ancient-territory", "ancientterritory", "ancient territory"}) {
    EXPECT_EQ(Text(name), "ko=simple,suicide=none,komi=6.5,score=territory,tax=all") << name;
  }
  for (const char* name : {"chinese-ogs", "chinese_ogs", "chineseogs", "chinese-kgs"}) {
    EXPECT_EQ(Text(name), "ko=positional,suicide=none,komi=7.5,bonus=n") << name;
  }
  for (const char* name : {"aga", "bga", "french"}) {
    EXPECT_EQ(Text(name), "ko=situational,suicide=none,komi=7.5,bonus=n-1") << name;
  }
}

TEST(RulesNames, FormsThatPeopleWrite) {
  for (const char* name : {"Japanese Rules", "japanese", "JP", "Korean", "Korean Rules", " Japan ",
                           "Rules: Japanese", "Japanese (territory)", "Nihon Ki-in"}) {
    EXPECT_EQ(Text(name), "ko=simple,suicide=none,komi=6.5,score=territory,tax=seki") << name;
    EXPECT_TRUE(ParseRulesName(name)->agreement) << name;
  }
  for (const char* name : {"Chinese", "chinese rules", "Chinese (area)", "cn"}) {
    EXPECT_EQ(Text(name), "ko=simple,suicide=none,komi=7.5,bonus=n") << name;
  }
  EXPECT_EQ(Text("ko=simple,suicide=none,komi=6.5,score=territory,tax=seki"),
            "ko=simple,suicide=none,komi=6.5,score=territory,tax=seki");
  EXPECT_EQ(Text("chinese,komi=5"), "ko=simple,suicide=none,komi=5,bonus=n");
  EXPECT_EQ(Text("positional_no_suicide"), "ko=positional,suicide=none,komi=7");
  EXPECT_EQ(Text("cgos"), "ko=positional,suicide=none,komi=7");
}

// "Chinese, Pair Go" is GoGoD's, by KataGo's sgf.cpp.
TEST(RulesNames, InRecordsNamesAmongOtherWordsCountWhereTheyAgree) {
  const auto in_record = [](const char* name) {
    const auto named = ParseRecordRules(name);
    return named ? named->rules.Text() : named.error();
  };
  for (const char* name : {"Japanese, Pair Go", "Korean rules of 1992 (as in Japan)"}) {
    EXPECT_EQ(in_record(name), Text("japanese")) << name;
    EXPECT_FALSE(ParseRulesName(name).ok()) << "not where somebody chooses: " << name;
  }
  for (const char* name : {"Chinese, Pair Go", "Fox rules, China", "Chinese rules, 3 3/4 stones"}) {
    EXPECT_EQ(in_record(name), Text("chinese")) << name;
  }
  for (const char* name : {"KGS Chinese", "Chinese (KGS)", "OGS Chinese rules, Pair Go"}) {
    EXPECT_EQ(in_record(name), Text("chinese-kgs")) << name;
  }
  EXPECT_EQ(in_record("Ing's Rules"), Text("ing"));
  EXPECT_TRUE(ParseRecordRules("Ing's Rules")->agreement);
  EXPECT_EQ(in_record("Ancient Chinese, Pair Go"), Text("stone-scoring")) << "two words, one name";
  for (const char* name : {"Japanese or Chinese", "Tromp-Taylor, by Ing", "Pair Go"}) {
    EXPECT_FALSE(ParseRecordRules(name).ok()) << name;
  }
  for (const char* name : {"Chinese (territory scoring)", "territory, Chinese", "Japanese, area"}) {
    EXPECT_FALSE(ParseRecordRules(name).ok()) << "a contradiction: " << name;
  }
  EXPECT_EQ(in_record("Japanese (territory scoring)"), Text("japanese"));
  EXPECT_EQ(in_record("Chinese, area scoring"), Text("chinese"));
  EXPECT_EQ(in_record("AGA, territory"), Text("aga")) << "they count both ways";
  EXPECT_THAT(ParseRecordRules("AGA with the button").error(), HasSubstr("no button"));
}

TEST(RulesNames, KataGosCompactForm) {
  EXPECT_EQ(Text("koPOSITIONALscoreAREAtaxNONEsui1"), "ko=positional,suicide=multi,komi=7.5");
  EXPECT_EQ(Text("koSIMPLEscoreTERRITORYsui0"),
            "ko=simple,suicide=none,komi=6.5,score=territory,tax=seki");
  EXPECT_EQ(Text("koSITUATIONALscoreAREAtaxNONEsui0whbN-1komi5.5"),
            "ko=situational,suicide=none,komi=5.5,bonus=n-1");
  EXPECT_EQ(Text("koSIMPLE scoringAREA taxALL sui0 button0 whbN fpok1"),
            "ko=simple,suicide=none,komi=7.5,tax=all,bonus=n");
  EXPECT_EQ(Text("taxALLkoSIMPLEscoreAREA"), Text("koSIMPLEscoreAREAtaxALL"));
  EXPECT_EQ(Text("tax ALL ko SIMPLE"), Text("koSIMPLEscoreAREAtaxALL"));
  EXPECT_EQ(ParseRulesName("sui0")->rules.suicide, SuicideRule::kNone);
  EXPECT_EQ(ParseRulesName("scoringTERRITORY")->rules.scoring, ScoringRule::kTerritory);
  EXPECT_FALSE(ParseRulesName("koPOSITIONALscoreAREAtaxNONEsui1")->agreement);
  EXPECT_TRUE(ParseRulesName("koPOSITIONALscoreAREAtaxNONEsui1fpok1")->agreement);
}

TEST(RulesNames, WhatIsNotThereIsSaid) {
  EXPECT_THAT(ParseRulesName("agabutton").error(), HasSubstr("no button"));
  EXPECT_THAT(ParseRulesName("koSIMPLEscoreAREAbutton1").error(), HasSubstr("no button"));
  EXPECT_THAT(ParseRulesName("koSPIGHTscoreAREA").error(), HasSubstr("Spight"));
  for (const char* name : {"", "x", "koSIMPLEscoreXX", "ko=never", "japanese chinese",
                           "\xE6\x97\xA5\xE6\x9C\xAC chinese", "rules", "kosimplekomi",
                           "chinese territory", "japanese area", "stone scoring territory"}) {
    EXPECT_FALSE(ParseRulesName(name).ok()) << name;
  }
  EXPECT_THAT(ParseRulesName("no such").error(), HasSubstr("wanted tromp-taylor or chinese"));
}

TEST(RulesNames, RulesAreWrittenAsOthersKnowThem) {
  const auto name = [](const char* text) { return RulesName(Rules::Parse(text).value()); };
  EXPECT_EQ(name("tromp-taylor,komi=0"), "Tromp-Taylor");
  EXPECT_EQ(name("chinese"), "Chinese");
  EXPECT_EQ(name("japanese,komi=-3"), "Japanese");
  EXPECT_EQ(name("aga"), "AGA");
  EXPECT_EQ(name("new-zealand"), "NZ");
  EXPECT_EQ(name("cgos"), "koPOSITIONALscoreAREAtaxNONEsui0");
  EXPECT_EQ(name("japanese,bonus=n-1"), "koSIMPLEscoreTERRITORYtaxSEKIsui0whbN-1");
}

TEST(RulesNames, AgreementIsWrittenAndReadBack) {
  const auto name = [](const char* text, bool agreement) {
    return RulesName(NamedRules{Rules::Parse(text).value(), agreement});
  };
  EXPECT_EQ(name("chinese", true), "Chinese");
  EXPECT_EQ(name("tromp-taylor", false), "Tromp-Taylor");
  EXPECT_EQ(name("tromp-taylor", true), "koPOSITIONALscoreAREAtaxNONEsui1fpok1");
  EXPECT_EQ(name("chinese,ko=positional", true), "koPOSITIONALscoreAREAtaxNONEsui0whbNfpok1");
  for (const char* text : {"tromp-taylor", "chinese", "japanese", "aga", "new-zealand", "cgos",
                           "chinese,ko=positional", "japanese,tax=all", "tax=all"}) {
    for (const bool agreement : {true, false}) {
      const auto read = ParseRulesName(name(text, agreement));
      ASSERT_TRUE(read.ok()) << text;
      EXPECT_EQ(read->agreement, agreement) << name(text, agreement);
      Rules rules = Rules::Parse(text).value();
      rules.half_komi = read->rules.half_komi;  // names leave it out
      EXPECT_EQ(read->rules, rules) << name(text, agreement);
    }
  }
}

}  // namespace
}  // namespace tengen
