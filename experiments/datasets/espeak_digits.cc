#include "experiments/datasets/espeak_digits.h"

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "experiments/datasets/data_rng.h"
#include "experiments/datasets/program.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kRate_hz = 8000;
constexpr std::array<const char*, 10> kWords = {"zero", "one", "two",   "three", "four",
                                                "five", "six", "seven", "eight", "nine"};
// Three men and three women of the program's own; a name, and what it is called by.
struct Voice {
  const char* name;
  const char* option;
};
constexpr std::array<Voice, kEspeakVoices> kVoices = {{{"m1", "en+m1"},
                                                       {"m3", "en+m3"},
                                                       {"m7", "en-us+m7"},
                                                       {"f1", "en+f1"},
                                                       {"f2", "en-us+f2"},
                                                       {"f4", "en+f4"}}};

// A folder of its own, for the file that the program writes.
class Workplace {
 public:
  Workplace() {
    std::string name = (fs::temp_directory_path() / "tengen-espeak-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr) folder_ = name;
  }
  ~Workplace() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const fs::path& folder() const { return folder_; }

 private:
  fs::path folder_;
};

Result<Sound> Say(const char* word, const Voice& voice, Rng& rng, const fs::path& file) {
  const int pitch = 35 + static_cast<int>(rng.Below(31));  // 0 to 99, usually 50
  const int pace = 120 + static_cast<int>(rng.Below(71));  // words a minute, usually 175
  const auto code = RunProgram({"espeak-ng", "-v", voice.option, "-p", std::to_string(pitch), "-s",
                                std::to_string(pace), "-w", file.string(), word});
  if (!code) return Error{code.error()};
  if (*code != 0) return Error{StrCat("espeak-ng ended with code ", *code)};
  auto sound = ReadWavOfAnyRate(file);
  if (!sound) return sound;
  return Resampled(*sound, kRate_hz);
}

}  // namespace

Result<std::vector<Recording>> EspeakDigits(int takes, std::uint64_t seed) {
  const Workplace workplace;
  if (workplace.folder().empty()) return Error{"cannot make a folder for temporary files"};
  Rng rng = DataRng(seed, DataStream::kEspeak);
  std::vector<Recording> recordings;
  for (std::size_t digit = 0; digit < kWords.size(); ++digit) {
    for (const Voice& voice : kVoices) {
      for (int take = 0; take < takes; ++take) {
        auto sound = Say(kWords[digit], voice, rng, workplace.folder() / "word.wav");
        if (!sound) return Error{sound.error()};
        recordings.push_back({StrCat(digit, "_", voice.name, "_", take, ".wav"),
                              std::to_string(digit), voice.name, take, std::move(*sound)});
      }
    }
  }
  return recordings;
}

}  // namespace tengen
