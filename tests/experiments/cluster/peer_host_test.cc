#include "experiments/cluster/peer_host.h"

#include <gtest/gtest.h>

namespace tengen {
namespace {

std::string Host(const char* address) { return HostOf(asio::ip::make_address(address)); }

TEST(PeerHost, IsTheAddressOrTheFirstHalfOfOne) {
  EXPECT_EQ(Host("10.0.0.5"), "10.0.0.5");
  EXPECT_EQ(Host("::ffff:10.0.0.5"), "10.0.0.5");
  EXPECT_EQ(Host("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(Host("2001:db8:1:2:ffff::1"), "2001:db8:1:2::/64");
  EXPECT_EQ(Host("2001:db8:1:3::1"), "2001:db8:1:3::/64");
  EXPECT_EQ(Host("fe80::1"), "fe80::1");
  EXPECT_NE(Host("fe80::2"), Host("fe80::1"));
}

TEST(PeerHost, OfWhoHasLeftIsUnknown) {
  asio::io_context io;
  EXPECT_EQ(HostOf(asio::ip::tcp::socket(io)), "");
}

}  // namespace
}  // namespace tengen
