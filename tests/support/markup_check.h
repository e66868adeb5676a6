#pragma once

#include <algorithm>
#include <cctype>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace tengen {

// The first thing wrong with the nesting of a page or an SVG file, "" if nothing is: elements that
// are not closed or closed twice, attributes without quotes, "<" or "&" that begin nothing. Knows
// what of HTML pages here use: void elements, <script> and <style> with their own text.
inline std::string MarkupProblem(std::string_view text) {
  const auto is_void = [](std::string_view name) {
    constexpr std::string_view kVoid[] = {"meta", "link", "input", "br", "img"};
    return std::find(std::begin(kVoid), std::end(kVoid), name) != std::end(kVoid);
  };
  std::vector<std::string> open;
  std::size_t at = 0;
  const auto here = [&] { return " at \"" + std::string(text.substr(at, 60)) + "\""; };
  while (at < text.size()) {
    if (text[at] == '&') {
      const std::size_t end = text.find(';', at);
      if (end == std::string_view::npos || end - at > 8) return "a bare &" + here();
    }
    if (text[at] != '<') {
      ++at;
      continue;
    }
    if (text.substr(at, 2) == "<!") {
      at = text.find('>', at);
      continue;
    }
    const bool closes = text.substr(at, 2) == "</";
    const std::size_t name_at = at + (closes ? 2 : 1);
    std::size_t end = name_at;
    while (end < text.size() && std::isalnum(static_cast<unsigned char>(text[end])) != 0) ++end;
    const std::string name(text.substr(name_at, end - name_at));
    if (name.empty()) return "a bare <" + here();
    bool quoted = false;
    while (end < text.size() && (quoted || text[end] != '>')) {
      if (text[end] == '"') quoted = !quoted;
      if (!quoted && text[end] == '=' && text.substr(end, 2) != "=\"") return "no quotes" + here();
      if (text[end] == '<') return "< in an element" + here();
      ++end;
    }
    if (end >= text.size()) return "an element without end" + here();
    if (closes) {
      if (open.empty() || open.back() != name) return "closes what is not open" + here();
      open.pop_back();
    } else if (text[end - 1] != '/' && !is_void(name)) {
      open.push_back(name);
    }
    at = end + 1;
    if (!closes && (name == "script" || name == "style")) at = text.find("</" + name, at);
  }
  return open.empty() ? "" : "<" + open.back() + "> is never closed";
}

}  // namespace tengen
