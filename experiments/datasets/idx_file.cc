#include "experiments/datasets/idx_file.h"

#include <algorithm>
#include <optional>
#include <set>

#include "envs/core/join.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 32;
constexpr int kUnsignedByte = 8;  // the only type that the sets of pictures use
constexpr std::uint32_t kMaxExtent = 1U << 30;

std::uint32_t BigEndian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4; ++i) {
    value = value << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return value;
}

Result<IdxArray> ParseIdx(const std::string& bytes) {
  if (bytes.size() < 4 || bytes[0] != '\0' || bytes[1] != '\0') {
    return Error{"no IDX file, which begins with two bytes of 0"};
  }
  if (bytes[2] != kUnsignedByte) {
    return Error{StrCat("IDX of type ", static_cast<int>(static_cast<std::uint8_t>(bytes[2])),
                        ", wanted ", kUnsignedByte, ", unsigned bytes")};
  }
  const auto dimensions = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[3]));
  const std::size_t header = 4 + 4 * dimensions;
  if (dimensions == 0 || bytes.size() < header) return Error{"IDX without dimensions"};
  IdxArray array;
  std::size_t count = 1;
  for (std::size_t i = 0; i < dimensions; ++i) {
    const std::uint32_t extent = BigEndian(bytes, 4 + 4 * i);
    if (extent > kMaxExtent || count * extent > kMaxBytes) {
      return Error{StrCat("IDX with a dimension of ", extent, ", more than its bytes")};
    }
    array.shape.push_back(static_cast<int>(extent));
    count *= extent;
  }
  if (bytes.size() - header != count) {
    return Error{StrCat("IDX of ", Join(array.shape, "x"), " with ", bytes.size() - header,
                        " bytes, wanted ", count)};
  }
  array.values.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  return array;
}

// The file in a folder whose name, without .gz, ends so; the first by name.
std::optional<fs::path> FileEndingIn(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (name.ends_with(ending)) found.push_back(entry.path());
  }
  if (found.empty()) return std::nullopt;
  return *std::min_element(found.begin(), found.end());
}

// Whether each class from the smallest label to the largest occurs. Some sets begin at 1; a hole
// is the mark of a damaged file.
Status CheckNoneIsMissing(std::span<const int> labels) {
  const std::set<int> known(labels.begin(), labels.end());
  for (auto label = known.begin(); label != known.end(); ++label) {
    const auto next = std::next(label);
    if (next == known.end() || *next == *label + 1) continue;
    return Error{StrCat("a label of ", *next, ", but none of ", *label + 1,
                        ", wanted pictures of every class up to the last")};
  }
  return Ok{};
}

}  // namespace

Result<IdxArray> ReadIdx(const fs::path& path) {
  const auto bytes = ReadGzipFile(path, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  auto array = ParseIdx(*bytes);
  if (!array) return Error{StrCat(path.string(), ": ", array.error())};
  return array;
}

Result<Samples> ReadIdxImages(const fs::path& images, const fs::path& labels,
                              const std::vector<std::string>& class_names) {
  const auto pixels = ReadIdx(images);
  if (!pixels) return Error{pixels.error()};
  const auto classes = ReadIdx(labels);
  if (!classes) return Error{classes.error()};
  if (pixels->shape.size() != 3 || classes->shape.size() != 1) {
    const bool wrong_images = pixels->shape.size() != 3;
    return Error{StrCat((wrong_images ? images : labels).string(), ": ",
                        (wrong_images ? pixels : classes)->shape.size(), " dimensions, wanted ",
                        wrong_images ? "3 (pictures, rows, columns)" : "1 (labels)")};
  }
  if (pixels->shape[0] != classes->shape[0]) {
    return Error{StrCat(images.string(), " has ", pixels->shape[0], " pictures and ",
                        labels.string(), " ", classes->shape[0], " labels, wanted as many")};
  }
  Samples samples;
  samples.shape = {1, pixels->shape[1], pixels->shape[2]};
  samples.class_names = class_names;
  const int largest = classes->values.empty()
                          ? -1
                          : *std::max_element(classes->values.begin(), classes->values.end());
  if (class_names.empty()) {
    for (int i = 0; i <= largest; ++i) samples.class_names.push_back(std::to_string(i));
  }
  if (const auto known = static_cast<int>(samples.class_names.size()); largest >= known) {
    return Error{StrCat(labels.string(), ": a label of ", largest, ", wanted 0 to ", known - 1)};
  }
  samples.labels.assign(classes->values.begin(), classes->values.end());
  samples.features.reserve(pixels->values.size());
  for (const std::uint8_t value : pixels->values) {
    samples.features.push_back(static_cast<float>(value) / 255.0F);
  }
  return samples;
}

Result<DataSet> ReadIdxFolder(const fs::path& folder, const std::vector<std::string>& class_names) {
  std::vector<std::string> classes = class_names;
  DataSet set;
  set.name = folder.filename().string();
  for (const bool train : {true, false}) {
    const std::string part = train ? "train" : "t10k";
    const auto images = FileEndingIn(folder, part + "-images-idx3-ubyte");
    const auto labels = FileEndingIn(folder, part + "-labels-idx1-ubyte");
    if (!images || !labels) {
      return Error{StrCat(folder.string(), " holds no ", part,
                          images ? "-labels-idx1-ubyte[.gz]" : "-images-idx3-ubyte[.gz]",
                          ", wanted the four IDX files of a set of pictures")};
    }
    auto samples = ReadIdxImages(*images, *labels, classes);
    if (!samples) return Error{samples.error()};
    if (classes.empty()) {
      if (Status all = CheckNoneIsMissing(samples->labels); !all) {
        return Error{StrCat(labels->string(), ": ", all.error())};
      }
      classes = samples->class_names;  // the test part has no others
    }
    (train ? set.train : set.test) = std::move(*samples);
  }
  if (set.train.shape != set.test.shape) {
    return Error{StrCat(folder.string(), ": pictures of ", Join(set.train.shape, "x"), " and of ",
                        Join(set.test.shape, "x"), ", wanted one size")};
  }
  return set;
}

}  // namespace tengen
