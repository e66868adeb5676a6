#include "experiments/supervised/prediction.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiments/datasets/csv_file.h"
#include "experiments/datasets/idx_file.h"
#include "experiments/datasets/preprocessing.h"
#include "experiments/datasets/text_corpus.h"
#include "experiments/datasets/wav_file.h"
#include "experiments/supervised/task_tensors.h"
#include "experiments/supervised/text_sampling.h"
#include "nets/atomic_file.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

std::string ShapeText(const std::vector<int>& shape) {
  std::string text;
  for (const int size : shape) text += StrCat(text.empty() ? "" : "x", size);
  return text;
}

std::string KindOf(const TrainedModel& model) { return model.data.at("kind").get<std::string>(); }

}  // namespace

Result<Predictor> Predictor::Open(const fs::path& run) {
  std::error_code ignored;
  if (!fs::exists(run / "model", ignored)) {
    return Error{StrCat(run.string(), " holds no model, wanted the run folder of 'tengen learn'")};
  }
  Result<TrainedModel> model = LoadTrainedModel(run / "model");
  if (!model) return Error{model.error()};
  Result<Net> net = NetOf(*model);
  if (!net) return Error{StrCat((run / "model").string(), ": ", net.error())};
  return Predictor(std::move(*model), std::move(*net));
}

Result<Samples> Predictor::ReadPictures(const fs::path& file) const {
  const Result<IdxArray> array = ReadIdx(file);
  if (!array) return Error{array.error()};
  if (array->shape.size() != 3) {
    return Error{StrCat(file.string(), " has ", array->shape.size(),
                        " dimensions, wanted three: pictures, rows, columns")};
  }
  Samples samples;
  samples.shape = {1, array->shape[1], array->shape[2]};
  for (const std::uint8_t value : array->values) {
    samples.features.push_back(static_cast<float>(value) / 255.0F);
  }
  for (int i = 0; i < array->shape[0]; ++i) {
    samples.names.push_back(StrCat(file.string(), " picture ", i));
  }
  return samples;
}

Result<Samples> Predictor::ReadSound(const fs::path& file) const {
  const Result<Sound> sound = ReadWav(file);
  if (!sound) return Error{sound.error()};
  const Result<SpectrumConfig> spectrum =
      SpectrumConfigFromJson(nlohmann::json(model_.data.at("spectrum")));
  if (!spectrum) return Error{spectrum.error()};
  const int frames = model_.data.at("frames").get<int>();
  if (frames == 0)
    return Error{StrCat(file.string(),
                        " is a sound, wanted none: the model's "
                        "examples are of ",
                        ShapeText(model_.shape.input))};
  Samples samples;
  samples.shape = {frames, spectrum->width()};
  samples.features = Spectrum(*sound, *spectrum);
  const auto all = static_cast<std::size_t>(frames) * static_cast<std::size_t>(spectrum->width());
  const auto there =
      static_cast<int>(samples.features.size() / static_cast<std::size_t>(spectrum->width()));
  samples.lengths = {std::min(frames, there)};
  samples.features.resize(all);
  samples.names = {file.string()};
  return samples;
}

Result<Samples> Predictor::Read(const fs::path& file) const {
  const std::string name = file.filename().string();
  if (name.ends_with(".wav")) return ReadSound(file);
  if (!name.ends_with(".csv") && !name.ends_with(".csv.gz")) return ReadPictures(file);
  CsvOptions options;
  options.label = model_.data.at("label").get<std::string>();
  options.answer = KindOf(model_) == "number" ? CsvAnswer::kNumber : CsvAnswer::kClass;
  options.label_wanted = false;
  Result<Samples> samples = ReadCsv(file, options);
  if (!samples) return samples;
  samples->names.clear();
  for (int i = 0; i < samples->size(); ++i) {
    samples->names.push_back(StrCat(file.string(), " row ", i + 1));
  }
  return samples;
}

Result<std::vector<Prediction>> Predictor::Continue(const fs::path& file,
                                                    const PredictOptions& options) const {
  Result<Alphabet> alphabet = Alphabet::FromJson(nlohmann::json(model_.data.at("alphabet")));
  if (!alphabet) return Error{alphabet.error()};
  const Result<std::string> text = ReadWholeFile(file);
  if (!text) return Error{text.error()};
  if (text->empty()) return Error{file.string() + " is empty, wanted the beginning of a text"};
  const Result<std::vector<int>> start = alphabet->Encode(*text);
  if (!start) return Error{StrCat(file.string(), ": ", start.error())};
  Rng rng(options.seed, RngRole::kEvaluation);
  const SamplingConfig sampling = {.count = options.count,
                                   .context = model_.config.attention.context,
                                   .temperature = options.temperature};
  Prediction prediction;
  prediction.name = file.string();
  prediction.label = alphabet->Decode(ContinueText(net_, *start, sampling, "cpu", rng));
  return std::vector{prediction};
}

Result<std::vector<Prediction>> Predictor::Predict(const fs::path& file,
                                                   const PredictOptions& options) const {
  const std::string kind = KindOf(model_);
  if (kind == "text") return Continue(file, options);
  Result<Samples> samples = Read(file);
  if (!samples) return Error{samples.error()};
  const Result<Preprocessing> preprocessing =
      Preprocessing::FromJson(nlohmann::json(model_.data.at("preprocessing")));
  if (!preprocessing) return Error{preprocessing.error()};
  if (const Status fits = preprocessing->Apply(*samples); !fits) {
    return Error{StrCat(file.string(), ": ", fits.error())};
  }
  const at::Tensor outputs = Outputs(net_, FeatureTensor(*samples), "cpu");
  const at::Tensor p = at::softmax(outputs, 1).contiguous();
  std::vector<Prediction> predictions;
  for (int i = 0; i < samples->size(); ++i) {
    Prediction prediction;
    prediction.name = samples->names[static_cast<std::size_t>(i)];
    if (kind == "number") {
      prediction.number = outputs[i].item<double>();
    } else {
      const auto classes = model_.data.at("classes").get<std::vector<std::string>>();
      const float* row = p.data_ptr<float>() + static_cast<std::size_t>(i) * classes.size();
      for (std::size_t c = 0; c < classes.size(); ++c) {
        prediction.probabilities.emplace_back(classes[c], row[c]);
      }
      std::stable_sort(prediction.probabilities.begin(), prediction.probabilities.end(),
                       [](const auto& a, const auto& b) { return a.second > b.second; });
      prediction.label = prediction.probabilities.front().first;
    }
    predictions.push_back(std::move(prediction));
  }
  return predictions;
}

}  // namespace tengen
