#include "agents/zero/zero_learner.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include <ATen/Parallel.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "agents/zero/batch_deal.h"
#include "agents/zero/value_scale.h"
#include "agents/zero/zero_samples.h"
#include "nets/atomic_file.h"
#include "nets/encoder.h"
#include "nets/head_layout.h"
#include "nets/model_json.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr const char* kTensorsFile = "learner.safetensors";
constexpr const char* kCountersFile = "learner.json";
constexpr int kFormat = 1;
constexpr std::int64_t kRowsPerTask = 8;  // of a batch; some tens of microseconds each

// Order of the tensors of a batch.
enum BatchIndex {
  kPlanes,
  kGlobals,
  kPolicy,
  kOutcome,
  kValue,  // in units of the value scale
  kScore,
  kOwnership,
  kShortTerm,  // these three without numbers where the network has no such head
  kReplyPolicy,
  kShortTermScore,
  kAreaWeight,  // undefined where no position of the batch counts
  kAreaShare,   // in a team: WeightShares of the rank, in every row; else undefined
  kRunShare,    // in a team: how much of the run is done, in every row; else undefined
  kSize
};

std::span<float> Row(const at::Tensor& tensor, std::int64_t row) {
  const std::int64_t length = tensor.numel() / tensor.size(0);
  return {tensor.data_ptr<float>() + row * length, static_cast<std::size_t>(length)};
}

// Policy, value and auxiliary targets over all positions; score and ownership over the counted
// games' only.
Loss LearnerLoss(const Model& model, const ZeroLearnerConfig& learner, const Batch& batch) {
  const ZeroLossConfig& config = learner.loss;
  const ModelOutput output = model.Forward(batch[kPlanes], batch[kGlobals]);
  const float score_scale = model.config().score_scale;
  ZeroTargets targets;
  if (config.policy_weight > 0.0) targets.policy = batch[kPolicy];
  if (model.config().value == ValueHead::kOutcome &&
      learner.outcome_loss == OutcomeLoss::kCrossEntropy) {
    targets.outcome = batch[kOutcome];
  } else {
    targets.value = batch[kValue];
  }
  const AuxiliaryHeads& auxiliary = model.config().auxiliary;
  if (auxiliary.soft_policy) targets.soft_policy = SoftPolicy(batch[kPolicy]);
  if (auxiliary.short_term) targets.short_term = batch[kShortTerm];
  if (auxiliary.reply_policy) targets.reply_policy = batch[kReplyPolicy];
  Loss loss = ZeroLoss(output, targets, config, score_scale);
  if (!model.config().area_heads || !batch[kAreaWeight].defined()) return loss;

  ZeroTargets area;
  area.score = batch[kScore];
  area.ownership = batch[kOwnership];
  if (auxiliary.short_term_score) area.short_term_score = batch[kShortTermScore];
  if (auxiliary.score_distribution) {
    area.score_distribution = ScoreProbabilities(batch[kScore], ScoreBuckets(score_scale));
  }
  area.weight = batch[kAreaWeight];
  Loss area_loss = ZeroLoss(output, area, config, score_scale);
  if (batch[kAreaShare].defined()) {
    const at::Tensor share = batch[kAreaShare][0];
    area_loss.total = area_loss.total * share;
    for (auto& [name, part] : area_loss.parts) part = part * share;
  }
  loss.total = loss.total + area_loss.total;
  for (auto& part : area_loss.parts) loss.parts.push_back(std::move(part));
  return loss;
}

Model MakeModel(const ModelConfig& config, std::uint64_t seed, std::string_view device,
                Precision precision, const NamedTensors* start) {
  Model model(config, seed);
  if (start != nullptr) {
    const Status loaded = model.Load(*start);
    TENGEN_CHECK(loaded.ok(), loaded.error());
  }
  model.MoveTo(device);
  model.SetPrecision(precision);
  return model;
}

std::uint32_t Crc32(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(crc32_z(0, nullptr, 0), reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

Status CheckZeroLearnerConfig(const ZeroLearnerConfig& config) {
  if (config.batch_size < 2) {
    return Error{StrCat("batch_size ", config.batch_size, ", wanted at least 2")};
  }
  if (!(config.samples_per_position > 0.0)) {
    return Error{StrCat("samples_per_position ", config.samples_per_position, ", wanted above 0")};
  }
  if (config.first_positions < 1) {
    return Error{StrCat("first_positions ", config.first_positions, ", wanted at least 1")};
  }
  if (config.window.minimum < 1) {
    return Error{StrCat("window.minimum ", config.window.minimum, ", wanted at least 1")};
  }
  if (!(config.window.exponent > 0.0 && config.window.exponent <= 1.0)) {
    return Error{StrCat("window.exponent ", config.window.exponent, ", wanted above 0, at most 1")};
  }
  if (!(config.window.growth > 0.0 && config.window.growth <= 1.0)) {
    return Error{StrCat("window.growth ", config.window.growth, ", wanted above 0, at most 1")};
  }
  if (!(config.root_value_share >= 0.0 && config.root_value_share <= 1.0)) {
    return Error{StrCat("root_value_share ", config.root_value_share, ", wanted 0 to 1")};
  }
  if (!(config.surprise_share >= 0.0 && config.surprise_share <= 1.0)) {
    return Error{StrCat("surprise_share ", config.surprise_share, ", wanted 0 to 1")};
  }
  for (const auto& [name, weight] :
       {std::pair("soft_policy", config.loss.soft_policy_weight),
        std::pair("short_term", config.loss.short_term_weight),
        std::pair("reply_policy", config.loss.reply_policy_weight),
        std::pair("short_term_score", config.loss.short_term_score_weight),
        std::pair("score_distribution", config.loss.score_distribution_weight)}) {
    if (!(weight >= 0.0 && std::isfinite(weight))) {
      return Error{StrCat("loss.", name, "_weight ", weight, ", wanted 0 or a number above")};
    }
  }
  if (config.td_plies < 1) {
    return Error{StrCat("td_plies ", config.td_plies, ", wanted at least 1")};
  }
  if (config.norm_batches < 0) {
    return Error{StrCat("norm_batches ", config.norm_batches, ", wanted at least 0")};
  }
  if (config.trainer.read_every < 0) {
    return Error{StrCat("trainer.read_every ", config.trainer.read_every, ", wanted at least 0")};
  }
  const Status optimizer = CheckOptimizerConfig(config.trainer.optimizer);
  return optimizer ? Status(Ok{}) : Error{"trainer.optimizer: " + optimizer.error()};
}

struct ZeroLearner::Impl {
  Impl(const ZeroLearnerConfig& learner_config, const ModelConfig& model_config,
       std::uint64_t learner_seed, std::string_view model_device, Precision precision,
       const NamedTensors* start, std::shared_ptr<RankTeam> rank_team)
      : config(learner_config),
        seed(learner_seed),
        team(std::move(rank_team)),
        device(model_device),
        encoder(MakeEncoder(model_config.encoder).value()),
        model(MakeModel(model_config, learner_seed, model_device, precision, start)),
        trainer(
            model.module(),
            [this](const Batch& batch) { return LearnerLoss(model, config, batch); },
            learner_config.trainer, PartsFor(team)),
        buffer(learner_config.window, learner_config.surprise_share),
        rng(learner_seed, RngRole::kLearner) {}

  static TrainerParts PartsFor(std::shared_ptr<RankTeam> team) {
    TrainerParts parts;
    parts.team = std::move(team);
    return parts;
  }

  Batch DrawRows(Rng& stream);
  Batch Deal(Batch batch);
  Batch ForLoss(Batch batch) const;
  void SendState();
  void TakeState();
  void FillRow(const SampledPosition& sample, Symmetry symmetry, std::int64_t row, Batch& batch);
  Batch EmptyBatch(const GameSpec& spec) const;
  void ScaleValues(at::Tensor& values);
  void UnscaleValues(NamedTensors& weights) const;
  ModelSnapshot MakeSnapshot();

  const ZeroLearnerConfig config;
  const std::uint64_t seed;
  const std::shared_ptr<RankTeam> team;
  const std::string device;
  const std::shared_ptr<const InputEncoder> encoder;
  Model model;
  Trainer trainer;
  ReplayBuffer buffer;
  Rng rng;
  ValueScale value_scale;       // moves with ValueHead::kScalar only
  std::int64_t steps_made = 0;  // skipped ones included
  double run_share = 0.0;       // that is done
  std::optional<ModelSnapshot> published;
  bool ranks_have_state = false;  // those that follow
};

// Tensors for config.batch_size rows, on the CPU; planes as [N,H,W,C].
Batch ZeroLearner::Impl::EmptyBatch(const GameSpec& spec) const {
  const std::int64_t n = config.batch_size;
  Batch batch(kSize);
  batch[kPlanes] = at::empty({n, spec.shape.rows, spec.shape.columns, encoder->planes()});
  batch[kGlobals] = at::empty({n, encoder->globals()});
  batch[kPolicy] = at::empty({n, spec.num_actions});
  batch[kOutcome] = at::empty({n, 3});
  batch[kValue] = at::empty({n});
  batch[kScore] = at::empty({n});
  batch[kOwnership] = at::empty({n, spec.shape.points()});
  const AuxiliaryHeads& auxiliary = model.config().auxiliary;
  batch[kShortTerm] = at::empty({n, auxiliary.short_term ? kShortTermHorizons : 0});
  batch[kReplyPolicy] = at::empty({n, auxiliary.reply_policy ? spec.num_actions : 0});
  batch[kShortTermScore] = at::empty({n, auxiliary.short_term_score ? kShortTermHorizons : 0});
  batch[kAreaWeight] = at::empty({n});
  return batch;
}

void ZeroLearner::Impl::FillRow(const SampledPosition& sample, Symmetry symmetry, std::int64_t row,
                                Batch& batch) {
  const std::unique_ptr<State> state = ReplayTo(*sample.game, *sample.record, sample.ply);
  ZeroRow out;
  out.planes = Row(batch[kPlanes], row);
  out.globals = Row(batch[kGlobals], row);
  out.policy = Row(batch[kPolicy], row);
  out.outcome = Row(batch[kOutcome], row);
  out.value = Row(batch[kValue], row).data();
  out.score = Row(batch[kScore], row).data();
  out.ownership = Row(batch[kOwnership], row);
  out.area_weight = Row(batch[kAreaWeight], row).data();
  out.short_term = Row(batch[kShortTerm], row);
  out.reply_policy = Row(batch[kReplyPolicy], row);
  out.short_term_score = Row(batch[kShortTermScore], row);
  FillZeroRow(*encoder, *state, *sample.record, sample.ply, symmetry,
              {config.root_value_share, config.td_plies}, out);
}

Batch ZeroLearner::Impl::DrawRows(Rng& stream) {
  const std::vector<SampledPosition> samples = buffer.Sample(config.batch_size, stream);
  const GameSpec& spec = samples.front().game->spec();
  Batch batch = EmptyBatch(spec);
  std::vector<Symmetry> symmetries;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    symmetries.push_back(spec.symmetries.Pick(stream.Next()));
  }
  // On the learner's threads, while a device still computes the last step: replaying late positions
  // of large boards takes most of the time of a batch. Rows do not depend on each other.
  at::parallel_for(0, config.batch_size, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const auto i = static_cast<std::size_t>(row);
      FillRow(samples[i], symmetries[i], row, batch);
    }
  });
  return batch;
}

// This rank's rows of what rank 0 drew, and the learning rate's place; other ranks give no batch.
Batch ZeroLearner::Impl::Deal(Batch batch) {
  if (team->leads()) {
    const at::Tensor& weights = batch[kAreaWeight];
    const std::vector<float> shares = WeightShares(
        {weights.data_ptr<float>(), static_cast<std::size_t>(weights.numel())}, team->place().size);
    batch[kAreaShare] = at::tensor(shares).repeat_interleave(weights.numel() / team->place().size);
    batch[kRunShare] = at::full_like(weights, run_share);
  }
  Batch own = DealBatch(*team, batch);
  // The same float32 on every rank.
  trainer.FollowRun(own[kRunShare][0].item<float>());
  own[kRunShare] = at::Tensor();
  return own;
}

// What the host wants to know of a batch it looks up before the batch goes to the device.
Batch ZeroLearner::Impl::ForLoss(Batch batch) const {
  // The network's [N,C,H,W] view of the same memory, which is channels-last.
  batch[kPlanes] = batch[kPlanes].permute({0, 3, 1, 2});
  if (batch[kAreaWeight].sum().item<float>() <= 0.0F) {
    const bool others_count =
        batch[kAreaShare].defined() && batch[kAreaShare][0].item<float>() == 0.0F;
    // With a share of 0 any weights do, as long as the mean over them is a number.
    batch[kAreaWeight] = others_count ? at::ones_like(batch[kAreaWeight]) : at::Tensor();
  }
  if (device == "cpu") return batch;
  for (at::Tensor& tensor : batch) {
    if (tensor.defined()) tensor = tensor.to(c10::Device(device), /*non_blocking=*/true);
  }
  return batch;
}

// Takes the targets into the scale, then brings them to it.
void ZeroLearner::Impl::ScaleValues(at::Tensor& values) {
  value_scale.Add({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  values = (values - value_scale.mean()) / value_scale.deviation();
}

// Lets the value head answer in returns: value = mean + deviation * (what the trainer learnt).
void ZeroLearner::Impl::UnscaleValues(NamedTensors& weights) const {
  const int row = HeadLayout(model.config()).value;
  at::Tensor& weight = weights.at("outputs.weight");
  at::Tensor& bias = weights.at("outputs.bias");
  weight = weight.clone();
  bias = bias.clone();
  weight[row].mul_(value_scale.deviation());
  bias[row].mul_(value_scale.deviation()).add_(value_scale.mean());
}

ZeroLearner::ZeroLearner(const ZeroLearnerConfig& config, const ModelConfig& model,
                         std::uint64_t seed, std::string_view device, Precision precision,
                         const NamedTensors* start, std::shared_ptr<RankTeam> team) {
  for (const Status& status : {CheckZeroLearnerConfig(config), CheckModelConfig(model)}) {
    TENGEN_CHECK(status.ok(), status.error());
  }
  TENGEN_CHECK(model.auxiliary == AuxiliaryHeadsOf(config.loss),
               "the network's auxiliary heads are not those that the loss has weights for");
  impl_ = std::make_unique<Impl>(config, model, seed, device, precision, start, std::move(team));
}

ZeroLearner::~ZeroLearner() = default;

Status ZeroLearner::Check(const GameRecord& record) {
  const auto game = impl_->buffer.FindGame(record.game_id);
  if (!game) return Error{game.error()};
  if (Status plays = CheckModelPlays(impl_->model.config(), (*game)->spec()); !plays) return plays;
  return CheckRecord(record);
}

Status ZeroLearner::Add(GameRecord record) {
  if (Status valid = Check(record); !valid) return valid;
  return impl_->buffer.Add(std::make_shared<const GameRecord>(std::move(record)));
}

void ZeroLearner::Skip(std::int64_t games, std::int64_t positions) {
  impl_->buffer.Skip(games, positions);
}

std::int64_t ZeroLearner::StepsDue() const {
  const std::int64_t positions = impl_->buffer.positions_added();
  if (positions < impl_->config.first_positions) return 0;
  const double samples = impl_->config.samples_per_position * static_cast<double>(positions);
  const auto steps = static_cast<std::int64_t>(samples / impl_->config.batch_size);
  return std::max<std::int64_t>(0, steps - impl_->steps_made);
}

StepMetrics ZeroLearner::Step() {
  ++impl_->steps_made;
  Batch batch = impl_->DrawRows(impl_->rng);
  if (model_config().value == ValueHead::kScalar) impl_->ScaleValues(batch[kValue]);
  if (impl_->team) {
    impl_->SendState();
    GiveOrder(*impl_->team, TeamOrder::kStep);
    batch = impl_->Deal(std::move(batch));
  }
  return impl_->trainer.Step(impl_->ForLoss(std::move(batch)));
}

// Once, and again after another state was loaded.
void ZeroLearner::Impl::SendState() {
  if (std::exchange(ranks_have_state, true)) return;
  GiveOrder(*team, TeamOrder::kState);
  team->Broadcast(SerializeSafetensors({trainer.State(), {}}));
}

void ZeroLearner::Impl::TakeState() {
  const Result<TensorFile> state = ParseSafetensors(team->Broadcast(std::string()));
  const Status loaded = state ? trainer.Load(state->tensors) : Status(Error{state.error()});
  if (!loaded) throw WorldError("the weights that rank 0 sent: " + loaded.error());
  published.reset();
}

void ZeroLearner::Follow() {
  while (true) {
    switch (AwaitOrder(*impl_->team)) {
      case TeamOrder::kState:
        impl_->TakeState();
        break;
      case TeamOrder::kStep:
        impl_->trainer.Step(impl_->ForLoss(impl_->Deal({})));
        break;
      case TeamOrder::kWait:
        break;
      case TeamOrder::kEnd:
        return;
    }
  }
}

void ZeroLearner::KeepRanks() {
  if (impl_->team) GiveOrder(*impl_->team, TeamOrder::kWait);
}

void ZeroLearner::EndRanks() {
  if (impl_->team) GiveOrder(*impl_->team, TeamOrder::kEnd);
}

void ZeroLearner::FollowRun(double share) {
  impl_->run_share = share;
  impl_->trainer.FollowRun(share);
}

std::int64_t ZeroLearner::step() const { return impl_->trainer.step(); }

ModelSnapshot ZeroLearner::Impl::MakeSnapshot() {
  const std::int64_t step = trainer.step();
  std::vector<Batch> batches;
  if (step > 0 && buffer.positions() > 0) {
    Rng stream(seed, RngRole::kReplay, static_cast<std::uint64_t>(step));
    for (int i = 0; i < config.norm_batches; ++i) {
      batches.push_back(ForLoss(DrawRows(stream)));
    }
  }
  ModelSnapshot snapshot = {model.config(), trainer.AveragedWeights(batches), step};
  if (snapshot.config.value == ValueHead::kScalar) UnscaleValues(snapshot.weights);
  return snapshot;
}

ModelSnapshot ZeroLearner::Publish() {
  if (!impl_->published || impl_->published->step != step()) {
    impl_->published = impl_->MakeSnapshot();
  }
  return *impl_->published;
}

Status ZeroLearner::RestorePublished(ModelSnapshot snapshot) {
  if (snapshot.step != step()) {
    return Error{StrCat("a network of step ", snapshot.step, ", wanted ", step())};
  }
  if (!(snapshot.config == model_config())) {
    return Error{StrCat("a network of the model ", ModelConfigToJson(snapshot.config).dump(),
                        ", wanted ", ModelConfigToJson(model_config()).dump())};
  }
  impl_->published = std::move(snapshot);
  return Ok{};
}

const ReplayBuffer& ZeroLearner::buffer() const { return impl_->buffer; }

const ModelConfig& ZeroLearner::model_config() const { return impl_->model.config(); }

void ZeroLearner::SaveState(const std::filesystem::path& folder) const {
  const std::string tensors = SerializeSafetensors({impl_->trainer.State(), {}});
  WriteFileAtomically(folder / kTensorsFile, tensors);
  nlohmann::json json;
  json["format"] = kFormat;
  json["model"] = ModelConfigToJson(impl_->model.config());
  json["steps_made"] = impl_->steps_made;
  json["random_state"] = impl_->rng.state();
  const ValueScale::Moments& values = impl_->value_scale.moments();
  json["value_scale"] = {values.batches, values.mean, values.mean_square};
  json["tensors_crc32"] = Crc32(tensors);
  WriteFileAtomically(folder / kCountersFile, json.dump(2) + "\n");
}

namespace {

struct Counters {
  std::int64_t steps_made = 0;
  Rng::State random_state = {};
  ValueScale::Moments value_scale;
  std::uint32_t tensors_crc32 = 0;
};

Result<Counters> ReadCounters(const std::string& text, const ModelConfig& model) {
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    if (json.at("format") != kFormat) {
      return Error{StrCat("format ", json.at("format").dump(), ", wanted ", kFormat)};
    }
    const Result<ModelConfig> saved = ModelConfigFromJson(json.at("model"));
    if (!saved) return Error{saved.error()};
    if (!(*saved == model)) {
      return Error{StrCat("its model is ", json.at("model").dump(), ", wanted ",
                          ModelConfigToJson(model).dump())};
    }
    const nlohmann::json& values = json.at("value_scale");
    return Counters{
        json.at("steps_made").get<std::int64_t>(),
        json.at("random_state").get<Rng::State>(),
        {values.at(0).get<std::int64_t>(), values.at(1).get<double>(), values.at(2).get<double>()},
        json.at("tensors_crc32").get<std::uint32_t>()};
  } catch (const nlohmann::json::exception& error) {
    return Error{error.what()};
  }
}

}  // namespace

Status ZeroLearner::LoadState(const std::filesystem::path& folder) {
  TENGEN_CHECK(impl_->buffer.games_added() == 0, "records were added before the state was loaded");
  const std::string counters_name = (folder / kCountersFile).string();
  const std::string tensors_name = (folder / kTensorsFile).string();
  const Result<std::string> text = ReadWholeFile(counters_name);
  if (!text) return Error{text.error()};
  const Result<Counters> counters = ReadCounters(*text, impl_->model.config());
  if (!counters) return Error{counters_name + ": " + counters.error()};
  const Result<std::string> bytes = ReadWholeFile(tensors_name);
  if (!bytes) return Error{bytes.error()};
  if (const std::uint32_t crc = Crc32(*bytes); crc != counters->tensors_crc32) {
    return Error{StrCat(tensors_name, ": damaged or truncated: CRC-32 ", crc, ", wanted ",
                        counters->tensors_crc32, " (", bytes->size(), " bytes)")};
  }
  const Result<TensorFile> tensors = ParseSafetensors(*bytes);
  if (!tensors) return Error{tensors_name + ": " + tensors.error()};
  if (const Status loaded = impl_->trainer.Load(tensors->tensors); !loaded) {
    return Error{tensors_name + ": " + loaded.error()};
  }
  impl_->published.reset();
  impl_->ranks_have_state = false;
  impl_->steps_made = counters->steps_made;
  impl_->rng = Rng(counters->random_state);
  impl_->value_scale = ValueScale(counters->value_scale);
  return Ok{};
}

}  // namespace tengen
