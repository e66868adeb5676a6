#pragma once

#include <cerrno>
#include <cstdint>
#include <string>
#include <sys/socket.h>

#include "experiments/cluster/asio.h"
#include "experiments/cluster/tls.h"
#include "experiments/cluster/worker_client.h"

namespace tengen {

// Sends bytes and reads until the server closes or turns it away; "" where it stayed open for two
// seconds.
inline std::string TalkPlainly(std::uint16_t port, const std::string& bytes) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.connect({asio::ip::address_v4::loopback(), port});
  boost::system::error_code turned_away;
  asio::write(socket, asio::buffer(bytes), turned_away);
  const timeval limit = {2, 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  std::string answer(4096, '\0');
  const ssize_t size = ::recv(socket.native_handle(), answer.data(), answer.size(), 0);
  return size < 0 && errno != ECONNRESET ? "" : "closed";
}

// A worker of our own making that has the key.
struct RawWorker {
  explicit RawWorker(const WorkerClientOptions& options) : tls(TlsSide::kWorker, options.key) {
    stream.next_layer().connect(
        {asio::ip::address_v4::loopback(), static_cast<std::uint16_t>(std::stoi(options.port))});
    stream.handshake(asio::ssl::stream_base::client);
  }

  asio::io_context io;
  TlsContext tls;
  asio::ssl::stream<asio::ip::tcp::socket> stream{io, tls.context()};
};

}  // namespace tengen
