#pragma once

namespace tengen {

// Tells the C library to keep freed memory for the next allocation instead of giving it back to the
// system. Networks allocate and free the same megabytes for every batch; fresh pages cost up to 40
// % of an evaluation. Acts on the whole process: a program calls it once when it starts. Does
// nothing where the C library is not glibc.
void KeepFreedMemory();

}  // namespace tengen
