#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "envs/core/result.h"
#include "experiments/datasets/samples.h"

namespace tengen {

// What the column to be learnt holds.
enum class CsvAnswer {
  kClass,   // words or numbers, each a class
  kNumber,  // numbers to be predicted
};

struct CsvOptions {
  std::string label = "label";  // name of the column to be learnt
  CsvAnswer answer = CsvAnswer::kClass;
  // Prediction: the column to be learnt may be missing.
  bool label_wanted = true;
};

// A table of comma-separated values (RFC 4180: quotes, CRLF too), plain or gzip, in one of three
// forms:
//   1. a header of names, one column of which is options.label: the usual one. A column with a word
//      in it is a column of words (Samples::categories);
//   2. `rows,columns,name of class 0,name of class 1,...`, the class last: scikit-learn's iris,
//   wine
//      and breast cancer;
//   3. numbers alone, the class last: scikit-learn's digits.
// Classes are sorted by number if all are numbers, otherwise by name.
// Errors name file, line and column: a number that is not finite, a row with another number of
// columns, no column of the label's name (nearest name), no rows, not text.
Result<Samples> ReadCsv(const std::filesystem::path& path, const CsvOptions& options = {});
// The same of a text; `name` stands for the file in messages.
Result<Samples> ParseCsv(std::string_view text, const std::string& name,
                         const CsvOptions& options = {});

}  // namespace tengen
