// libFuzzer target: whatever lines come, the analysis service answers each with lines of JSON that
// tell what they answer, and is well afterwards.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "experiments/analysis/analysis_service.h"
#include "tests/experiments/analysis/analysis_support.h"

namespace {

using namespace tengen;  // NOLINT: a program of one file
using Json = nlohmann::json;

void Require(bool condition) {
  if (!condition) std::abort();
}

// Small numbers, so that an input is done soon however many visits it asks for: all searches are
// told to stop when the last line has been read.
AnalysisServiceOptions SmallService() {
  AnalysisServiceOptions options;
  options.defaults.visits = 4;
  options.threads = 1;
  options.max_batch = 4;
  options.cache_bytes = 1 << 16;
  options.version = "fuzz";
  return options;
}

AnalysisNetwork SmallNetwork() {
  return FakeNetwork([](const GoState& state) {
    const auto stones = static_cast<float>(state.Ply() % 5);
    return FakeGoEvaluator::BlackView{0.1F * stones, 2.0F * stones, SelfplayScore{stones, 3.0}};
  });
}

// Whether a query asks for so many visits that the memory of its tree would be what is tested.
bool AsksForLargeTree(const Json& json) {
  const auto large = [](const Json& from) {
    const auto visits = from.find("maxVisits");
    return visits != from.end() && visits->is_number() && visits->get<double>() > 1000.0;
  };
  if (!json.is_object()) return false;
  const auto settings = json.find("overrideSettings");
  return large(json) || (settings != json.end() && settings->is_object() && large(*settings));
}

// A query for no turn at all has no answer.
bool AsksForNothing(const Json& json) {
  const auto turns = json.is_object() ? json.find("analyzeTurns") : json.end();
  return turns != json.end() && turns->is_array() && turns->empty();
}

// What every line of an answer has.
void RequireAnswer(const std::string& line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  Require(json.is_object());
  if (json.contains("error")) return Require(!json["error"].get<std::string>().empty());
  Require(json.contains("id") && json["id"].is_string());
  if (json.contains("warning") || json.contains("action")) return;
  Require(json["turnNumber"].is_number_integer() && json["isDuringSearch"].is_boolean());
  if (json.value("noResults", false)) return;
  Require(json["rootInfo"]["visits"].get<int>() >= 1 && json["moveInfos"].is_array());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const AnalysisNetwork network = SmallNetwork();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  int lines = 0;
  int answers = 0;
  AnalysisService service(network, SmallService(), [&](const std::string& line) {
    RequireAnswer(line);
    ++answers;
  });
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (AsksForLargeTree(json)) continue;
    Require(service.HandleLine(line));
    const bool blank = line.find_first_not_of(" \t\r") == std::string_view::npos;
    if (!blank && !AsksForNothing(json)) ++lines;
  }
  Require(service.HandleLine(R"({"id": "end", "action": "terminate_all"})"));
  service.Finish();
  Require(answers > lines);
  return 0;
}
