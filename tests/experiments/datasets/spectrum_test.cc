#include "experiments/datasets/spectrum.h"

#include <cmath>
#include <complex>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using ::testing::HasSubstr;

constexpr double kPi = std::numbers::pi;

// Two tones and something irregular, 0.05 s at 8 kHz, rounded to 16 bits.
Sound Example() {
  Sound sound;
  sound.rate_hz = 8000;
  for (int t = 0; t < 400; ++t) {
    const double x = 0.4 * std::sin(2.0 * kPi * 440.0 * t / 8000.0) +
                     0.3 * std::sin(2.0 * kPi * 1800.0 * t / 8000.0 + 1.0) +
                     0.1 * ((t * 37 % 101) / 101.0 - 0.5);
    sound.samples.push_back(static_cast<float>(std::nearbyint(32768.0 * x) / 32768.0));
  }
  return sound;
}

SpectrumConfig SmallConfig(SpectrumKind kind) {
  SpectrumConfig config;
  config.kind = kind;
  config.bands = 6;
  config.coefficients = 4;
  return config;
}

// Computed from the formulas of the header with NumPy 2's rfft and SciPy's dct(norm="ortho").
TEST(Spectrum, LogMelEqualsNumPys) {
  const double wanted[] = {5.426076,  6.6336742, -0.4767329, 5.2700506, 5.8887906, 1.8742821,  //
                           5.4162203, 6.6230096, -0.4773167, 5.2811733, 5.9001272, 1.8744138,  //
                           5.4257521, 6.6338456, -0.4724244, 5.2703363, 5.8892888, 1.8738469,  //
                           5.2943546, 6.3818588, 0.7873949,  5.0310788, 5.6406555, 1.6694125,  //
                           3.4536262, 4.1346206, 0.3408748,  2.8787624, 3.4486859, -0.3272459};
  const std::vector<float> spectrum = Spectrum(Example(), SmallConfig(SpectrumKind::kLogMel));
  ASSERT_EQ(spectrum.size(), std::size(wanted));
  for (std::size_t i = 0; i < spectrum.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(spectrum[i]), wanted[i], 2e-5) << i;
  }
}

TEST(Spectrum, MfccEqualsSciPys) {
  const double wanted[] = {10.0494973, 1.4261156, 1.2535202,  3.4920309,  //
                           10.0501043, 1.4098146, 1.2433887,  3.5017146,  //
                           10.0513364, 1.4266454, 1.2508435,  3.4905674,  //
                           10.1264989, 1.6900133, 0.5726467,  2.9097581,  //
                           5.6866228,  2.0093045, -0.0466285, 2.2995911};
  const std::vector<float> spectrum = Spectrum(Example(), SmallConfig(SpectrumKind::kMfcc));
  ASSERT_EQ(spectrum.size(), std::size(wanted));
  for (std::size_t i = 0; i < spectrum.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(spectrum[i]), wanted[i], 2e-5) << i;
  }
}

// A gain of g adds log g^2 to each log energy, which is what the mean takes off.
TEST(Spectrum, WithoutItsMeanIsTheSameHoweverLoud) {
  for (const SpectrumKind kind : {SpectrumKind::kLogMel, SpectrumKind::kMfcc}) {
    SpectrumConfig config = SmallConfig(kind);
    Sound sound = Example();
    for (float& sample : sound.samples) sample *= 100.0F;  // far above the floor of energies
    const std::vector<float> with_mean = Spectrum(sound, config);
    config.subtract_mean = true;
    const std::vector<float> before = Spectrum(sound, config);
    for (float& sample : sound.samples) sample *= 3.0F;
    const std::vector<float> louder = Spectrum(sound, config);
    ASSERT_EQ(before.size(), with_mean.size());
    const auto width = static_cast<std::size_t>(config.width());
    const std::size_t frames = before.size() / width;
    ASSERT_GT(frames, 1U);
    for (std::size_t i = 0; i < width; ++i) {
      double sum = 0.0;
      for (std::size_t f = 0; f < frames; ++f) {
        const std::size_t at = f * width + i;
        sum += static_cast<double>(before[at]);
        EXPECT_NEAR(before[at], louder[at], 1e-4);
        EXPECT_NEAR(before[at] - before[i], with_mean[at] - with_mean[i], 1e-4);
      }
      EXPECT_NEAR(sum, 0.0, 1e-3);
    }
  }
}

// By the definition: X_k = sum_t x_t exp(-2 pi i k t / n).
TEST(PowerSpectrum, IsThatOfTheFourierTransform) {
  std::vector<double> x;
  for (int t = 0; t < 16; ++t) x.push_back(static_cast<double>(t * t % 7) - 2.5);
  const std::vector<double> power = PowerSpectrum(x);
  ASSERT_EQ(power.size(), 9U);
  for (std::size_t k = 0; k < power.size(); ++k) {
    std::complex<double> sum = 0.0;
    for (std::size_t t = 0; t < x.size(); ++t) {
      sum += x[t] * std::polar(1.0, -2.0 * kPi * static_cast<double>(k * t) / 16.0);
    }
    EXPECT_NEAR(power[k], std::norm(sum), 1e-10);
  }
}

TEST(MelScale, GoesThroughAThousand) {  // O'Shaughnessy 1987: 1000 Hz are 1000 mel
  EXPECT_NEAR(MelOfHertz(1000.0), 1000.0, 0.05);
  EXPECT_EQ(MelOfHertz(0.0), 0.0);
  EXPECT_NEAR(HertzOfMel(MelOfHertz(3456.0)), 3456.0, 1e-9);
}

TEST(Spectrum, HasAFrameForEachHop) {
  SpectrumConfig config;  // 80 samples from frame to frame
  for (const auto& [samples, frames] : {std::pair(1, 1), {80, 1}, {81, 2}, {8000, 100}}) {
    const Sound sound = {8000, std::vector<float>(static_cast<std::size_t>(samples))};
    const std::vector<float> silence = Spectrum(sound, config);
    EXPECT_EQ(silence.size(), static_cast<std::size_t>(frames * config.bands));
    EXPECT_NEAR(static_cast<double>(silence[0]), std::log(1e-6), 1e-5);
  }
}

TEST(SpectrumConfig, IsCheckedAndComesBackFromJson) {
  SpectrumConfig config = SmallConfig(SpectrumKind::kMfcc);
  const auto back =
      SpectrumConfigFromJson(nlohmann::json::parse(SpectrumConfigToJson(config).dump()));
  ASSERT_TRUE(back.ok()) << back.error();
  EXPECT_EQ(*back, config);
  config.coefficients = 7;
  EXPECT_THAT(CheckSpectrumConfig(config).error(),
              HasSubstr("coefficients is 7, wanted 1 to the 6"));
  EXPECT_THAT(SpectrumConfigFromJson({{"band", 3}}).error(), HasSubstr("spectrum.band"));
}

}  // namespace
}  // namespace tengen
