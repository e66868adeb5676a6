#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "experiments/datasets/data_rng.h"
#include "experiments/datasets/generated.h"

namespace tengen {
namespace {

constexpr int kRate_hz = 8000;
constexpr int kFormants = 3;

// One sound of speech: where the mouth resonates, and what it is fed with.
struct Phone {
  std::array<double, kFormants> formant_hz;
  double voice = 0.0;  // of the buzz, 0 to 1
  double noise = 0.0;  // of the breath
  double seconds = 0.0;
};

// Vowels after Peterson & Barney 1952, table II (men); consonants are rough.
const std::map<std::string, Phone>& Phones() {
  static const std::map<std::string, Phone> phones = {
      {"i", {{270, 2290, 3010}, 1.0, 0.0, 0.15}},   {"I", {{390, 1990, 2550}, 1.0, 0.0, 0.09}},
      {"e", {{530, 1840, 2480}, 1.0, 0.0, 0.11}},   {"A", {{640, 1190, 2390}, 1.0, 0.0, 0.13}},
      {"a", {{730, 1090, 2440}, 1.0, 0.0, 0.12}},   {"o", {{570, 840, 2410}, 1.0, 0.0, 0.15}},
      {"u", {{300, 870, 2240}, 1.0, 0.0, 0.17}},    {"r", {{490, 1350, 1690}, 0.8, 0.0, 0.08}},
      {"w", {{300, 610, 2200}, 0.7, 0.0, 0.07}},    {"n", {{250, 1450, 2500}, 0.5, 0.0, 0.09}},
      {"z", {{250, 1800, 3400}, 0.35, 0.35, 0.09}}, {"v", {{250, 1100, 2300}, 0.45, 0.12, 0.07}},
      {"s", {{400, 2700, 3700}, 0.0, 0.6, 0.13}},   {"f", {{500, 1500, 3000}, 0.0, 0.22, 0.11}},
      {"T", {{450, 1700, 3200}, 0.0, 0.18, 0.09}},  {"t", {{400, 2000, 3500}, 0.0, 0.7, 0.03}},
      {"k", {{450, 1700, 2600}, 0.0, 0.6, 0.03}},   {"-", {{400, 1500, 2500}, 0.0, 0.0, 0.05}}};
  return phones;
}

constexpr std::array<const char*, 10> kWords = {"zIro", "wAn",   "-tu",   "Tri",  "for",
                                                "faIv", "sI-ks", "sevAn", "eI-t", "naIn"};

// What makes a voice, and how it differs from take to take.
struct Voice {
  double pitch_hz = 120.0;
  double tract = 1.0;  // formants times this: short tracts resonate higher
  double pace = 1.0;   // durations times this
};

double Around(double most, Rng& rng) { return most * (2.0 * rng.Uniform() - 1.0); }

Voice DrawSpeaker(Rng& rng) {
  return {90.0 + 130.0 * rng.Uniform(), 1.0 + Around(0.12, rng), 1.0 + Around(0.2, rng)};
}

Voice DrawTake(const Voice& speaker, Rng& rng) {
  return {speaker.pitch_hz * (1.0 + Around(0.08, rng)), speaker.tract * (1.0 + Around(0.03, rng)),
          speaker.pace * (1.0 + Around(0.12, rng))};
}

// y[t] = a x[t] + b y[t-1] + c y[t-2], Klatt 1980, equation 2.
class Resonator {
 public:
  double Filter(double x, double hertz, double bandwidth_hz) {
    const double step = std::numbers::pi / kRate_hz;
    const double c = -std::exp(-2.0 * step * bandwidth_hz);
    const double b = 2.0 * std::exp(-step * bandwidth_hz) * std::cos(2.0 * step * hertz);
    const double y = (1.0 - b - c) * x + b * before_ + c * before_that_;
    before_that_ = before_;
    before_ = y;
    return y;
  }

 private:
  double before_ = 0.0;
  double before_that_ = 0.0;
};

Phone Between(const Phone& from, const Phone& to, double share) {
  Phone out;
  const auto mix = [share](double a, double b) { return a + share * (b - a); };
  for (std::size_t i = 0; i < kFormants; ++i) {
    out.formant_hz[i] = mix(from.formant_hz[i], to.formant_hz[i]);
  }
  out.voice = mix(from.voice, to.voice);
  out.noise = mix(from.noise, to.noise);
  return out;
}

// The phones of a word with silence around them.
std::vector<Phone> PhonesOf(const char* word) {
  std::vector<Phone> phones = {Phones().at("-")};
  for (const char* letter = word; *letter != '\0'; ++letter) {
    phones.push_back(Phones().at(std::string(1, *letter)));
  }
  phones.push_back(Phones().at("-"));
  return phones;
}

Sound Speak(const char* word, const Voice& voice, Rng& rng) {
  Sound sound;
  sound.rate_hz = kRate_hz;
  std::array<Resonator, kFormants> mouth;
  double phase = 0.0;  // of the vocal cords
  const std::vector<Phone> phones = PhonesOf(word);
  for (std::size_t i = 0; i + 1 < phones.size(); ++i) {
    const double seconds = phones[i].seconds * voice.pace * (1.0 + Around(0.15, rng));
    const int count = std::max(1, static_cast<int>(seconds * kRate_hz));
    for (int t = 0; t < count; ++t) {
      // The mouth moves on in the last third of a phone.
      const double share = std::max(0.0, 3.0 * t / count - 2.0);
      const Phone now = Between(phones[i], phones[i + 1], share);
      phase += voice.pitch_hz * (1.0 + 0.05 * std::sin(0.002 * t)) / kRate_hz;
      const double pulse = phase >= 1.0 ? 1.0 : 0.0;
      phase -= std::floor(phase);
      double x = now.voice * (pulse - 0.02) + 0.08 * now.noise * rng.Normal();
      for (std::size_t f = 0; f < kFormants; ++f) {
        const double hertz = std::min(3800.0, voice.tract * now.formant_hz[f]);
        x = mouth[f].Filter(x, hertz, 60.0 + 0.04 * hertz);
      }
      sound.samples.push_back(static_cast<float>(x));
    }
  }
  return sound;
}

// To a loudness of its own, with some noise of the room.
void Record(Rng& rng, Sound& sound) {
  float most = 1e-9F;
  for (const float sample : sound.samples) most = std::max(most, std::abs(sample));
  const auto loudness = static_cast<float>(0.3 + 0.5 * rng.Uniform()) / most;
  const double room = 0.002 + 0.006 * rng.Uniform();
  for (float& sample : sound.samples) {
    sample = std::clamp(sample * loudness + static_cast<float>(room * rng.Normal()), -1.0F, 0.999F);
  }
}

}  // namespace

std::vector<Recording> SpokenDigits(int speakers, int takes, std::uint64_t seed) {
  Rng rng = DataRng(seed, DataStream::kSpeech);
  std::vector<Voice> voices;
  for (int s = 0; s < speakers; ++s) voices.push_back(DrawSpeaker(rng));
  std::vector<Recording> recordings;
  for (std::size_t digit = 0; digit < kWords.size(); ++digit) {
    for (int s = 0; s < speakers; ++s) {
      for (int take = 0; take < takes; ++take) {
        Recording recording;
        recording.label = std::to_string(digit);
        recording.speaker = StrCat("voice", s);
        recording.take = take;
        recording.name = StrCat(digit, "_", recording.speaker, "_", take, ".wav");
        const Voice voice = DrawTake(voices[static_cast<std::size_t>(s)], rng);
        recording.sound = Speak(kWords[digit], voice, rng);
        Record(rng, recording.sound);
        recordings.push_back(std::move(recording));
      }
    }
  }
  return recordings;
}

}  // namespace tengen
