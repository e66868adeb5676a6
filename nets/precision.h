#pragma once

namespace tengen {

// Numbers that the trunk of a network computes with. Weights, statistics and heads are float32 in
// every case.
enum class Precision {
  kAuto,  // bfloat16 where the processor or GPU computes it natively, else float32
  kFloat32,
  kBfloat16,
};

// Whether this processor has bfloat16 products (AVX512-BF16; AMX implies it). Without them bfloat16
// is about 30 times slower than float32.
bool CpuHasBfloat16();

}  // namespace tengen
