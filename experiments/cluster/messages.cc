#include "experiments/cluster/messages.h"

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

namespace {

// Of a learner's own, which counts with them.
Status CheckRanges(const HelloMessage& m) {
  if (m.threads >= 0 && m.threads <= kMostThreads) return Ok{};
  return Error{StrCat("threads ", m.threads, ", wanted 0 to ", kMostThreads)};
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
