#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "envs/core/result.h"

namespace tengen {

// Where a process listens or is looked for.
struct Endpoint {
  std::string host;  // a name or an address, without the brackets of IPv6
  std::uint16_t port = 0;
};

// "host:4711", "127.0.0.1:0", "[::1]:4711". Errors: no port, one above 65535, no host.
Result<Endpoint> ParseEndpoint(std::string_view text);

}  // namespace tengen
