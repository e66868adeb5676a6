#include "agents/records/cbor.h"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

namespace tengen {
namespace {

using Json = nlohmann::json;

// The upper three bits of an item's first byte (RFC 8949, section 3.1).
enum MajorType { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

// The lower five bits of a kSimple item (section 3.3).
enum SimpleValue { kFalse = 20, kTrue, kNull, kHalf = 25, kSingle, kDouble };

// 1 sign, 5 exponent, 10 fraction bits (Appendix D).
double FromHalf(std::uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31U);
  const auto fraction = static_cast<double>(bits & 1023U);
  double value = 0.0;
  if (exponent == 0) {
    value = std::ldexp(fraction, -24);
  } else if (exponent < 31) {
    value = std::ldexp(fraction + 1024.0, exponent - 25);
  } else {
    value = fraction == 0.0 ? std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits >> 15 & 1U) != 0 ? -value : value;
}

class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  Result<Json> ReadAll() {
    Json value = Item(0);
    if (error_.empty() && at_ != bytes_.size()) Fail("the end");
    if (!error_.empty()) return Error{error_};
    return value;
  }

 private:
  void Fail(const char* wanted) {
    if (error_.empty()) error_ = StrCat("byte ", at_, " of ", bytes_.size(), ": wanted ", wanted);
    at_ = bytes_.size();  // nothing more is read
  }

  std::size_t left() const { return bytes_.size() - at_; }

  // Big-endian.
  std::uint64_t Number(std::size_t size) {
    if (size > left()) {
      Fail("a whole number");
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value = value << 8 | static_cast<unsigned char>(bytes_[at_++]);
    }
    return value;
  }

  // The argument of an item: in its first byte, or in the 1, 2, 4 or 8 bytes behind it.
  std::uint64_t Argument(unsigned low_bits) {
    if (low_bits < 24) return low_bits;
    if (low_bits < 28) return Number(std::size_t{1} << (low_bits - 24));
    Fail("an item of a given length");
    return 0;
  }

  Json Item(int depth) {
    if (left() == 0) {
      Fail("an item");
      return {};
    }
    const auto first = static_cast<unsigned char>(bytes_[at_++]);
    const unsigned low_bits = first & 31U;
    const auto type = static_cast<MajorType>(first >> 5);
    if (type == kSimple) return Simple(low_bits);
    const std::uint64_t argument = Argument(low_bits);
    switch (type) {
      case kUnsigned:
        return argument;
      case kNegative:
        if (argument > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) break;
        return -1 - static_cast<std::int64_t>(argument);
      case kText:
        return Text(argument);
      case kArray:
        return Array(argument, depth + 1);
      case kMap:
        return Map(argument, depth + 1);
      default:
        break;
    }
    Fail("a number, text, array, map, true, false or null");
    return {};
  }

  Json Simple(unsigned low_bits) {
    switch (low_bits) {
      case kFalse:
        return false;
      case kTrue:
        return true;
      case kNull:
        return nullptr;
      case kHalf:
        return FromHalf(Number(2));
      case kSingle:
        return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(Number(4))));
      case kDouble:
        return std::bit_cast<double>(Number(8));
      default:
        Fail("true, false, null or a fraction");
        return {};
    }
  }

  std::string Text(std::uint64_t size) {
    if (size > left()) {
      Fail("a text");
      return {};
    }
    std::string text(bytes_.substr(at_, static_cast<std::size_t>(size)));
    at_ += static_cast<std::size_t>(size);
    return text;
  }

  // Each entry takes a byte at least, which bounds `size` and the memory for it.
  bool Opens(std::uint64_t size, int depth) {
    if (size <= left() && depth <= kMaxCborDepth) return true;
    Fail(depth > kMaxCborDepth ? "no more arrays and maps inside each other" : "fewer entries");
    return false;
  }

  Json Array(std::uint64_t size, int depth) {
    Json::array_t array;
    if (!Opens(size, depth)) return array;
    array.reserve(static_cast<std::size_t>(size));
    for (std::uint64_t i = 0; i < size && error_.empty(); ++i) array.push_back(Item(depth));
    return array;
  }

  Json Map(std::uint64_t size, int depth) {
    Json::object_t object;
    if (!Opens(size, depth)) return object;
    for (std::uint64_t i = 0; i < size && error_.empty(); ++i) {
      Json key = Item(depth);
      if (!key.is_string()) {
        Fail("a text as key");
        break;
      }
      object[std::move(key.get_ref<std::string&>())] = Item(depth);
    }
    return object;
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
  std::string error_;  // the first thing that was wrong
};

}  // namespace

Result<Json> JsonFromCbor(std::string_view bytes) { return CborReader(bytes).ReadAll(); }

}  // namespace tengen
