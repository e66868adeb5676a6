#include "experiments/cluster/worker_client.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>

#include "envs/core/mutex.h"
#include "envs/core/queue.h"
#include "experiments/cluster/channel.h"
#include "experiments/cluster/connections.h"
#include "experiments/cluster/tls.h"
#include "experiments/cluster/weights_piece.h"

namespace tengen {
namespace {

using Kind = WorkerEvent::Kind;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Channel::Seconds kSilence{120};  // the learner may be evaluating, and says nothing then
constexpr auto kStatusInterval = std::chrono::seconds(5);
// Sent and not yet stored: enough that a learner that syncs four times a second does not hold up a
// fast worker, few enough that nothing is sent many times over when connections break.
// A connection begins with a small window, which doubles with every answer: one that breaks all the
// time still brings some games through, and an outage of an hour does not come as a flood.
constexpr std::size_t kFirstWindow = 32;
constexpr std::size_t kWindowGames = 1024;
constexpr std::size_t kParcelGames = 64;
constexpr std::size_t kParcelBytes = 256 << 10;
constexpr std::size_t kEvents = 1024;

// The learner says that the run is over.
class EndedError : public WorldError {
  using WorldError::WorldError;
};

// A network on its way.
struct Download {
  NetworkMessage network;
  std::shared_ptr<std::string> bytes = std::make_shared<std::string>();
  bool done = true;
};

template <typename Message>
Message Decoded(const Frame& frame) {
  Result<Message> message = FromFrame<Message>(frame);
  if (!message) throw WorldError(StrCat("the learner's frame cannot be read: ", message.error()));
  return std::move(*message);
}

asio::awaitable<std::shared_ptr<Channel>> Connect(asio::io_context& io, TlsContext& tls,
                                                  const WorkerClientOptions& options) {
  auto channel = co_await ConnectTo(io, tls, options.host, options.port);
  channel->Send(ToFrame(FrameType::kHello, options.hello));
  co_return channel;
}

}  // namespace

class WorkerClient::Impl {
 public:
  Impl(WorkerClientOptions options, GameSpool& spool)
      : options_(std::move(options)),
        spool_(spool),
        tls_(TlsSide::kWorker, options_.key),
        events_(kEvents) {
    spool_.OnAdded([this] { asio::post(io_, [this] { SendGames(); }); });
    asio::co_spawn(
        io_, [this] { return Live(); }, asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    spool_.OnAdded(nullptr);
    Close();
    thread_.join();
  }

  std::optional<WorkerEvent> Next(Milliseconds wait) { return events_.PopFor(wait); }

  void SetStatus(const WorkerStatusMessage& status) {
    MutexLock lock(mutex_);
    status_ = status;
  }

  WorkerStatusMessage status() const {
    MutexLock lock(mutex_);
    WorkerStatusMessage status = status_;
    status.waiting_games = spool_.games();
    status.oldest_waiting_s = spool_.oldest_s();
    status.dropped_games = spool_.dropped();
    return status;
  }

  GameSpool& spool() { return spool_; }

  Leftover Finish(std::chrono::seconds limit) {
    const auto end = Clock::now() + limit;
    while (spool_.games() > 0 && Clock::now() < end && !over_) {
      std::this_thread::sleep_for(Milliseconds(20));
    }
    Close();
    return {.kept = spool_.on_disk(), .lost = spool_.games() - spool_.on_disk()};
  }

 private:
  void Close() {
    asio::post(io_, [this] {
      closing_ = true;
      pause_.cancel();
      status_timer_.cancel();
      if (channel_) channel_->Close();
    });
  }

  // Connection after connection, until the end.
  asio::awaitable<void> Live() {
    while (!closing_) {
      bool refused = false;
      std::string text;
      try {
        co_await Meet();
      } catch (const EndedError& ended) {
        over_ = true;
        status_timer_.cancel();
        events_.Push(WorkerEvent(Kind::kEnded, Printable(ended.what()), /*is_final=*/true));
        co_return;
      } catch (const RefusedError& error) {
        refused = true;
        text = error.what();
      } catch (const boost::system::system_error& error) {
        // Closed on this side, since nothing could be sent any more: that is no reason to tell.
        const bool closed = error.code() == asio::error::bad_descriptor ||
                            error.code() == asio::error::operation_aborted;
        text = "the connection broke";
        if (!closed) text += StrCat(" (", error.code().message(), ")");
      } catch (const std::exception& error) {
        text = error.what();
      }
      spool_.Connect(false);
      status_timer_.cancel();
      if (channel_) channel_->Close();
      channel_.reset();
      window_ = 0;
      if (closing_) co_return;
      const bool final = refused && options_.once;
      if (final) over_ = true;
      events_.Push(
          WorkerEvent(refused ? Kind::kRefused : Kind::kDisconnected, Printable(text), final));
      if (final) co_return;
      pause_.expires_after(Milliseconds(static_cast<int>(1000 * pause_s_)));
      pause_s_ = std::min(2.0 * pause_s_, options_.longest_pause_s);
      boost::system::error_code ignored;
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

  // One connection.
  asio::awaitable<void> Meet() {
    channel_ = co_await Connect(io_, tls_, options_);
    if (closing_) co_return;  // Close found no channel
    const Frame answer = co_await ReadAnswer(*channel_);
    if (answer.type == FrameType::kRefused) {
      throw RefusedError("the learner refused this worker: " + Decoded<TextMessage>(answer).text);
    }
    if (answer.type == FrameType::kEnd) throw EndedError(Decoded<TextMessage>(answer).text);
    if (answer.type != FrameType::kWelcome) throw WorldError("the learner's answer is no welcome");
    const auto welcome = Decoded<WelcomeMessage>(answer);
    options_.hello.run = welcome.run;
    options_.hello.lease = welcome.lease;
    WorkerEvent event(Kind::kWelcome);
    event.welcome = welcome;
    events_.Push(std::move(event));
    spool_.Connect(true);
    window_ = kFirstWindow;
    pause_s_ = options_.first_pause_s;
    Want(welcome.network);
    SendGames();
    SendStatus();
    while (true) Handle(co_await channel_->Read(kSilence));
  }

  void Handle(const Frame& frame) {
    switch (frame.type) {
      case FrameType::kStored:
        spool_.Stored(Decoded<StoredMessage>(frame).streams);
        window_ = std::min(2 * window_, kWindowGames);
        return SendGames();
      case FrameType::kNetwork:
        return Want(Decoded<NetworkMessage>(frame));
      case FrameType::kWeights:
        return TakeWeights(Decoded<WeightsMessage>(frame), frame.body);
      case FrameType::kRefused:
        throw RefusedError("the learner refused this worker: " + Decoded<TextMessage>(frame).text);
      case FrameType::kEnd:
        throw EndedError(Decoded<TextMessage>(frame).text);
      default:
        throw WorldError("the learner sent a second welcome");
    }
  }

  // Asks for what is missing of a network; nothing if it is here already.
  void Want(const NetworkMessage& network) {
    if (download_.network.hash != network.hash) download_ = {network};
    download_.done = download_.bytes->size() == network.bytes;
    if (!download_.done) AskForWeights();
  }

  void AskForWeights() {
    channel_->Send(ToFrame(FrameType::kWantWeights,
                           WantWeightsMessage{download_.network.hash, download_.bytes->size()}));
  }

  void TakeWeights(const WeightsMessage& piece, const std::string& body) {
    if (download_.done || piece.hash != download_.network.hash ||
        piece.offset != download_.bytes->size()) {
      return;  // of a network that is not wanted any more
    }
    if (!HasItsChecksum(piece, body)) {
      throw WorldError("a piece of a network came with another checksum");
    }
    download_.bytes->append(body);
    if (download_.bytes->size() < download_.network.bytes) return AskForWeights();
    download_.done = true;
    WorkerEvent event(Kind::kNetwork);
    event.network = download_.network;
    event.weights = download_.bytes;
    events_.Push(std::move(event));
  }

  void SendGames() {
    if (!channel_ || !channel_->open()) return;
    while (spool_.in_flight() < window_) {
      const std::size_t games = std::min(kParcelGames, window_ - spool_.in_flight());
      GameSpool::Parcel parcel = spool_.TakeUnsent(games, kParcelBytes);
      if (parcel.games == 0) return;
      channel_->Send(
          ToFrame(FrameType::kGames, GamesMessage{parcel.games}, std::move(parcel.frames)));
    }
  }

  void SendStatus() {
    if (!channel_ || !channel_->open()) return;
    channel_->Send(ToFrame(FrameType::kWorkerStatus, status()));
    status_timer_.expires_after(kStatusInterval);
    status_timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error && !closing_) SendStatus();
    });
  }

  WorkerClientOptions options_;
  GameSpool& spool_;
  TlsContext tls_;
  BoundedQueue<WorkerEvent> events_;

  asio::io_context io_{1};
  asio::steady_timer pause_{io_};
  asio::steady_timer status_timer_{io_};
  std::shared_ptr<Channel> channel_;
  Download download_;
  std::size_t window_ = 0;                   // games in flight at most; 0 before the welcome
  double pause_s_ = options_.first_pause_s;  // before the next connection
  bool closing_ = false;
  std::atomic<bool> over_ = false;

  mutable Mutex mutex_;
  WorkerStatusMessage status_ TENGEN_GUARDED_BY(mutex_);
  std::thread thread_;
};

WorkerClient::WorkerClient(WorkerClientOptions options, GameSpool& spool)
    : impl_(std::make_unique<Impl>(std::move(options), spool)) {}
WorkerClient::~WorkerClient() = default;
std::optional<WorkerEvent> WorkerClient::Next(Milliseconds wait) { return impl_->Next(wait); }
void WorkerClient::SetStatus(const WorkerStatusMessage& status) { impl_->SetStatus(status); }
WorkerStatusMessage WorkerClient::status() const { return impl_->status(); }
GameSink& WorkerClient::sink() { return impl_->spool(); }
void WorkerClient::CloseSink() { impl_->spool().Close(); }
Leftover WorkerClient::Finish(std::chrono::seconds limit) { return impl_->Finish(limit); }

Result<std::string> AskLearnerStatus(const WorkerClientOptions& options) {
  WorkerClientOptions observer = options;
  observer.hello.role = "observer";
  asio::io_context io(1);
  TlsContext tls(TlsSide::kWorker, options.key);
  Result<std::string> answer = Error{"the learner gave no answer"};
  asio::co_spawn(
      io,
      [&]() -> asio::awaitable<void> {
        try {
          const auto channel = co_await Connect(io, tls, observer);
          const Frame frame = co_await ReadAnswer(*channel);
          if (frame.type == FrameType::kStatus) {
            answer = frame.body;
          } else if (frame.type == FrameType::kRefused) {
            answer = Error{Decoded<TextMessage>(frame).text};
          }
          channel->Close();
        } catch (const std::exception& error) {
          answer = Error{error.what()};
        }
      },
      asio::detached);
  io.run();
  return answer;
}

}  // namespace tengen
