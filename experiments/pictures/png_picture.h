#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace tengen {

// A small picture as a PNG file (ISO 15948, 8 bits, no interlace). `channels` is 1 (grey) or 3
// (red, green, blue); pixels are row by row. REQUIRES: pixels has rows * columns * channels bytes,
// rows and columns >= 1.
std::string PngBytes(int rows, int columns, int channels, std::span<const std::uint8_t> pixels);

// The same as the value of an <img>'s src: "data:image/png;base64,...".
std::string PngDataUri(int rows, int columns, int channels, std::span<const std::uint8_t> pixels);

}  // namespace tengen
