#include "envs/go/sgf_declared.h"

#include <algorithm>
#include <bitset>
#include <cctype>
#include <iterator>
#include <map>
#include <utility>

#include "envs/go/sgf_charset.h"
#include "envs/go/sgf_encoding.h"

namespace tengen {
namespace {

bool IsAlnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool IsSpace(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

// A byte outside of values, to the property's name that it may be of; small letters do not count.
void AddToName(std::string_view bytes, std::size_t at, std::string& name) {
  const char c = bytes[at];
  if (IsSpace(c)) return;
  if (!IsAlnum(c) || at == 0 || !IsAlnum(bytes[at - 1])) name.clear();
  if (IsAlnum(c) && std::islower(static_cast<unsigned char>(c)) == 0) name += c;
}

// The value that begins there, without spaces, as far as a name goes.
std::string ValueFrom(std::string_view bytes, std::size_t at) {
  std::string value;
  for (const char c : bytes.substr(at, bytes.find(']', at) - at)) {
    if (!IsSpace(c) && value.size() < 60) value += c;
  }
  return value;
}

// The place behind the bracket of the first CA property, read as if the bytes were ASCII, or npos.
std::size_t FindProperty(std::string_view bytes) {
  std::size_t at = bytes.find('(');
  while (at != std::string_view::npos) {
    const std::size_t next = bytes.find_first_not_of(" \t\r\n\v\f", at + 1);
    if (next == std::string_view::npos || bytes[next] == ';') break;
    at = bytes.find('(', at + 1);
  }
  std::string name;
  bool inside = false;
  for (; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (inside) {
      if (c == '\\') ++at;
      inside = c != ']';
    } else if (c == '[') {
      if (name == "CA") return at + 1;
      inside = true;
    } else {
      AddToName(bytes, at, name);
    }
  }
  return std::string_view::npos;
}

// A character with a second byte like a backslash, in Shift-JIS and GBK, and in Big5.
constexpr const char* kHidden[] = {"\x95\\", "\xA5\\"};

// The bytes that begin a character whose second byte may look like SGF's own.
std::bitset<256> HidingLeads(const std::string& name) {
  std::bitset<256> leads;
  const bool hides = std::any_of(std::begin(kHidden), std::end(kHidden), [&](const char* hidden) {
    const auto reading = ReadCharset(hidden, name);
    return reading && !reading->damaged && reading->text.find('\\') == std::string::npos;
  });
  for (unsigned byte = 0x80U; hides && byte < leads.size(); ++byte) {
    leads[byte] = ReadCharset(std::string(1, static_cast<char>(byte)), name)->damaged;
  }
  return leads;
}

struct DeclaredGame {
  std::string_view bytes;
  std::string charset;  // what it comes to; "" where none is declared
};

// The C library's name, by what a game declares.
std::string CharsetOf(const std::string& declared) {
  const auto name = CharsetName(declared);
  if (!name) return "unknown";
  return name->empty() ? "ASCII" : *name;
}

// The games in turn, each read in its own character set as far as its brackets go. What stands
// between two games goes with the second, what stands behind the last one with it.
std::vector<DeclaredGame> EachGame(std::string_view bytes) {
  std::vector<DeclaredGame> games;
  DeclaredGame game;
  std::map<std::string, std::bitset<256>> leads_of;
  std::bitset<256> leads;
  std::string name;
  bool inside = false;
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (leads[static_cast<unsigned char>(c)] || (inside && c == '\\')) {
      ++at;
    } else if (inside) {
      inside = c != ']';
    } else if (c == '[') {
      inside = depth > 0;
      if (name != "CA" || !game.charset.empty()) continue;
      game.charset = CharsetOf(ValueFrom(bytes, at + 1));
      const auto [known, added] = leads_of.try_emplace(game.charset);
      if (added) known->second = HidingLeads(game.charset);
      leads = known->second;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && depth > 0 && --depth == 0) {
      game.bytes = bytes.substr(begin, at + 1 - begin);
      games.push_back(std::exchange(game, {}));
      begin = at + 1;
      leads.reset();
    } else {
      AddToName(bytes, at, name);
    }
  }
  game.bytes = bytes.substr(begin);
  games.push_back(std::move(game));
  return games;
}

}  // namespace

std::string DeclaredEncoding(std::string_view bytes) {
  std::size_t at = FindProperty(bytes);
  if (at == std::string_view::npos && !IsUtf8(bytes)) {
    // In some encodings the second byte of a character looks like a backslash or a bracket, which
    // can hide the property.
    at = bytes.find("CA[");
    if (at != std::string_view::npos) at += 3;
  }
  return at == std::string_view::npos ? "" : ValueFrom(bytes, at);
}

std::vector<std::string_view> GamesByCharset(std::string_view bytes) {
  constexpr std::string_view kName = "CA";
  const std::size_t first = bytes.find(kName);
  const bool several = first != std::string_view::npos &&
                       bytes.find(kName, first + kName.size()) != std::string_view::npos;
  if (!several) return {bytes};
  std::vector<std::string_view> parts;
  std::string charset;
  const char* begin = bytes.data();
  for (const DeclaredGame& game : EachGame(bytes)) {
    if (game.charset.empty() || game.charset == charset) continue;
    if (!charset.empty()) {
      parts.emplace_back(begin, static_cast<std::size_t>(game.bytes.data() - begin));
      begin = game.bytes.data();
    }
    charset = game.charset;
  }
  parts.emplace_back(begin, static_cast<std::size_t>(bytes.data() + bytes.size() - begin));
  return parts;
}

}  // namespace tengen
