#include "nets/plain_tensors.h"

#include <bit>
#include <cstring>
#include <utility>

#include <nlohmann/json.hpp>

#include "nets/atomic_file.h"

namespace tengen {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kNumberBytes = 4;  // of either type

std::string_view BytesOf(const PlainTensor& tensor) {
  return std::visit(
      [](const auto& numbers) {
        return std::string_view(reinterpret_cast<const char*>(numbers.data()),
                                numbers.size() * kNumberBytes);
      },
      tensor);
}

template <typename Number>
PlainTensor TensorOf(std::string_view bytes) {
  std::vector<Number> numbers(bytes.size() / kNumberBytes);
  if (!bytes.empty()) std::memcpy(numbers.data(), bytes.data(), bytes.size());
  return numbers;
}

Result<PlainTensor> ParseTensor(const std::string& name, const Json& entry, std::string_view data,
                                std::uint64_t* covered) {
  try {
    const auto type = entry.at("dtype").get<std::string>();
    const auto shape = entry.at("shape").get<std::vector<std::uint64_t>>();
    const auto [first, last] =
        entry.at("data_offsets").get<std::pair<std::uint64_t, std::uint64_t>>();
    if (shape.size() != 1 || (type != "F32" && type != "I32")) {
      return Error{StrCat("tensor ", name, ": ", shape.size(), " dimensions of type ", type,
                          ", wanted one of F32 or I32")};
    }
    if (last < first || last > data.size() || shape[0] > data.size() ||
        last - first != shape[0] * kNumberBytes) {
      return Error{StrCat("tensor ", name, ": data at ", first, " to ", last, " for ", shape[0],
                          " numbers, wanted ", kNumberBytes, " bytes each within ", data.size())};
    }
    *covered += last - first;
    const std::string_view bytes = data.substr(first, last - first);
    return type == "F32" ? TensorOf<float>(bytes) : TensorOf<std::int32_t>(bytes);
  } catch (const Json::exception& error) {
    return Error{StrCat("tensor ", name, ": ", error.what())};
  }
}

}  // namespace

std::string SerializePlainTensors(const PlainTensorFile& file) {
  Json header = Json::object();
  std::string data;
  for (const auto& [name, tensor] : file.tensors) {
    const std::string_view bytes = BytesOf(tensor);
    header[name] = {{"dtype", std::holds_alternative<std::vector<float>>(tensor) ? "F32" : "I32"},
                    {"shape", {bytes.size() / kNumberBytes}},
                    {"data_offsets", {data.size(), data.size() + bytes.size()}}};
    data += bytes;
  }
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  // Spaces bring the data to a multiple of 8 bytes.
  std::string text = header.dump();
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  const std::uint64_t length = text.size();
  return std::string(reinterpret_cast<const char*>(&length), kLengthBytes) + text + data;
}

Result<PlainTensorFile> ParsePlainTensors(std::string_view bytes) {
  std::uint64_t length = 0;
  if (bytes.size() >= kLengthBytes) std::memcpy(&length, bytes.data(), kLengthBytes);
  if (bytes.size() < kLengthBytes || length > bytes.size() - kLengthBytes) {
    return Error{StrCat("truncated or no safetensors file: ", bytes.size(), " bytes, wanted ",
                        kLengthBytes, " and a header of ", length)};
  }
  const std::string_view data = bytes.substr(kLengthBytes + length);
  const Json header =
      Json::parse(bytes.substr(kLengthBytes, length), nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return Error{"its header is not a JSON object"};
  PlainTensorFile file;
  std::uint64_t covered = 0;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") {
      for (const auto& [key, value] : entry.items()) {
        if (!value.is_string()) return Error{StrCat("metadata ", key, " is not a string")};
        file.metadata[key] = value.get<std::string>();
      }
      continue;
    }
    Result<PlainTensor> tensor = ParseTensor(name, entry, data, &covered);
    if (!tensor) return Error{tensor.error()};
    file.tensors[name] = *std::move(tensor);
  }
  if (covered != data.size()) {
    return Error{StrCat(data.size(), " bytes of data, wanted ", covered)};
  }
  return file;
}

void WritePlainTensors(const std::filesystem::path& path, const PlainTensorFile& file) {
  WriteFileAtomically(path, SerializePlainTensors(file));
}

Result<PlainTensorFile> ReadPlainTensors(const std::filesystem::path& path) {
  const Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes) return Error{bytes.error()};
  Result<PlainTensorFile> file = ParsePlainTensors(*bytes);
  if (!file) return Error{StrCat(path.string(), ": ", file.error())};
  return file;
}

}  // namespace tengen
