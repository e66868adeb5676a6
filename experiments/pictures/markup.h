#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace tengen {

// Text for element content and double-quoted attributes of HTML and SVG, whatever it holds: what
// has a meaning in markup is escaped, bytes that are not UTF-8 and control characters are replaced.
std::string Escaped(std::string_view text);

// JSON that can stand inside a <script type="application/json"> element: no "<" in it.
std::string ScriptJson(const nlohmann::ordered_json& json);

}  // namespace tengen
