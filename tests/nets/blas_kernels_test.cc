#include "nets/blas_kernels.h"

#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using testing::StrEq;

TEST(OpenBlasKernels, AreNamedWhereOpenBlasMayNotKnowTheProcessor) {
  const auto kernels = [](const ProcessorFacts& facts) { return OpenBlasKernels(facts); };
  EXPECT_THAT(kernels({.intel = true, .family = 6, .avx2 = true, .avx512 = true}),
              StrEq("SKYLAKEX"));
  EXPECT_THAT(kernels({.intel = true, .family = 6, .avx2 = true}), StrEq("HASWELL"));
  EXPECT_EQ(kernels({.intel = true, .family = 6}), nullptr) << "older than AVX2: all are known";
  EXPECT_EQ(kernels({.amd = true, .family = 0x19, .avx2 = true, .avx512 = true}), nullptr);
  EXPECT_THAT(kernels({.amd = true, .family = 0x1a, .avx2 = true, .avx512 = true}),
              StrEq("SKYLAKEX"));
  EXPECT_EQ(kernels({.avx2 = true}), nullptr) << "somebody else's";
}

// As the kernel reads the processor.
TEST(ThisProcessor, HasTheFeaturesThatLinuxNames) {
  std::ifstream in("/proc/cpuinfo");
  const std::string text(std::istreambuf_iterator<char>(in), {});
  if (text.find("\nflags") == std::string::npos) GTEST_SKIP() << "no x86 processor";
  const ProcessorFacts facts = ThisProcessor();
  EXPECT_EQ(facts.avx2, text.find(" avx2") != std::string::npos);
  EXPECT_EQ(facts.avx512, text.find(" avx512vl") != std::string::npos);
  EXPECT_EQ(facts.intel, text.find("GenuineIntel") != std::string::npos);
  EXPECT_EQ(facts.amd, text.find("AuthenticAMD") != std::string::npos);
  EXPECT_NE(text.find(": " + std::to_string(facts.family) + "\n"), std::string::npos);
}

}  // namespace
}  // namespace tengen
