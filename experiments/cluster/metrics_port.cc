#include "experiments/cluster/metrics_port.h"

#include <deque>
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
// Open at once; the one that has waited longest gives way to a newcomer, so that those who connect
// and ask nothing neither use up the process's files nor keep others out.
constexpr std::size_t kMostAnswers = 16;

std::string Response(const std::filesystem::path& file) {
  const Result<std::string> text = ReadWholeFile(file);
  const nlohmann::json status =
      text ? nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false) : nlohmann::json();
  const Result<std::string> metrics = WorkersMetrics(status);
  const bool there = metrics.ok();
  const std::string body = there ? *metrics : "# no learner has run here yet\n";
  return StrCat("HTTP/1.1 ", there ? "200 OK" : "503 Service Unavailable",
                "\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: ", body.size(),
                "\r\nConnection: close\r\n\r\n", body);
}

asio::awaitable<void> Answer(std::shared_ptr<Tcp::socket> shared,
                             const std::filesystem::path& file) {
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
    try {
      ListenAt(acceptor_, endpoint.host, endpoint.port);
    } catch (const WorldError& error) {
      throw WorldError(StrCat("--metrics: ", error.what()));
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
      if (!socket) continue;
      auto shared = std::make_shared<Tcp::socket>(std::move(*socket));
      std::erase_if(open_, [](const auto& other) { return other.expired(); });
      if (open_.size() >= kMostAnswers) {
        boost::system::error_code ignored;
        if (const auto oldest = open_.front().lock()) oldest->close(ignored);
        open_.pop_front();
      }
      open_.push_back(shared);
      asio::co_spawn(io_, Answer(std::move(shared), file_), asio::detached);
    }
  }

  const std::filesystem::path file_;
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  std::deque<std::weak_ptr<Tcp::socket>> open_;  // oldest first
  std::thread thread_;
};

MetricsPort::MetricsPort(const Endpoint& endpoint, std::filesystem::path workers_file)
    : impl_(std::make_unique<Impl>(endpoint, std::move(workers_file))) {}
MetricsPort::~MetricsPort() = default;
std::uint16_t MetricsPort::port() const { return impl_->port(); }

}  // namespace tengen
