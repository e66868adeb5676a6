#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "envs/core/result.h"

namespace tengen {

// Beyond what one process can serve.
inline constexpr int kMostWorkers = 1'000'000;

// Where a process listens or is looked for.
struct Endpoint {
  std::string host;  // a name or an address, without the brackets of IPv6
  std::uint16_t port = 0;
};

// "host:4711", "127.0.0.1:0", "[::1]:4711". Errors: no port, one above 65535, no host.
Result<Endpoint> ParseEndpoint(std::string_view text);
// Of a place to listen at: the host is an IP address. Errors likewise.
Result<Endpoint> ParseListenEndpoint(std::string_view text);
// "127.0.0.1:4711", "[::1]:4711".
std::string EndpointText(std::string_view host, std::string_view port);
std::string EndpointText(std::string_view host, std::uint16_t port);

}  // namespace tengen
