#include "experiments/datasets/open_data.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "agents/gtp/gtp_text.h"
#include "experiments/datasets/catalogue.h"
#include "experiments/datasets/cifar_file.h"
#include "experiments/datasets/espeak_digits.h"
#include "experiments/datasets/generated.h"
#include "experiments/datasets/idx_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kGrammarCharacters = 500000;
constexpr int kSpeakers = 6;  // as many as the free spoken digits have

const std::vector<std::string>& FashionClasses() {
  static const std::vector<std::string> names = {"T-shirt", "trousers", "pullover", "dress",
                                                 "coat",    "sandal",   "shirt",    "sneaker",
                                                 "bag",     "boot"};
  return names;
}

// A training part of `count` examples and a test part from another seed.
DataSet GeneratedSet(const std::string& name, const DataOptions& options) {
  const auto count = [&options](int usual) { return options.count > 0 ? options.count : usual; };
  const std::uint64_t seed = options.seed;
  const std::uint64_t other = seed + (std::uint64_t{1} << 40);
  DataSet set;
  if (name == "line") {
    set.train = NoisyLine(count(1000), seed);
    set.test = NoisyLine(count(1000), other);
  } else if (name == "spirals") {
    set.train = TwoSpirals(count(1000), 0.02, seed);
    set.test = TwoSpirals(count(1000), 0.02, other);
  } else if (name == "drawn-digits") {
    set.train = DrawnDigits(count(10000), seed);
    set.test = DrawnDigits(std::min(2000, count(2000)), other);
  } else {
    const int takes = std::max(6, count(1200) / (10 * kSpeakers));
    set = SplitByTake(SpokenDigits(kSpeakers, takes, seed), options.sound);
  }
  set.name = name;
  return set;
}

Result<DataSet> EspeakSet(const DataOptions& options) {
  const int count = options.count > 0 ? options.count : 900;
  const int takes = std::max(6, count / (10 * kEspeakVoices));
  const auto recordings = EspeakDigits(takes, options.seed);
  if (!recordings) return Error{recordings.error()};
  return SplitByTake(*recordings, options.sound);
}

Result<DataSet> TableSet(const fs::path& file, const DataOptions& options) {
  auto samples = ReadCsv(file, options.csv);
  if (!samples) return Error{samples.error()};
  return DataSet{file.stem().string(), std::move(*samples), {}};
}

Result<DataSet> SoundSet(const fs::path& path, const DataOptions& options) {
  const auto recordings = ReadRecordings(path);
  if (!recordings) return Error{recordings.error()};
  DataSet set = SplitByTake(*recordings, options.sound);
  if (set.train.size() == 0) std::swap(set.train, set.test);
  set.name = path.filename().string();
  return set;
}

bool EndsIn(const fs::path& path, std::initializer_list<const char*> endings) {
  const std::string name = LowerCase(path.filename().string());
  return std::any_of(endings.begin(), endings.end(),
                     [&name](const char* ending) { return name.ends_with(ending); });
}

// Whether a file below the folder has a name that `is` takes.
template <typename Predicate>
bool Holds(const fs::path& folder, Predicate is) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied,
                                         error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (is(entry->path())) return true;
  }
  return false;
}

bool IsTable(const fs::path& path) { return EndsIn(path, {".csv", ".csv.gz", ".data"}); }
bool IsArchive(const fs::path& path) { return EndsIn(path, {".tar", ".tar.gz", ".tgz"}); }

Result<DataSet> FileSet(const fs::path& path, const DataOptions& options) {
  if (IsTable(path)) return TableSet(path, options);
  if (EndsIn(path, {"binary.tar.gz", "binary.tar"})) return ReadCifar10Set(path);
  if (IsArchive(path)) return SoundSet(path, options);
  return Error{StrCat(path.string(), " is of no known kind, wanted a .csv file, a folder of IDX, ",
                      "CIFAR-10 or WAV files, or a .tar.gz archive of WAV files")};
}

// Files of the folder itself whose names `is` takes.
template <typename Predicate>
std::vector<fs::path> FilesIn(const fs::path& folder, Predicate is) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (is(entry->path())) files.push_back(entry->path());
  }
  return files;
}

Result<DataSet> FolderSet(const fs::path& folder, const DataOptions& options) {
  if (Holds(folder, [](const fs::path& p) { return EndsIn(p, {"-ubyte", "-ubyte.gz"}); })) {
    return ReadIdxFolder(folder);
  }
  if (Holds(folder, [](const fs::path& p) { return EndsIn(p, {"_batch.bin", "_batch_1.bin"}); })) {
    return ReadCifar10Set(folder);
  }
  if (Holds(folder, [](const fs::path& p) { return EndsIn(p, {".wav"}); })) {
    return SoundSet(folder, options);
  }
  const std::vector<fs::path> files =
      FilesIn(folder, [](const fs::path& p) { return IsTable(p) || IsArchive(p); });
  if (files.size() == 1) return FileSet(files.front(), options);
  if (files.size() > 1) {
    return Error{StrCat(folder.string(), " holds ", files.size(),
                        " tables and archives, wanted the name of one of them")};
  }
  std::error_code ignored;
  return Error{StrCat(folder.string(),
                      fs::is_empty(folder, ignored) ? " is empty" : " holds no data",
                      ", wanted IDX files, CIFAR-10's binary files or WAV files")};
}

Result<DataSet> PathSet(const fs::path& path, const DataOptions& options) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) return FolderSet(path, options);
  return FileSet(path, options);
}

Result<DataSet> KnownSet(const KnownData& data, const DataOptions& options) {
  if (data.generated() && data.program.empty()) return GeneratedSet(data.name, options);
  if (data.generated()) {
    auto made = EspeakSet(options);
    if (made) made->name = data.name;
    return made;
  }
  const auto folder = LocateData(data);
  if (!folder) return Error{folder.error()};
  const fs::path file = *folder / data.files.front().name;
  Result<DataSet> set = Error{StrCat("'", data.name, "' holds ", DataKindText(data.kind),
                                     ", wanted a table, pictures or sounds")};
  if (data.kind == DataKind::kTable) set = TableSet(file, options);
  if (data.kind == DataKind::kSounds) set = SoundSet(file, options);
  if (data.name == "fashion-mnist") set = ReadIdxFolder(*folder, FashionClasses());
  if (data.name == "mnist") set = ReadIdxFolder(*folder);
  if (data.name == "cifar10") set = ReadCifar10Set(file);
  if (set) set->name = data.name;
  return set;
}

// A known set, or nothing where the name is that of a file or folder. Errors: it is neither.
Result<const KnownData*> KnownOrPath(const std::string& name_or_path) {
  const auto known = FindKnownData(name_or_path);
  std::error_code ignored;
  if (known) return *known;
  if (fs::exists(name_or_path, ignored)) return static_cast<const KnownData*>(nullptr);
  const bool is_path = name_or_path.find_first_of("/.") != std::string::npos;
  return Error{is_path ? StrCat("no file or folder ", name_or_path) : known.error()};
}

}  // namespace

Result<DataSet> OpenDataSet(const std::string& name_or_path, const DataOptions& options) {
  const auto known = KnownOrPath(name_or_path);
  if (!known) return Error{known.error()};
  const KnownData* data = *known;
  if (data != nullptr && data->kind == DataKind::kText) {
    return Error{StrCat("'", data->name, "' is a text, wanted a table, pictures or sounds")};
  }
  auto set = data == nullptr ? PathSet(name_or_path, options) : KnownSet(*data, options);
  if (!set) return set;
  for (const Samples* part : {&set->train, &set->test}) {
    if (part == &set->test && part->size() == 0) continue;
    if (const Status checked = CheckSamples(*part); !checked) {
      return Error{StrCat(name_or_path, ": ", checked.error())};
    }
  }
  return set;
}

Result<TextCorpus> OpenCorpus(const std::string& name_or_path, double validation_share,
                              std::uint64_t seed) {
  const auto known = KnownOrPath(name_or_path);
  if (!known) return Error{known.error()};
  const KnownData* data = *known;
  std::error_code ignored;
  if (data == nullptr) {
    if (fs::is_directory(name_or_path, ignored)) {
      const auto texts =
          FilesIn(name_or_path, [](const fs::path& p) { return EndsIn(p, {".txt"}); });
      if (texts.size() == 1) return ReadCorpus(texts.front(), validation_share);
      return Error{StrCat(name_or_path, " is a folder of ", texts.size(),
                          " texts, wanted a text file or a folder of one")};
    }
    return ReadCorpus(name_or_path, validation_share);
  }
  if (data->kind != DataKind::kText) {
    return Error{StrCat("'", data->name, "' holds ", DataKindText(data->kind), ", wanted a text")};
  }
  if (data->generated()) {
    return MakeCorpus(GrammarText(kGrammarCharacters, seed), data->name, validation_share);
  }
  const auto folder = LocateData(*data);
  if (!folder) return Error{folder.error()};
  return ReadCorpus(*folder / data->files.front().name, validation_share);
}

}  // namespace tengen
