#pragma once

#include <cstddef>

#include "nets/half.h"

namespace tengen {

// Loops of BatchNorm in training (Ioffe and Szegedy 2015, algorithm 1) with what stands behind it
// in a network, over `rows` rows of `channels` numbers: one pass over memory each. T is float or
// Half; sums and what belongs to a channel are float. Thread-safe.

// Adds each column to sums.
template <typename T>
void AddColumns(const T* x, std::size_t rows, std::size_t channels, float* sums);
// Adds the squared distances from each column's mean to sums.
template <typename T>
void AddSquares(const T* x, const float* mean, std::size_t rows, std::size_t channels, float* sums);

// y = scale x + shift (+ added), then relu if asked for. `added` may be null.
template <typename T>
void ScaleRows(const T* x, const T* added, const float* scale, const float* shift, bool relu,
               std::size_t rows, std::size_t channels, T* y);

// The gradient of y where it passes the relu is dy; `y` null: there was none.

// Adds it, and it times (x - mean), to the sums.
template <typename T>
void AddGradients(const T* dy, const T* y, const T* x, const float* mean, std::size_t rows,
                  std::size_t channels, float* sums, float* products);
// dx = of_dy times it + of_x x + constant; and it itself to `dadded`, which may be null.
template <typename T>
void InputGradient(const T* dy, const T* y, const T* x, const float* of_dy, const float* of_x,
                   const float* constant, std::size_t rows, std::size_t channels, T* dx, T* dadded);

}  // namespace tengen
