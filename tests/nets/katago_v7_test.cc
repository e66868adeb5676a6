// Input planes and globals as KataGo prints them: the "VERSION 7" parts of
// cpp/tests/results/runOutputTests.txt of github.com/lightvector/KataGo, cut into files v7/*.txt;
// v7/positions.json describes the positions.

#include <array>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nets/katago_features.h"
#include "tests/nets/katago_support.h"

namespace tengen {
namespace {

// What one dump holds of planes (row-major) and globals.
struct Dump {
  std::map<int, std::vector<float>> planes;
  std::map<int, float> globals;
};

// "Channel: c" with `shape.rows` lines behind it, "Channel: c: value"; other lines are skipped. A
// channel that came already starts the next dump.
std::vector<Dump> ReadDumps(const std::string& text, BoardShape shape) {
  std::vector<Dump> dumps(1);
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    int channel = 0;
    float value = 0.0F;
    const int fields = std::sscanf(line.c_str(), "Channel: %d: %f", &channel, &value);
    if (fields < 1) continue;
    if (fields == 2) {
      if (dumps.back().globals.contains(channel)) dumps.emplace_back();
      dumps.back().globals[channel] = value;
      continue;
    }
    if (dumps.back().planes.contains(channel)) dumps.emplace_back();
    std::vector<float>& plane = dumps.back().planes[channel];
    for (int row = 0; row < shape.rows; ++row) {
      do {
        if (!std::getline(in, line)) return dumps;
      } while (line.empty());
      std::istringstream numbers(line);
      for (int column = 0; column < shape.columns; ++column) {
        numbers >> value;
        plane.push_back(value);
      }
    }
  }
  return dumps;
}

void ExpectDump(const Dump& dump, const GoState& state, double draw_wins) {
  const BoardShape shape = state.board().shape();
  std::vector<float> planes(static_cast<std::size_t>(shape.points() * 22));
  std::vector<float> globals(19);
  KataGoEncoder(draw_wins).Encode(state, Symmetry(), planes, globals);
  for (const auto& [channel, plane] : dump.planes) {
    for (std::size_t p = 0; p < plane.size(); ++p) {
      EXPECT_EQ(planes[22 * p + static_cast<std::size_t>(channel)], plane[p])
          << "plane " << channel << ", row " << p / static_cast<std::size_t>(shape.columns)
          << ", column " << p % static_cast<std::size_t>(shape.columns);
    }
  }
  for (const auto& [channel, value] : dump.globals) {
    EXPECT_NEAR(globals[static_cast<std::size_t>(channel)], value, 1e-4) << "global " << channel;
  }
}

// The moves of a file without variations.
std::vector<std::string> SgfMoves(const std::string& sgf) {
  std::vector<std::string> moves;
  const std::regex move(";[BW]\\[([a-s])([a-s])\\]");
  for (std::sregex_iterator it(sgf.begin(), sgf.end(), move), end; it != end; ++it) {
    const int column = (*it)[1].str()[0] - 'a';
    const int row = (*it)[2].str()[0] - 'a';
    std::string name(1, "ABCDEFGHJKLMNOPQRST"[column]);
    name += std::to_string(19 - row);
    moves.push_back(name);
  }
  return moves;
}

class KataGoV7Test : public KataGoDataTest {
 protected:
  nlohmann::json Description(const std::string& file) const {
    const nlohmann::json file_of_all = ReadJson("v7/positions.json");
    for (const auto& position : file_of_all["positions"]) {
      if (position["file"] == file) return position;
    }
    ADD_FAILURE() << file << " is not described";
    return {};
  }

  std::vector<Dump> Dumps(const std::string& file, BoardShape shape) const {
    return ReadDumps(Text("v7/" + file), shape);
  }

  GoSetup Drawn(const std::string& file, const std::string& rules) const {
    GoSetup setup;
    const nlohmann::json description = Description(file);
    for (const auto& row : description["board"]) {
      setup.diagram.push_back(row.get<std::string>());
      for (char& c : setup.diagram.back()) c = static_cast<char>(std::toupper(c));
    }
    setup.shape = {static_cast<int>(setup.diagram.size()),
                   static_cast<int>(setup.diagram[0].size())};
    setup.rules = Rules::Parse(rules).value();
    return setup;
  }

  void ExpectSgf(const std::string& file, const std::string& rules, std::size_t planes) {
    const nlohmann::json description = Description(file);
    GoSetup setup;
    setup.shape = {19, 19};
    setup.rules = Rules::Parse(rules).value();
    KataGoPosition position(setup);
    position.Play(SgfMoves(description["sgf"].get<std::string>()));
    const std::vector<Dump> dumps = Dumps(file, setup.shape);
    ASSERT_EQ(dumps.size(), 1U);
    ASSERT_EQ(dumps[0].planes.size(), planes);
    ASSERT_EQ(dumps[0].globals.size(), 19U);
    ExpectDump(dumps[0], position.state(), description["draw"].get<double>());
  }
};

TEST_F(KataGoV7Test, AWholeGame) {
  ExpectSgf("basic19.txt", "ko=positional,suicide=multi,komi=7.5", 22);
}

TEST_F(KataGoV7Test, KoAndSuperko) {
  ExpectSgf("ko19.txt", "ko=positional,suicide=multi,komi=0.5", 1);
}

TEST_F(KataGoV7Test, AreaAndWholeKomi) {
  const std::vector<Dump> dumps = Dumps("area_komi7.txt", {7, 7});
  ASSERT_EQ(dumps.size(), 3U);
  GoSetup setup = Drawn("area_komi7.txt", "ko=positional,suicide=multi,komi=2");
  ExpectDump(dumps[0], KataGoPosition(setup).state(), 0.3);
  setup.to_move = Player::kSecond;
  ExpectDump(dumps[1], KataGoPosition(setup).state(), 0.3);
  setup.to_move = Player::kFirst;
  setup.rules.half_komi = 2;
  ExpectDump(dumps[2], KataGoPosition(setup).state(), 0.3);
}

// 3 tables of 19 globals by 24 rule sets. Every other pair of rule sets has a button, which this
// project's rules do not know.
TEST_F(KataGoV7Test, RuleSets) {
  std::istringstream in(Text("v7/rules7.txt"));
  const std::array<std::pair<ScoringRule, TaxRule>, 6> scorings = {{
      {ScoringRule::kArea, TaxRule::kNone},
      {ScoringRule::kArea, TaxRule::kSeki},
      {ScoringRule::kTerritory, TaxRule::kNone},
      {ScoringRule::kTerritory, TaxRule::kSeki},
      {ScoringRule::kArea, TaxRule::kAll},
      {ScoringRule::kTerritory, TaxRule::kAll},
  }};
  for (std::size_t table = 0; table < 3; ++table) {
    std::array<std::array<float, 24>, 19> values;
    for (auto& row : values) {
      for (float& value : row) ASSERT_TRUE(in >> value);
    }
    for (std::size_t column = 0; column < 24; ++column) {
      if (column % 4 >= 2) continue;
      SCOPED_TRACE(::testing::Message() << "table " << table << ", column " << column);
      GoSetup setup;
      setup.shape = {7, 7};
      setup.rules.ko = static_cast<KoRule>(column % 12 / 4);
      setup.rules.suicide = column % 2 == 0 ? SuicideRule::kNone : SuicideRule::kMulti;
      std::tie(setup.rules.scoring, setup.rules.tax) = scorings[2 * table + column / 12];
      setup.rules.half_komi = 2 + static_cast<int>(column % 12);
      Dump dump;
      for (int g = 0; g < 19; ++g) dump.globals[g] = values[static_cast<std::size_t>(g)][column];
      ExpectDump(dump, KataGoPosition(setup).state(), 0.47);
    }
  }
}

TEST_F(KataGoV7Test, HistoryWithPasses) {
  GoSetup setup;
  setup.shape = {1, 9};
  setup.rules = Rules::Parse("ko=simple,suicide=none,score=territory,tax=seki,komi=7.5").value();
  const std::string text = Text("v7/pass_history9x1.txt");
  int compared = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find("-----", begin), text.size());
    const std::string record = text.substr(begin, end - begin);
    begin = end + 6;
    const std::size_t first = record.find("Channel");
    if (first == std::string::npos) continue;
    // Behind two passes KataGo goes on to clean-up phases.
    if (record.substr(0, first).find("pass pass") != std::string::npos) break;
    std::istringstream moves(record.substr(0, first));
    KataGoPosition position(setup);
    for (std::string move; moves >> move;) position.Play({move});
    SCOPED_TRACE(record.substr(0, first));
    const std::vector<Dump> dumps = ReadDumps(record, setup.shape);
    ASSERT_EQ(dumps.size(), 1U);
    ExpectDump(dumps[0], position.state(), 0.5);
    ++compared;
  }
  EXPECT_GT(compared, 5);
}

// The blocks before the clean-up phases (goToEncore2 = 0), under area and territory scoring.
TEST_F(KataGoV7Test, AreaAfterEachMove) {
  const std::string text = Text("v7/area_feature7.txt");
  for (const std::string scoring : {"area", "territory"}) {
    SCOPED_TRACE(scoring);
    std::string name = scoring;
    for (char& c : name) c = static_cast<char>(std::toupper(c));
    const std::size_t begin = text.find("goToEncore2 = 0\nRules: koPOSITIONALscore" + name);
    ASSERT_NE(begin, std::string::npos);
    const std::vector<Dump> dumps =
        ReadDumps(text.substr(begin, text.find("=====", begin) - begin), {7, 7});
    ASSERT_EQ(dumps.size(), 8U);
    GoSetup setup =
        Drawn("area_feature7.txt", "ko=positional,suicide=none,komi=6.5,score=" + scoring);
    setup.to_move = Player::kSecond;
    KataGoPosition position(setup);
    ExpectDump(dumps[0], position.state(), 0.5);
    const char* const moves[] = {"G2", "F1", "A3", "G7", "B7", "E2", "F3"};
    for (std::size_t i = 0; i < std::size(moves); ++i) {
      SCOPED_TRACE(moves[i]);
      position.Play({moves[i]});
      ExpectDump(dumps[i + 1], position.state(), 0.5);
    }
  }
}

}  // namespace
}  // namespace tengen
