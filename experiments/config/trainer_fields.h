#pragma once

#include <vector>

#include "experiments/config/json_fields.h"
#include "nets/named_value.h"
#include "nets/trainer.h"

namespace tengen {

// The fields of a trainer's config, for every command that has one (json_fields.h).

template <typename T>
std::vector<EnumName<T>> EnumNames(const std::vector<NamedValue<T>>& choices) {
  std::vector<EnumName<T>> names;
  for (const auto& choice : choices) names.push_back({choice.name, choice.value});
  return names;
}

template <typename V>
void VisitFields(V& visit, OptimizerConfig& c) {
  visit("kind", c.kind, EnumNames(OptimizerNames()));
  visit("lr", c.lr);
  visit("momentum", c.momentum);
  visit("nesterov", c.nesterov);
  visit("alpha", c.alpha);
  visit("beta1", c.beta1);
  visit("beta2", c.beta2);
  visit("eps", c.eps);
  visit("weight_decay", c.weight_decay);
  visit("schedule", c.schedule, EnumNames(ScheduleNames()));
  visit("warmup_steps", c.warmup_steps);
  visit("total_steps", c.total_steps);
  visit("final_fraction", c.final_fraction);
  visit("decay_steps", c.decay_steps);
  visit("decay_factor", c.decay_factor);
  visit("clip_norm", c.clip_norm);
}

template <typename V>
void VisitFields(V& visit, TrainerConfig& c) {
  visit("optimizer", c.optimizer);
  visit("ema_decay", c.ema_decay);
  visit("max_skips", c.max_skips);
  visit("read_every", c.read_every);
}

}  // namespace tengen
