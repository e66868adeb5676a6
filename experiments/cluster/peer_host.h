#pragma once

#include <string>

#include "experiments/cluster/asio.h"

namespace tengen {

// The machine behind an address: the address without a port. Of IPv6 its first 64 bits, since a
// machine gives itself as many others as it likes: "10.0.0.5", "2001:db8:1:2::/64". Machines behind
// one translated address (NAT), or one relay, are one.
std::string HostOf(const asio::ip::address& address);
// Of the other side; "" where it has left.
std::string HostOf(const asio::ip::tcp::socket& socket);

}  // namespace tengen
