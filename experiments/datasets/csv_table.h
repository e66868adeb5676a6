#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

struct CsvRow {
  int line = 0;  // in the file, from 1
  std::vector<std::string> fields;
};

// The rows of comma-separated values (RFC 4180): fields in double quotes may hold commas, line ends
// and doubled quotes; lines end in LF or CRLF; a byte order mark and empty lines are passed over.
// Blanks around a field go. Errors: a quote without end, letters behind a closing quote, a NUL byte
// (not text).
Result<std::vector<CsvRow>> ParseCsvRows(std::string_view text);

}  // namespace tengen
