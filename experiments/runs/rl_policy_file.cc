#include "experiments/runs/rl_policy_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "envs/registry/env_registry.h"
#include "nets/atomic_file.h"
#include "nets/safetensors.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

// config.json; discarded if there is none.
nlohmann::json ReadConfig(const fs::path& folder) {
  const auto text = ReadWholeFile(folder / "config.json");
  return nlohmann::json::parse(text ? *text : "", nullptr, /*allow_exceptions=*/false);
}

bool IsRlConfig(const nlohmann::json& json) {
  return json.is_object() && json.contains("algorithm") && json["algorithm"].is_string() &&
         json.contains("env") && json["env"].is_string();
}

// What metrics.jsonl tells of the seeds.
struct SeedsSoFar {
  std::map<std::uint64_t, double> final_returns;
  std::optional<std::uint64_t> newest;
};

SeedsSoFar ReadSeeds(const fs::path& folder) {
  SeedsSoFar seeds;
  std::ifstream in(folder / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object() || !line.contains("seed")) continue;
    seeds.newest = line.value("seed", std::uint64_t{0});
    if (line.value("kind", "") == "final") {
      seeds.final_returns[*seeds.newest] = line.value("return", 0.0);
    }
  }
  return seeds;
}

// 7 of "seed7.safetensors".
std::optional<std::uint64_t> SeedOf(const fs::path& file) {
  const std::string stem = file.stem().string();
  if (file.extension() != ".safetensors" || !stem.starts_with("seed")) return std::nullopt;
  std::uint64_t seed = 0;
  const auto [end, error] = std::from_chars(stem.data() + 4, stem.data() + stem.size(), seed);
  if (error != std::errc() || end != stem.data() + stem.size()) return std::nullopt;
  return seed;
}

}  // namespace

const SavedRlPolicy* RlRunContents::Find(std::optional<std::uint64_t> seed) const {
  const SavedRlPolicy* best = nullptr;
  for (const SavedRlPolicy& policy : policies) {
    if (seed) {
      if (policy.seed == *seed) return &policy;
      continue;
    }
    const bool better = best == nullptr || (policy.mean_return && !best->mean_return) ||
                        (policy.mean_return && *policy.mean_return > *best->mean_return);
    if (better) best = &policy;
  }
  return best;
}

bool IsRlRun(const fs::path& folder) { return IsRlConfig(ReadConfig(folder)); }

Result<RlRunContents> ReadRlRun(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return Error{StrCat("there is no folder ", folder)};
  const nlohmann::json json = ReadConfig(folder);
  if (!IsRlConfig(json)) {
    return Error{StrCat(folder, " holds no run of 'tengen rl', wanted its config.json")};
  }
  auto config = RlPreset(json["algorithm"], json["env"]);
  if (!config) return Error{StrCat(folder / "config.json", ": ", config.error())};
  RlRunContents contents{std::move(*config), {}};
  for (const Status& status :
       {RlConfigFromJson(json, contents.config), CheckRlConfig(contents.config)}) {
    if (!status) return Error{StrCat(folder / "config.json", ": ", status.error())};
  }
  const SeedsSoFar seeds = ReadSeeds(folder);
  for (const auto& entry : fs::directory_iterator(folder / "policies", error)) {
    const auto seed = SeedOf(entry.path());
    if (!seed) continue;
    const auto found = seeds.final_returns.find(*seed);
    const bool known = found != seeds.final_returns.end();
    contents.policies.push_back(
        {*seed, entry.path(), known ? std::optional(found->second) : std::nullopt});
  }
  const fs::path training = folder / "resume.safetensors";
  if (seeds.newest && fs::exists(training, error) && contents.Find(*seeds.newest) == nullptr) {
    contents.policies.push_back({*seeds.newest, training, std::nullopt});
  }
  std::sort(contents.policies.begin(), contents.policies.end(),
            [](const SavedRlPolicy& a, const SavedRlPolicy& b) { return a.seed < b.seed; });
  return contents;
}

Result<std::unique_ptr<RlPolicy>> LoadRlPolicy(const RlConfig& config,
                                               const SavedRlPolicy& policy) {
  const auto file = ReadSafetensors(policy.file);
  if (!file) return Error{file.error()};
  const EnvSpec spec = MakeEnv(config.env).value()->spec();
  auto loaded = config.algorithm == "dqn"   ? LoadDqnPolicy(config.dqn, spec, file->tensors)
                : config.algorithm == "sac" ? LoadSacPolicy(config.sac, spec, file->tensors)
                                            : LoadPpoPolicy(config.ppo, spec, file->tensors);
  if (!loaded) return Error{StrCat(policy.file, ": ", loaded.error())};
  return loaded;
}

}  // namespace tengen
