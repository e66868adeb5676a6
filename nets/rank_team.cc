#include "nets/rank_team.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/result.h"
#include "nets/card_team.h"
#include "nets/torch_compat.h"

#ifdef TENGEN_WITH_GLOO
#define USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#endif

namespace tengen {

#ifdef TENGEN_WITH_GLOO

namespace {

using Group = c10d::ProcessGroupGloo;

constexpr auto kMeeting = std::chrono::minutes(5);
// Longer than anything that rank 0 does between two steps.
constexpr auto kSilence = std::chrono::minutes(30);

// The first line of what a library throws, without where in its source that was.
std::string Reason(const std::exception& error) {
  std::string text = error.what();
  text = text.substr(0, text.find('\n'));
  if (const auto source = text.find("] "); text.starts_with('[') && source != std::string::npos) {
    text = text.substr(source + 2);
  }
  return text;
}

bool IsLoopback(const std::string& address) {
  return address == "localhost" || address.starts_with("127.");
}

// The network that Gloo talks over, chosen as PyTorch does it.
auto MakeDevice(const RankPlace& place) {
  const char* interface = std::getenv("GLOO_SOCKET_IFNAME");
  if (interface != nullptr && *interface != '\0') {
    return Group::createDeviceForInterface(interface);
  }
  if (IsLoopback(place.address)) return Group::createDeviceForHostname("127.0.0.1");
  return Group::createDefaultDevice();
}

}  // namespace

struct RankTeam::Impl {
  c10::intrusive_ptr<c10d::Store> store;  // outlives the group
  c10::intrusive_ptr<Group> group;
  bool asked_for_cards = false;
  std::unique_ptr<CardTeam> cards;  // null: vectors of GPUs go by way of the host
};

bool RankTeam::Available() { return true; }

RankTeam::RankTeam(RankPlace place, const std::function<void(int port)>& opened)
    : place_(std::move(place)), impl_(std::make_unique<Impl>()) {
  TENGEN_CHECK(place_.size >= 1 && place_.rank >= 0 && place_.rank < place_.size, "rank ",
               place_.rank, " of ", place_.size);
  try {
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(place_.port);
    options.isServer = place_.rank == 0 && !place_.is_served;
    options.waitWorkers = false;
    options.timeout = kMeeting;
    auto store = c10::make_intrusive<c10d::TCPStore>(place_.address, options);
    if (options.isServer && opened) opened(store->getPort());
    impl_->store = c10::make_intrusive<c10d::PrefixStore>(place_.prefix, store);
    impl_->store->setTimeout(kMeeting);
    auto gloo = Group::Options::create(kSilence);
    gloo->devices.push_back(MakeDevice(place_));
    gloo->threads = 2;
    impl_->group = c10::make_intrusive<Group>(impl_->store, place_.rank, place_.size, gloo);
  } catch (const WorldError&) {
    throw;
  } catch (const std::exception& error) {
    throw WorldError(StrCat("rank ", place_.rank, " of ", place_.size,
                            " did not meet the others at ", place_.address, ":", place_.port, ": ",
                            Reason(error)));
  }
}

namespace {

// What the others do not answer to is no fault of this process.
template <typename Call>
void Together(const RankPlace& place, const Call& call) {
  try {
    call();
  } catch (const std::exception& error) {
    throw WorldError(StrCat("rank ", place.rank, " of ", place.size,
                            " lost the others, of which one ended or was killed: ", Reason(error)));
  }
}

}  // namespace

void RankTeam::Mean(at::Tensor vector) {
  if (vector.is_cuda() && !std::exchange(impl_->asked_for_cards, true)) {
    Together(place_, [&] {
      impl_->cards = CardTeam::Meet(impl_->store, place_.rank, place_.size, vector, kSilence);
    });
  }
  if (vector.is_cuda() && impl_->cards != nullptr) {
    Together(place_, [&] { impl_->cards->Sum(vector); });
    vector.div_(place_.size);
    return;
  }
  std::vector<at::Tensor> sums = {vector.is_cpu() ? vector : vector.to(at::kCPU)};
  Together(place_, [&] { impl_->group->allreduce(sums)->wait(); });
  sums[0].div_(place_.size);
  if (!vector.is_cpu()) vector.copy_(sums[0]);
}

void RankTeam::Broadcast(at::Tensor tensor) {
  std::vector<at::Tensor> tensors = {std::move(tensor)};
  Together(place_, [&] { impl_->group->broadcast(tensors)->wait(); });
}

void RankTeam::Scatter(const at::Tensor& rows, at::Tensor row) {
  std::vector<at::Tensor> outputs = {std::move(row)};
  std::vector<std::vector<at::Tensor>> inputs;
  if (leads()) {
    inputs.emplace_back();
    for (std::int64_t i = 0; i < place_.size; ++i) inputs.back().push_back(rows[i]);
  }
  Together(place_, [&] { impl_->group->scatter(outputs, inputs)->wait(); });
}

#else

struct RankTeam::Impl {};

bool RankTeam::Available() { return false; }

RankTeam::RankTeam(RankPlace place, const std::function<void(int port)>&)
    : place_(std::move(place)) {
  throw WorldError(
      "training by several ranks needs Gloo, which this program was built without, wanted a "
      "LibTorch that has it and its headers (package libgloo-dev) when it is built");
}

void RankTeam::Mean(at::Tensor) {}
void RankTeam::Broadcast(at::Tensor) {}
void RankTeam::Scatter(const at::Tensor&, at::Tensor) {}

#endif

RankTeam::~RankTeam() = default;

std::string RankTeam::Broadcast(const std::string& bytes) {
  at::Tensor size = at::full({1}, static_cast<std::int64_t>(bytes.size()), at::kLong);
  Broadcast(size);
  at::Tensor data = at::empty({size.item<std::int64_t>()}, at::kByte);
  if (leads()) std::copy(bytes.begin(), bytes.end(), data.data_ptr<std::uint8_t>());
  if (data.numel() > 0) Broadcast(data);
  return {reinterpret_cast<const char*>(data.data_ptr<std::uint8_t>()),
          static_cast<std::size_t>(data.numel())};
}

}  // namespace tengen
