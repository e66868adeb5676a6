#pragma once

namespace tengen {

// What decides which kernels of a library are the right ones.
struct ProcessorFacts {
  bool intel = false;
  bool amd = false;
  int family = 0;       // with the extended one, as processors count them: 6, 0x19
  bool avx2 = false;    // and FMA
  bool avx512 = false;  // F, CD, BW, DQ and VL
};
ProcessorFacts ThisProcessor();

// The value that OPENBLAS_CORETYPE should have; null where OpenBLAS chooses well itself.
//
// OpenBLAS knows processors by their model numbers (driver/others/dynamic.c), and takes the kernels
// for SSE3 on one that is younger than it is: Debian 12's 0.3.21 does so on Intel's model 207
// (Emerald Rapids, "Core: Prescott" with OPENBLAS_VERBOSE=2), which has AVX-512. All models of
// Intel with AVX-512 take the kernels SKYLAKEX or descendants of theirs, all others with AVX2
// HASWELL; AMD's are known up to family 0x19.
const char* OpenBlasKernels(const ProcessorFacts& processor);

}  // namespace tengen
