#include "experiments/datasets/spectrum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include <nlohmann/json.hpp>

#include "experiments/datasets/spectrum_fields.h"

namespace tengen {

namespace {

using Complex = std::complex<double>;

constexpr double kFloor = 1e-6;  // of a band's energy, so that silence has a logarithm
constexpr double kPi = std::numbers::pi;

// Radix-2 transform (Cooley & Tukey 1965): bits of the indices reversed, then butterflies of
// growing length. `size` is a power of two.
class FourierTransform {
 public:
  explicit FourierTransform(std::size_t size) {
    for (std::size_t k = 0; k < size / 2; ++k) {
      turns_.push_back(
          std::polar(1.0, -2.0 * kPi * static_cast<double>(k) / static_cast<double>(size)));
    }
  }

  // In place.
  void Apply(std::vector<Complex>& x) const {
    const std::size_t n = x.size();
    for (std::size_t i = 1, j = 0; i < n; ++i) {
      std::size_t bit = n >> 1;
      for (; (j & bit) != 0; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) std::swap(x[i], x[j]);
    }
    for (std::size_t length = 2; length <= n; length *= 2) {
      for (std::size_t begin = 0; begin < n; begin += length) {
        for (std::size_t k = 0; k < length / 2; ++k) {
          const Complex even = x[begin + k];
          const Complex odd = Product(turns_[k * (n / length)], x[begin + k + length / 2]);
          x[begin + k] = even + odd;
          x[begin + k + length / 2] = even - odd;
        }
      }
    }
  }

 private:
  // The operator of the standard looks for infinities, which takes most of the time.
  static Complex Product(const Complex& a, const Complex& b) {
    return {a.real() * b.real() - a.imag() * b.imag(), a.real() * b.imag() + a.imag() * b.real()};
  }

  std::vector<Complex> turns_;  // exp(-2 pi i k / size)
};

// |X[k]|^2 of k = 0 to half the size.
std::vector<double> PowerOf(const FourierTransform& transform, std::span<const double> samples) {
  std::vector<Complex> x(samples.begin(), samples.end());
  transform.Apply(x);
  std::vector<double> power;
  for (std::size_t k = 0; k <= samples.size() / 2; ++k) power.push_back(std::norm(x[k]));
  return power;
}

// The periodic Hann window.
std::vector<double> HannWindow(std::size_t size) {
  std::vector<double> window;
  for (std::size_t i = 0; i < size; ++i) {
    window.push_back(
        0.5 - 0.5 * std::cos(2.0 * kPi * static_cast<double>(i) / static_cast<double>(size)));
  }
  return window;
}

// Weights of each band over the transform's points, [bands][points].
std::vector<std::vector<double>> Triangles(int bands, int rate_hz, std::size_t points) {
  const double top = MelOfHertz(0.5 * rate_hz);
  std::vector<double> corner;  // Hz
  for (int i = 0; i < bands + 2; ++i) corner.push_back(HertzOfMel(top * i / (bands + 1)));
  std::vector<std::vector<double>> weights;
  for (std::size_t b = 0; b < static_cast<std::size_t>(bands); ++b) {
    std::vector<double>& band = weights.emplace_back(points);
    for (std::size_t k = 0; k < points; ++k) {
      const double hertz = 0.5 * rate_hz * static_cast<double>(k) / static_cast<double>(points - 1);
      const double up = (hertz - corner[b]) / (corner[b + 1] - corner[b]);
      const double down = (corner[b + 2] - hertz) / (corner[b + 2] - corner[b + 1]);
      band[k] = std::max(0.0, std::min(up, down));
    }
  }
  return weights;
}

// Of a frame's log energies.
std::vector<double> CosineTransform(const std::vector<double>& s, int coefficients) {
  const auto bands = static_cast<double>(s.size());
  std::vector<double> out;
  for (int i = 0; i < coefficients; ++i) {
    double sum = 0.0;
    for (std::size_t b = 0; b < s.size(); ++b) {
      sum += s[b] * std::cos(kPi * i * (static_cast<double>(b) + 0.5) / bands);
    }
    out.push_back(sum * std::sqrt((i == 0 ? 1.0 : 2.0) / bands));
  }
  return out;
}

void SubtractMean(std::size_t width, std::vector<float>& frames) {
  const std::size_t count = frames.size() / width;
  for (std::size_t i = 0; i < width; ++i) {
    double sum = 0.0;
    for (std::size_t f = 0; f < count; ++f) sum += static_cast<double>(frames[f * width + i]);
    const auto mean =
        static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(1, count)));
    for (std::size_t f = 0; f < count; ++f) frames[f * width + i] -= mean;
  }
}

}  // namespace

Status CheckSpectrumConfig(const SpectrumConfig& config) {
  if (!(config.window_s >= 0.001 && config.window_s <= 1.0)) {
    return Error{StrCat("window_s is ", config.window_s, ", wanted 0.001 to 1")};
  }
  if (!(config.hop_s >= 0.001 && config.hop_s <= 1.0)) {
    return Error{StrCat("hop_s is ", config.hop_s, ", wanted 0.001 to 1")};
  }
  if (config.bands < 1 || config.bands > 256) {
    return Error{StrCat("bands is ", config.bands, ", wanted 1 to 256")};
  }
  if (config.coefficients < 1 || config.coefficients > config.bands) {
    return Error{StrCat("coefficients is ", config.coefficients, ", wanted 1 to the ", config.bands,
                        " bands")};
  }
  return Ok{};
}

nlohmann::ordered_json SpectrumConfigToJson(const SpectrumConfig& config) {
  return ConfigToJson(config);
}

Result<SpectrumConfig> SpectrumConfigFromJson(const nlohmann::json& json) {
  SpectrumConfig config;
  for (const Status& status :
       {ConfigFromJson(json, config, "spectrum"), CheckSpectrumConfig(config)}) {
    if (!status) return Error{status.error()};
  }
  return config;
}

double MelOfHertz(double hertz) { return 2595.0 * std::log10(1.0 + hertz / 700.0); }
double HertzOfMel(double mel) { return 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0); }

std::vector<double> PowerSpectrum(std::span<const double> samples) {
  TENGEN_CHECK(std::has_single_bit(samples.size()), samples.size(), " samples");
  return PowerOf(FourierTransform(samples.size()), samples);
}

std::vector<float> Spectrum(const Sound& sound, const SpectrumConfig& config) {
  const auto window = static_cast<std::size_t>(std::lround(config.window_s * sound.rate_hz));
  const auto hop = static_cast<std::size_t>(std::lround(config.hop_s * sound.rate_hz));
  std::vector<double> frame(std::bit_ceil(std::max<std::size_t>(2, window)));
  const auto triangles = Triangles(config.bands, sound.rate_hz, frame.size() / 2 + 1);
  const FourierTransform transform(frame.size());
  const std::vector<double> weights = HannWindow(window);
  std::vector<float> out;
  for (std::size_t begin = 0; begin < sound.samples.size(); begin += hop) {
    std::fill(frame.begin(), frame.end(), 0.0);
    const std::size_t used = std::min(window, sound.samples.size() - begin);
    for (std::size_t i = 0; i < used; ++i) {
      frame[i] = weights[i] * static_cast<double>(sound.samples[begin + i]);
    }
    const std::vector<double> power = PowerOf(transform, frame);
    std::vector<double> logs;
    for (const std::vector<double>& triangle : triangles) {
      double energy = kFloor;
      for (std::size_t k = 0; k < power.size(); ++k) energy += triangle[k] * power[k];
      logs.push_back(std::log(energy));
    }
    if (config.kind == SpectrumKind::kMfcc) logs = CosineTransform(logs, config.coefficients);
    for (const double value : logs) out.push_back(static_cast<float>(value));
  }
  if (config.subtract_mean) SubtractMean(static_cast<std::size_t>(config.width()), out);
  return out;
}

}  // namespace tengen
