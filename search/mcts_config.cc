#include <utility>

#include "search/mcts.h"

namespace tengen {
namespace {

Status CheckRange(const char* name, double value, double low, double high) {
  if (value >= low && value <= high) return Ok{};
  return Error{StrCat(name, " ", value, ", wanted ", low, " to ", high)};
}

// What belongs to the PUCT rule does nothing below a Gumbel root, and must not be taken for
// measured.
Status CheckGumbel(const MctsConfig& config) {
  for (const auto& [name, value] : {std::pair("noise_shape", config.noise_shape),
                                    {"forced_playouts", config.forced_playouts},
                                    {"lcb.stdevs", config.lcb.stdevs},
                                    {"stdev.scale", config.stdev.scale}}) {
    if (value == 0.0) continue;
    return Error{StrCat(name, " ", value,
                        " with root \"gumbel\", where it does nothing; wanted 0, ",
                        "or root \"puct\"")};
  }
  return Ok{};
}

}  // namespace

bool NeedsExtras(const MctsConfig& config) {
  return config.lcb.stdevs > 0.0 || config.stdev.scale > 0.0 || config.value_bias.factor > 0.0 ||
         config.score_utility > 0.0;
}

Status CheckMctsConfig(const MctsConfig& config) {
  // Visits without a value that may count at one node.
  const double under_way = 1.0 * config.leaf_batch * config.batches * config.virtual_loss;
  for (const Status& status :
       {CheckRange("leaf_batch", config.leaf_batch, 1, 1'000'000),
        CheckRange("batches", config.batches, 1, 1000),
        CheckRange("virtual_loss", config.virtual_loss, 1, 1'000'000),
        CheckRange("leaf_batch * batches * virtual_loss", under_way, 1, 1 << 30),
        CheckRange("expand_visits", config.expand_visits, 1, 1'000'000),
        CheckRange("max_nodes", config.max_nodes, 1, 1e9),
        CheckRange("c_init", config.c_init, 0.0, 1e6),
        CheckRange("c_factor", config.c_factor, 0.0, 1e6),
        CheckRange("c_base", config.c_base, 1e-6, 1e12),
        CheckRange("fpu_reduction", config.fpu_reduction, -1e6, 1e6),
        CheckRange("root_fpu_reduction", config.root_fpu_reduction, -1e6, 1e6),
        CheckRange("gumbel_considered", config.gumbel_considered, 1, 1e6),
        CheckRange("gumbel_c_visit", config.gumbel_c_visit, 0.0, 1e6),
        CheckRange("gumbel_c_scale", config.gumbel_c_scale, 0.0, 1e6),
        CheckRange("noise_total", config.noise_total, 0.001, 1e6),
        CheckRange("noise_fraction", config.noise_fraction, 0.0, 1.0),
        CheckRange("noise_shape", config.noise_shape, 0.0, 0.99),
        CheckRange("forced_playouts", config.forced_playouts, 0.0, 1000.0),
        CheckRange("lcb.stdevs", config.lcb.stdevs, 0.0, 1000.0),
        CheckRange("lcb.min_share", config.lcb.min_share, 0.0, 1.0),
        CheckRange("stdev.scale", config.stdev.scale, 0.0, 1.0),
        CheckRange("stdev.prior", config.stdev.prior, 0.001, 1000.0),
        CheckRange("stdev.prior_weight", config.stdev.prior_weight, 0.001, 1e6),
        CheckRange("value_bias.factor", config.value_bias.factor, 0.0, 1.0),
        CheckRange("value_bias.exponent", config.value_bias.exponent, 0.0, 1.0),
        CheckRange("score_utility", config.score_utility, 0.0, 1.0)}) {
    if (!status) return status;
  }
  return config.root == RootSelection::kGumbel ? CheckGumbel(config) : Status(Ok{});
}

}  // namespace tengen
