#include "experiments/cluster/metrics_port.h"

#include <optional>
#include <thread>

#include <nlohmann/json.hpp>

#include "experiments/cluster/asio.h"
#include "experiments/cluster/connections.h"
#include "experiments/cluster/worker_status_json.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

using Tcp = asio::ip::tcp;

constexpr auto kLimit = std::chrono::seconds(5);
constexpr std::size_t kLongestRequest = 8192;

std::string Response(const std::filesystem::path& file) {
  const Result<std::string> text = ReadWholeFile(file);
  const nlohmann::json status =
      text ? nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false) : nlohmann::json();
  const bool there = status.is_object();
  const std::string body = there ? WorkersMetrics(status) : "# no learner has run here yet\n";
  return StrCat("HTTP/1.1 ", there ? "200 OK" : "503 Service Unavailable",
                "\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: ", body.size(),
                "\r\nConnection: close\r\n\r\n", body);
}

asio::awaitable<void> Answer(Tcp::socket socket, const std::filesystem::path& file) {
  auto shared = std::make_shared<Tcp::socket>(std::move(socket));
  asio::steady_timer timer(shared->get_executor(), kLimit);
  timer.async_wait([shared](const boost::system::error_code& error) {
    boost::system::error_code ignored;
    if (!error) shared->close(ignored);
  });
  boost::system::error_code error;
  std::string request;
  co_await asio::async_read_until(*shared, asio::dynamic_buffer(request, kLongestRequest),
                                  "\r\n\r\n", asio::redirect_error(asio::use_awaitable, error));
  if (!error) {
    const std::string response = Response(file);
    co_await asio::async_write(*shared, asio::buffer(response),
                               asio::redirect_error(asio::use_awaitable, error));
  }
  timer.cancel();
  shared->close(error);
}

}  // namespace

class MetricsPort::Impl {
 public:
  Impl(const Endpoint& endpoint, std::filesystem::path file) : file_(std::move(file)) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(endpoint.host, error);
    const Tcp::endpoint place(address, endpoint.port);
    if (!error) acceptor_.open(place.protocol(), error);
    if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
    if (!error) acceptor_.bind(place, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      throw WorldError(StrCat("cannot listen at ", endpoint.host, ":", endpoint.port,
                              " for --metrics: ", error.message()));
    }
    asio::co_spawn(io_, Accept(), asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Impl() {
    io_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  asio::awaitable<void> Accept() {
    while (acceptor_.is_open()) {
      std::optional<Tcp::socket> socket = co_await AcceptNext(acceptor_);
      if (socket) asio::co_spawn(io_, Answer(std::move(*socket), file_), asio::detached);
    }
  }

  const std::filesystem::path file_;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  std::thread thread_;
};

MetricsPort::MetricsPort(const Endpoint& endpoint, std::filesystem::path workers_file)
    : impl_(std::make_unique<Impl>(endpoint, std::move(workers_file))) {}
MetricsPort::~MetricsPort() = default;
std::uint16_t MetricsPort::port() const { return impl_->port(); }

}  // namespace tengen
