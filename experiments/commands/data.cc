#include <algorithm>
#include <cstdio>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/datasets/catalogue.h"
#include "experiments/datasets/download.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

struct DataCommandOptions {
  std::string name;
  bool json = false;
};

nlohmann::ordered_json ToJson(const KnownData& data) {
  nlohmann::ordered_json json = {{"name", data.name},       {"kind", DataKindText(data.kind)},
                                 {"summary", data.summary}, {"licence", data.licence},
                                 {"source", data.source},   {"generated", data.generated()}};
  if (data.generated()) return json;
  const auto folder = LocateData(data);
  json["folder"] = folder ? nlohmann::ordered_json(folder->string()) : nlohmann::ordered_json();
  json["own_folder"] = (DataHome() / data.name).string();
  json["package"] = data.package;
  json["files"] = nlohmann::ordered_json::array();
  for (const DataFile& file : data.files) {
    json["files"].push_back({{"name", file.name}, {"url", file.url}, {"sha256", file.sha256}});
    if (file.members.empty()) continue;
    json["files"].back()["members"] = file.members;
    json["files"].back()["members_sha256"] = file.members_sha256;
  }
  return json;
}

std::string MadeText(const KnownData& data) {
  std::string text = "made when it is used";
  if (!data.program.empty()) {
    text += StrCat(", by ", data.program, " (./tengen packages ", data.program, ")");
  }
  return text;
}

std::string WhereText(const KnownData& data) {
  if (data.generated()) return MadeText(data);
  const auto folder = LocateData(data);
  if (folder) return "in " + folder->string();
  return data.package.empty() ? "tengen data get " + data.name
                              : "./tengen packages " + data.package;
}

void RunList(const DataCommandOptions& options) {
  std::FILE* out = AnswerStream(options.json);
  nlohmann::ordered_json sets = nlohmann::ordered_json::array();
  for (const KnownData& data : KnownDataSets()) {
    std::fprintf(out, "%-17s %-9s %s\n%-27s %s\n", data.name.c_str(),
                 DataKindText(data.kind).c_str(), data.summary.c_str(), "",
                 WhereText(data).c_str());
    sets.push_back(ToJson(data));
  }
  if (options.json) PrintJsonLine({{"sets", std::move(sets)}});
}

void PrintFiles(std::FILE* out, const KnownData& data) {
  for (const DataFile& file : data.files) {
    std::fprintf(out, "  %s\n    from     %s\n", file.name.c_str(), file.url.c_str());
    if (!file.sha256.empty()) {
      std::fprintf(out, "    SHA-256  %s\n", file.sha256.c_str());
    } else {
      std::fprintf(out, "    digest   %s of its files in %s\n", file.members_sha256.c_str(),
                   file.members.c_str());
    }
  }
}

void RunShow(const DataCommandOptions& options) {
  const KnownData& data = *OrUsageError(FindKnownData(options.name));
  std::FILE* out = AnswerStream(options.json);
  std::fprintf(out, "%s: %s\nkind     %s\nsource   %s\nlicence  %s\n", data.name.c_str(),
               data.summary.c_str(), DataKindText(data.kind).c_str(), data.source.c_str(),
               data.licence.c_str());
  if (data.generated()) {
    std::fprintf(out, "where    %s\n", MadeText(data).c_str());
  } else {
    const auto folder = LocateData(data);
    std::fprintf(out, "where    %s\n", folder ? folder->c_str() : folder.error().c_str());
    if (!data.package.empty()) {
      std::fprintf(out, "package  %s, which puts it into %s\n", data.package.c_str(),
                   data.installed.c_str());
    }
    std::fprintf(out, "off line put these into %s\n", (DataHome() / data.name).c_str());
    PrintFiles(out, data);
  }
  if (options.json) PrintJsonLine(ToJson(data));
}

void RunGet(const DataCommandOptions& options) {
  const KnownData& data = *OrUsageError(FindKnownData(options.name));
  std::FILE* out = AnswerStream(options.json);
  if (data.generated()) {
    std::fprintf(out, "%s is made when it is used; there is nothing to get\n", data.name.c_str());
  } else if (const auto folder = LocateData(data)) {
    std::fprintf(out, "%s is there, in %s\n", data.name.c_str(), folder->c_str());
  } else {
    const fs::path own = DataHome() / data.name;
    std::fprintf(stderr, "%s, licence: %s\n", data.name.c_str(), data.licence.c_str());
    for (const DataFile& file : data.files) {
      std::error_code ignored;
      if (!fs::is_regular_file(own / file.name, ignored)) {
        OrWorldError(DownloadDataFile(file, own));
      }
    }
    std::fprintf(out, "%s is now in %s\n", data.name.c_str(), own.c_str());
  }
  if (options.json) PrintJsonLine(ToJson(data));
}

void Add(CLI::App& data, const char* name, const char* summary, bool named,
         void (*run)(const DataCommandOptions&)) {
  auto options = std::make_shared<DataCommandOptions>();
  CLI::App* command = data.add_subcommand(name, summary);
  if (named) command->add_option("name", options->name, "Name of a data set")->required();
  command->add_flag("--json", options->json, "Last line on stdout: the answer as JSON");
  command->callback([options, run] { run(*options); });
}

}  // namespace

void AddDataCommand(CLI::App& app) {
  CLI::App* data = app.add_subcommand(
      "data",
      "Data sets that learn knows by name: which there are, where they stand, how to get "
      "them");
  data->require_subcommand(1);
  Add(*data, "list", "All of them, and where each stands", false, RunList);
  Add(*data, "show", "One of them: source, licence, files with checksums, where to put them", true,
      RunShow);
  Add(*data, "get", "Download one with curl and check it", true, RunGet);
}

}  // namespace tengen
