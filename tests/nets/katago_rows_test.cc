// Planes of 512 positions of KataGo's training, recomputed from the stones alone: every second row
// of python/testdata/benchmark_data_1024.npz of github.com/lightvector/KataGo.

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "nets/katago_features.h"
#include "tests/nets/katago_support.h"

namespace tengen {
namespace {

std::size_t LittleEndian(std::string_view bytes, std::size_t at, std::size_t count) {
  std::size_t value = 0;
  for (std::size_t i = count; i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes.at(at + i));
  }
  return value;
}

std::string Inflate(std::string_view packed, std::size_t size) {
  std::string out(size, '\0');
  z_stream stream = {};
  inflateInit2(&stream, -MAX_WBITS);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(size);
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  return out;
}

// The data of one array of a compressed .npz file (a zip archive of .npy files).
std::string NpzArray(std::string_view archive, std::string_view name) {
  for (std::size_t at = 0; (at = archive.find("PK\x01\x02", at)) != archive.npos; at += 46) {
    if (archive.substr(at + 46, LittleEndian(archive, at + 28, 2)) != name) continue;
    const std::size_t local = LittleEndian(archive, at + 42, 4);
    const std::size_t data =
        local + 30 + LittleEndian(archive, local + 26, 2) + LittleEndian(archive, local + 28, 2);
    const std::string npy = Inflate(archive.substr(data, LittleEndian(archive, at + 20, 4)),
                                    LittleEndian(archive, at + 24, 4));
    return npy.substr(10 + LittleEndian(npy, 8, 2));
  }
  ADD_FAILURE() << "no array " << name;
  return {};
}

constexpr std::size_t kRows = 512;
constexpr std::size_t kBytes = 46;  // of a plane, 361 bits

class KataGoRowsTest : public KataGoDataTest {
 protected:
  void Load() {
    const std::string archive = Text("benchmark_rows_even_512.npz");
    packed_ = NpzArray(archive, "binaryInputNCHWPacked.npy");
    const std::string globals = NpzArray(archive, "globalInputNC.npy");
    ASSERT_EQ(packed_.size(), kRows * 22 * kBytes);
    ASSERT_EQ(globals.size(), kRows * 19 * sizeof(float));
    globals_.resize(kRows * 19);
    std::memcpy(globals_.data(), globals.data(), globals.size());
  }

  bool Bit(std::size_t row, std::size_t plane, std::size_t y, std::size_t x) const {
    const std::size_t bit = y * 19 + x;
    const auto byte = static_cast<unsigned char>(packed_[(row * 22 + plane) * kBytes + bit / 8]);
    return (byte >> (7 - bit % 8) & 1) != 0;
  }
  float Global(std::size_t row, std::size_t index) const { return globals_[row * 19 + index]; }

  // The player to move takes Black's part.
  GoSetup Setup(std::size_t row) const {
    GoSetup setup;
    setup.shape = {0, 0};
    while (setup.shape.rows < 19 && Bit(row, 0, static_cast<std::size_t>(setup.shape.rows), 0)) {
      ++setup.shape.rows;
    }
    while (setup.shape.columns < 19 &&
           Bit(row, 0, 0, static_cast<std::size_t>(setup.shape.columns))) {
      ++setup.shape.columns;
    }
    for (std::size_t y = 0; y < static_cast<std::size_t>(setup.shape.rows); ++y) {
      setup.diagram.emplace_back();
      for (std::size_t x = 0; x < static_cast<std::size_t>(setup.shape.columns); ++x) {
        setup.diagram.back() += Bit(row, 1, y, x) ? 'X' : Bit(row, 2, y, x) ? 'O' : '.';
      }
    }
    setup.rules.suicide = Global(row, 8) > 0 ? SuicideRule::kMulti : SuicideRule::kNone;
    setup.rules.scoring = Global(row, 9) > 0 ? ScoringRule::kTerritory : ScoringRule::kArea;
    setup.rules.tax = Global(row, 11) > 0   ? TaxRule::kAll
                      : Global(row, 10) > 0 ? TaxRule::kSeki
                                            : TaxRule::kNone;
    return setup;
  }

  bool HasKoBan(std::size_t row) const {
    for (std::size_t bit = 0; bit < 361; ++bit) {
      if (Bit(row, 6, bit / 19, bit % 19)) return true;
    }
    return false;
  }

  std::string packed_;
  std::vector<float> globals_;
};

TEST_F(KataGoRowsTest, PlanesThatThePositionDeterminesAreEqual) {
  Load();
  constexpr std::array<std::size_t, 10> kDetermined = {0, 1, 2, 3, 4, 5, 14, 17, 18, 19};
  int compared = 0;
  int with_ko = 0;
  std::array<int, 22> different = {};
  for (std::size_t row = 0; row < kRows; ++row) {
    // Clean-up phases know more than the board, and so do ladders where a ko is banned.
    if (Global(row, 12) > 0) continue;
    const bool ko = HasKoBan(row);
    const KataGoPosition position(Setup(row));
    const BoardShape shape = position.state().board().shape();
    std::vector<float> planes(static_cast<std::size_t>(22 * shape.points()));
    std::vector<float> globals(19);
    KataGoEncoder().Encode(position.state(), Symmetry(), planes, globals);
    ++compared;
    with_ko += ko ? 1 : 0;
    for (const std::size_t plane : kDetermined) {
      if (ko && (plane == 14 || plane == 17)) continue;
      bool equal = true;
      for (std::size_t p = 0; p < static_cast<std::size_t>(shape.points()); ++p) {
        const auto columns = static_cast<std::size_t>(shape.columns);
        equal =
            equal && (planes[22 * p + plane] == 1.0F) == Bit(row, plane, p / columns, p % columns);
      }
      EXPECT_TRUE(equal) << "row " << row << ", plane " << plane << '\n' << position.state().Text();
      different[plane] += equal ? 0 : 1;
    }
  }
  std::printf(
      "%d of %zu rows compared (ladders not in %d with a ko); different: ladders %d and %d, "
      "areas %d and %d\n",
      compared, kRows, with_ko, different[14], different[17], different[18], different[19]);
  EXPECT_GT(compared, 400);
}

}  // namespace
}  // namespace tengen
