#pragma once

namespace tengen {

// How many threads LibTorch uses inside one operation that the calling thread asks for. Cheap if
// nothing changes.
void SetIntraOpThreads(int threads);

}  // namespace tengen
