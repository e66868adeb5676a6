#include "experiments/cluster/channel.h"

#include <array>

#include "envs/core/check.h"
#include "experiments/cluster/endpoint.h"
#include "experiments/cluster/peer_host.h"
#include "experiments/cluster/tls.h"

namespace tengen {
namespace {

std::string AddressOf(const Channel::Socket& socket) {
  boost::system::error_code error;
  const auto endpoint = socket.remote_endpoint(error);
  return error ? "somebody who left"
               : EndpointText(endpoint.address().to_string(), endpoint.port());
}

}  // namespace

Channel::Channel(Socket socket, asio::ssl::context& context, FrameSender peer)
    : stream_(std::move(socket), context), peer_(peer) {
  peer_address_ = AddressOf(stream_.next_layer());
  peer_host_ = HostOf(stream_.next_layer());
  boost::system::error_code ignored;
  local_ = stream_.next_layer().remote_endpoint(ignored).address() ==
           stream_.next_layer().local_endpoint(ignored).address();
  // A stored game is acknowledged by a small frame that nothing follows.
  stream_.next_layer().set_option(asio::ip::tcp::no_delay(true), ignored);
  stream_.next_layer().set_option(asio::socket_base::keep_alive(true), ignored);
}

Channel::Deadline Channel::CloseAfter(Seconds limit) {
  Deadline deadline = {asio::steady_timer(stream_.get_executor(), limit),
                       std::make_shared<bool>(false)};
  deadline.timer.async_wait([self = shared_from_this(),
                             expired = deadline.expired](const boost::system::error_code& error) {
    if (error) return;
    *expired = true;
    self->Close();
  });
  return deadline;
}

asio::awaitable<void> Channel::Handshake(Seconds limit) {
  Deadline deadline = CloseAfter(limit);
  const bool learner = peer_ == FrameSender::kWorker;
  boost::system::error_code error;
  co_await stream_.async_handshake(
      learner ? asio::ssl::stream_base::server : asio::ssl::stream_base::client,
      asio::redirect_error(asio::use_awaitable, error));
  deadline.timer.cancel();
  if (*deadline.expired) {
    throw WorldError(StrCat("it said nothing that makes a handshake for ", limit.count(), " s"));
  }
  if (error) {
    const TlsSide side = learner ? TlsSide::kLearner : TlsSide::kWorker;
    const std::string text = HandshakeErrorText(side, error);
    if (!learner && IsKeyRefusal(error)) throw RefusedError(text);
    throw WorldError(text);
  }
}

void Channel::LimitReading(const RateLimit& limit) {
  pace_.emplace(limit, TokenBucket::Clock::now());
}

// Waits until the frames that were read are paid for.
asio::awaitable<void> Channel::PayOff() {
  if (!pace_ || !open_) co_return;
  const auto wait = pace_->TimeInDebt(TokenBucket::Clock::now());
  if (wait <= TokenBucket::Clock::duration::zero()) co_return;
  pause_.expires_after(wait);
  boost::system::error_code ignored;
  co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

asio::awaitable<Frame> Channel::Read(Seconds limit) {
  co_await PayOff();
  Deadline deadline = CloseAfter(limit);
  boost::system::error_code error;
  std::array<char, kFrameHeaderBytes> bytes = {};
  co_await asio::async_read(stream_, asio::buffer(bytes),
                            asio::redirect_error(asio::use_awaitable, error));
  Frame frame;
  if (!error) {
    const Result<FrameHeader> header = ParseFrameHeader(bytes, peer_);
    if (!header) throw WorldError(header.error());
    frame.type = header->type;
    frame.head.resize(header->head_bytes);
    frame.body.resize(header->body_bytes);
    const std::array<asio::mutable_buffer, 2> parts = {asio::buffer(frame.head),
                                                       asio::buffer(frame.body)};
    co_await asio::async_read(stream_, parts, asio::redirect_error(asio::use_awaitable, error));
    const std::size_t size = kFrameHeaderBytes + frame.head.size() + frame.body.size();
    bytes_received_ += size;
    if (pace_) pace_->Take(static_cast<double>(kFrameCost + size), TokenBucket::Clock::now());
  }
  deadline.timer.cancel();
  if (*deadline.expired) throw WorldError(StrCat("nothing came for ", limit.count(), " s"));
  if (error) throw boost::system::system_error(error);
  co_return frame;
}

void Channel::Send(const Frame& frame) { Enqueue({FrameStart(frame) + frame.body, nullptr, 0, 0}); }

void Channel::Send(const Frame& frame, std::shared_ptr<const std::string> body, std::size_t offset,
                   std::size_t size) {
  TENGEN_CHECK(frame.body.empty() && offset + size <= body->size(), "a piece of ", size, " at ",
               offset, ", wanted one of ", body->size(), " bytes");
  std::string start = FrameStart(frame);
  for (std::size_t byte = 0; byte < 4; ++byte) {  // the length of the body (frame.h)
    start[4 + byte] = static_cast<char>(size >> (8 * byte));
  }
  Enqueue({std::move(start), std::move(body), offset, size});
}

void Channel::Enqueue(Outgoing outgoing) {
  if (!open_) return;
  queued_bytes_ += outgoing.start.size() + outgoing.size;
  if (queued_bytes_ > kMaxQueuedBytes) return Close();
  outgoing_.push_back(std::move(outgoing));
  if (outgoing_.size() > 1) return;  // a writer is at work
  asio::co_spawn(
      stream_.get_executor(), [self = shared_from_this()] { return self->Write(); },
      asio::detached);
}

asio::awaitable<void> Channel::Write() {
  while (!outgoing_.empty()) {
    const Outgoing& next = outgoing_.front();
    const std::array<asio::const_buffer, 2> parts = {
        asio::buffer(next.start), next.shared
                                      ? asio::buffer(next.shared->data() + next.offset, next.size)
                                      : asio::const_buffer()};
    boost::system::error_code error;
    bytes_sent_ += co_await asio::async_write(stream_, parts,
                                              asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      Close();
      outgoing_.clear();
      co_return;
    }
    queued_bytes_ -= next.start.size() + next.size;
    outgoing_.pop_front();
  }
}

asio::awaitable<void> Channel::Drain(Seconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  asio::steady_timer timer(stream_.get_executor());
  while (open_ && !outgoing_.empty() && std::chrono::steady_clock::now() < end) {
    timer.expires_after(std::chrono::milliseconds(5));
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void Channel::Close() {
  open_ = false;
  boost::system::error_code ignored;
  pause_.cancel();
  stream_.next_layer().cancel(ignored);
  stream_.next_layer().shutdown(Socket::shutdown_both, ignored);
  stream_.next_layer().close(ignored);
}

}  // namespace tengen
