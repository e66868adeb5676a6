#include <csignal>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/cluster/worker_key.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(RelayCommand, WrongAddressesAndKeysAreWrongUse) {
  TempFolder temp;
  OpenWorkerKey(temp.path());
  const std::string key = " --key " + (temp / "worker.key").string();
  ProgramOutput output = RunTengen("relay nowhere --listen 127.0.0.1:0" + key, /*errors=*/true);
  EXPECT_EQ(output.code, 2);
  EXPECT_THAT(output.text, HasSubstr("nowhere"));
  output = RunTengen("relay 127.0.0.1:4711 --listen 127.0.0.1:0 --key /no/key", true);
  EXPECT_EQ(output.code, 2);
  EXPECT_THAT(output.text, HasSubstr("/no/key"));
  output =
      RunTengen("relay 127.0.0.1:4711 --listen 192.0.2.1:0" + key, true);  // RFC 5737: nobody's
  EXPECT_EQ(output.code, 1);
  EXPECT_THAT(output.text, HasSubstr("cannot listen at 192.0.2.1"));
}

TEST(RelayCommand, EndsWhenItIsTold) {
  TempFolder temp;
  OpenWorkerKey(temp.path());
  const ProgramOutput output = InterruptTengen(
      "relay 127.0.0.1:4711 --listen 127.0.0.1:0 --key " + (temp / "worker.key").string(),
      "workers join with: tengen worker 127.0.0.1:");
  EXPECT_EQ(output.code, 0);
}

}  // namespace
}  // namespace tengen
