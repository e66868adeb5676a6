#include "experiments/cluster/weights_cache.h"

#include <cstdio>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "ask 1 cafe 0": session 1 is to fetch from byte 0; "give 2 cafe 0 of 5"; "announce 2 beef".
class WeightsCacheTest : public ::testing::Test {
 protected:
  std::vector<std::string> Calls() { return std::exchange(calls_, {}); }

  bool Take(std::uint64_t session, const std::string& hash, std::uint64_t offset,
            const std::string& body) {
    char crc[16];
    std::snprintf(
        crc, sizeof crc, "%08lx",
        crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
    return cache_.Take(session, {hash, offset, crc}, body);
  }

  WeightsCache cache_{
      {.ask =
           [this](std::uint64_t session, const WantWeightsMessage& wanted) {
             calls_.push_back(StrCat("ask ", session, " ", wanted.hash, " ", wanted.offset));
           },
       .give =
           [this](std::uint64_t session, const std::string& hash,
                  std::shared_ptr<const std::string> bytes, std::uint64_t offset) {
             calls_.push_back(
                 StrCat("give ", session, " ", hash, " ", offset, " of ", bytes->size()));
           },
       .announce =
           [this](std::uint64_t session, const NetworkMessage& network) {
             calls_.push_back(StrCat("announce ", session, " ", network.hash));
           }}};

 private:
  std::vector<std::string> calls_;
};

TEST_F(WeightsCacheTest, FetchesOnceForAll) {
  cache_.Announce({"cafe", 1, 5});
  cache_.Want(1, {"cafe", 0});
  cache_.Want(2, {"cafe", 0});
  EXPECT_THAT(Calls(), ElementsAre("ask 1 cafe 0"));
  EXPECT_FALSE(Take(1, "cafe", 0, "abc"));
  EXPECT_THAT(Calls(), ElementsAre("give 1 cafe 0 of 3", "give 2 cafe 0 of 3", "ask 1 cafe 3"));
  cache_.Want(2, {"cafe", 3});
  cache_.Want(3, {"cafe", 0});  // what is there comes at once
  EXPECT_THAT(Calls(), ElementsAre("give 3 cafe 0 of 3"));
  EXPECT_TRUE(Take(1, "cafe", 3, "de"));
  cache_.Want(4, {"cafe", 0});
  EXPECT_THAT(Calls(), ElementsAre("give 2 cafe 3 of 5", "give 4 cafe 0 of 5"));
}

TEST_F(WeightsCacheTest, TheNextWhoWaitsFetchesWhenTheFirstLeaves) {
  cache_.Announce({"cafe", 1, 5});
  cache_.Want(1, {"cafe", 0});
  Take(1, "cafe", 0, "abc");
  cache_.Want(2, {"cafe", 3});
  Calls();
  cache_.Leave(1);
  EXPECT_THAT(Calls(), ElementsAre("ask 2 cafe 3"));
  EXPECT_FALSE(Take(1, "cafe", 3, "xx"));  // too late
  EXPECT_THAT(Calls(), IsEmpty());
  EXPECT_TRUE(Take(2, "cafe", 3, "de"));
  EXPECT_THAT(Calls(), ElementsAre("give 2 cafe 3 of 5"));
}

TEST_F(WeightsCacheTest, AFetchThatNobodyIsLeftForGoesOnWithTheNextWish) {
  cache_.Announce({"cafe", 1, 5});
  cache_.Want(1, {"cafe", 0});
  cache_.Leave(1);
  EXPECT_THAT(Calls(), ElementsAre("ask 1 cafe 0"));
  cache_.Want(2, {"cafe", 0});
  EXPECT_THAT(Calls(), ElementsAre("ask 2 cafe 0"));
}

TEST_F(WeightsCacheTest, OldNetworksGoAndWhoWaitsForThemHearsOfTheNewest) {
  cache_.Announce({"n1", 1, 5});
  cache_.Want(1, {"n1", 0});
  for (const char* hash : {"n2", "n3", "n4"}) cache_.Announce({hash, 2, 5});
  EXPECT_THAT(Calls(), ElementsAre("ask 1 n1 0", "announce 1 n4"));
  cache_.Want(2, {"n1", 0});
  EXPECT_THAT(Calls(), ElementsAre("announce 2 n4"));
  EXPECT_FALSE(Take(1, "n1", 0, "abc"));
  EXPECT_THAT(Calls(), IsEmpty());
}

TEST_F(WeightsCacheTest, WrongPiecesAndWishesAreSaid) {
  using ::testing::ThrowsMessage;
  EXPECT_THAT(
      [&] {
        cache_.Want(1, {"cafe", 0});
      },
      ThrowsMessage<WorldError>(HasSubstr("before it was told of any")));
  EXPECT_THAT(
      [&] {
        cache_.Announce({"huge", 1, std::uint64_t{1} << 40});
      },
      ThrowsMessage<WorldError>(HasSubstr("1099511627776 bytes, wanted at most")));
  cache_.Announce({"cafe", 1, 5});
  EXPECT_THAT(
      [&] {
        cache_.Want(1, {"cafe", 6});
      },
      ThrowsMessage<WorldError>(HasSubstr("wants byte 6 of 5")));
  cache_.Want(1, {"cafe", 0});
  EXPECT_THAT(
      [&] {
        cache_.Take(1, {"cafe", 0, "00000000"}, "abc");
      },
      ThrowsMessage<WorldError>(HasSubstr("another checksum")));
  EXPECT_THAT([&] { Take(1, "cafe", 0, "abcdef"); },
              ThrowsMessage<WorldError>(HasSubstr("a piece of 6 bytes at 0 of 5")));
}

}  // namespace
}  // namespace tengen
