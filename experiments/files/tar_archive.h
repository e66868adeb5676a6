#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tengen {

// Calls `visit` with name and content of each plain file of a tar archive (POSIX ustar, GNU and pax
// long names), in its order. The views hold for the call. Throws WorldError for a damaged archive;
// `path` names it in messages.
void VisitTar(std::string_view archive, const std::filesystem::path& path,
              const std::function<void(const std::string& name, std::string_view content)>& visit);

}  // namespace tengen
