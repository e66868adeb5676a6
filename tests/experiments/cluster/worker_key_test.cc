#include "experiments/cluster/worker_key.h"

#include <fstream>
#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/lease_folder.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

TEST(WorkerKey, IsMadeOnceAndForItsOwnerAlone) {
  TempFolder temp;
  const WorkerKey key = OpenWorkerKey(temp.path());
  struct stat status = {};
  ASSERT_EQ(::stat((temp.path() / "worker.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const WorkerKey again = OpenWorkerKey(temp.path());
  EXPECT_EQ(again.run, key.run);
  EXPECT_EQ(again.secret, key.secret);
  TempFolder other;
  EXPECT_NE(OpenWorkerKey(other.path()).secret, key.secret);
}

// How people who left are kept out: nothing of the old one is in the new.
TEST(WorkerKey, IsMadeAnewOnceItIsRemoved) {
  TempFolder temp;
  const WorkerKey key = OpenWorkerKey(temp.path());
  fs::remove(temp.path() / "worker.key");
  const WorkerKey fresh = OpenWorkerKey(temp.path());
  EXPECT_NE(fresh.run, key.run);
  EXPECT_NE(fresh.secret, key.secret);
}

TEST(WorkerKey, ThatOthersCanReadIsRefused) {
  TempFolder temp;
  OpenWorkerKey(temp.path());
  ::chmod((temp.path() / "worker.key").c_str(), 0644);
  EXPECT_THAT(ReadWorkerKey(temp.path() / "worker.key").error(),
              HasSubstr("mode 0644, so that others can read it, wanted 0600"));
}

TEST(WorkerKey, OfAnotherFormIsRefusedWithoutShowingIt) {
  TempFolder temp;
  const fs::path file = temp.path() / "k";
  EXPECT_THAT(ReadWorkerKey(file).error(), HasSubstr("No such file"));
  EXPECT_THAT(ReadWorkerKey(temp.path()).error(), HasSubstr("is a folder or a device"));
  for (const std::string& text :
       {std::string(), std::string("secret words"), "0123456789abcdef:" + std::string(63, 'a'),
        "0123456789abcdeX:" + std::string(64, 'a')}) {
    std::ofstream(file) << text;
    ::chmod(file.c_str(), 0600);
    const auto key = ReadWorkerKey(file);
    ASSERT_FALSE(key.ok()) << text;
    EXPECT_THAT(key.error(), HasSubstr("hexadecimal"));
    EXPECT_TRUE(text.empty() || key.error().find(text) == std::string::npos);
  }
}

TEST(LeaseFolder, GivesEachRangeOnceWhoeverAsks) {
  TempFolder temp;
  LeaseFolder one(temp.path());
  LeaseFolder other(temp.path());
  EXPECT_EQ(one.Take(), 1 * kLeaseGames);
  EXPECT_EQ(other.Take(), 2 * kLeaseGames);
  EXPECT_EQ(one.Take(), 3 * kLeaseGames);
  EXPECT_EQ(LeaseFolder(temp.path()).Take(), 4 * kLeaseGames);
}

TEST(LeaseFolder, KnowsWhichNumbersSomebodyWasGiven) {
  TempFolder temp;
  LeaseFolder folder(temp.path());
  EXPECT_FALSE(folder.Holds(kLeaseGames));
  LeaseFolder(temp.path()).Take();  // by another process
  EXPECT_TRUE(folder.Holds(kLeaseGames));
  EXPECT_TRUE(folder.Holds(2 * kLeaseGames - 1));
  EXPECT_FALSE(folder.Holds(2 * kLeaseGames));
  EXPECT_FALSE(folder.Holds(0));
  EXPECT_FALSE(folder.Holds(~std::uint64_t{0}));
}

TEST(Endpoint, ToListenAtIsAnAddress) {
  EXPECT_EQ(ParseListenEndpoint("0.0.0.0:4711")->port, 4711);
  EXPECT_EQ(ParseListenEndpoint("[::1]:0")->host, "::1");
  EXPECT_THAT(ParseListenEndpoint("localhost:1").error(), HasSubstr("names no IP address"));
  EXPECT_THAT(ParseListenEndpoint("127.0.0.1").error(), HasSubstr("wanted ADDRESS:PORT"));
}

// What is printed can be typed.
TEST(Endpoint, TextIsReadBack) {
  for (const char* text : {"box:4711", "127.0.0.1:0", "[::1]:4711", "[fe80::1%eth0]:1"}) {
    const Endpoint endpoint = ParseEndpoint(text).value();
    EXPECT_EQ(EndpointText(endpoint.host, endpoint.port), text);
  }
}

TEST(Endpoint, IsHostAndPort) {
  EXPECT_EQ(ParseEndpoint("box:4711")->host, "box");
  EXPECT_EQ(ParseEndpoint("box:4711")->port, 4711);
  EXPECT_EQ(ParseEndpoint("[::1]:0")->host, "::1");
  for (const char* bad : {"", "box", "box:", ":1", "box:65536", "box:-1", "box:1x", "::1:5"}) {
    EXPECT_THAT(ParseEndpoint(bad).error(), HasSubstr("wanted ADDRESS:PORT")) << bad;
  }
}

}  // namespace
}  // namespace tengen
