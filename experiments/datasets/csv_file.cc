#include "experiments/datasets/csv_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "envs/core/game_options.h"
#include "envs/core/join.h"
#include "experiments/datasets/csv_table.h"
#include "nets/gzip_file.h"

namespace tengen {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 30;

// A number as a float holds it; NaN and infinity are numbers too.
std::optional<double> Number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || text.empty()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<double>::infinity();
  if (error != std::errc()) return std::nullopt;
  return value;
}

bool IsFinite(double value) { return std::abs(value) <= std::numeric_limits<float>::max(); }

// What is left empty or marked as missing is no number and no word either.
bool IsMissing(std::string_view text) {
  return text.empty() || text == "?" || text == "NA" || text == "N/A" || text == "null";
}

bool IsNumbers(const std::vector<std::string>& fields) {
  return std::all_of(fields.begin(), fields.end(),
                     [](const std::string& field) { return Number(field).has_value(); });
}

// The rows of a file with what its head says.
struct Table {
  std::string name;  // of the file
  std::vector<std::string> columns;
  std::vector<std::string> class_names;  // in the head of scikit-learn's form
  std::vector<CsvRow> rows;
  int label = -1;  // column; -1 = there is none
  bool has_header = false;

  std::string Place(const CsvRow& row, std::size_t column) const {
    return StrCat(name, ": line ", row.line, ", column ",
                  has_header ? StrCat("'", columns[column], "'") : StrCat(column + 1));
  }
};

// `150,4,setosa,versicolor,virginica`: rows, features, then names that are none of them a number.
bool IsScikitHead(const std::vector<CsvRow>& rows) {
  const auto& head = rows.front().fields;
  if (rows.size() < 2 || head.size() < 3) return false;
  const auto count = Number(head[0]);
  const auto features = Number(head[1]);
  return count == static_cast<double>(rows.size() - 1) &&
         features == static_cast<double>(rows[1].fields.size() - 1) &&
         std::none_of(head.begin() + 2, head.end(),
                      [](const std::string& name) { return Number(name).has_value(); });
}

void NumberColumns(Table& table) {
  for (std::size_t i = 0; i < table.rows.front().fields.size(); ++i) {
    table.columns.push_back(StrCat("column ", i + 1));
  }
}

Status ReadNamedHeader(const CsvOptions& options, Table& table) {
  table.has_header = true;
  table.columns = std::move(table.rows.front().fields);
  table.rows.erase(table.rows.begin());
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const std::string& column = table.columns[i];
    if (std::count(table.columns.begin(), table.columns.end(), column) > 1) {
      return Error{StrCat(table.name, ": two columns named '", column, "', wanted one")};
    }
    if (column == options.label) table.label = static_cast<int>(i);
  }
  if (table.label >= 0 || !options.label_wanted) return Ok{};
  const std::string nearest = NearestName(options.label, table.columns);
  return Error{StrCat(table.name, ": no column '", options.label, "'",
                      nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                      " (columns: ", Join(table.columns), ")")};
}

Status ReadHead(const CsvOptions& options, Table& table) {
  if (table.rows.empty()) return Error{StrCat(table.name, " is empty, wanted a table of CSV")};
  if (IsScikitHead(table.rows)) {
    const auto& head = table.rows.front().fields;
    table.class_names.assign(head.begin() + 2, head.end());
    table.rows.erase(table.rows.begin());
    NumberColumns(table);
    table.label = static_cast<int>(table.columns.size()) - 1;
  } else if (IsNumbers(table.rows.front().fields)) {
    NumberColumns(table);
    if (options.label_wanted) table.label = static_cast<int>(table.columns.size()) - 1;
  } else if (Status status = ReadNamedHeader(options, table); !status) {
    return status;
  }
  if (table.rows.empty()) return Error{StrCat(table.name, ": no rows behind the header")};
  for (const CsvRow& row : table.rows) {
    if (row.fields.size() != table.columns.size()) {
      return Error{StrCat(table.name, ": line ", row.line, " has ", row.fields.size(),
                          " columns, wanted ", table.columns.size())};
    }
  }
  if (table.columns.size() < 2 && table.label >= 0) {
    return Error{
        StrCat(table.name, ": one column only, wanted what is to be learnt and from what")};
  }
  return Ok{};
}

Result<float> FiniteNumber(const Table& table, const CsvRow& row, std::size_t column) {
  const std::string& field = row.fields[column];
  const auto number = Number(field);
  if (!number || !IsFinite(*number)) {
    return Error{StrCat(table.Place(row, column), " is '", field, "', wanted a finite number")};
  }
  return static_cast<float>(*number);
}

// A column in which a field is neither number nor missing is one of words.
bool IsWords(const Table& table, std::size_t column) {
  return std::any_of(table.rows.begin(), table.rows.end(), [column](const CsvRow& row) {
    return !Number(row.fields[column]) && !IsMissing(row.fields[column]);
  });
}

// The different words of a column, as numbers if all are, otherwise by name.
std::vector<std::string> SortedWords(const Table& table, std::size_t column) {
  std::vector<std::string> words;
  for (const CsvRow& row : table.rows) words.push_back(row.fields[column]);
  const bool numbers = IsNumbers(words);
  std::sort(words.begin(), words.end(), [numbers](const std::string& a, const std::string& b) {
    return numbers && *Number(a) != *Number(b) ? *Number(a) < *Number(b) : a < b;
  });
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

int IndexOf(const std::vector<std::string>& words, const std::string& word, bool sorted_by_name) {
  const auto it = sorted_by_name ? std::lower_bound(words.begin(), words.end(), word)
                                 : std::find(words.begin(), words.end(), word);
  return static_cast<int>(it - words.begin());
}

Status ReadClasses(const Table& table, Samples& samples) {
  const auto column = static_cast<std::size_t>(table.label);
  for (const CsvRow& row : table.rows) {
    const std::string& field = row.fields[column];
    const auto number = Number(field);
    if (IsMissing(field) || (number && !IsFinite(*number))) {
      return Error{StrCat(table.Place(row, column), " is '", field, "', wanted a class")};
    }
    if (table.class_names.empty()) continue;
    const auto classes = static_cast<double>(table.class_names.size());
    if (!number || *number < 0.0 || *number >= classes || *number != std::floor(*number)) {
      return Error{StrCat(table.Place(row, column), " is '", field, "', wanted a class from 0 to ",
                          classes - 1.0)};
    }
    samples.labels.push_back(static_cast<int>(*number));
  }
  if (!table.class_names.empty()) {
    samples.class_names = table.class_names;
    return Ok{};
  }
  samples.class_names = SortedWords(table, column);
  const bool by_name = std::is_sorted(samples.class_names.begin(), samples.class_names.end());
  for (const CsvRow& row : table.rows) {
    samples.labels.push_back(IndexOf(samples.class_names, row.fields[column], by_name));
  }
  return Ok{};
}

Status ReadAnswers(const Table& table, const CsvOptions& options, Samples& samples) {
  if (table.label < 0) return Ok{};
  if (options.answer == CsvAnswer::kClass) return ReadClasses(table, samples);
  for (const CsvRow& row : table.rows) {
    const auto number = FiniteNumber(table, row, static_cast<std::size_t>(table.label));
    if (!number) return Error{number.error()};
    samples.targets.push_back(*number);
  }
  return Ok{};
}

// One feature column into every row of samples.features.
Status ReadFeature(const Table& table, std::size_t column, std::size_t place, Samples& samples) {
  const auto width = static_cast<std::size_t>(samples.width());
  std::vector<std::string> words;
  if (IsWords(table, column)) words = SortedWords(table, column);
  const bool by_name = std::is_sorted(words.begin(), words.end());
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const CsvRow& row = table.rows[i];
    float& feature = samples.features[i * width + place];
    if (!words.empty()) {
      if (IsMissing(row.fields[column])) {
        return Error{
            StrCat(table.Place(row, column), " is '", row.fields[column], "', wanted a word")};
      }
      feature = static_cast<float>(IndexOf(words, row.fields[column], by_name));
      continue;
    }
    const auto number = FiniteNumber(table, row, column);
    if (!number) return Error{number.error()};
    feature = *number;
  }
  samples.feature_names.push_back(table.columns[column]);
  samples.categories.push_back(std::move(words));
  return Ok{};
}

}  // namespace

Result<Samples> ParseCsv(std::string_view text, const std::string& name,
                         const CsvOptions& options) {
  auto rows = ParseCsvRows(text);
  if (!rows) return Error{StrCat(name, ": ", rows.error())};
  Table table;
  table.name = name;
  table.rows = std::move(*rows);
  if (Status status = ReadHead(options, table); !status) return Error{status.error()};
  Samples samples;
  samples.shape = {static_cast<int>(table.columns.size()) - (table.label >= 0 ? 1 : 0)};
  samples.features.resize(table.rows.size() * static_cast<std::size_t>(samples.width()));
  if (Status status = ReadAnswers(table, options, samples); !status) return Error{status.error()};
  for (std::size_t column = 0, place = 0; column < table.columns.size(); ++column) {
    if (static_cast<int>(column) == table.label) continue;
    if (Status status = ReadFeature(table, column, place++, samples); !status) {
      return Error{status.error()};
    }
  }
  return samples;
}

Result<Samples> ReadCsv(const std::filesystem::path& path, const CsvOptions& options) {
  const auto text = ReadGzipFile(path, kMaxBytes);
  if (!text) return Error{text.error()};
  return ParseCsv(*text, path.string(), options);
}

}  // namespace tengen
