#include "experiments/cluster/connections.h"

#include <algorithm>
#include <chrono>
#include <sys/resource.h>
#include <utility>

#include "experiments/cluster/endpoint.h"

namespace tengen {
namespace {

using Tcp = asio::ip::tcp;

// Files beside connections: shards, logs, checkpoints, and those who ask for metrics.
constexpr int kOtherFiles = 96;

}  // namespace

std::uint16_t ListenAt(Tcp::acceptor& acceptor, const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const asio::ip::address parsed = asio::ip::make_address(address, error);
  if (error) {
    throw WorldError(StrCat("address '", address,
                            "', wanted an IP address of this machine, such as 127.0.0.1, or "
                            "0.0.0.0 for all of them"));
  }
  const Tcp::endpoint endpoint(parsed, port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    throw WorldError(
        StrCat("cannot listen at ", EndpointText(address, port), ": ", error.message()));
  }
  return acceptor.local_endpoint().port();
}

asio::awaitable<std::optional<asio::ip::tcp::socket>> AcceptNext(
    asio::ip::tcp::acceptor& acceptor) {
  boost::system::error_code error;
  asio::ip::tcp::socket socket =
      co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
  if (!acceptor.is_open()) co_return std::nullopt;
  if (!error) co_return std::move(socket);
  asio::steady_timer timer(acceptor.get_executor(), std::chrono::milliseconds(100));
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return std::nullopt;
}

int RaiseFileLimit(int connections) {
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return connections;
  const auto wanted = static_cast<rlim_t>(connections) + kOtherFiles;
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = std::min(wanted, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  const int files = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, wanted));
  return std::clamp(files - kOtherFiles, 1, connections);
}

std::string FewFilesText(int wanted, int have) {
  return StrCat("this process may open too few files for ", wanted, " workers: takes ", have,
                " (ulimit -n)");
}

asio::awaitable<std::shared_ptr<Channel>> ConnectTo(asio::io_context& io, TlsContext& tls,
                                                    const std::string& host,
                                                    const std::string& port) {
  Tcp::resolver resolver(io);
  boost::system::error_code error;
  const auto endpoints =
      co_await resolver.async_resolve(host, port, asio::redirect_error(asio::use_awaitable, error));
  if (error) throw WorldError(StrCat("no machine is called '", host, "'"));
  Tcp::socket socket(io);
  asio::steady_timer timer(io, kConnectLimit);
  timer.async_wait([&socket](const boost::system::error_code& cancelled) {
    if (!cancelled) socket.close();
  });
  co_await asio::async_connect(socket, endpoints, asio::redirect_error(asio::use_awaitable, error));
  timer.cancel();
  if (error) {
    throw WorldError(
        StrCat("no learner answers at ", EndpointText(host, port), " (", error.message(), ")"));
  }
  auto channel = std::make_shared<Channel>(std::move(socket), tls.context(), FrameSender::kLearner);
  co_await channel->Handshake(kConnectLimit);
  co_return channel;
}

asio::awaitable<Frame> ReadAnswer(Channel& channel) {
  try {
    Frame frame = co_await channel.Read(kConnectLimit);
    co_return frame;
  } catch (const boost::system::system_error& error) {
    // With TLS 1.3 a client is through its handshake before the server has seen its key.
    if (error.code().category() == asio::error::get_ssl_category()) {
      throw RefusedError(HandshakeErrorText(TlsSide::kWorker, error.code()));
    }
    throw WorldError(StrCat("the learner closed the connection (", error.what(), ")"));
  }
}

}  // namespace tengen
