#include "experiments/datasets/csv_table.h"

namespace tengen {
namespace {

constexpr std::string_view kBlanks = " \t";

std::string_view Trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// Reads field by field; what it has not read yet is `rest`.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  Result<std::vector<CsvRow>> Rows() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      CsvRow row;
      row.line = line_;
      if (Status status = ReadRow(row); !status) return Error{status.error()};
      const bool empty = row.fields.size() == 1 && row.fields.front().empty();
      if (!empty) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  Status ReadRow(CsvRow& row) {
    while (true) {
      row.fields.emplace_back();
      if (Status status = ReadField(row.fields.back()); !status) return status;
      if (rest_.empty()) return Ok{};
      const char end = rest_.front();
      rest_.remove_prefix(1);
      if (end == ',') continue;
      ++line_;
      return Ok{};
    }
  }

  // Up to a comma, a line end or the end, which stays.
  Status ReadField(std::string& field) {
    const std::size_t start = rest_.find_first_not_of(kBlanks);
    if (start != std::string_view::npos && rest_[start] == '"') {
      rest_.remove_prefix(start + 1);
      return ReadQuoted(field);
    }
    std::string_view bare = rest_.substr(0, rest_.find_first_of(",\n"));
    rest_.remove_prefix(bare.size());
    if (!bare.empty() && bare.back() == '\r') bare.remove_suffix(1);
    field = Trimmed(bare);
    return Ok{};
  }

  Status ReadQuoted(std::string& field) {
    const int opened = line_;
    while (true) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) {
        return Error{StrCat("line ", opened, ": a quote without end")};
      }
      const std::string_view part = rest_.substr(0, quote);
      for (const char c : part) line_ += c == '\n' ? 1 : 0;
      field += part;
      rest_.remove_prefix(quote + 1);
      if (!rest_.starts_with('"')) break;
      field += '"';
      rest_.remove_prefix(1);
    }
    const std::string_view behind = rest_.substr(0, rest_.find_first_of(",\n"));
    if (behind.find_first_not_of(" \t\r") != std::string_view::npos) {
      return Error{StrCat("line ", line_, ": '", behind,
                          "' behind a closing quote, wanted a comma or the end of the line")};
    }
    rest_.remove_prefix(behind.size());
    return Ok{};
  }

  std::string_view rest_;
  int line_ = 1;
};

}  // namespace

Result<std::vector<CsvRow>> ParseCsvRows(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) return Error{"no text, wanted a table of CSV"};
  return Reader(text).Rows();
}

}  // namespace tengen
