#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "envs/core/result.h"

// The safetensors format (github.com/huggingface/safetensors): 8 bytes little-endian length N, N
// bytes of JSON {name: {dtype, shape, data_offsets}, "__metadata__": {string: string}}, then the
// data. Python's `safetensors` reads what is written here and the other way round.

namespace tengen {

// Sorted by name, so that equal tensors give equal files.
using NamedTensors = std::map<std::string, at::Tensor>;

struct TensorFile {
  NamedTensors tensors;  // contiguous, on the CPU
  std::map<std::string, std::string> metadata;
};

// The file's bytes. Tensors may be on any device and need not be contiguous. Types: float32,
// float64, bfloat16, float16, int8, int16, int32, int64, uint8, bool.
std::string SerializeSafetensors(const TensorFile& file);
// Errors: truncated, bad header, unknown type, shapes and offsets that do not fit each other.
// Flipped bytes in the data are found by the checksum of the folder that holds the file
// (checkpoint.h).
Result<TensorFile> ParseSafetensors(std::string_view bytes);

// Atomic: written beside and renamed, synced to disk before. Throws WorldError.
void WriteSafetensors(const std::filesystem::path& path, const TensorFile& file);
// The error names the file. A file that cannot be opened is an error too.
Result<TensorFile> ReadSafetensors(const std::filesystem::path& path);

}  // namespace tengen
