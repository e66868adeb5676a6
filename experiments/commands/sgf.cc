#include "envs/go/sgf.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "envs/go/scoring.h"
#include "envs/go/sgf_replay.h"
#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/files/sgf_files.h"
#include "experiments/files/tar_archive.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

// The value, or the error as a WorldError that names the file.
template <typename T>
T OrFileError(const std::string& file, Result<T> result) {
  if (!result) throw WorldError(StrCat(file, ": ", result.error()));
  return std::move(result).value();
}

// ---- show ----

struct ShowOptions {
  std::string file;
  int move = kAllSgfMoves;
  int game = 1;
  bool json = false;
};

nlohmann::ordered_json ShowJson(const SgfGameInfo& info, const SgfReplay& replay,
                                const std::vector<std::string>& notes) {
  const SgfPosition& position = replay.position;
  nlohmann::ordered_json json;
  if (info.shape.rows == info.shape.columns) {
    json["size"] = info.shape.rows;
  } else {
    json["size"] = {info.shape.columns, info.shape.rows};
  }
  json["rows"] = info.shape.rows;
  json["columns"] = info.shape.columns;
  json["moves"] = replay.moves;
  json["board"] = position.board.Rows();
  json["to_move"] = position.to_move == Player::kFirst ? "B" : "W";
  json["captured_black"] = position.removed[0];
  json["captured_white"] = position.removed[1];
  json["area_black_minus_white"] = AreaScore(position.board);
  if (info.half_komi) json["komi"] = 0.5 * *info.half_komi;
  json["black"] = info.black;
  json["white"] = info.white;
  json["rules"] = info.rules;
  json["result"] = info.result;
  json["notes"] = notes;
  return json;
}

// What was taken otherwise than the record has it, or is against its rules.
std::vector<std::string> NotesOf(const SgfTree& tree, const SgfGameInfo& info,
                                 const SgfReplay& replay) {
  std::vector<std::string> notes = tree.notes;
  for (const std::string& note : ReadSgfRules(info, UsualSgfRules()).notes) notes.push_back(note);
  for (const SgfProblem& note : replay.notes) notes.push_back(note.message);
  return notes;
}

void RunShow(const ShowOptions& options) {
  const std::string bytes = OrWorldError(ReadGzipFile(options.file, kMaxBytes));
  const auto trees = OrFileError(options.file, ParseSgf(bytes));
  if (static_cast<std::size_t>(options.game) > trees.size()) {
    throw UsageError(StrCat("game ", options.game, ", wanted 1 to ", trees.size()));
  }
  const SgfTree& tree = trees[static_cast<std::size_t>(options.game - 1)];
  const auto info = OrFileError(options.file, ReadSgfGameInfo(tree));
  const auto replay = OrFileError(options.file, ReplaySgf(tree, tree.MainLine(), options.move));
  if (replay.problem) throw WorldError(StrCat(options.file, ": ", replay.problem->message));
  std::FILE* out = AnswerStream(options.json);
  for (const std::string& row : replay.position.board.Rows()) {
    std::fprintf(out, "%s\n", row.c_str());
  }
  std::fprintf(out, "%d moves, %s to play, captured %d black and %d white, area %+d\n",
               replay.moves, replay.position.to_move == Player::kFirst ? "Black" : "White",
               replay.position.removed[0], replay.position.removed[1],
               AreaScore(replay.position.board));
  const std::vector<std::string> notes = NotesOf(tree, info, replay);
  for (const std::string& note : notes) std::fprintf(out, "note: %s\n", note.c_str());
  if (options.json) PrintJsonLine(ShowJson(info, replay, notes));
}

// ---- check ----

struct CheckOptions {
  std::string path;
  bool json = false;
};

// What a check found so far; failures are printed as they are found.
struct CheckReport {
  std::FILE* out = stdout;
  int files = 0;
  int games = 0;
  long long moves = 0;
  nlohmann::ordered_json failures = nlohmann::ordered_json::array();
  nlohmann::ordered_json notes = nlohmann::ordered_json::array();

  // What a record holds that is against its rules or the format, and how it was taken.
  void Note(const std::string& file, int game, std::string_view kind, int move,
            const std::string& message) {
    std::fprintf(out, "%s: note: %s\n", file.c_str(), message.c_str());
    notes.push_back(
        {{"file", file}, {"game", game}, {"kind", kind}, {"move", move}, {"message", message}});
  }
  void Fail(const std::string& file, int game, std::string_view kind, int move,
            const std::string& message) {
    std::fprintf(out, "%s: %s\n", file.c_str(), message.c_str());
    Count(file, game, kind, move, message);
  }
  void Count(const std::string& file, int game, std::string_view kind, int move,
             const std::string& message) {
    failures.push_back(
        {{"file", file}, {"game", game}, {"problem", kind}, {"move", move}, {"message", message}});
  }
};

void CheckFile(const std::string& name, std::string_view bytes, CheckReport& report) {
  ++report.files;
  const auto trees = ParseSgf(bytes);
  if (!trees) {
    report.Fail(name, 0, "syntax", 0, trees.error());
    return;
  }
  for (std::size_t i = 0; i < trees->size(); ++i) {
    ++report.games;
    const int game = static_cast<int>(i) + 1;
    const auto replay = ReplaySgf((*trees)[i], (*trees)[i].MainLine());
    if (!replay) {
      report.Fail(name, game, "size", 0, replay.error());
      continue;
    }
    report.moves += replay->moves;
    for (const std::string& note : (*trees)[i].notes) report.Note(name, game, "file", 0, note);
    for (const std::string& note : ReadSgfRules(replay->info, UsualSgfRules()).notes) {
      report.Note(name, game, "rules", 0, note);
    }
    for (const SgfProblem& note : replay->notes) {
      report.Note(name, game, SgfProblemText(note.kind), note.move_number, note.message);
    }
    if (const auto& problem = replay->problem) {
      report.Fail(name, game, SgfProblemText(problem->kind), problem->move_number,
                  problem->message);
    } else if (!replay->notes.empty()) {
      // Such a record has problems, though it was followed.
      const SgfProblem& first = replay->notes.front();
      report.Count(name, game, SgfProblemText(first.kind), first.move_number, first.message);
    }
  }
}

void CheckFolder(const fs::path& folder, CheckReport& report) {
  for (const fs::path& file : OrWorldError(SgfFilesIn(folder))) {
    const std::string name = file.lexically_relative(folder).string();
    const auto bytes = ReadGzipFile(file, kMaxBytes);
    if (bytes) {
      CheckFile(name, *bytes, report);
    } else {
      ++report.files;
      report.Fail(name, 0, "unreadable", 0, bytes.error());
    }
  }
}

void CheckFileOrArchive(const fs::path& path, CheckReport& report) {
  const std::string bytes = OrWorldError(ReadGzipFile(path, kMaxBytes));
  if (bytes.size() <= 262 || bytes.substr(257, 5) != "ustar") {
    return CheckFile(path.filename().string(), bytes, report);
  }
  VisitTar(bytes, path, [&report](const std::string& name, std::string_view content) {
    if (HasSgfName(name)) CheckFile(name, content, report);
  });
}

void RunCheck(const CheckOptions& options) {
  CheckReport report;
  report.out = AnswerStream(options.json);
  std::error_code ignored;
  if (fs::is_directory(options.path, ignored)) {
    CheckFolder(options.path, report);
  } else {
    CheckFileOrArchive(options.path, report);
  }
  if (report.files == 0) throw WorldError("no .sgf file in " + options.path);
  std::fprintf(report.out, "%d files, %d games, %lld moves, %zu with problems\n", report.files,
               report.games, report.moves, report.failures.size());
  if (options.json) {
    PrintJsonLine({{"files", report.files},
                   {"games", report.games},
                   {"moves", report.moves},
                   {"failures", report.failures},
                   {"notes", report.notes}});
  }
  if (!report.failures.empty()) {
    throw WorldError(StrCat(options.path, " holds records with problems, wanted none"));
  }
}

void AddShow(CLI::App& sgf) {
  auto options = std::make_shared<ShowOptions>();
  CLI::App* command = sgf.add_subcommand("show", "Print a position of a game record's main line");
  command->add_option("file", options->file, "An SGF file")->required();
  command->add_option("--move", options->move, "Position after this many moves (default: the end)")
      ->check(NumberAbove(-1.0));
  command->add_option("--game", options->game, "Which game of the file")
      ->capture_default_str()
      ->check(NumberAbove(0.0));
  command->add_flag("--json", options->json, "Last line on stdout: the position as JSON");
  command->callback([options] { RunShow(*options); });
}

void AddCheck(CLI::App& sgf) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = sgf.add_subcommand(
      "check", "Replay the main lines of all games and list those that fail, where and why");
  command->add_option("path", options->path, "A folder, an SGF file, or a .tar or .tar.gz archive")
      ->required();
  command->add_flag("--json", options->json, "Last line on stdout: counts and failures as JSON");
  command->callback([options] { RunCheck(*options); });
}

}  // namespace

void AddSgfCommand(CLI::App& app) {
  CLI::App* sgf = app.add_subcommand("sgf", "Look into game records of Go (SGF)");
  sgf->require_subcommand(1);
  AddShow(*sgf);
  AddCheck(*sgf);
}

}  // namespace tengen
