#include "nets/blas_kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#endif

namespace tengen {

ProcessorFacts ThisProcessor() {
  ProcessorFacts facts;
#if defined(__x86_64__) && defined(__GNUC__)
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) != 0) {
    const unsigned int family = (eax >> 8) & 0xfU;
    facts.family = static_cast<int>(family == 0xfU ? family + ((eax >> 20) & 0xffU) : family);
  }
  facts.intel = __builtin_cpu_is("intel") != 0;
  facts.amd = __builtin_cpu_is("amd") != 0;
  facts.avx2 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  facts.avx512 = __builtin_cpu_supports("avx512f") != 0 &&
                 __builtin_cpu_supports("avx512cd") != 0 &&
                 __builtin_cpu_supports("avx512bw") != 0 &&
                 __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0;
#endif
  return facts;
}

const char* OpenBlasKernels(const ProcessorFacts& processor) {
  constexpr int kLastKnownAmd = 0x19;
  const bool may_be_unknown =
      processor.intel || (processor.amd && processor.family > kLastKnownAmd);
  if (!may_be_unknown || !processor.avx2) return nullptr;
  return processor.avx512 ? "SKYLAKEX" : "HASWELL";
}

}  // namespace tengen
