#pragma once

#include <filesystem>

namespace tengen {

// A lock on a file, which is made if need be. It ends with this object and with the programs that
// were started meanwhile: they go on where a runner is killed, and what they make must not be made
// beside them.
class Claim {
 public:
  enum class IfTaken { kLeave, kWait };

  // Throws WorldError where the file cannot be written or locked.
  Claim(const std::filesystem::path& file, IfTaken taken);
  ~Claim();
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  // False: somebody else has it.
  bool held() const { return held_; }

 private:
  const int descriptor_;
  bool held_ = false;
};

}  // namespace tengen
