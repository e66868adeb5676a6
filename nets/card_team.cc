#include "nets/card_team.h"

#include <cstdint>
#include <cstdlib>
#include <set>
#include <utility>

#ifdef TENGEN_WITH_NCCL
#define USE_C10D_NCCL
#include <ATen/cuda/CUDAContext.h>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

namespace tengen {

bool CardsDiffer(const std::vector<std::string>& cards) {
  const std::set<std::string> names(cards.begin(), cards.end());
  return names.size() == cards.size() && !names.contains("");
}

#ifdef TENGEN_WITH_NCCL

namespace {

// The number that the maker gave the card, the same in every process and on no other machine.
std::string CardName(const at::Tensor& on_card) {
  const cudaDeviceProp* card = at::cuda::getDeviceProperties(on_card.device().index());
  return {card->uuid.bytes, sizeof card->uuid.bytes};
}

std::vector<std::string> CardsOfAll(c10d::Store& store, int rank, int size,
                                    const std::string& own) {
  const auto key = [](int of) { return "card/" + std::to_string(of); };
  store.set(key(rank), std::vector<std::uint8_t>(own.begin(), own.end()));
  std::vector<std::string> cards;
  for (int of = 0; of < size; ++of) {
    const std::vector<std::uint8_t> name = store.get(key(of));
    cards.emplace_back(name.begin(), name.end());
  }
  return cards;
}

class NcclTeam : public CardTeam {
 public:
  NcclTeam(const c10::intrusive_ptr<c10d::Store>& store, int rank, int size,
           std::chrono::milliseconds silence) {
    // Without it a lost rank ends this process from a thread of c10d, instead of by an exception.
    ::setenv("TORCH_NCCL_BLOCKING_WAIT", "1", /*overwrite=*/1);
    auto options = c10d::ProcessGroupNCCL::Options::create();
    options->timeout = silence;
    group_ = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
  }
  // Those that are left do not wait for one that is lost.
  ~NcclTeam() override { group_->abort(); }

  void Sum(at::Tensor vector) override {
    std::vector<at::Tensor> sums = {std::move(vector)};
    group_->allreduce(sums)->wait();
  }

 private:
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> group_;
};

}  // namespace

std::unique_ptr<CardTeam> CardTeam::Meet(const c10::intrusive_ptr<c10d::Store>& store, int rank,
                                         int size, const at::Tensor& on_card,
                                         std::chrono::milliseconds silence) {
  if (!CardsDiffer(CardsOfAll(*store, rank, size, CardName(on_card)))) return nullptr;
  return std::make_unique<NcclTeam>(store, rank, size, silence);
}

#else

std::unique_ptr<CardTeam> CardTeam::Meet(const c10::intrusive_ptr<c10d::Store>&, int, int,
                                         const at::Tensor&, std::chrono::milliseconds) {
  return nullptr;
}

#endif

}  // namespace tengen
