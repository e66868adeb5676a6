#pragma once

#include <string>
#include <utility>
#include <variant>

#include "envs/core/check.h"

namespace tengen {

// A sentence that says what was wrong with an input: the value met and the value wanted.
struct Error {
  std::string message;
};

// Either a T or the reason there is none. For wrong input (a config, a game id, a record, a move
// typed by a person). Converts from both: `return Error{"..."};`, `return value;`.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : data_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : data_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(data_); }
  explicit operator bool() const { return ok(); }

  // REQUIRES: ok().
  T& value() & {
    TENGEN_CHECK(ok(), error_text());
    return std::get<T>(data_);
  }
  const T& value() const& {
    TENGEN_CHECK(ok(), error_text());
    return std::get<T>(data_);
  }
  T&& value() && {
    TENGEN_CHECK(ok(), error_text());
    return std::get<T>(std::move(data_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // REQUIRES: !ok().
  const std::string& error() const { return std::get<Error>(data_).message; }

 private:
  std::string error_text() const { return ok() ? "" : error(); }

  std::variant<T, Error> data_;
};

// For checks that have nothing to return.
struct Ok {};
using Status = Result<Ok>;

}  // namespace tengen
