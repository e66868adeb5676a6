#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/datasets/samples.h"
#include "experiments/datasets/spectrum.h"

namespace tengen {

// A spoken word with who says it.
struct Recording {
  std::string name;     // of the file
  std::string label;    // the word
  std::string speaker;  // "" where the name does not tell
  int take = -1;        // which time the speaker says it; -1 where the name does not tell
  Sound sound;
};

struct SoundOptions {
  SpectrumConfig spectrum;
  int max_frames = 0;  // examples are cut behind that; 0 = the longest one's
};

// All WAV files of a folder (and the folders below it) or a tar archive, sorted by name. The label
// is the file's folder if there are folders below (yes/1.wav), else the part of its name before the
// first underscore, and the speaker the one behind it: LABEL_SPEAKER_TAKE.wav, as the free spoken
// digits. Errors: no WAV file, as ReadWav, two rates, no label in a name.
Result<std::vector<Recording>> ReadRecordings(const std::filesystem::path& folder_or_archive);

// Their spectra, {frames, bands}, with lengths, groups (speakers, if all names tell) and names.
Samples SoundSamples(const std::vector<Recording>& recordings, const SoundOptions& options);

// The official split of the free spoken digits: takes 0 to 4 of each speaker are the test part
// (300 files), the others the training part.
DataSet SplitByTake(const std::vector<Recording>& recordings, const SoundOptions& options);

}  // namespace tengen
