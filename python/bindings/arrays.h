#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "envs/core/check.h"

// NumPy arrays in and out.

namespace tengen {

namespace nb = nanobind;

using Shape = std::vector<std::size_t>;

inline std::size_t SizeOf(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

// "(9, 9, 13)", as NumPy writes it.
inline std::string ShapeText(const Shape& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += StrCat(i == 0 ? "" : ", ", shape[i]);
  }
  return text + (shape.size() == 1 ? ",)" : ")");
}

template <typename T>
using NumpyArray = nb::ndarray<nb::numpy, T>;

// Memory that becomes a NumPy array which owns it. Flags are written as std::uint8_t and released
// as bool.
template <typename T>
class NewArray {
 public:
  explicit NewArray(Shape shape)
      : shape_(std::move(shape)), data_(std::make_unique_for_overwrite<T[]>(SizeOf(shape_))) {}
  NewArray(Shape shape, T value) : NewArray(std::move(shape)) {
    std::fill_n(data_.get(), SizeOf(shape_), value);
  }

  std::span<T> span() { return {data_.get(), SizeOf(shape_)}; }

  // REQUIRES: the GIL. The memory is the array's from here on.
  template <typename As = T>
  NumpyArray<As> Release() {
    static_assert(sizeof(As) == sizeof(T));
    T* const data = data_.release();
    nb::capsule owner(data, [](void* p) noexcept { delete[] static_cast<T*>(p); });
    return NumpyArray<As>(reinterpret_cast<As*>(data), shape_.size(), shape_.data(), owner);
  }

 private:
  Shape shape_;
  std::unique_ptr<T[]> data_;
};

// Any array that is written to in place.
using OutArray = nb::ndarray<nb::device::cpu>;

// The memory of `array` if it is of the wanted type and shape and lies in C order. Throws
// ValueError otherwise. `name` is what the message calls it.
template <typename T>
std::span<T> OutSpan(const OutArray& array, const Shape& wanted, const char* name) {
  Shape met(array.ndim());
  std::int64_t stride = 1;
  bool contiguous = true;
  for (std::size_t i = array.ndim(); i-- > 0;) {
    met[i] = array.shape(i);
    contiguous &= array.shape(i) == 1 || array.stride(i) == stride;
    stride *= static_cast<std::int64_t>(array.shape(i));
  }
  if (array.dtype() != nb::dtype<T>()) {
    throw nb::value_error(StrCat(name, " has another dtype, wanted ",
                                 std::is_same_v<T, float>  ? "float32"
                                 : std::is_same_v<T, bool> ? "bool"
                                                           : "int8")
                              .c_str());
  }
  if (met != wanted) {
    throw nb::value_error(
        StrCat(name, " has shape ", ShapeText(met), ", wanted ", ShapeText(wanted)).c_str());
  }
  if (!contiguous) throw nb::value_error(StrCat(name, " is not in C order").c_str());
  return {static_cast<T*>(array.data_handle()) + array.byte_offset() / sizeof(T), SizeOf(wanted)};
}

template <typename T>
using InArray = nb::ndarray<const T, nb::c_contig, nb::device::cpu>;

// What `object` holds as an array of T: an array as it is where the type fits, otherwise as NumPy
// converts it without changing kind, and in NumPy's own words where it does not.
template <typename T>
InArray<T> ArrayOf(nb::handle object, const char* dtype) {
  InArray<T> array;
  if (nb::try_cast(object, array, /*convert=*/false)) return array;
  const nb::object numpy = nb::module_::import_("numpy");
  const nb::object converted = numpy.attr("asarray")(object).attr("astype")(
      dtype, nb::arg("order") = "C", nb::arg("casting") = "same_kind");
  return nb::cast<InArray<T>>(converted, /*convert=*/false);
}

// The numbers of an array of that shape. Throws ValueError where it has another.
template <typename T>
std::span<const T> InSpan(const InArray<T>& array, const Shape& wanted, const char* name) {
  Shape met(array.ndim());
  for (std::size_t i = 0; i < met.size(); ++i) met[i] = array.shape(i);
  if (met != wanted) {
    throw nb::value_error(
        StrCat(name, " has shape ", ShapeText(met), ", wanted ", ShapeText(wanted)).c_str());
  }
  return {array.data(), array.size()};
}

// Marks an object as in use while the GIL is released. A second user is told so.
class InUse {
 public:
  // REQUIRES: the GIL.
  InUse(bool& flag, const char* what) : flag_(flag) {
    RequireFree(flag, what);
    flag = true;
  }
  ~InUse() { flag_ = false; }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;

  static void RequireFree(bool flag, const char* what) {
    if (flag) throw std::runtime_error(StrCat(what, " is in use, wanted one call at a time"));
  }

 private:
  bool& flag_;
};

}  // namespace tengen
