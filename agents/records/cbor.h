#pragma once

#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"

namespace tengen {

// The value that `bytes` hold in CBOR (RFC 8949), as nlohmann::json::to_cbor writes it: items of a
// given length, keys that are text, no tags, no byte strings. Bytes from anywhere are read safely:
// at most kMaxCborDepth arrays and objects inside each other, and no more memory than the bytes
// account for, which the library's own reader, made for trusted input, does not bound.
// Errors: where it ends too early or what is not known there.
inline constexpr int kMaxCborDepth = 8;
Result<nlohmann::json> JsonFromCbor(std::string_view bytes);

}  // namespace tengen
