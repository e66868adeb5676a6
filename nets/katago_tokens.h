#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"

namespace tengen {

// Reads the tokens and weights of one of KataGo's network files (katago_file.h) from front to back.
// The first failure is kept; everything read after it is empty, so that callers check once at the
// end (loops check Failed()).
class KataGoTokens {
 public:
  // `bytes` and `origin`, which is named in errors, must outlive it.
  KataGoTokens(std::string_view bytes, const std::string& origin)
      : bytes_(bytes), origin_(origin) {}

  bool Failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }

  void Fail(const std::string& message);
  // Records a failure unless both sizes are equal.
  void CheckEqual(const std::string& name, std::string_view what, int met, int wanted);

  std::string Name(std::string_view what);
  int Int(const std::string& name, std::string_view what, int low, int high);
  // A flag, 0 or 1.
  bool Flag(const std::string& name, std::string_view what) { return Int(name, what, 0, 1) == 1; }
  double Positive(const std::string& name, std::string_view what);
  // Finite numbers, decimal or binary, whichever stands there.
  std::vector<float> Weights(const std::string& name, std::size_t count);
  // Fails if something is left.
  void ExpectEnd();

 private:
  std::string_view Token(std::string_view what);
  void SkipSpace();
  void ReadBinary(const std::string& name, std::vector<float>& weights);
  void ReadDecimal(const std::string& name, std::vector<float>& weights);

  std::string_view bytes_;
  const std::string& origin_;
  std::size_t position_ = 0;
  std::string error_;
};

}  // namespace tengen
