#include "nets/safetensors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

#include "nets/atomic_file.h"

namespace tengen {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeader = 100'000'000;  // as the reference implementation

constexpr std::array<std::pair<const char*, at::ScalarType>, 10> kTypes = {{
    {"F32", at::kFloat},
    {"F64", at::kDouble},
    {"BF16", at::kBFloat16},
    {"F16", at::kHalf},
    {"I8", at::kChar},
    {"I16", at::kShort},
    {"I32", at::kInt},
    {"I64", at::kLong},
    {"U8", at::kByte},
    {"BOOL", at::kBool},
}};

const char* TypeName(at::ScalarType type) {
  for (const auto& [name, scalar] : kTypes) {
    if (scalar == type) return name;
  }
  TENGEN_CHECK(false, "tensor type ", at::toString(type), " has no name in safetensors");
}

std::optional<at::ScalarType> TypeOf(const std::string& name) {
  for (const auto& [known, scalar] : kTypes) {
    if (name == known) return scalar;
  }
  return std::nullopt;
}

// Reads the entry of one tensor and copies its data. `end` is where the last tensor ended.
Result<at::Tensor> ParseTensor(const std::string& name, const Json& entry, std::string_view data,
                               std::uint64_t* end) {
  try {
    const auto type_name = entry.at("dtype").get<std::string>();
    const std::optional<at::ScalarType> type = TypeOf(type_name);
    if (!type) return Error{StrCat("tensor ", name, ": type ", type_name, " is not known")};
    const auto shape = entry.at("shape").get<std::vector<std::int64_t>>();
    const auto [first, last] =
        entry.at("data_offsets").get<std::pair<std::uint64_t, std::uint64_t>>();
    std::uint64_t bytes = c10::elementSize(*type);
    for (const std::int64_t size : shape) {
      if (size < 0 || (size > 0 && bytes > data.size() / static_cast<std::uint64_t>(size))) {
        return Error{StrCat("tensor ", name, ": its shape needs more than the ", data.size(),
                            " bytes of data that follow")};
      }
      bytes *= static_cast<std::uint64_t>(size);
    }
    if (first != *end || last < first || last - first != bytes || last > data.size()) {
      return Error{StrCat("tensor ", name, ": data at ", first, " to ", last, ", wanted ", *end,
                          " to ", *end + bytes, " within ", data.size(), " bytes")};
    }
    at::Tensor tensor = at::empty(shape, *type);
    if (bytes > 0) std::memcpy(tensor.data_ptr(), data.data() + first, bytes);
    *end = last;
    return tensor;
  } catch (const Json::exception& error) {
    return Error{StrCat("tensor ", name, ": header entry ", entry.dump(), ": ", error.what())};
  }
}

std::uint64_t FirstOffset(const Json& entry) {
  const auto offsets = entry.find("data_offsets");
  if (offsets == entry.end() || !offsets->is_array() || offsets->empty() ||
      !(*offsets)[0].is_number_unsigned()) {
    return 0;  // ParseTensor reports it
  }
  return (*offsets)[0].get<std::uint64_t>();
}

}  // namespace

std::string SerializeSafetensors(const TensorFile& file) {
  Json header = Json::object();
  std::vector<at::Tensor> contiguous;
  std::uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    const at::Tensor& data = contiguous.emplace_back(tensor.detach().to(at::kCPU).contiguous());
    const auto bytes = static_cast<std::uint64_t>(data.nbytes());
    header[name] = {{"dtype", TypeName(data.scalar_type())},
                    {"shape", data.sizes().vec()},
                    {"data_offsets", {offset, offset + bytes}}};
    offset += bytes;
  }
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;

  // Spaces bring the data to a multiple of 8 bytes.
  std::string text = header.dump();
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(reinterpret_cast<const char*>(&length), kLengthBytes);
  bytes += text;
  for (const at::Tensor& data : contiguous) {
    bytes.append(static_cast<const char*>(data.data_ptr()), data.nbytes());
  }
  return bytes;
}

Result<TensorFile> ParseSafetensors(std::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    return Error{StrCat("truncated: ", bytes.size(), " bytes, wanted at least ", kLengthBytes)};
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeader || length > bytes.size() - kLengthBytes) {
    return Error{StrCat("truncated or no safetensors file: its header says ", length,
                        " bytes, of which ", bytes.size() - kLengthBytes, " are there")};
  }
  const std::string_view text = bytes.substr(kLengthBytes, length);
  const std::string_view data = bytes.substr(kLengthBytes + length);
  const Json header = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!header.is_object()) return Error{"header is not a JSON object"};

  // Data follows in the order of the offsets, without gaps.
  std::vector<std::pair<std::uint64_t, std::string>> order;
  TensorFile file;
  for (const auto& [name, entry] : header.items()) {
    if (name != "__metadata__") {
      order.emplace_back(FirstOffset(entry), name);
      continue;
    }
    for (const auto& [key, value] : entry.items()) {
      if (!value.is_string()) return Error{StrCat("metadata ", key, " is not a string")};
      file.metadata[key] = value.get<std::string>();
    }
  }
  std::sort(order.begin(), order.end());
  std::uint64_t end = 0;
  for (const auto& [offset, name] : order) {
    Result<at::Tensor> tensor = ParseTensor(name, header[name], data, &end);
    if (!tensor.ok()) return Error{tensor.error()};
    file.tensors[name] = std::move(*tensor);
  }
  if (end != data.size()) {
    return Error{StrCat(data.size(), " bytes of data, wanted ", end)};
  }
  return file;
}

void WriteSafetensors(const std::filesystem::path& path, const TensorFile& file) {
  WriteFileAtomically(path, SerializeSafetensors(file));
}

Result<TensorFile> ReadSafetensors(const std::filesystem::path& path) {
  Result<std::string> bytes = ReadWholeFile(path);
  if (!bytes.ok()) return Error{bytes.error()};
  Result<TensorFile> file = ParseSafetensors(*bytes);
  if (!file.ok()) return Error{StrCat(path.string(), ": ", file.error())};
  return file;
}

}  // namespace tengen
