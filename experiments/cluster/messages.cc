#include "experiments/cluster/messages.h"

#include <type_traits>
#include <utility>

#include "agents/records/cbor.h"
#include "experiments/config/json_fields.h"

namespace tengen {

template <typename V>
void VisitFields(V& visit, HelloMessage& m) {
  visit("role", m.role);
  visit("formats", m.formats);
  visit("program", m.program);
  visit("name", m.name);
  visit("instance", m.instance);
  visit("run", m.run);
  visit("threads", m.threads);
  visit("device", m.device);
  visit("lease", m.lease);
}

template <typename V>
void VisitFields(V& visit, NetworkMessage& m) {
  visit("hash", m.hash);
  visit("step", m.step);
  visit("bytes", m.bytes);
}

template <typename V>
void VisitFields(V& visit, WelcomeMessage& m) {
  visit("run", m.run);
  visit("config", m.config);
  visit("lease", m.lease);
  visit("network", m.network);
}

template <typename V>
void VisitFields(V& visit, GamesMessage& m) {
  visit("count", m.count);
}

template <typename V>
void VisitFields(V& visit, WantWeightsMessage& m) {
  visit("hash", m.hash);
  visit("offset", m.offset);
}

template <typename V>
void VisitFields(V& visit, WeightsMessage& m) {
  visit("hash", m.hash);
  visit("offset", m.offset);
  visit("crc32", m.crc32);
}

template <typename V>
void VisitFields(V& visit, StoredMessage& m) {
  visit("streams", m.streams);
}

template <typename V>
void VisitFields(V& visit, TextMessage& m) {
  visit("text", m.text);
}

template <typename V>
void VisitFields(V& visit, SelfPlayStats& s) {
  visit("rounds", s.rounds);
  visit("batches", s.batches);
  visit("evaluations", s.evaluations);
  visit("batch_slots", s.batch_slots);
  visit("simulations", s.simulations);
  visit("simulator_calls", s.simulator_calls);
  visit("plies", s.plies);
  visit("positions", s.positions);
  visit("policy_entropy", s.policy_entropy);
  visit("games", s.games);
  visit("game_plies", s.game_plies);
  visit("first_wins", s.first_wins);
  visit("draws", s.draws);
  visit("returns", s.returns);
  visit("resigned", s.resigned);
  visit("played_on", s.played_on);
  visit("would_have_resigned", s.would_have_resigned);
  visit("false_resignations", s.false_resignations);
}

template <typename V>
void VisitFields(V& visit, WorkerStatusMessage& m) {
  visit("stats", m.stats);
  visit("evaluations_per_s", m.evaluations_per_s);
  visit("network_step", m.network_step);
  visit("waiting_games", m.waiting_games);
  visit("oldest_waiting_s", m.oldest_waiting_s);
  visit("dropped_games", m.dropped_games);
  visit("waits_for", m.waits_for);
}

template <typename Message>
Frame ToFrame(FrameType type, const Message& message, std::string body) {
  const nlohmann::json json = ConfigToJson(message);
  std::string head;
  nlohmann::json::to_cbor(json, head);
  return {type, std::move(head), std::move(body)};
}

std::string Printable(std::string text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F, some of which terminals obey too, are two bytes.
    const bool second = i > 0 && text[i - 1] == '\xc2' && byte >= 0x80 && byte < 0xa0;
    if (second) text[i - 1] = '?';
    if (second || byte < 0x20 || byte == 0x7f) text[i] = '?';
  }
  return text;
}

namespace {

Status CheckName(const char* key, const std::string& text) {
  if (text.size() > kLongestName) {
    return Error{StrCat(key, " of ", text.size(), " bytes, wanted at most ", kLongestName)};
  }
  if (Printable(text) == text) return Ok{};
  return Error{StrCat(key, " has control characters, wanted none")};
}

Status CheckCount(const char* key, double count, double least) {
  const auto most = static_cast<double>(kMostCounted);
  if (count >= least && count <= most) return Ok{};
  return Error{StrCat(key, " ", count, ", wanted ", least, " to ", most)};
}

// Of a learner's own, which counts with them and shows them.
Status CheckRanges(const HelloMessage& m) {
  for (const auto& [key, text] : {std::pair("role", &m.role), std::pair("formats", &m.formats),
                                  std::pair("program", &m.program), std::pair("name", &m.name),
                                  std::pair("instance", &m.instance), std::pair("run", &m.run),
                                  std::pair("device", &m.device)}) {
    if (Status name = CheckName(key, *text); !name) return name;
  }
  if (m.threads >= 0 && m.threads <= kMostThreads) return Ok{};
  return Error{StrCat("threads ", m.threads, ", wanted 0 to ", kMostThreads)};
}

// The fields of a message one by one, as they are visited.
struct CountChecker {
  template <typename T>
  void operator()(const char* key, const T& value) {
    // Returns may be lost, and entropies are sums of terms that rounding may leave below 0.
    const bool is_signed = std::is_same_v<T, double>;
    const auto most = static_cast<double>(kMostCounted);
    if (status) status = CheckCount(key, static_cast<double>(value), is_signed ? -most : 0.0);
  }
  Status status = Ok{};
};

Status CheckRanges(const WorkerStatusMessage& m) {
  CountChecker checker;
  SelfPlayStats stats = m.stats;
  VisitFields(checker, stats);
  for (const Status& status :
       {checker.status, CheckCount("evaluations_per_s", m.evaluations_per_s, 0.0),
        CheckCount("network_step", static_cast<double>(m.network_step), 0.0),
        CheckCount("waiting_games", static_cast<double>(m.waiting_games), 0.0),
        CheckCount("oldest_waiting_s", m.oldest_waiting_s, 0.0),
        CheckCount("dropped_games", static_cast<double>(m.dropped_games), 0.0),
        CheckName("waits_for", m.waits_for)}) {
    if (!status) return status;
  }
  return Ok{};
}

template <typename Message>
Status CheckRanges(const Message&) {
  return Ok{};
}

}  // namespace

template <typename Message>
Result<Message> FromFrame(const Frame& frame) {
  const Result<nlohmann::json> json = JsonFromCbor(frame.head);
  if (!json) return Error{json.error()};
  try {
    (void)json->dump();  // texts go on into JSON files, which must be UTF-8
  } catch (const nlohmann::json::type_error&) {
    return Error{"a text that is not UTF-8"};
  }
  Message message;
  const Status read = ConfigFromJson(*json, message);
  if (!read) return Error{read.error()};
  if (const Status ranges = CheckRanges(message); !ranges) return Error{ranges.error()};
  return message;
}

#define TENGEN_MESSAGE(Message)                                            \
  template Frame ToFrame<Message>(FrameType, const Message&, std::string); \
  template Result<Message> FromFrame<Message>(const Frame&);
TENGEN_MESSAGE(HelloMessage)
TENGEN_MESSAGE(NetworkMessage)
TENGEN_MESSAGE(WelcomeMessage)
TENGEN_MESSAGE(GamesMessage)
TENGEN_MESSAGE(WantWeightsMessage)
TENGEN_MESSAGE(WeightsMessage)
TENGEN_MESSAGE(StoredMessage)
TENGEN_MESSAGE(TextMessage)
TENGEN_MESSAGE(WorkerStatusMessage)
#undef TENGEN_MESSAGE

}  // namespace tengen
