#include "experiments/pictures/png_picture.h"

#include <array>

#include <gtest/gtest.h>

namespace tengen {
namespace {

// 2x1 grey pixels 0 and 255, chunk by chunk from ISO 15948; checksums by Python's zlib.crc32.
TEST(PngPicture, HasTheChunksOfTheStandard) {
  const std::array<std::uint8_t, 2> pixels = {0, 255};
  const std::string png = PngBytes(1, 2, 1, pixels);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  const std::string header("\0\0\0\x0dIHDR\0\0\0\x02\0\0\0\x01\x08\0\0\0\0", 21);
  EXPECT_EQ(png.substr(8, 21), header);
  EXPECT_EQ(png.substr(29, 4), "\xd1\x49\x20\x56") << "checksum of the header";
  const std::string end("\0\0\0\0IEND\xae\x42\x60\x82", 12);
  EXPECT_EQ(png.substr(png.size() - 12), end);
}

TEST(PngPicture, DataUrisAreBase64) {
  const std::array<std::uint8_t, 3> pixels = {1, 2, 3};
  const std::string uri = PngDataUri(1, 1, 3, pixels);
  // "\x89PNG\r\n\x1a\n\0\0" begins so in every PNG.
  EXPECT_EQ(uri.substr(0, 36), "data:image/png;base64,iVBORw0KGgoAAA");
  EXPECT_EQ((uri.size() - 22) % 4, 0U);
}

}  // namespace
}  // namespace tengen
