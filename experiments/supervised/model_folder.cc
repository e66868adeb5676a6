#include "experiments/supervised/model_folder.h"

#include <system_error>

#include "nets/atomic_file.h"
#include "nets/folder_swap.h"
#include "nets/sha256.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFormat = "tengen-supervised";
constexpr int kVersion = 1;

Result<TrainedModel> Parse(const nlohmann::ordered_json& json, const std::string& weights) {
  if (!json.is_object() || json.value("format", "") != kFormat) {
    return Error{StrCat("is not a supervised model, wanted format ", kFormat)};
  }
  if (json.at("version") != kVersion) {
    return Error{StrCat("format version ", json.at("version").dump(), ", wanted ", kVersion)};
  }
  if (json.at("weights_sha256") != Sha256(weights)) {
    return Error{"its weights are damaged: another SHA-256 than it names"};
  }
  TrainedModel model;
  const Status config = LearnConfigFromJson(nlohmann::json(json.at("config")), model.config);
  if (!config) return Error{config.error()};
  Result<NetShape> shape = NetShape::FromJson(nlohmann::json(json.at("shape")));
  if (!shape) return Error{shape.error()};
  model.shape = *shape;
  model.data = json.at("data");
  model.step = json.at("step").get<std::int64_t>();
  Result<TensorFile> tensors = ParseSafetensors(weights);
  if (!tensors) return Error{tensors.error()};
  model.weights = std::move(tensors->tensors);
  return model;
}

}  // namespace

void SaveTrainedModel(const fs::path& folder, const TrainedModel& model) {
  const std::string weights = SerializeSafetensors({model.weights, {{"format", "pt"}}});
  const nlohmann::ordered_json json = {{"format", kFormat},
                                       {"version", kVersion},
                                       {"config", LearnConfigToJson(model.config)},
                                       {"shape", model.shape.ToJson()},
                                       {"data", model.data},
                                       {"step", model.step},
                                       {"weights_sha256", Sha256(weights)}};
  const fs::path beside = folder.string() + ".tmp";
  try {
    fs::remove_all(beside);
    fs::create_directories(beside);
    WriteFileSynced(beside / "model.safetensors", weights);
    WriteFileSynced(beside / "model.json", json.dump(1) + "\n");
    ReplaceFolder(beside, folder);
  } catch (const fs::filesystem_error& error) {
    throw WorldError(StrCat("cannot save the model ", folder.string(), ": ", error.what()));
  }
}

Result<TrainedModel> LoadTrainedModel(const fs::path& folder) {
  const fs::path standing = StandingFolder(folder);
  const std::string name = (folder / "model.json").string();
  const Result<std::string> text = ReadWholeFile(standing / "model.json");
  if (!text) return Error{text.error()};
  const Result<std::string> weights = ReadWholeFile(standing / "model.safetensors");
  if (!weights) return Error{weights.error()};
  const auto json = nlohmann::ordered_json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Error{name + ": truncated or not JSON"};
  try {
    Result<TrainedModel> model = Parse(json, *weights);
    if (!model) return Error{name + ": " + model.error()};
    return model;
  } catch (const nlohmann::json::exception& error) {
    return Error{name + ": " + error.what()};
  }
}

Result<Net> NetOf(const TrainedModel& model) {
  Result<Net> net = MakeTaskNet(model.config, model.shape);
  if (!net) return Error{net.error()};
  if (const Status loaded = LoadNetWeights(*net, model.weights); !loaded) {
    return Error{loaded.error()};
  }
  StopTraining(*net);
  return net;
}

}  // namespace tengen
