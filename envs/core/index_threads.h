#pragma once

#include <functional>

namespace tengen {

// Does one thing for an index; false: no further index is begun, by any thread.
using IndexWork = std::function<bool(int index)>;

// Works on the indices 0 to count - 1 with up to `threads` threads, the caller's among them; each
// takes the next index when it is free. `make_work` is called once on each thread and makes what
// that thread calls, so that it can hold what the thread needs. An exception ends all like false;
// the first one is rethrown when every thread has ended. REQUIRES: threads >= 1.
void ForEachIndex(int count, int threads, const std::function<IndexWork()>& make_work);

}  // namespace tengen
