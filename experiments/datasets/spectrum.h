#pragma once

#include <span>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/datasets/wav_file.h"

namespace tengen {

enum class SpectrumKind {
  kLogMel,  // log energies of mel bands
  kMfcc,    // their cosine transform, the first coefficients
};

// How sound becomes features.
struct SpectrumConfig {
  SpectrumKind kind = SpectrumKind::kLogMel;
  double window_s = 0.032;  // Hann window; the transform has the next power of two of samples
  double hop_s = 0.010;     // from one frame to the next
  int bands = 40;           // triangular filters, evenly spaced in mel from 0 to half the rate
  int coefficients = 20;    // of kMfcc, at most `bands`
  // Takes the mean over the sound's own frames off each feature, and with it how loud a recording
  // is and how its microphone and voice colour it (cepstral mean subtraction: Atal 1974).
  bool subtract_mean = false;

  int width() const { return kind == SpectrumKind::kLogMel ? bands : coefficients; }
  bool operator==(const SpectrumConfig&) const = default;
};

Status CheckSpectrumConfig(const SpectrumConfig& config);
nlohmann::ordered_json SpectrumConfigToJson(const SpectrumConfig& config);
Result<SpectrumConfig> SpectrumConfigFromJson(const nlohmann::json& json);

// Mel scale of O'Shaughnessy 1987: m = 2595 log10(1 + f / 700).
double MelOfHertz(double hertz);
double HertzOfMel(double mel);

// Power |X_k|^2, k = 0 to n / 2, of the discrete Fourier transform of n real numbers. REQUIRES: n
// is a power of two.
std::vector<double> PowerSpectrum(std::span<const double> samples);

// Frames of a sound, each `width()` numbers, one behind the other:
//   log-mel  log(1e-6 + sum_k H_b(k) |X_k|^2), H_b the triangle of band b with height 1 (Davis &
//            Mermelstein 1980, figure 1)
//   MFCC     c_i = sqrt(2 / B) sum_b s_b cos(pi i (b + 1/2) / B) over the B log energies s_b, c_0
//            divided by sqrt(2): the orthonormal DCT-II (the same, equation 1)
// There is a frame for each hop within the sound; the last ones are filled up with silence. Windows
// begin at the frame's start (no centring). REQUIRES: CheckSpectrumConfig(config).
std::vector<float> Spectrum(const Sound& sound, const SpectrumConfig& config);

}  // namespace tengen
