#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agents/zero/self_play_stats.h"
#include "envs/core/result.h"
#include "experiments/cluster/frame.h"

// The heads of frames (frame.h). Each is a plain struct; reading one checks types and ranges, and
// an unknown field is an error, since the protocol has a version.

namespace tengen {

// What both sides must have in common beyond the protocol: the forms of records and of networks'
// inputs. A worker of another build plays along as long as this is equal.
inline constexpr const char* kGameFormats = "records 1, encoders 1";

// Beyond any machine's.
inline constexpr std::int64_t kMostThreads = 4096;

// Texts are at most kLongestName bytes without control characters.
inline constexpr std::size_t kLongestName = 256;

struct HelloMessage {
  std::string role = "worker";  // or "observer"
  std::string formats = kGameFormats;
  std::string program;       // version, for people
  std::string name;          // of the machine, for people
  std::string instance;      // of the process, random
  std::string run;           // whose games it holds already; "" = none
  std::int64_t threads = 0;  // 0 to kMostThreads
  std::string device;
  std::uint64_t lease = 0;  // the first of its game numbers; 0 = wants some
};

struct NetworkMessage {
  std::string hash;  // WeightsHash
  std::int64_t step = 0;
  std::uint64_t bytes = 0;  // of its safetensors file
};

struct WelcomeMessage {
  std::string run;          // identity of the run
  std::string config;       // TrainConfig as JSON
  std::uint64_t lease = 0;  // first of kLeaseGames game numbers that are the worker's alone
  NetworkMessage network;
};

struct GamesMessage {
  std::uint64_t count = 0;  // records in the body
};

struct WantWeightsMessage {
  std::string hash;
  std::uint64_t offset = 0;
};

struct WeightsMessage {
  std::string hash;
  std::uint64_t offset = 0;
  std::string crc32;  // of this piece, hexadecimal
};

struct StoredMessage {
  std::vector<std::uint64_t> streams;
};

struct TextMessage {  // kRefused, kEnd
  std::string text;
};

// No machine gets there.
inline constexpr std::int64_t kMostCounted = 1'000'000'000'000'000;

struct WorkerStatusMessage {
  SelfPlayStats stats;  // since the worker's start; counts from 0 to kMostCounted
  double evaluations_per_s = 0.0;
  std::int64_t network_step = 0;
  std::uint64_t waiting_games = 0;  // finished, not acknowledged
  double oldest_waiting_s = 0.0;
  std::uint64_t dropped_games = 0;  // the spool was full
  std::string waits_for;            // "" while it plays
};

// A text of somebody else's for a log or a terminal: control characters are question marks in it.
std::string Printable(std::string text);

// Each message to a frame, and back with an error that names what is wrong.
template <typename Message>
Frame ToFrame(FrameType type, const Message& message, std::string body = "");
template <typename Message>
Result<Message> FromFrame(const Frame& frame);

}  // namespace tengen
