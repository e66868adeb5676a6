#include "nets/intra_op_threads.h"

#include <ATen/Parallel.h>

namespace tengen {

void SetIntraOpThreads(int threads) {
  if (at::get_num_threads() != threads) at::set_num_threads(threads);
}

}  // namespace tengen
