#include "nets/allocation.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace tengen {

void KeepFreedMemory() {
#ifdef __GLIBC__
  constexpr int kOneGigabyte = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kOneGigabyte);
  mallopt(M_TRIM_THRESHOLD, kOneGigabyte);
  // Freed fast bins would be merged again at every large free, of which a batch has dozens.
  mallopt(M_MXFAST, 0);
#endif
}

}  // namespace tengen
