#include "experiments/train/rank_place.h"

#include <charconv>
#include <string_view>

#include "nets/device.h"

namespace tengen {
namespace {

// Errors: not set, or not a whole number of that range.
Result<int> Number(const Environment& environment, const char* name, int low, int high) {
  const char* text = environment(name);
  const std::string wanted =
      StrCat(", wanted a whole number from ", low, " to ", high, ", as torchrun sets it");
  if (text == nullptr) return Error{StrCat(name, " is not set", wanted)};
  int value = 0;
  const std::string_view digits = text;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < low || value > high) {
    return Error{StrCat(name, " is '", text, "'", wanted)};
  }
  return value;
}

}  // namespace

Result<std::optional<RankPlace>> RankPlaceFrom(const Environment& environment) {
  if (environment("RANK") == nullptr || environment("WORLD_SIZE") == nullptr) {
    return std::optional<RankPlace>();
  }
  constexpr int kMostRanks = 4096;
  const Result<int> size = Number(environment, "WORLD_SIZE", 1, kMostRanks);
  if (!size) return Error{size.error()};
  const Result<int> rank = Number(environment, "RANK", 0, *size - 1);
  if (!rank) return Error{rank.error()};
  if (*size == 1) return std::optional<RankPlace>();
  const Result<int> port = Number(environment, "MASTER_PORT", 1, 65535);
  if (!port) return Error{port.error()};
  const char* address = environment("MASTER_ADDR");
  if (address == nullptr) {
    return Error{"MASTER_ADDR is not set, wanted the name or address of rank 0's machine"};
  }
  RankPlace place;
  place.rank = *rank;
  place.size = *size;
  place.address = address;
  place.port = *port;
  if (environment("LOCAL_WORLD_SIZE") != nullptr) {
    const Result<int> here = Number(environment, "LOCAL_WORLD_SIZE", 1, *size);
    if (!here) return Error{here.error()};
    place.on_this_machine = *here;
  }
  if (environment("LOCAL_RANK") != nullptr) {
    const Result<int> local = Number(environment, "LOCAL_RANK", 0, *size - 1);
    if (!local) return Error{local.error()};
    place.local_rank = *local;
  }
  const char* served = environment("TORCHELASTIC_USE_AGENT_STORE");
  place.is_served = served != nullptr && std::string_view(served) == "True";
  const char* attempt = environment("TORCHELASTIC_RESTART_COUNT");
  if (attempt != nullptr) place.prefix += StrCat("/", attempt);
  return std::optional<RankPlace>(place);
}

std::string DeviceOfRank(const std::string& device, const RankPlace& place, int cuda_devices) {
  if (device != "cuda" || cuda_devices < 1) return device;
  return Device::Cuda(place.local_rank % cuda_devices).Text();
}

}  // namespace tengen
