#pragma once

#include <string>
#include <string_view>

namespace tengen {

// A word in single quotes for a shell, bare where it needs none.
std::string ShellWord(std::string_view word);

}  // namespace tengen
