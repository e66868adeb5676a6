#include "nets/katago_tokens.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace tengen {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::string_view kBinaryMark = "@BIN@";

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Tokens of a damaged file may be anything; errors show no more than its first letters.
std::string_view Printable(std::string_view token) {
  std::size_t length = 0;
  while (length < token.size() && length < 96 && token[length] > ' ' && token[length] < 127) {
    ++length;
  }
  return token.substr(0, length);
}

bool ReadNumber(std::string_view token, double* value) {
  const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), *value);
  return code == std::errc() && end == token.data() + token.size();
}

}  // namespace

void KataGoTokens::Fail(const std::string& message) {
  if (!Failed()) error_ = StrCat(origin_, ": ", message);
}

void KataGoTokens::CheckEqual(const std::string& name, std::string_view what, int met, int wanted) {
  if (met != wanted) Fail(StrCat(name, ": ", what, " is ", met, ", wanted ", wanted));
}

std::string_view KataGoTokens::Token(std::string_view what) {
  if (Failed()) return {};
  SkipSpace();
  const std::size_t begin = position_;
  while (position_ < bytes_.size() && !IsSpace(bytes_[position_])) ++position_;
  if (begin == position_) Fail(StrCat("the file ends at byte ", position_, ", wanted ", what));
  return bytes_.substr(begin, position_ - begin);
}

std::string KataGoTokens::Name(std::string_view what) {
  return std::string(Printable(Token(what)));
}

int KataGoTokens::Int(const std::string& name, std::string_view what, int low, int high) {
  const std::string_view token = Token(what);
  int value = 0;
  const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (code != std::errc() || end != token.data() + token.size() || value < low || value > high) {
    Fail(StrCat(name, ": ", what, " is '", Printable(token), "', wanted a number from ", low,
                " to ", high));
    return low;
  }
  return value;
}

double KataGoTokens::Positive(const std::string& name, std::string_view what) {
  double value = 0.0;
  if (!ReadNumber(Token(what), &value) || !std::isfinite(value) || value <= 0.0) {
    Fail(StrCat(name, ": ", what, " wanted a number above 0"));
    return 1.0;
  }
  return value;
}

std::vector<float> KataGoTokens::Weights(const std::string& name, std::size_t count) {
  SkipSpace();
  const bool binary = position_ < bytes_.size() && bytes_[position_] == '@';
  // Each weight takes four bytes, or a digit and a space; checked before memory is asked for.
  const std::size_t left = bytes_.size() - position_;
  if (!Failed() && count * (binary ? 4 : 2) > left + 1) {
    Fail(StrCat("the file ends in the weights of ", name, ": ", left, " bytes left, wanted ", count,
                " numbers"));
  }
  if (Failed()) return {};
  std::vector<float> weights(count);
  if (binary) {
    ReadBinary(name, weights);
  } else {
    ReadDecimal(name, weights);
  }
  for (const float weight : weights) {
    if (!std::isfinite(weight)) {
      Fail(StrCat(name, ": a weight is ", weight, ", wanted finite numbers"));
      break;
    }
  }
  return weights;
}

void KataGoTokens::ExpectEnd() {
  SkipSpace();
  if (position_ != bytes_.size()) {
    Fail(StrCat(bytes_.size() - position_, " bytes left over behind the network, wanted none"));
  }
}

void KataGoTokens::SkipSpace() {
  while (position_ < bytes_.size() && IsSpace(bytes_[position_])) ++position_;
}

void KataGoTokens::ReadBinary(const std::string& name, std::vector<float>& weights) {
  const std::size_t size = weights.size() * sizeof(float);
  if (!bytes_.substr(position_).starts_with(kBinaryMark)) {
    Fail(StrCat(name, ": wanted ", kBinaryMark, " before its weights, at byte ", position_));
  } else if (bytes_.size() - position_ - kBinaryMark.size() < size) {
    Fail(StrCat("the file ends in the weights of ", name, ", wanted ", weights.size(), " numbers"));
  } else {
    std::memcpy(weights.data(), bytes_.data() + position_ + kBinaryMark.size(), size);
    position_ += kBinaryMark.size() + size;
  }
}

void KataGoTokens::ReadDecimal(const std::string& name, std::vector<float>& weights) {
  for (float& weight : weights) {
    const std::string_view token = Token(name);
    double value = 0.0;
    if (!ReadNumber(token, &value)) {
      Fail(StrCat(name, ": weight '", Printable(token), "', wanted a number or ", kBinaryMark));
      return;
    }
    weight = static_cast<float>(value);
  }
}

}  // namespace tengen
