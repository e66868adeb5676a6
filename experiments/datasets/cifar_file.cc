#include "experiments/datasets/cifar_file.h"

#include <map>
#include <optional>
#include <vector>

#include "experiments/files/tar_archive.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPixels = 3 * 32 * 32;
constexpr std::size_t kRecord = kPixels + 1;
constexpr std::size_t kMaxBytes = std::size_t{1} << 30;
constexpr const char* kTestFile = "test_batch.bin";
constexpr int kTrainFiles = 5;

std::string TrainFile(int i) { return StrCat("data_batch_", i + 1, ".bin"); }

Samples NoPictures() {
  Samples samples;
  samples.shape = {3, 32, 32};
  samples.class_names = {"airplane", "automobile", "bird",  "cat",  "deer",
                         "dog",      "frog",       "horse", "ship", "truck"};
  return samples;
}

Status Append(std::string_view bytes, const std::string& name, Samples& samples) {
  if (bytes.empty() || bytes.size() % kRecord != 0) {
    return Error{StrCat(name, " has ", bytes.size(), " bytes, wanted a multiple of ", kRecord,
                        ", the records of CIFAR-10")};
  }
  for (std::size_t at = 0; at < bytes.size(); at += kRecord) {
    const auto label = static_cast<std::uint8_t>(bytes[at]);
    if (label >= samples.class_names.size()) {
      return Error{StrCat(name, ": record ", at / kRecord, " has the class ",
                          static_cast<int>(label), ", wanted 0 to 9")};
    }
    samples.labels.push_back(label);
    for (const char value : bytes.substr(at + 1, kPixels)) {
      samples.features.push_back(static_cast<float>(static_cast<std::uint8_t>(value)) / 255.0F);
    }
  }
  return Ok{};
}

// The contents of the six files by their names; those of an archive are views into `bytes`.
Result<DataSet> FromContents(const std::map<std::string, std::string_view>& contents,
                             const std::string& place) {
  DataSet set = {"cifar10", NoPictures(), NoPictures()};
  for (int i = 0; i <= kTrainFiles; ++i) {
    const bool test = i == kTrainFiles;
    const auto file = contents.find(test ? kTestFile : TrainFile(i));
    if (file == contents.end()) {
      return Error{StrCat(place, " holds no ", test ? kTestFile : TrainFile(i),
                          ", wanted the six files of CIFAR-10's binary version")};
    }
    const Status read =
        Append(file->second, StrCat(place, ", ", file->first), test ? set.test : set.train);
    if (!read) return Error{read.error()};
  }
  return set;
}

Result<DataSet> FromFolder(const fs::path& folder) {
  std::error_code ignored;
  const fs::path below = folder / "cifar-10-batches-bin";
  const fs::path place = fs::is_directory(below, ignored) ? below : folder;
  std::map<std::string, std::string> files;
  std::map<std::string, std::string_view> contents;
  for (int i = 0; i <= kTrainFiles; ++i) {
    const std::string name = i == kTrainFiles ? kTestFile : TrainFile(i);
    if (!fs::exists(place / name, ignored)) continue;
    auto bytes = ReadGzipFile(place / name, kMaxBytes);
    if (!bytes) return Error{bytes.error()};
    contents[name] = files[name] = std::move(*bytes);
  }
  return FromContents(contents, place.string());
}

}  // namespace

Result<Samples> ReadCifar10(std::span<const fs::path> files) {
  Samples samples = NoPictures();
  for (const fs::path& file : files) {
    const auto bytes = ReadGzipFile(file, kMaxBytes);
    if (!bytes) return Error{bytes.error()};
    if (Status read = Append(*bytes, file.string(), samples); !read) return Error{read.error()};
  }
  return samples;
}

Result<DataSet> ReadCifar10Set(const fs::path& folder_or_archive) {
  std::error_code ignored;
  if (fs::is_directory(folder_or_archive, ignored)) return FromFolder(folder_or_archive);
  const auto bytes = ReadGzipFile(folder_or_archive, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  std::map<std::string, std::string_view> contents;
  VisitTar(*bytes, folder_or_archive, [&contents](const std::string& name, std::string_view file) {
    contents[fs::path(name).filename().string()] = file;
  });
  return FromContents(contents, folder_or_archive.string());
}

}  // namespace tengen
