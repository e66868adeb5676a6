#pragma once

namespace tengen {

extern const char* const kVersion;
extern const char* const kCommit;  // short hash, "+" behind it when the tree had changes

}  // namespace tengen
