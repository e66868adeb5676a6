#include "experiments/analysis/analysis_network.h"

#include <algorithm>
#include <sstream>

#include "nets/gzip_file.h"
#include "nets/katago_features.h"
#include "search/batch_queue.h"

namespace tengen {

std::optional<KataGoHead> ReadKataGoHead(const std::filesystem::path& file) {
  constexpr std::size_t kBytes = 1000;
  std::istringstream words{ReadGzipStart(file, kBytes)};
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
