#include "experiments/datasets/sound_folder.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>

#include "agents/gtp/gtp_text.h"
#include "experiments/files/tar_archive.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 32;
constexpr int kTestTakes = 5;  // of each speaker and word: the free spoken digits' own split

bool HasWavName(const std::string& name) { return LowerCase(name).ends_with(".wav"); }

// Path below the folder, or in the archive, to content.
using WavFiles = std::map<std::string, std::string>;

Result<WavFiles> FilesInFolder(const fs::path& folder) {
  WavFiles files;
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_regular_file(ignored) || !HasWavName(entry->path().native())) continue;
    auto bytes = ReadGzipFile(entry->path(), kMaxBytes);
    if (!bytes) return Error{bytes.error()};
    files[entry->path().lexically_relative(folder).string()] = std::move(*bytes);
  }
  if (error) return Error{StrCat("cannot read ", folder.string(), ": ", error.message())};
  return files;
}

Result<WavFiles> FilesInArchive(const fs::path& path) {
  const auto bytes = ReadGzipFile(path, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  WavFiles files;
  VisitTar(*bytes, path, [&files](const std::string& name, std::string_view content) {
    if (HasWavName(name)) files[name] = content;
  });
  return files;
}

// Without the folders that all of them are in.
std::string CommonFolder(const WavFiles& files) {
  std::string common = fs::path(files.begin()->first).parent_path().string();
  for (const auto& [name, bytes] : files) {
    const std::string folder = fs::path(name).parent_path().string();
    while (!common.empty() && folder != common && !folder.starts_with(common + "/")) {
      common = fs::path(common).parent_path().string();
    }
  }
  return common;
}

Result<Recording> NameRecording(const std::string& name, const std::string& common) {
  Recording out;
  out.name = name;
  const fs::path below = fs::path(name).lexically_relative(common.empty() ? "." : common);
  const std::string stem = below.stem().string();
  if (below.has_parent_path()) {
    out.label = below.begin()->string();
    return out;
  }
  const std::size_t first = stem.find('_');
  if (first == std::string::npos || first == 0) {
    return Error{StrCat(name, " names no label, wanted LABEL_SPEAKER_TAKE.wav or LABEL/NAME.wav")};
  }
  out.label = stem.substr(0, first);
  const std::size_t last = stem.rfind('_');
  out.speaker = stem.substr(first + 1, last > first ? last - first - 1 : std::string::npos);
  const std::string_view take = std::string_view(stem).substr(last + 1);
  int number = -1;
  const auto [end, error] = std::from_chars(take.data(), take.data() + take.size(), number);
  if (last > first && error == std::errc() && end == take.data() + take.size()) out.take = number;
  return out;
}

Samples SoundSamplesOf(const std::vector<const Recording*>& recordings,
                       const std::vector<std::string>& class_names, int frames,
                       const SoundOptions& options) {
  Samples samples;
  const int bands = options.spectrum.width();
  samples.shape = {frames, bands};
  samples.class_names = class_names;
  const bool speakers = std::none_of(recordings.begin(), recordings.end(),
                                     [](const Recording* r) { return r->speaker.empty(); });
  for (const Recording* recording : recordings) {
    std::vector<float> spectrum = Spectrum(recording->sound, options.spectrum);
    const int length = std::min(frames, static_cast<int>(spectrum.size()) / bands);
    spectrum.resize(static_cast<std::size_t>(length * bands));
    spectrum.resize(static_cast<std::size_t>(frames * bands));
    samples.features.insert(samples.features.end(), spectrum.begin(), spectrum.end());
    samples.lengths.push_back(length);
    samples.names.push_back(recording->name);
    if (speakers) samples.groups.push_back(recording->speaker);
    const auto label = std::lower_bound(class_names.begin(), class_names.end(), recording->label);
    samples.labels.push_back(static_cast<int>(label - class_names.begin()));
  }
  return samples;
}

std::vector<std::string> ClassNames(const std::vector<Recording>& recordings) {
  std::set<std::string> names;
  for (const Recording& recording : recordings) names.insert(recording.label);
  return {names.begin(), names.end()};
}

int FrameCount(const std::vector<Recording>& recordings, const SoundOptions& options) {
  if (options.max_frames > 0) return options.max_frames;
  std::size_t most = 1;
  for (const Recording& recording : recordings) {
    const auto hop = static_cast<std::size_t>(
        std::max(1L, std::lround(options.spectrum.hop_s * recording.sound.rate_hz)));
    most = std::max(most, (recording.sound.samples.size() + hop - 1) / hop);
  }
  return static_cast<int>(most);
}

}  // namespace

Result<std::vector<Recording>> ReadRecordings(const fs::path& folder_or_archive) {
  std::error_code ignored;
  const auto files = fs::is_directory(folder_or_archive, ignored)
                         ? FilesInFolder(folder_or_archive)
                         : FilesInArchive(folder_or_archive);
  if (!files) return Error{files.error()};
  if (files->empty()) return Error{StrCat("no .wav file in ", folder_or_archive.string())};
  const std::string common = CommonFolder(*files);
  std::vector<Recording> recordings;
  for (const auto& [name, bytes] : *files) {
    auto recording = NameRecording(name, common);
    if (!recording) return Error{recording.error()};
    auto sound = ParseWav(bytes, name);
    if (!sound) return Error{sound.error()};
    recording->sound = std::move(*sound);
    if (!recordings.empty() && recordings.front().sound.rate_hz != recording->sound.rate_hz) {
      return Error{StrCat(name, ": ", recording->sound.rate_hz, " Hz, wanted ",
                          recordings.front().sound.rate_hz, " as in ", recordings.front().name)};
    }
    recordings.push_back(std::move(*recording));
  }
  return recordings;
}

Samples SoundSamples(const std::vector<Recording>& recordings, const SoundOptions& options) {
  std::vector<const Recording*> all;
  for (const Recording& recording : recordings) all.push_back(&recording);
  return SoundSamplesOf(all, ClassNames(recordings), FrameCount(recordings, options), options);
}

DataSet SplitByTake(const std::vector<Recording>& recordings, const SoundOptions& options) {
  std::vector<const Recording*> train;
  std::vector<const Recording*> test;
  for (const Recording& recording : recordings) {
    const bool kept = recording.take >= 0 && recording.take < kTestTakes;
    (kept ? test : train).push_back(&recording);
  }
  const std::vector<std::string> names = ClassNames(recordings);
  const int frames = FrameCount(recordings, options);
  DataSet set;
  set.train = SoundSamplesOf(train, names, frames, options);
  if (!test.empty()) set.test = SoundSamplesOf(test, names, frames, options);
  return set;
}

}  // namespace tengen
