#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/records/cbor.h"
#include "agents/records/game_record.h"

// The stored form of a GameRecord: one JSON object, the plies as columns (one array per field), the
// policies of all samples one behind the other. Columns compress well and are quick to read.

namespace tengen {
namespace {

using Json = nlohmann::json;

constexpr int kFormat = 1;
constexpr int kFullFlag = 1;
constexpr int kSampleFlag = 2;
constexpr std::array<const char*, 4> kEndNames = {"rules", "resign", "truncated",
                                                  "adjudicated"};  // by GameEnd
constexpr std::int64_t kMaxInt = std::numeric_limits<int>::max();
constexpr std::int64_t kMaxInt64 = std::numeric_limits<std::int64_t>::max();

template <typename Items, typename Field>
Json Column(const Items& items, Field field) {
  Json::array_t column;
  column.reserve(items.size());
  for (const auto& item : items) column.emplace_back(field(item));
  return column;
}

void AddPlies(const std::vector<RecordedPly>& plies, Json& json) {
  json["actions"] = Column(plies, [](const RecordedPly& p) { return p.action; });
  json["visits"] = Column(plies, [](const RecordedPly& p) { return p.visits; });
  json["flags"] = Column(plies, [](const RecordedPly& p) {
    return (p.full ? kFullFlag : 0) | (p.sample ? kSampleFlag : 0);
  });
  json["root_values"] = Column(plies, [](const RecordedPly& p) { return p.root_value; });
  json["raw_values"] = Column(plies, [](const RecordedPly& p) { return p.raw_value; });
  json["raw_scores"] = Column(plies, [](const RecordedPly& p) { return p.raw_score; });
  if (std::any_of(plies.begin(), plies.end(),
                  [](const RecordedPly& p) { return p.surprise != 0.0F; })) {
    json["surprises"] = Column(plies, [](const RecordedPly& p) { return p.surprise; });
  }
  json["policy_sizes"] = Column(plies, [](const RecordedPly& p) { return p.policy.size(); });
  Json::array_t actions;
  Json::array_t probabilities;
  for (const RecordedPly& ply : plies) {
    for (const PolicyEntry& entry : ply.policy) {
      actions.emplace_back(entry.action);
      probabilities.emplace_back(entry.probability);
    }
  }
  json["policy_actions"] = std::move(actions);
  json["policy_probabilities"] = std::move(probabilities);
}

Json ToJson(const GameRecord& record) {
  Json json;
  json["format"] = kFormat;
  json["game"] = record.game_id;
  json["seed"] = record.seed;
  json["role"] = static_cast<std::uint32_t>(record.role);
  json["stream"] = record.stream;
  json["net_plies"] = Column(record.nets, [](const NetUse& n) { return n.first_ply; });
  json["net_batches"] = Column(record.nets, [](const NetUse& n) { return n.first_batch; });
  json["net_steps"] = Column(record.nets, [](const NetUse& n) { return n.step; });
  json["net_hashes"] = Column(record.nets, [](const NetUse& n) { return n.hash; });
  AddPlies(record.plies, json);
  json["end"] = kEndNames[static_cast<std::size_t>(record.end)];
  json["return_first"] = record.return_first;
  std::string owner;
  for (const Cell cell : record.owner) owner += static_cast<char>('0' + static_cast<int>(cell));
  json["owner"] = std::move(owner);
  json["score_first"] = record.score_first;
  json["plays_on"] = record.plays_on;
  json["resign_ply"] = record.resign_ply;
  return json;
}

// Takes typed fields out of an object and remembers the first thing that was wrong.
class FieldReader {
 public:
  explicit FieldReader(const Json& json) : json_(json) {
    if (!json.is_object()) Fail(StrCat("a ", json.type_name(), ", wanted an object"));
  }

  const std::string& error() const { return error_; }
  bool ok() const { return error_.empty(); }

  void Fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
  }

  std::string Text(const char* key) { return CheckedText(key, Field(key)); }

  bool Bool(const char* key) {
    const Json& value = Field(key);
    if (value.is_boolean()) return value.get<bool>();
    FailType(key, value, "true or false");
    return false;
  }

  std::uint64_t Unsigned(const char* key) {
    const Json& value = Field(key);
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    FailType(key, value, "a whole number from 0");
    return 0;
  }

  std::int64_t Int(const char* key, std::int64_t low, std::int64_t high) {
    return CheckedInt(key, Field(key), low, high);
  }

  float Float(const char* key) { return CheckedFloat(key, Field(key)); }

  // A column; `size` -1 takes any length.
  std::vector<std::int64_t> Ints(const char* key, std::int64_t size, std::int64_t low,
                                 std::int64_t high) {
    std::vector<std::int64_t> out;
    for (const Json& value : Array(key, size)) out.push_back(CheckedInt(key, value, low, high));
    return out;
  }

  // A column that older records do not have: empty texts then.
  std::vector<std::string> TextsIfGiven(const char* key, std::int64_t size) {
    if (Field(key).is_null()) return std::vector<std::string>(static_cast<std::size_t>(size));
    std::vector<std::string> out;
    for (const Json& value : Array(key, size)) out.push_back(CheckedText(key, value));
    return out;
  }

  // The same of numbers: zeros then.
  std::vector<float> FloatsIfGiven(const char* key, std::int64_t size) {
    if (Field(key).is_null()) return std::vector<float>(static_cast<std::size_t>(size));
    return Floats(key, size);
  }

  std::vector<float> Floats(const char* key, std::int64_t size) {
    std::vector<float> out;
    for (const Json& value : Array(key, size)) out.push_back(CheckedFloat(key, value));
    return out;
  }

 private:
  const Json& Field(const char* key) const {
    static const Json missing;
    if (!json_.is_object()) return missing;
    const auto it = json_.find(key);
    return it == json_.end() ? missing : *it;
  }

  void FailType(const char* key, const Json& value, const std::string& wanted) {
    // Numbers and words are shown; long values only by their type.
    const std::string met = value.is_structured() ? value.type_name()
                                                  : value.dump(-1, ' ', /*ensure_ascii=*/true,
                                                               Json::error_handler_t::replace);
    Fail(StrCat(key, " is ", value.is_null() ? "missing" : met, ", wanted ", wanted));
  }

  const Json::array_t& Array(const char* key, std::int64_t size) {
    static const Json::array_t empty;
    const Json& value = Field(key);
    if (!value.is_array()) {
      FailType(key, value, "an array");
      return empty;
    }
    const auto& array = value.get_ref<const Json::array_t&>();
    if (size >= 0 && static_cast<std::int64_t>(array.size()) != size) {
      Fail(StrCat(key, " has ", array.size(), " entries, wanted ", size));
      return empty;
    }
    return array;
  }

  std::string CheckedText(const char* key, const Json& value) {
    if (value.is_string()) {
      auto text = value.get<std::string>();
      if (std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
        return text;
      }
    }
    FailType(key, value, "a string of printable ASCII");
    return "";
  }

  std::int64_t CheckedInt(const char* key, const Json& value, std::int64_t low, std::int64_t high) {
    const bool fits =
        !value.is_number_unsigned() || std::in_range<std::int64_t>(value.get<std::uint64_t>());
    if (value.is_number_integer() && fits) {
      const auto number = value.get<std::int64_t>();
      if (number >= low && number <= high) return number;
    }
    FailType(key, value, StrCat("a whole number from ", low, " to ", high));
    return low;
  }

  float CheckedFloat(const char* key, const Json& value) {
    if (value.is_number()) {
      const auto number = value.get<double>();
      if (std::abs(number) <= std::numeric_limits<float>::max()) return static_cast<float>(number);
    }
    FailType(key, value, "a finite number");
    return 0.0F;
  }

  const Json& json_;
  std::string error_;
};

void ReadNets(FieldReader& reader, GameRecord& record) {
  const auto plies = reader.Ints("net_plies", -1, 0, kMaxInt);
  const auto count = static_cast<std::int64_t>(plies.size());
  const auto batches = reader.Ints("net_batches", count, 0, kMaxInt64);
  const auto steps = reader.Ints("net_steps", count, 0, kMaxInt64);
  const auto hashes = reader.TextsIfGiven("net_hashes", count);
  if (!reader.ok()) return;
  for (std::size_t i = 0; i < plies.size(); ++i) {
    record.nets.push_back({static_cast<int>(plies[i]), batches[i], steps[i], hashes[i]});
  }
}

void ReadPolicies(FieldReader& reader, const std::vector<std::int64_t>& sizes,
                  std::vector<RecordedPly>& plies) {
  std::int64_t total = 0;
  for (const std::int64_t size : sizes) total += size;
  const auto actions = reader.Ints("policy_actions", total, 0, kMaxInt);
  const auto probabilities = reader.Floats("policy_probabilities", total);
  if (!reader.ok()) return;
  std::size_t next = 0;
  for (std::size_t i = 0; i < plies.size(); ++i) {
    for (std::int64_t n = 0; n < sizes[i]; ++n, ++next) {
      plies[i].policy.push_back({static_cast<Action>(actions[next]), probabilities[next]});
    }
  }
}

void ReadPlies(FieldReader& reader, std::vector<RecordedPly>& plies) {
  const auto actions = reader.Ints("actions", -1, 0, kMaxInt);
  const auto count = static_cast<std::int64_t>(actions.size());
  const auto visits = reader.Ints("visits", count, 0, kMaxInt);
  const auto flags = reader.Ints("flags", count, 0, kFullFlag | kSampleFlag);
  const auto root_values = reader.Floats("root_values", count);
  const auto raw_values = reader.Floats("raw_values", count);
  const auto raw_scores = reader.Floats("raw_scores", count);
  const auto surprises = reader.FloatsIfGiven("surprises", count);
  const auto sizes = reader.Ints("policy_sizes", count, 0, kMaxInt);
  if (!reader.ok()) return;
  plies.resize(actions.size());
  for (std::size_t i = 0; i < plies.size(); ++i) {
    RecordedPly& ply = plies[i];
    ply.action = static_cast<Action>(actions[i]);
    ply.visits = static_cast<int>(visits[i]);
    ply.full = (flags[i] & kFullFlag) != 0;
    ply.sample = (flags[i] & kSampleFlag) != 0;
    ply.root_value = root_values[i];
    ply.raw_value = raw_values[i];
    ply.raw_score = raw_scores[i];
    ply.surprise = surprises[i];
  }
  ReadPolicies(reader, sizes, plies);
}

void ReadEnd(FieldReader& reader, GameRecord& record) {
  const std::string end = reader.Text("end");
  const auto* const name = std::find(kEndNames.begin(), kEndNames.end(), end);
  if (name == kEndNames.end()) {
    reader.Fail(
        StrCat("end is '", end, "', wanted 'rules' or 'resign' or 'truncated' or 'adjudicated'"));
  } else {
    record.end = static_cast<GameEnd>(name - kEndNames.begin());
  }
  record.return_first = reader.Float("return_first");
  for (const char c : reader.Text("owner")) {
    if (c < '0' || c > '2') reader.Fail(StrCat("owner holds '", c, "', wanted 0, 1 or 2"));
    record.owner.push_back(static_cast<Cell>(c - '0'));
  }
  record.score_first = reader.Float("score_first");
  record.plays_on = reader.Bool("plays_on");
  const auto resign_ply = reader.Ints("resign_ply", 2, -1, kMaxInt);
  if (resign_ply.size() != 2) return;
  record.resign_ply = {static_cast<int>(resign_ply[0]), static_cast<int>(resign_ply[1])};
}

Result<GameRecord> FromJson(const Json& json) {
  FieldReader reader(json);
  reader.Int("format", kFormat, kFormat);
  GameRecord record;
  record.game_id = reader.Text("game");
  record.seed = reader.Unsigned("seed");
  record.role = static_cast<RngRole>(reader.Int("role", 0, kMaxInt));
  record.stream = reader.Unsigned("stream");
  ReadNets(reader, record);
  ReadPlies(reader, record.plies);
  ReadEnd(reader, record);
  if (!reader.ok()) return Error{"game record: " + reader.error()};
  return record;
}

}  // namespace

std::string RecordToCbor(const GameRecord& record) {
  std::string bytes;
  Json::to_cbor(ToJson(record), bytes);
  return bytes;
}

std::string RecordToJson(const GameRecord& record) { return ToJson(record).dump(); }

Result<GameRecord> RecordFromCbor(std::string_view bytes) {
  const Result<Json> json = JsonFromCbor(bytes);
  if (!json) return Error{"game record: not CBOR: " + json.error()};
  return FromJson(*json);
}

Result<GameRecord> RecordFromJson(std::string_view text) {
  const Json json = Json::parse(text, /*cb=*/nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Error{"game record: not JSON"};
  return FromJson(json);
}

}  // namespace tengen
