#pragma once

#include <string>
#include <string_view>

namespace tengen {

// SHA-256 (FIPS 180-4) of the bytes as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
// A cryptographic hash, so that it can tell which network somebody else's games were played with.
std::string Sha256(std::string_view bytes);

}  // namespace tengen
