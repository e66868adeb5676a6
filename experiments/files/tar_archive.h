#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tengen {

// A whole file, unpacked where it is gzip (anything else as it is). Throws WorldError: the file
// cannot be read, its compressed data is damaged, or it is longer than `max_bytes`.
std::string ReadMaybeGzip(const std::filesystem::path& path, std::size_t max_bytes);

// Calls `visit` with name and content of each plain file of a tar archive (POSIX ustar, GNU and pax
// long names), in its order. The views hold for the call. Throws WorldError for a damaged archive;
// `path` names it in messages.
void VisitTar(std::string_view archive, const std::filesystem::path& path,
              const std::function<void(const std::string& name, std::string_view content)>& visit);

}  // namespace tengen
