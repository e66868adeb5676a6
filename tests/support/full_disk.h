#pragma once

#include <csignal>
#include <sys/resource.h>

#include <gtest/gtest.h>

namespace tengen {

// While it lives, files of this process can be made and not a byte written to them, as on a full
// disk (the error is EFBIG instead of ENOSPC). Print nothing meanwhile: standard output may be a
// file.
class FullDisk {
 public:
  FullDisk() : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit none = {0, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*const handler_)(int);
  rlimit before_ = {};
};

}  // namespace tengen
