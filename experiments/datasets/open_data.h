#pragma once

#include <cstdint>
#include <string>

#include "envs/core/result.h"
#include "experiments/datasets/csv_file.h"
#include "experiments/datasets/samples.h"
#include "experiments/datasets/sound_folder.h"
#include "experiments/datasets/text_corpus.h"

namespace tengen {

// Every set by one word: what `--data` of a command takes. It is the name of a known set (`tengen
// data list`), of a generated one among them, or a file or folder:
//   FILE.csv[.gz]         a table
//   FOLDER of IDX files   pictures with train and t10k parts
//   FOLDER of data_batch_N.bin, cifar-10-binary.tar.gz
//   FOLDER or ARCHIVE of WAV files
struct DataOptions {
  CsvOptions csv;
  SoundOptions sound;
  // Generated sets: examples in the training part (0 = as many as suit the set), and their seed.
  int count = 0;
  std::uint64_t seed = 1;
};

// Errors: no set, file or folder of that name; a known set that is not on this machine (how to get
// it); a folder with nothing known in it (what was looked for); what the readers say.
Result<DataSet> OpenDataSet(const std::string& name_or_path, const DataOptions& options = {});

// A text: a known set of texts, or a file. Errors: as OpenDataSet and ReadCorpus.
Result<TextCorpus> OpenCorpus(const std::string& name_or_path, double validation_share = 0.1,
                              std::uint64_t seed = 1);

}  // namespace tengen
