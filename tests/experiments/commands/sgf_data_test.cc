// Game records of real servers and programs. The folder comes from the environment variable
// TENGEN_SGF_DATA: archives go9x9.tar.gz, go19x19_{pro_even,pro_handicap,illegal}.tar.gz, the
// table go19x19_illegal.tsv (file, first problem, its move number), final_positions.jsonl (final
// boards by another rules engine), tricky/*.sgf and tricky/expected.json, which says by hand what
// is in some of them. Without it nothing is checked.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <numeric>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/go/scoring.h"
#include "envs/go/sgf.h"
#include "envs/go/sgf_replay.h"
#include "experiments/files/tar_archive.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

// The one record that ends inside a move.
constexpr std::string_view kCutOff = "9p_1507468590010001941.sgf";

class SgfDataTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("TENGEN_SGF_DATA");
    if (folder == nullptr) GTEST_SKIP() << "NOT RUN: TENGEN_SGF_DATA names no folder of records";
    folder_ = folder;
  }

  // Calls visit(file name, first game) for all records of an archive, all of which must be whole
  // and survive being written.
  template <typename Visit>
  void ForEachGame(const std::string& archive, Visit visit) const {
    const fs::path path = folder_ / archive;
    VisitTar(ReadGzipFile(path, 1U << 30).value(), path,
             [&visit](const std::string& name, std::string_view bytes) {
               if (!name.ends_with(".sgf")) return;
               const auto trees = ParseSgf(bytes);
               if (name.ends_with(kCutOff)) {
                 EXPECT_FALSE(trees.ok()) << name;
                 return;
               }
               ASSERT_TRUE(trees.ok()) << name << ": " << trees.error();
               const auto again = ParseSgf(WriteSgf(*trees));
               ASSERT_TRUE(again.ok()) << name << ": " << again.error();
               EXPECT_EQ(*again, *trees) << name;
               visit(fs::path(name).filename().string(), trees->front());
             });
  }

  fs::path folder_;
};

TEST_F(SgfDataTest, LegalGamesReplayToTheEnd) {
  const std::map<std::string, int> archives = {{"go9x9.tar.gz", 8149},
                                               {"go19x19_pro_even.tar.gz", 3054},
                                               {"go19x19_pro_handicap.tar.gz", 4937}};
  for (const auto& [archive, count] : archives) {
    int games = 0;
    ForEachGame(archive, [&games](const std::string& name, const SgfTree& tree) {
      const auto replay = ReplaySgf(tree, tree.MainLine());
      ASSERT_TRUE(replay.ok()) << name << ": " << replay.error();
      EXPECT_FALSE(replay->problem.has_value()) << name << ": " << replay->problem->message;
      ++games;
    });
    EXPECT_EQ(games, count) << archive;
  }
}

TEST_F(SgfDataTest, IllegalGamesAreReportedAsTheTableSays) {
  std::map<std::string, std::pair<std::string, int>> wanted;
  std::ifstream table(folder_ / "go19x19_illegal.tsv");
  std::string row;
  std::getline(table, row);
  while (std::getline(table, row)) {
    std::istringstream fields(row);
    std::string file;
    std::pair<std::string, int> problem;
    fields >> file >> problem.first >> problem.second;
    wanted[file] = problem;
  }
  ASSERT_FALSE(wanted.empty());
  // White moves twice in a row and connects a ko with the second move, which the table calls ko.
  wanted.erase("4p_1415195305019999897.sgf");
  // The table knows no handicap stones that a record leaves out. That they stood there is seen from
  // the games: with them nothing is forbidden.
  int left_out = 0;
  int allowed = 0;
  ForEachGame("go19x19_illegal.tar.gz", [&](const std::string& name, const SgfTree& tree) {
    if (wanted.find(name) == wanted.end()) return;
    // The table reads all moves of a file as one line, variations included.
    std::vector<int> line(tree.nodes.size());
    std::iota(line.begin(), line.end(), 0);
    const auto replay = ReplaySgf(tree, line);
    ASSERT_TRUE(replay.ok()) << name;
    if (!replay->info.left_out.empty()) {
      ++left_out;
      allowed += replay->notes.empty() && !replay->problem ? 1 : 0;
      wanted.erase(name);
      return;
    }
    ASSERT_TRUE(!replay->notes.empty() || replay->problem.has_value()) << name;
    const SgfProblem& first = replay->notes.empty() ? *replay->problem : replay->notes.front();
    EXPECT_EQ(SgfProblemText(first.kind), wanted[name].first) << name;
    EXPECT_EQ(first.move_number, wanted[name].second) << name;
    wanted.erase(name);
  });
  EXPECT_TRUE(wanted.empty()) << wanted.size() << " files of the table were not seen";
  EXPECT_EQ(left_out, 19);
  EXPECT_EQ(allowed, 19);
}

TEST_F(SgfDataTest, FinalPositionsEqualAnotherEngines) {
  std::map<std::string, nlohmann::json> wanted;
  std::set<std::string> archives;
  std::ifstream lines(folder_ / "final_positions.jsonl");
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    archives.insert(json.at("archive").get<std::string>());
    wanted[json.at("file").get<std::string>()] = json;
  }
  ASSERT_FALSE(wanted.empty());
  int left_out = 0;
  for (const std::string& archive : archives) {
    ForEachGame(
        archive, [&wanted, &archive, &left_out](const std::string& name, const SgfTree& tree) {
          const auto found = wanted.find(name);
          if (found == wanted.end() || found->second.at("archive") != archive) return;
          const nlohmann::json& json = found->second;
          const SgfReplay replay = ReplaySgf(tree, tree.MainLine()).value();
          if (!replay.info.left_out.empty()) {  // stones that the other engine did not know of
            ++left_out;
            wanted.erase(found);
            return;
          }
          std::string board;
          for (const auto& row : json.at("final_rows_top_first")) {
            board += row.get<std::string>() + "\n";
          }
          EXPECT_EQ(replay.position.board.Text(), board) << name;
          EXPECT_EQ(replay.moves, json.at("moves")) << name;
          EXPECT_EQ(replay.position.removed[0], json.at("captured_black")) << name;
          EXPECT_EQ(replay.position.removed[1], json.at("captured_white")) << name;
          EXPECT_EQ(AreaScore(replay.position.board), json.at("area_black_minus_white")) << name;
          wanted.erase(found);
        });
  }
  EXPECT_TRUE(wanted.empty()) << wanted.size() << " games were not seen";
  EXPECT_EQ(left_out, 6);
}

// "B ee", "W pass", ... of a main line, and its comments.
struct MainLine {
  std::vector<std::string> moves;
  std::string root_comment;
  std::string first_comment;  // of the first move

  MainLine(const SgfTree& tree, BoardShape shape) {
    root_comment = SgfText(tree.root().Value("C"));
    for (const int index : tree.MainLine()) {
      const SgfNode& node = tree.nodes[static_cast<std::size_t>(index)];
      for (const char* name : {"B", "W"}) {
        if (node.Find(name) == nullptr) continue;
        const auto action = ParseSgfPoint(node.Value(name), shape);
        EXPECT_TRUE(action.ok()) << action.error();
        if (moves.empty()) first_comment = SgfText(node.Value("C"));
        const bool pass = action.ok() && *action == shape.points();
        moves.push_back(StrCat(name, " ", pass ? "pass" : SgfPointText(*action, shape)));
      }
    }
  }
};

// The points of a setup property of the root, sorted.
std::vector<std::string> SetupPoints(const SgfTree& tree, const char* name, BoardShape shape) {
  std::vector<std::string> points;
  const SgfProperty* property = tree.root().Find(name);
  if (property == nullptr) return points;
  const std::vector<Action> actions = ParseSgfPoints(property->values, shape).value();
  for (const Action action : actions) {
    points.push_back(SgfPointText(action, shape));
  }
  std::sort(points.begin(), points.end());
  return points;
}

std::vector<int> SizeOf(BoardShape shape) { return {shape.columns, shape.rows}; }

// Compares one field of expected.json; false if this test does not know it.
bool CompareField(const std::string& key, nlohmann::json wanted,
                  const std::vector<SgfTree>& trees) {
  const SgfTree& tree = trees.front();
  const SgfGameInfo info = ReadSgfGameInfo(tree).value();
  const MainLine line(tree, info.shape);
  nlohmann::json met;
  if (key == "note") return true;
  if (key == "size") met = SizeOf(info.shape);
  if (key == "mainline") met = line.moves;
  if (key == "root_comment") met = line.root_comment;
  if (key == "comment_move1") met = line.first_comment;
  if (key == "nodes") met = tree.nodes.size();
  if (key == "leaves") met = tree.Leaves();
  if (key == "komi") met = 0.5 * info.half_komi.value();
  if (key == "to_play")
    met = ReplaySgf(tree, tree.MainLine(), 0)->position.to_move == Player::kFirst ? "B" : "W";
  if (key == "captured_white") met = ReplaySgf(tree, tree.MainLine())->position.removed[1];
  if (key == "final_board") met = ReplaySgf(tree, tree.MainLine())->position.board.Rows();
  if (key == "games") met = trees.size();
  if (key == "setup_black" || key == "setup_white") {
    met = SetupPoints(tree, key == "setup_black" ? "AB" : "AW", info.shape);
    std::sort(wanted.begin(), wanted.end());
  }
  if (key == "sizes" || key == "moves") {
    for (const SgfTree& game : trees) {
      const BoardShape shape = ReadSgfGameInfo(game)->shape;
      met.push_back(key == "moves" ? static_cast<int>(MainLine(game, shape).moves.size())
                                   : shape.rows);
    }
  }
  EXPECT_EQ(met, wanted) << key;
  return !met.is_null();
}

TEST_F(SgfDataTest, TrickyFilesHoldWhatIsExpected) {
  std::ifstream file(folder_ / "tricky" / "expected.json");
  const auto expected = nlohmann::json::parse(file).at("cases");
  int fields = 0;
  for (const auto& [name, wanted] : expected.items()) {
    if (wanted.contains("must")) continue;  // the damaged file, below
    SCOPED_TRACE(name);
    const auto trees = ParseSgf(ReadGzipFile(folder_ / "tricky" / name, 1U << 30).value());
    ASSERT_TRUE(trees.ok()) << trees.error();
    for (const auto& [key, value] : wanted.items()) {
      EXPECT_TRUE(CompareField(key, value, *trees)) << "field " << key;
      ++fields;
    }
  }
  EXPECT_GT(fields, 25);
}

TEST_F(SgfDataTest, TrickyFilesLoadAndSurviveBeingWritten) {
  int files = 0;
  for (const auto& entry : fs::directory_iterator(folder_ / "tricky")) {
    if (entry.path().extension() != ".sgf") continue;
    ++files;
    const std::string name = entry.path().filename().string();
    const auto trees = ParseSgf(ReadGzipFile(entry.path(), 1U << 30).value());
    if (name == "hw10-truncated.sgf") {
      ASSERT_FALSE(trees.ok());
      EXPECT_EQ(trees.error(),
                "line 1, column 32: the file ends inside this value of B, wanted ']'");
      continue;
    }
    ASSERT_TRUE(trees.ok()) << name << ": " << trees.error();
    const auto again = ParseSgf(WriteSgf(*trees));
    ASSERT_TRUE(again.ok()) << name << ": " << again.error();
    EXPECT_EQ(*again, *trees) << name;
  }
  EXPECT_GT(files, 30);
}

}  // namespace
}  // namespace tengen
