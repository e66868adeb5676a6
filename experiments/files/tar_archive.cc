#include "experiments/files/tar_archive.h"

#include <optional>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::size_t kBlock = 512;  // POSIX.1-1988, ustar

// The fields of a header block that matter here: offset and length.
std::string_view Field(std::string_view header, std::size_t offset, std::size_t length) {
  const std::string_view field = header.substr(offset, length);
  return field.substr(0, field.find('\0'));
}

std::optional<std::size_t> Octal(std::string_view field) {
  std::size_t value = 0;
  bool any = false;
  for (const char c : field) {
    if (c == ' ' && !any) continue;
    if (c == ' ') break;
    if (c < '0' || c > '7') return std::nullopt;
    value = value * 8 + static_cast<std::size_t>(c - '0');
    any = true;
  }
  return any ? std::optional(value) : std::nullopt;
}

// Sum of the header's bytes with its own field taken as blanks.
std::size_t Checksum(std::string_view header) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    sum += i >= 148 && i < 156 ? std::size_t{' '} : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

// The path in a pax header: lines "LENGTH KEY=VALUE\n".
std::string PaxPath(std::string_view records) {
  for (std::size_t at = records.find(" path="); at != std::string_view::npos;
       at = records.find(" path=", at + 1)) {
    std::size_t digits = at;
    while (digits > 0 && records[digits - 1] >= '0' && records[digits - 1] <= '9') --digits;
    if (digits == at || (digits > 0 && records[digits - 1] != '\n')) continue;
    const std::string_view value = records.substr(at + 6);
    return std::string(value.substr(0, value.find('\n')));
  }
  return "";
}

}  // namespace

void VisitTar(std::string_view archive, const std::filesystem::path& path,
              const std::function<void(const std::string& name, std::string_view content)>& visit) {
  std::string long_name;
  for (std::size_t at = 0; at + kBlock <= archive.size();) {
    const std::string_view header = archive.substr(at, kBlock);
    if (header.find_first_not_of('\0') == std::string_view::npos) return;  // the end mark
    const auto sum = Octal(Field(header, 148, 8));
    const auto size = Octal(Field(header, 124, 12));
    if (!sum || *sum != Checksum(header) || !size || *size > archive.size() - at - kBlock) {
      throw WorldError(StrCat(path.string(), ": damaged archive, at byte ", at));
    }
    const std::string_view content = archive.substr(at + kBlock, *size);
    at += kBlock + (*size + kBlock - 1) / kBlock * kBlock;
    const char type = header[156];
    if (type == 'L') {
      long_name = content.substr(0, content.find('\0'));
    } else if (type == 'x') {
      long_name = PaxPath(content);
    } else if (type == '0' || type == '\0') {
      std::string name(Field(header, 0, 100));
      const std::string_view prefix = Field(header, 345, 155);
      if (header.substr(257, 5) == "ustar" && header[262] == '\0' && !prefix.empty()) {
        name = StrCat(prefix, "/", name);
      }
      visit(long_name.empty() ? name : long_name, content);
      long_name.clear();
    }
  }
}

}  // namespace tengen
