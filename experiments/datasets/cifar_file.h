#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "envs/core/result.h"
#include "experiments/datasets/samples.h"

namespace tengen {

// CIFAR-10 in its binary form (Krizhevsky 2009; https://www.cs.toronto.edu/~kriz/cifar.html):
// 10,000 records a file of 1 byte, the class, and 3072 bytes, 32x32 red, green, blue, row by row.

// Pictures {3, 32, 32} in [0, 1] of some files (plain or gzip), one behind the other. Errors: a
// size that is no whole number of records, a class above 9.
Result<Samples> ReadCifar10(std::span<const std::filesystem::path> files);

// data_batch_1.bin to data_batch_5.bin and test_batch.bin in a folder or the folder
// cifar-10-batches-bin below it, or in the archive cifar-10-binary.tar.gz. Errors: one is missing,
// as above.
Result<DataSet> ReadCifar10Set(const std::filesystem::path& folder_or_archive);

}  // namespace tengen
