#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/datasets/samples.h"

namespace tengen {

// An array of bytes in IDX format, the one of MNIST (LeCun, "The MNIST database", section "File
// formats"): 0, 0, type 8 (unsigned byte), number of dimensions, each dimension as a big-endian 32
// bit number, then the bytes, the last dimension running fastest.
struct IdxArray {
  std::vector<int> shape;
  std::vector<std::uint8_t> values;
};

// Plain or gzip. Errors: not IDX, another type than bytes, more or fewer bytes than its shape says.
Result<IdxArray> ReadIdx(const std::filesystem::path& path);

// Pictures {1, rows, columns} with values in [0, 1] from a file of pictures and one of labels.
// Classes are 0 to the number of `class_names` less 1; with none, 0 to the largest label. Errors:
// as ReadIdx, not three dimensions or one, different numbers of pictures and labels, a label
// without a class.
Result<Samples> ReadIdxImages(const std::filesystem::path& images,
                              const std::filesystem::path& labels,
                              const std::vector<std::string>& class_names = {});

// The four files of a set of MNIST's kind in a folder, with or without .gz and with anything before
// their names: [...]train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte,
// t10k-labels-idx1-ubyte. Without `class_names` the classes are those of the training part. Errors:
// one is missing, as above, a class between two others that no training picture has.
Result<DataSet> ReadIdxFolder(const std::filesystem::path& folder,
                              const std::vector<std::string>& class_names = {});

}  // namespace tengen
