#include "nets/checkpoint.h"

#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>
#include <zlib.h>

#include "nets/atomic_file.h"
#include "nets/folder_swap.h"
#include "nets/model_json.h"
#include "nets/sha256.h"
#include "nets/write_error.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kFormat = "tengen-network";
constexpr int kVersion = 1;
constexpr const char* kModelFile = "model.json";
constexpr const char* kWeightsFile = "model.safetensors";

// CRC-32 (ISO 3309, zlib's) as eight hexadecimal digits.
std::string Checksum(std::string_view bytes) {
  const unsigned long crc = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (int shift = 28; shift >= 0; shift -= 4) text += kDigits[(crc >> shift) & 15U];
  return text;
}

// model.json carries its own checksum: that of its text without the key "checksum".
std::string JsonText(Json json) {
  json.erase("checksum");
  json["checksum"] = Checksum(json.dump());
  return json.dump(2) + "\n";
}

Status CheckJson(const Json& json) {
  if (!json.is_object() || json.value("format", Json()) != kFormat) {
    return Error{StrCat("is not a network, wanted format ", kFormat)};
  }
  if (json.value("version", Json()) != kVersion) {
    return Error{
        StrCat("format version ", json.value("version", Json()).dump(), ", wanted ", kVersion)};
  }
  Json rest = json;
  rest.erase("checksum");
  const Json wanted = Checksum(rest.dump());
  if (json.value("checksum", Json()) != wanted) {
    return Error{StrCat("checksum ", json.value("checksum", Json()).dump(), ", its content has ",
                        wanted.dump(), ": the file was changed")};
  }
  return Ok{};
}

// Size and checksum of the weights' file.
Status CheckWeights(const Json& weights, const std::string& bytes) {
  const auto size = weights.at("bytes").get<std::size_t>();
  if (bytes.size() != size) {
    return Error{StrCat("truncated or replaced: ", bytes.size(), " bytes, wanted ", size)};
  }
  const auto checksum = weights.at("crc32").get<std::string>();
  if (Checksum(bytes) != checksum) {
    return Error{StrCat("damaged: checksum ", Checksum(bytes), ", wanted ", checksum)};
  }
  const auto hash = weights.find("sha256");
  if (hash != weights.end() && *hash != Sha256(bytes)) {
    return Error{StrCat("damaged: SHA-256 ", Sha256(bytes), ", wanted ", hash->dump())};
  }
  return Ok{};
}

std::string WeightsText(const ModelSnapshot& snapshot) {
  return SerializeSafetensors({snapshot.weights, {{"format", "pt"}}});
}

Result<NetworkFile> Load(const fs::path& folder) {
  Result<std::string> text = ReadWholeFile(folder / kModelFile);
  if (!text.ok()) return Error{text.error()};
  const auto named = [&folder](const char* file, const std::string& error) {
    return Error{StrCat((folder / file).string(), ": ", error)};
  };
  const Json json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return named(kModelFile, "truncated or not JSON");
  const Status valid = CheckJson(json);
  if (!valid.ok()) return named(kModelFile, valid.error());

  Result<ModelConfig> config = ModelConfigFromJson(json.at("config"));
  if (!config.ok()) return named(kModelFile, config.error());
  NetworkFile network;
  network.snapshot.config = *config;
  network.snapshot.step = json.at("step").get<std::int64_t>();
  network.facts = json.at("facts").get<std::map<std::string, std::string>>();

  Result<std::string> bytes = ReadWholeFile(folder / kWeightsFile);
  if (!bytes.ok()) return Error{bytes.error()};
  const Status whole = CheckWeights(json.at("weights"), *bytes);
  if (!whole.ok()) return named(kWeightsFile, whole.error());
  Result<TensorFile> weights = ParseSafetensors(*bytes);
  if (!weights.ok()) return named(kWeightsFile, weights.error());
  network.snapshot.weights = std::move(weights->tensors);
  const Status fits = Model(*config, /*seed=*/0).Load(network.snapshot.weights);
  if (!fits.ok()) return named(kWeightsFile, fits.error());
  return network;
}

}  // namespace

std::string WeightsHash(const ModelSnapshot& snapshot) { return Sha256(WeightsText(snapshot)); }

void SaveNetwork(const fs::path& folder, const NetworkFile& network) {
  const ModelSnapshot& snapshot = network.snapshot;
  const std::string weights = WeightsText(snapshot);
  const std::string text = JsonText({
      {"format", kFormat},
      {"version", kVersion},
      {"config", ModelConfigToJson(snapshot.config)},
      {"step", snapshot.step},
      {"facts", network.facts},
      {"weights",
       {{"file", kWeightsFile},
        {"bytes", weights.size()},
        {"crc32", Checksum(weights)},
        {"sha256", Sha256(weights)}}},
  });
  const fs::path beside = folder.string() + ".tmp";
  try {
    fs::remove_all(beside);
    fs::create_directories(beside);
    WriteFileSynced(beside / kWeightsFile, weights);
    WriteFileSynced(beside / kModelFile, text);
    ReplaceFolder(beside, folder);
  } catch (const fs::filesystem_error& error) {
    ThrowWriteError(StrCat("cannot save the network ", folder.string()), error.code().value());
  }
}

Result<NetworkFile> LoadNetwork(const fs::path& folder) {
  try {
    return Load(StandingFolder(folder));
  } catch (const Json::exception& error) {
    return Error{StrCat((folder / kModelFile).string(), ": ", error.what())};
  }
}

}  // namespace tengen
