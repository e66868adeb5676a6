#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Rows of numbers in a safetensors file (format: safetensors.h), without LibTorch: for models that
// are tables. Only one dimension, float32 and int32.
using PlainTensor = std::variant<std::vector<float>, std::vector<std::int32_t>>;

struct PlainTensorFile {
  std::map<std::string, PlainTensor> tensors;  // sorted by name: equal contents, equal bytes
  std::map<std::string, std::string> metadata;
};

std::string SerializePlainTensors(const PlainTensorFile& file);
// Errors: truncated, no safetensors file, a tensor of another type or with more dimensions, shapes
// and offsets that do not fit each other. Any bytes are read safely.
Result<PlainTensorFile> ParsePlainTensors(std::string_view bytes);

// Atomic and synced to disk. Throws WorldError.
void WritePlainTensors(const std::filesystem::path& path, const PlainTensorFile& file);
// The error names the file. A file that cannot be opened is an error too.
Result<PlainTensorFile> ReadPlainTensors(const std::filesystem::path& path);

}  // namespace tengen
