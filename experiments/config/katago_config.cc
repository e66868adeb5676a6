#include "experiments/config/katago_config.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr int kMaxIncludes = 8;  // one within the other
constexpr std::uintmax_t kMaxBytes = 1 << 22;
constexpr std::string_view kInclude = "@include";

// KataGo's options of `gtp`, `analysis` and `benchmark`, all written with one '-'.
constexpr std::string_view kOptions[] = {"model",
                                         "human-model",
                                         "config",
                                         "override-config",
                                         "override-version",
                                         "analysis-threads",
                                         "visits",
                                         "threads",
                                         "boardsize",
                                         "quit-without-waiting"};

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string_view Unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

std::string Shown(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, 40)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown + (text.size() > 40 ? "...'" : "'");
}

}  // namespace

std::vector<std::string> OursFromKataGo(std::vector<std::string> arguments) {
  if (!arguments.empty() && arguments.front() == "katago") arguments.erase(arguments.begin());
  if (arguments.empty() || (arguments.front() != "gtp" && arguments.front() != "analysis" &&
                            arguments.front() != "benchmark")) {
    return arguments;
  }
  for (std::string& argument : arguments) {
    if (argument.size() < 2 || argument[0] != '-' || argument[1] == '-') continue;
    const std::string name = argument.substr(1, argument.find('=') - 1);
    if (std::find(std::begin(kOptions), std::end(kOptions), name) != std::end(kOptions)) {
      argument.insert(argument.begin(), '-');
    }
  }
  return arguments;
}

Result<KataGoConfig> KataGoConfig::Read(const std::vector<std::string>& files,
                                        const std::vector<std::string>& overrides) {
  KataGoConfig config;
  for (const std::string& file : files) {
    if (const Status read = config.ReadFile(file, 0); !read) return Error{read.error()};
  }
  for (std::string_view rest : overrides) {
    while (!rest.empty()) {
      const std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      if (Trimmed(one).empty()) continue;
      if (const Status set = config.Set(one, "-override-config"); !set) return Error{set.error()};
    }
  }
  std::erase_if(config.values_, [](const auto& setting) { return setting.second.empty(); });
  return config;
}

Status KataGoConfig::ReadFile(const std::string& file, int depth) {
  if (depth > kMaxIncludes) return Error{StrCat("config ", file, ": files include each other")};
  std::error_code error;
  if (std::filesystem::is_regular_file(file, error) &&
      std::filesystem::file_size(file, error) > kMaxBytes) {
    return Error{StrCat("config ", file, ": above ", kMaxBytes, " bytes, wanted a configuration")};
  }
  std::ifstream lines(file);
  if (!lines) return Error{StrCat("config ", file, ": ", std::strerror(errno))};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::string_view text(line);
    if (number == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text = Trimmed(text.substr(0, text.find('#')));
    if (text.empty()) continue;
    if (text.starts_with(kInclude)) {
      text = Trimmed(text.substr(kInclude.size()));
      if (text.starts_with('=')) text = Trimmed(text.substr(1));
      const std::filesystem::path name(std::string(Unquoted(text)));
      const auto path = std::filesystem::path(file).parent_path() / name;
      if (const Status read = ReadFile(path.string(), depth + 1); !read) return read;
      continue;
    }
    if (const Status set = Set(text, StrCat("config ", file, ", line ", number)); !set) return set;
  }
  if (lines.bad()) return Error{StrCat("config ", file, ": cannot be read")};
  return Ok{};
}

Status KataGoConfig::Set(std::string_view line, const std::string& where) {
  const std::size_t equals = line.find('=');
  const std::string_view key = Trimmed(line.substr(0, equals));
  if (equals == std::string_view::npos || key.empty()) {
    return Error{StrCat(where, ": ", Shown(line), ", wanted KEY = VALUE")};
  }
  values_[std::string(key)] = std::string(Unquoted(Trimmed(line.substr(equals + 1))));
  return Ok{};
}

std::optional<std::string> KataGoConfig::Take(const std::string& key) {
  const auto node = values_.extract(key);
  return node ? std::optional(node.mapped()) : std::nullopt;
}

Result<std::optional<double>> KataGoConfig::TakeNumber(const std::string& key, double low,
                                                       double high) {
  const auto text = Take(key);
  if (!text) return std::optional<double>();
  char* end = nullptr;
  const double number = std::strtod(text->c_str(), &end);
  if (text->empty() || *end != '\0' || !(number >= low && number <= high)) {
    return Error{
        StrCat("config: ", key, " = ", Shown(*text), ", wanted a number from ", low, " to ", high)};
  }
  return std::optional(number);
}

Result<std::optional<bool>> KataGoConfig::TakeFlag(const std::string& key) {
  const auto text = Take(key);
  if (!text) return std::optional<bool>();
  std::string lower;
  for (const char c : *text)
    lower += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "true") return std::optional(true);
  if (lower == "false") return std::optional(false);
  return Error{StrCat("config: ", key, " = ", Shown(*text), ", wanted true or false")};
}

std::vector<std::string> KataGoConfig::Unused() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : values_) keys.push_back(key);
  return keys;
}

}  // namespace tengen
