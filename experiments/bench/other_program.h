#pragma once

#include <map>
#include <string>

namespace tengen {

// Runs a shell command and returns the last line of its output. Throws WorldError if it cannot be
// started or fails.
std::string LastLineOfProgram(const std::string& command);

// Runs a shell command and reads the last line of its output, an object of names and numbers above
// 0. Throws WorldError if it cannot be started, fails or prints something else.
std::map<std::string, double> NumbersOfProgram(const std::string& command);

}  // namespace tengen
