#include "experiments/analysis/analysis_network.h"

#include <algorithm>
#include <sstream>

#include <zlib.h>

#include "nets/katago_features.h"
#include "search/batch_queue.h"

namespace tengen {
namespace {

struct CloseGzip {
  void operator()(gzFile file) const { gzclose(file); }
};

}  // namespace

std::optional<KataGoHead> ReadKataGoHead(const std::filesystem::path& file) {
  std::error_code unreadable;
  if (!std::filesystem::is_regular_file(file, unreadable)) return std::nullopt;
  const std::unique_ptr<gzFile_s, CloseGzip> input(gzopen(file.c_str(), "rb"));
  if (input == nullptr) return std::nullopt;
  char bytes[1000];
  const int count = gzread(input.get(), bytes, sizeof(bytes));
  if (count <= 0) return std::nullopt;
  std::istringstream words{std::string(bytes, static_cast<std::size_t>(count))};
  KataGoHead head;
  if (!(words >> head.name >> head.version)) return std::nullopt;
  return head;
}

MctsConfig AnalysisNetwork::SearchConfig(std::int64_t simulations) const {
  constexpr std::int64_t kMaxNodes = 2'000'000;
  MctsConfig config = search;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  const LeafBatches together = LeafBatchesFor(simulations, config.batches);
  config.batches = together.batches;
  config.leaf_batch = leaf_batch > 0 ? leaf_batch : together.leaf_batch;
  config.max_nodes = static_cast<int>(std::min(simulations + 1, kMaxNodes));
  config.reuse_tree = false;
  return config;
}

Status AnalysisNetwork::Plays(const GameSpec& spec) const {
  return plays ? plays(spec) : KataGoEncoder().Accepts(spec);
}

}  // namespace tengen
