#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "experiments/cluster/asio.h"
#include "experiments/cluster/frame.h"
#include "experiments/cluster/token_bucket.h"

namespace tengen {

// The other side says no: one sentence.
class RefusedError : public WorldError {
 public:
  using WorldError::WorldError;
};

// Frames over one TLS connection. All functions are for the thread that runs its io_context.
// Coroutines end with an exception when the connection does: boost::system::system_error, or
// WorldError with one sentence where the other side breaks the protocol or is silent for too long.
class Channel : public std::enable_shared_from_this<Channel> {
 public:
  using Socket = asio::ip::tcp::socket;
  using Seconds = std::chrono::seconds;

  // `peer` is the side that sends what is read here.
  Channel(Socket socket, asio::ssl::context& context, FrameSender peer);

  // WorldError: the sentence of HandshakeErrorText, as RefusedError where it is about the key; or
  // that it took longer than `limit`.
  asio::awaitable<void> Handshake(Seconds limit);
  // The next frame. Closes the connection when nothing comes within `limit`.
  asio::awaitable<Frame> Read(Seconds limit);
  // From now on Read takes frames no faster than that, as frame.h counts them. Who sends faster has
  // to wait.
  void LimitReading(const RateLimit& limit);
  // Queues a frame. The body may be shared between many channels. A peer that takes nothing while
  // more than kMaxQueuedBytes wait is cut off.
  void Send(const Frame& frame);
  void Send(const Frame& frame, std::shared_ptr<const std::string> body, std::size_t offset,
            std::size_t size);
  // Waits until all frames are written, or `limit` is over.
  asio::awaitable<void> Drain(Seconds limit);
  void Close();

  const std::string& peer_address() const { return peer_address_; }
  const std::string& peer_host() const { return peer_host_; }  // peer_host.h
  bool local() const { return local_; }                        // the peer is on this machine
  bool open() const { return open_; }
  std::size_t bytes_sent() const { return bytes_sent_; }
  std::size_t bytes_received() const { return bytes_received_; }
  std::size_t queued_bytes() const { return queued_bytes_; }  // not yet written

  static constexpr std::size_t kMaxQueuedBytes = std::size_t{64} << 20;

 private:
  struct Outgoing {
    std::string start;  // header, head and a body of its own
    std::shared_ptr<const std::string> shared;
    std::size_t offset = 0;
    std::size_t size = 0;
  };
  asio::awaitable<void> Write();
  void Enqueue(Outgoing outgoing);
  // Closes the socket after `limit` unless it is cancelled before.
  struct Deadline {
    asio::steady_timer timer;
    std::shared_ptr<bool> expired;  // a handler that is queued already outlives the timer
  };
  Deadline CloseAfter(Seconds limit);
  asio::awaitable<void> PayOff();

  asio::ssl::stream<Socket> stream_;
  asio::steady_timer pause_{stream_.get_executor()};
  std::optional<TokenBucket> pace_;  // none: as fast as frames come
  const FrameSender peer_;
  std::string peer_address_;
  std::string peer_host_;
  bool local_ = false;
  std::deque<Outgoing> outgoing_;
  std::size_t queued_bytes_ = 0;
  std::size_t bytes_sent_ = 0;
  std::size_t bytes_received_ = 0;
  bool open_ = true;
};

}  // namespace tengen
