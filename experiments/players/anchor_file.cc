#include "experiments/players/anchor_file.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <nlohmann/json.hpp>

#include "nets/atomic_file.h"

namespace tengen {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kAbout =
    "Results of fixed opponents against one another; Elo is fitted to them when they are used, "
    "random = 0. Made by: tengen ladder --measure-anchors --game ID --games N [--katago FILE] "
    "--anchors THIS_FILE. Games with nothing but 'elo' were measured before results were kept: "
    "their "
    "errors are unknown.";

AnchorMatch MatchFrom(const nlohmann::json& json) {
  AnchorMatch match;
  match.a = json.at("a").get<std::string>();
  match.b = json.at("b").get<std::string>();
  match.pairs.counts = json.at("pairs").get<std::array<std::int64_t, 5>>();
  return match;
}

// What is wrong with a record; empty if nothing is.
std::string ProblemOf(const AnchorRecord& record) {
  if (record.games < 1) return StrCat("games is ", record.games, ", wanted at least 1");
  for (const AnchorMatch& match : record.matches) {
    if (match.a == match.b) return StrCat("'", match.a, "' meets itself, wanted two anchors");
    for (const std::int64_t count : match.pairs.counts) {
      if (count < 0) return StrCat(count, " pairs, wanted 0 or more");
    }
  }
  return "";
}

std::string RecordText(const AnchorRecord& record) {
  std::string text =
      StrCat("{\"games\": ", record.games, ", \"opening_plies\": ", record.opening_plies,
             ", \"seed\": ", record.seed, ", \"matches\": [");
  const char* before = "\n      ";
  for (const AnchorMatch& match : record.matches) {
    text += before;
    text += Json({{"a", match.a}, {"b", match.b}, {"pairs", match.pairs.counts}}).dump();
    before = ",\n      ";
  }
  return text + "]}";
}

}  // namespace

Result<AnchorFile> AnchorFile::Parse(const std::string& text) {
  AnchorFile file;
  try {
    const auto json = nlohmann::json::parse(text);
    for (const auto& [id, game] : json.at("games").items()) {
      Entry& entry = file.entries_[id];
      if (game.contains("elo")) {
        entry.elo = game.at("elo").get<std::map<std::string, double>>();
        continue;
      }
      game.at("games").get_to(entry.record.games);
      game.at("opening_plies").get_to(entry.record.opening_plies);
      game.at("seed").get_to(entry.record.seed);
      for (const auto& match : game.at("matches")) entry.record.matches.push_back(MatchFrom(match));
      if (const std::string problem = ProblemOf(entry.record); !problem.empty()) {
        return Error{StrCat("anchors of ", id, ": ", problem)};
      }
    }
  } catch (const nlohmann::json::exception& error) {
    return Error{StrCat("not a file of anchors: ", error.what())};
  }
  return file;
}

Result<AnchorFile> AnchorFile::Read(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return AnchorFile();
  const auto text = ReadWholeFile(path);
  if (!text) return Error{text.error()};
  auto file = Parse(*text);
  if (!file) return Error{StrCat(path.string(), ": ", file.error())};
  return file;
}

const AnchorRecord* AnchorFile::record(const std::string& game_id) const {
  const auto entry = entries_.find(game_id);
  return entry == entries_.end() || !entry->second.elo.empty() ? nullptr : &entry->second.record;
}

void AnchorFile::Set(const std::string& game_id, AnchorRecord record) {
  entries_[game_id] = {{}, std::move(record)};
}

std::map<std::string, double> AnchorFile::elo(const std::string& game_id) const {
  const auto entry = entries_.find(game_id);
  return entry == entries_.end() ? std::map<std::string, double>() : entry->second.elo;
}

std::vector<std::string> AnchorFile::games() const {
  std::vector<std::string> ids;
  for (const auto& [id, entry] : entries_) ids.push_back(id);
  return ids;
}

// One line for each match: the file is kept under version control.
std::string AnchorFile::Text() const {
  std::string text = "{\n  \"about\": " + Json(kAbout).dump() + ",\n  \"games\": {";
  const char* before = "\n    ";
  for (const auto& [id, entry] : entries_) {
    text += before + Json(id).dump() + ": ";
    text += entry.elo.empty() ? RecordText(entry.record) : Json({{"elo", entry.elo}}).dump();
    before = ",\n    ";
  }
  return text + "\n  }\n}\n";
}

namespace {

AnchorList ListOfElo(const std::map<std::string, double>& elo, const Game& game,
                     const OutsidePrograms& programs, std::vector<std::string>* missing) {
  AnchorList list;
  for (const std::string& name : AnchorNames(game)) {
    const auto measured = elo.find(name);
    if (measured == elo.end()) continue;
    const auto agent = AnchorAgent(name, game, programs);
    if (!agent && missing != nullptr) missing->push_back(agent.error());
    list.anchors.push_back({name, agent ? *agent : "", measured->second});
  }
  std::stable_sort(list.anchors.begin(), list.anchors.end(),
                   [](const Anchor& x, const Anchor& y) { return x.elo < y.elo; });
  return list;
}

}  // namespace

AnchorList ListOf(const AnchorFile& file, const Game& game, const OutsidePrograms& programs,
                  std::vector<std::string>* missing) {
  const AnchorRecord* record = file.record(game.spec().id);
  return record == nullptr ? ListOfElo(file.elo(game.spec().id), game, programs, missing)
                           : ListOf(*record, game, programs, missing);
}

AnchorList ListOf(const AnchorRecord& record, const Game& game, const OutsidePrograms& programs,
                  std::vector<std::string>* missing) {
  const std::vector<std::string> names = AnchorNames(game);
  const auto index_of = [&names](const std::string& name) {
    return static_cast<int>(std::find(names.begin(), names.end(), name) - names.begin());
  };
  const int count = static_cast<int>(names.size());
  std::vector<PairScore> scores;
  for (const AnchorMatch& match : record.matches) {
    const PairScore score{index_of(match.a), index_of(match.b), match.pairs};
    if (score.a < count && score.b < count) scores.push_back(score);
  }
  std::vector<std::optional<double>> fixed(names.size());
  fixed[static_cast<std::size_t>(index_of("random"))] = 0.0;
  const RatingFit fit = FitRatings(fixed, scores);

  std::vector<int> order(names.size());
  std::iota(order.begin(), order.end(), 0);
  std::erase_if(order, [&fit](int i) { return !fit.ratings()[static_cast<std::size_t>(i)]; });
  std::stable_sort(order.begin(), order.end(), [&fit](int i, int j) {
    return fit.ratings()[static_cast<std::size_t>(i)]->elo <
           fit.ratings()[static_cast<std::size_t>(j)]->elo;
  });
  AnchorList list;
  std::vector<int> place(names.size(), -1);
  for (const int i : order) {
    const std::string& name = names[static_cast<std::size_t>(i)];
    place[static_cast<std::size_t>(i)] = static_cast<int>(list.anchors.size());
    const auto agent = AnchorAgent(name, game, programs);
    if (!agent && missing != nullptr) missing->push_back(agent.error());
    list.anchors.push_back(
        {name, agent ? *agent : "", fit.ratings()[static_cast<std::size_t>(i)]->elo});
  }
  for (PairScore score : scores) {
    score.a = place[static_cast<std::size_t>(score.a)];
    score.b = place[static_cast<std::size_t>(score.b)];
    if (std::min(score.a, score.b) >= 0 && score.pairs.pairs() > 0) list.matches.push_back(score);
  }
  return list.errors_known() ? list : AnchorList();
}

}  // namespace tengen
