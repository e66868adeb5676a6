#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "envs/core/result.h"

namespace tengen {

// What lets workers in: a run's identity and 32 random bytes, which both sides must know before a
// word is said. The file has one line, "IDENTITY:64 hexadecimal digits", and is readable by its
// owner alone.
struct WorkerKey {
  std::string run;                       // 16 hexadecimal digits; public
  std::array<unsigned char, 32> secret;  // never printed or sent
};

// Of RUN/worker.key, which is made with mode 0600 if it is not there. Throws WorldError.
WorkerKey OpenWorkerKey(const std::filesystem::path& run);
// Errors: missing, of another form, readable by others (with the mode).
Result<WorkerKey> ReadWorkerKey(const std::filesystem::path& file);

// `bytes` random bytes of the system as hexadecimal digits. Throws WorldError.
std::string RandomHex(int bytes);

}  // namespace tengen
