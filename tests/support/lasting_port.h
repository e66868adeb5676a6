#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace tengen {

// A port of this machine, free now, at which a test can listen, leave and listen again. A port that
// the system chose (0) is one that it also gives to outgoing connections, of any program, once
// nobody listens there; Linux gives those 32768 to 60999 (ip(7), ip_local_port_range), this is
// below. Tests that run at once begin to look at different places. 0 where all are taken.
inline std::uint16_t LastingPort() {
  constexpr int kFirst = 20000;
  constexpr int kPorts = 12000;
  for (int i = 0; i < kPorts; ++i) {
    const int port = kFirst + (static_cast<int>(::getpid()) * 7 + i) % kPorts;
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool taken =
        ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
    ::close(socket);
    if (!taken) return static_cast<std::uint16_t>(port);
  }
  return 0;
}

}  // namespace tengen
