#include "experiments/datasets/wav_file.h"

#include <cmath>
#include <fstream>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Little(unsigned value, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += static_cast<char>(value >> (8 * i) & 255U);
  return out;
}

// By the definition of the format.
std::string Wav(unsigned kind, unsigned channels, unsigned rate, unsigned bits,
                const std::string& data, const std::string& before = "") {
  const unsigned frame = channels * bits / 8;
  const std::string chunks = "fmt " + Little(16, 4) + Little(kind, 2) + Little(channels, 2) +
                             Little(rate, 4) + Little(rate * frame, 4) + Little(frame, 2) +
                             Little(bits, 2) + before + "data" +
                             Little(static_cast<unsigned>(data.size()), 4) + data;
  return "RIFF" + Little(static_cast<unsigned>(chunks.size()) + 4, 4) + "WAVE" + chunks;
}

std::string ErrorOf(const std::string& bytes) {
  const auto sound = ParseWav(bytes, "a.wav");
  return sound ? "no error" : sound.error();
}

TEST(Wav, GivesSamplesFromMinusOneToOne) {
  const std::string data("\x00\x80\x00\x00\xff\x7f\x00\x40", 8);  // -32768, 0, 32767, 16384
  const auto sound = ParseWav(Wav(1, 1, 8000, 16, data), "a.wav");
  ASSERT_TRUE(sound.ok()) << sound.error();
  EXPECT_EQ(sound->rate_hz, 8000);
  EXPECT_THAT(sound->samples, ElementsAre(-1.0F, 0.0F, 32767.0F / 32768.0F, 0.5F));
  EXPECT_EQ(WavBytes(*sound), Wav(1, 1, 8000, 16, data));
}

TEST(Wav, PassesOverOtherParts) {
  // Of odd length, so with a byte behind it.
  const std::string list = "LIST" + Little(3, 4) + "abc" + std::string(1, '\0');
  EXPECT_EQ(ParseWav(Wav(1, 1, 16000, 16, "ab", list), "a")->samples.size(), 1U);
}

TEST(Wav, SaysWhatIsNotWanted) {
  EXPECT_THAT(ErrorOf(Wav(1, 1, 44100, 16, "ab")), HasSubstr("a.wav: 44100 Hz, wanted 16 bits"));
  EXPECT_THAT(ErrorOf(Wav(1, 1, 8000, 24, "abc")), HasSubstr("24 bits, wanted 16 bits"));
  EXPECT_THAT(ErrorOf(Wav(1, 1, 8000, 8, "abc")), HasSubstr("8 bits"));
  EXPECT_THAT(ErrorOf(Wav(1, 2, 8000, 16, "abcd")), HasSubstr("2 channels"));
  EXPECT_THAT(ErrorOf(Wav(3, 1, 8000, 32, "abcd")), HasSubstr("compressed or floating (format 3)"));
  EXPECT_THAT(ErrorOf(Wav(1, 1, 8000, 16, "")), HasSubstr("no samples"));
  EXPECT_THAT(ErrorOf("ID3 an MP3"), HasSubstr("no WAV file"));
  EXPECT_THAT(ErrorOf("RIFF....WAVE"), HasSubstr("no format"));
  const std::string whole = Wav(1, 1, 8000, 16, "abcdefgh");
  EXPECT_THAT(ErrorOf(whole.substr(0, whole.size() - 3)), HasSubstr("cut off: 5 bytes"));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(ParseWav(whole.substr(0, size), "a.wav").ok()) << size;
  }
}

TEST(Wav, CutsWhatIsTooLoud) {
  const auto sound = ParseWav(WavBytes({8000, {2.0F, -2.0F}}), "a");
  EXPECT_THAT(sound->samples, ElementsAre(32767.0F / 32768.0F, -1.0F));
}

// A tone keeps its samples at the new rate, as the formula of the tone gives them, and one above
// the new Nyquist frequency is gone.
TEST(Resampled, KeepsTonesBelowHalfTheNewRate) {
  const auto tone = [](double hertz, int rate) {
    Sound sound = {rate, {}};
    for (int i = 0; i < rate / 2; ++i) {
      sound.samples.push_back(
          static_cast<float>(0.5 * std::sin(2.0 * std::numbers::pi * hertz * i / rate)));
    }
    return sound;
  };
  for (const int rate : {8000, 22050, 44100}) {
    const Sound low = Resampled(tone(440.0, 22050), rate);
    const Sound wanted = tone(440.0, rate);
    EXPECT_EQ(low.rate_hz, rate);
    ASSERT_NEAR(static_cast<double>(low.samples.size()), rate / 2, 1.0);
    for (std::size_t i = 300; i + 300 < wanted.samples.size(); ++i) {
      ASSERT_NEAR(low.samples[i], wanted.samples[i], 2e-3) << rate << " Hz, sample " << i;
    }
  }
  const Sound high = Resampled(tone(6000.0, 22050), 8000);
  for (std::size_t i = 300; i + 300 < high.samples.size(); ++i) {
    ASSERT_NEAR(high.samples[i], 0.0F, 2e-3) << i;
  }
}

}  // namespace
}  // namespace tengen
