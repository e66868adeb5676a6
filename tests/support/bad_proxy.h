#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "experiments/cluster/asio.h"

namespace tengen {

// A TCP proxy on loopback that is as bad as a network can be: it cuts each connection after a
// drawn number of bytes, and may turn a bit over, delay, or send a stretch twice before it does.
class BadProxy {
 public:
  struct Faults {
    std::size_t least_bytes = 500;  // forwarded before the fault
    std::size_t most_bytes = 20000;
    bool corrupt = false;  // a turned bit
    bool repeat = false;   // the last stretch twice
    int delay_ms = 0;      // before every stretch, at most
  };

  BadProxy(std::uint16_t target, const Faults& faults, unsigned seed)
      : target_(target), faults_(faults), random_(seed) {
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~BadProxy() {
    io_.stop();
    thread_.join();
  }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  int connections() const { return connections_; }

 private:
  using Tcp = asio::ip::tcp;
  using Socket = std::shared_ptr<Tcp::socket>;

  asio::awaitable<void> Accept() {
    while (true) {
      auto client =
          std::make_shared<Tcp::socket>(co_await acceptor_.async_accept(asio::use_awaitable));
      ++connections_;
      auto server = std::make_shared<Tcp::socket>(io_);
      boost::system::error_code error;
      co_await server->async_connect({asio::ip::address_v4::loopback(), target_},
                                     asio::redirect_error(asio::use_awaitable, error));
      if (error) continue;
      asio::co_spawn(io_, Forward(client, server), asio::detached);
      asio::co_spawn(io_, Forward(server, client), asio::detached);
    }
  }

  asio::awaitable<void> Forward(Socket from, Socket to) {
    std::size_t left = std::uniform_int_distribution<std::size_t>(faults_.least_bytes,
                                                                  faults_.most_bytes)(random_);
    std::vector<char> bytes(4096);
    boost::system::error_code error;
    while (!error && left > 0) {
      const std::size_t size = co_await from->async_read_some(
          asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
      if (error) break;
      if (faults_.delay_ms > 0) {
        asio::steady_timer timer(
            io_, std::chrono::milliseconds(random_() % static_cast<unsigned>(faults_.delay_ms)));
        co_await timer.async_wait(asio::use_awaitable);
      }
      const std::size_t passed = std::min(size, left);
      left -= passed;
      if (left == 0 && faults_.corrupt) bytes[passed / 2] ^= 1;
      const int times = left == 0 && faults_.repeat ? 2 : 1;
      for (int i = 0; i < times && !error; ++i) {
        co_await asio::async_write(*to, asio::buffer(bytes, passed),
                                   asio::redirect_error(asio::use_awaitable, error));
      }
    }
    from->close(error);
    to->close(error);
  }

  const std::uint16_t target_;
  const Faults faults_;
  std::mt19937 random_;
  std::atomic<int> connections_ = 0;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_, {asio::ip::address_v4::loopback(), 0}};
  std::thread thread_;
};

}  // namespace tengen
