#include "experiments/pictures/markup.h"

#include <nlohmann/json.hpp>

namespace tengen {
namespace {

constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;

}  // namespace

std::string Escaped(std::string_view text) {
  const nlohmann::json met(std::string{text});
  const auto utf8 =
      nlohmann::json::parse(met.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::string out;
  for (const char c : utf8.get<std::string>()) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default: {
        const auto code = static_cast<unsigned char>(c);
        const bool control = code == 0x7f || (code < 0x20 && c != '\n' && c != '\t');
        out += control ? ' ' : c;
      }
    }
  }
  return out;
}

std::string ScriptJson(const nlohmann::ordered_json& json) {
  std::string out;
  for (const char c : json.dump(-1, ' ', false, kReplace)) {
    c == '<' ? out += "\\u003c" : out += c;
  }
  return out;
}

}  // namespace tengen
