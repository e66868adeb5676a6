#include "tests/support/faulty_files.h"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <deque>
#include <dlfcn.h>
#include <optional>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include <gtest/gtest.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

struct Plan {
  std::string folder;
  int nth = 0;
  FaultyFiles::Fault fault = FaultyFiles::Fault::kFails;
  std::atomic<int> changes = 0;
};
std::atomic<Plan*> plan = nullptr;
std::deque<Plan> plans;  // all that ever were: another thread may still look at the last one

bool IsBelow(const Plan& now, std::string path) {
  if (!path.empty() && path.front() != '/')
    path = (std::filesystem::current_path() / path).string();
  return path.starts_with(now.folder);
}

std::string PathOf(int descriptor) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  const ssize_t length = ::readlink(link.c_str(), path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : "";
}

enum class Verdict { kGoesWell, kFails, kHalf };

// What becomes of this change.
Verdict Judge(const std::string& path) {
  Plan* now = plan;
  if (now == nullptr || !IsBelow(*now, path)) return Verdict::kGoesWell;
  const int number = ++now->changes;
  if (number < now->nth) return Verdict::kGoesWell;
  using Fault = FaultyFiles::Fault;
  if (number == now->nth && (now->fault == Fault::kCut || now->fault == Fault::kDies)) {
    return Verdict::kHalf;
  }
  return number == now->nth || now->fault != Fault::kOnce ? Verdict::kFails : Verdict::kGoesWell;
}

void DieIfTold() {
  const Plan* now = plan;
  if (now != nullptr && now->fault == FaultyFiles::Fault::kDies) ::_exit(FaultyFiles::kExitCode);
}

template <typename Function>
Function* Real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int Full() {
  errno = ENOSPC;
  return -1;
}

// A change that is done or not: the n-th is not.
template <typename Call>
int Whole(const std::string& path, const Call& call) {
  const Verdict verdict = Judge(path);
  if (verdict == Verdict::kGoesWell) return call();
  DieIfTold();
  return Full();
}

}  // namespace

FaultyFiles::FaultyFiles(std::filesystem::path folder, int nth, Fault fault) {
  TENGEN_CHECK(plan == nullptr, "two at a time");
  Plan& next = plans.emplace_back();
  next.folder = std::filesystem::absolute(folder).string();
  next.nth = nth;
  next.fault = fault;
  plan = &next;
}

FaultyFiles::~FaultyFiles() { plan = nullptr; }

int FaultyFiles::changes() const { return plan.load()->changes; }

std::string Name(FaultyFiles::Fault fault) {
  static const char* const kNames[] = {"fails", "is cut", "fails once",
                                       "is where the process dies"};
  return kNames[static_cast<int>(fault)];
}

namespace {

// Whether it threw; empty if it never came to the n-th change.
std::optional<bool> ChangeHere(const std::filesystem::path& folder, int nth,
                               FaultyFiles::Fault fault, const std::function<void()>& change) {
  const FaultyFiles faulty(folder, nth, fault);
  bool threw = false;
  try {
    change();
  } catch (const WorldError& error) {
    threw = true;
    EXPECT_GT(std::string(error.what()).size(), 10U) << "no sentence: " << error.what();
  }
  if (faulty.changes() < nth) return std::nullopt;
  return threw;
}

std::optional<bool> ChangeInAChild(const std::filesystem::path& folder, int nth,
                                   const std::function<void()>& change) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const FaultyFiles faulty(folder, nth, FaultyFiles::Fault::kDies);
    change();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return std::nullopt;
  EXPECT_EQ(WEXITSTATUS(status), FaultyFiles::kExitCode);
  return true;
}

}  // namespace

void TryEveryFault(const std::filesystem::path& folder, const EveryFault& steps) {
  using Fault = FaultyFiles::Fault;
  for (const Fault fault : {Fault::kFails, Fault::kCut, Fault::kOnce, Fault::kDies}) {
    for (int nth = 1;; ++nth) {
      SCOPED_TRACE("change " + std::to_string(nth) + " " + Name(fault));
      std::filesystem::remove_all(folder);
      std::filesystem::create_directories(folder);
      steps.prepare();
      const std::optional<bool> threw = fault == Fault::kDies
                                            ? ChangeInAChild(folder, nth, steps.change)
                                            : ChangeHere(folder, nth, fault, steps.change);
      if (!threw) {
        EXPECT_GT(nth, 1) << "nothing was changed below " << folder;
        break;
      }
      steps.check(*threw);
      if (::testing::Test::HasFailure()) return;
    }
  }
}

}  // namespace tengen

// --- The calls, in the place of the C library's ------------------------------------------------

extern "C" {

using tengen::Real;
using tengen::Verdict;

ssize_t write(int descriptor, const void* bytes, size_t size) {
  static auto* const real = Real<ssize_t(int, const void*, size_t)>("write");
  if (tengen::plan.load() == nullptr) return real(descriptor, bytes, size);
  const Verdict verdict = tengen::Judge(tengen::PathOf(descriptor));
  if (verdict == Verdict::kGoesWell) return real(descriptor, bytes, size);
  if (verdict == Verdict::kFails) return tengen::Full();
  const ssize_t half = real(descriptor, bytes, size / 2);
  tengen::DieIfTold();
  return half > 0 ? half : tengen::Full();
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  static auto* const real = Real<ssize_t(int, const iovec*, int)>("writev");
  if (tengen::plan.load() == nullptr) return real(descriptor, parts, count);
  const Verdict verdict = tengen::Judge(tengen::PathOf(descriptor));
  if (verdict == Verdict::kGoesWell) return real(descriptor, parts, count);
  if (verdict == Verdict::kFails || count < 2) {
    tengen::DieIfTold();
    return tengen::Full();
  }
  const ssize_t half = real(descriptor, parts, count / 2);
  tengen::DieIfTold();
  return half;
}

int fsync(int descriptor) {
  static auto* const real = Real<int(int)>("fsync");
  return tengen::Whole(tengen::PathOf(descriptor), [&] { return real(descriptor); });
}

int ftruncate(int descriptor, off_t size) noexcept {
  static auto* const real = Real<int(int, off_t)>("ftruncate");
  return tengen::Whole(tengen::PathOf(descriptor), [&] { return real(descriptor, size); });
}

int rename(const char* from, const char* to) noexcept {
  static auto* const real = Real<int(const char*, const char*)>("rename");
  return tengen::Whole(to, [&] { return real(from, to); });
}

int renameat2(int from_folder, const char* from, int to_folder, const char* to,
              unsigned int flags) noexcept {
  static auto* const real =
      Real<int(int, const char*, int, const char*, unsigned int)>("renameat2");
  return tengen::Whole(to, [&] { return real(from_folder, from, to_folder, to, flags); });
}

int mkdir(const char* path, mode_t mode) noexcept {
  static auto* const real = Real<int(const char*, mode_t)>("mkdir");
  return tengen::Whole(path, [&] { return real(path, mode); });
}

}  // extern "C"
