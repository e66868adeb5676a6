#include "agents/alphago/linear_policy.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "envs/core/check.h"
#include "nets/plain_tensors.h"

namespace tengen {
namespace {

constexpr const char* kVersionKey = "linear_policy";
constexpr const char* kVersion = "1";

using Codes = std::vector<std::int32_t>;

template <typename Numbers>
Result<Numbers> Take(PlainTensorFile& file, const char* name) {
  const auto found = file.tensors.find(name);
  if (found == file.tensors.end()) return Error{StrCat("no tensor '", name, "'")};
  auto* numbers = std::get_if<Numbers>(&found->second);
  if (numbers == nullptr) return Error{StrCat("tensor '", name, "' is of the other type")};
  return std::move(*numbers);
}

Result<Codes> TakeCodes(PlainTensorFile& file, const char* name, std::int64_t limit) {
  Result<Codes> codes = Take<Codes>(file, name);
  if (!codes) return codes;
  for (std::size_t i = 0; i < codes->size(); ++i) {
    const std::int32_t code = (*codes)[i];
    if (code < 0 || code >= limit || (i > 0 && code <= (*codes)[i - 1])) {
      return Error{StrCat("tensor '", name, "' has ", code, " at ", i, ", wanted codes from 0 to ",
                          limit - 1, ", ascending")};
    }
  }
  return codes;
}

Result<LinearPolicyFile> PolicyOf(PlainTensorFile file) {
  const auto version = file.metadata.find(kVersionKey);
  if (version == file.metadata.end() || version->second != kVersion) {
    return Error{StrCat("no linear policy, or one of another version; wanted version ", kVersion)};
  }
  auto patterns = TakeCodes(file, "patterns", std::int64_t{1} << kPatternBits);
  if (!patterns) return Error{patterns.error()};
  auto near = TakeCodes(file, "near", std::int64_t{1} << kPatternBits);
  if (!near) return Error{near.error()};
  auto responses = TakeCodes(file, "responses", std::int64_t{kResponsePlaces} << 26);
  if (!responses) return Error{responses.error()};
  auto weights = Take<std::vector<float>>(file, "weights");
  if (!weights) return Error{weights.error()};
  LinearWords words = {*std::move(patterns), *std::move(near), *std::move(responses)};
  LinearPolicy policy(std::make_shared<LinearFeatures>(std::move(words)));
  if (weights->size() != policy.weights.size()) {
    return Error{StrCat(weights->size(), " weights, wanted ", policy.weights.size())};
  }
  constexpr float kMost = LinearPolicy::kMaxWeight;
  for (const float weight : *weights) {
    if (!(std::abs(weight) <= kMost)) {
      return Error{StrCat("weight ", weight, ", wanted -", kMost, " to ", kMost)};
    }
  }
  policy.weights = *std::move(weights);
  return LinearPolicyFile{std::move(policy), std::move(file.metadata)};
}

}  // namespace

LinearPolicy::LinearPolicy(std::shared_ptr<const LinearFeatures> known)
    : features(std::move(known)), weights(static_cast<std::size_t>(features->size()), 0.0F) {}

void LinearPolicy::FillProbabilities(const MoveFeatures& moves,
                                     std::span<float> probabilities) const {
  TENGEN_DCHECK(probabilities.size() == moves.actions.size() && !probabilities.empty(),
                probabilities.size(), " probabilities for ", moves.actions.size(), " moves");
  float most = -INFINITY;
  for (std::size_t i = 0; i < probabilities.size(); ++i) {
    float logit = 0.0F;
    for (const std::int32_t feature : moves.of(i)) {
      logit += weights[static_cast<std::size_t>(feature)];
    }
    probabilities[i] = logit;
    most = std::max(most, logit);
  }
  float sum = 0.0F;
  for (float& p : probabilities) {
    p = std::exp(p - most);
    sum += p;
  }
  for (float& p : probabilities) p /= sum;
}

void WriteLinearPolicy(const std::filesystem::path& file, const LinearPolicy& policy,
                       const std::map<std::string, std::string>& facts) {
  PlainTensorFile out;
  const LinearWords& words = policy.features->words();
  out.tensors = {{"patterns", words.patterns},
                 {"near", words.near},
                 {"responses", words.responses},
                 {"weights", policy.weights}};
  out.metadata = facts;
  out.metadata[kVersionKey] = kVersion;
  WritePlainTensors(file, out);
}

Result<LinearPolicyFile> ReadLinearPolicy(const std::filesystem::path& file) {
  Result<PlainTensorFile> tensors = ReadPlainTensors(file);
  if (!tensors) return Error{tensors.error()};
  Result<LinearPolicyFile> policy = PolicyOf(*std::move(tensors));
  if (!policy) return Error{StrCat(file.string(), ": ", policy.error())};
  return policy;
}

}  // namespace tengen
