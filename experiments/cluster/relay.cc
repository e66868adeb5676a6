#include "experiments/cluster/relay.h"

#include <algorithm>
#include <map>
#include <thread>
#include <utility>

#include "envs/core/mutex.h"
#include "experiments/cluster/attempt_limit.h"
#include "experiments/cluster/channel.h"
#include "experiments/cluster/connections.h"
#include "experiments/cluster/messages.h"
#include "experiments/cluster/peer_host.h"
#include "experiments/cluster/tls.h"
#include "experiments/cluster/weights_cache.h"
#include "experiments/cluster/weights_piece.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;
using Tcp = asio::ip::tcp;

constexpr Channel::Seconds kWorkerSilence{60};    // as the learner's
constexpr Channel::Seconds kLearnerSilence{120};  // and the worker's patience
// Of one direction of a session; then nothing more is read for it.
constexpr std::size_t kMostWaiting = std::size_t{1} << 20;
constexpr std::size_t kKeptNews = 100;

struct Session {
  std::uint64_t id = 0;
  std::shared_ptr<Channel> worker;
  std::shared_ptr<Channel> learner;  // null until it is reached
  bool welcome = false;              // the learner has let the worker in
  bool games = false;                // some came
};

template <typename Message>
Message Decoded(const Frame& frame) {
  Result<Message> message = FromFrame<Message>(frame);
  if (!message) throw WorldError(StrCat("a frame that cannot be read: ", message.error()));
  return std::move(*message);
}

}  // namespace

class Relay::Impl {
 public:
  Impl(const RelayOptions& options, const WorkerKey& key)
      : options_(options),
        learner_port_(std::to_string(options.learner.port)),
        worker_tls_(TlsSide::kLearner, key),
        learner_tls_(TlsSide::kWorker, key),
        attempts_(options.attempts) {
    port_ = ListenAt(acceptor_, options.listen.host, options.listen.port);
    // Two connections for each worker.
    max_sessions_ = std::max(1, RaiseFileLimit(2 * options.max_connections) / 2);
    if (max_sessions_ < options.max_connections) {
      Tell(FewFilesText(options.max_connections, max_sessions_));
    }
    asio::co_spawn(
        io_, [this] { return Accept(); }, asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    asio::post(io_, [this] {
      acceptor_.close();
      for (const auto& [id, session] : sessions_) {
        session->worker->Close();
        if (session->learner) session->learner->Close();
      }
    });
    // Coroutines end when their sockets do, and one that still connects when its time is up.
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  RelayCounts counts() const {
    MutexLock lock(mutex_);
    return counts_;
  }
  std::vector<std::string> TakeNews() {
    MutexLock lock(mutex_);
    return std::exchange(news_, {});
  }

 private:
  asio::awaitable<void> Accept() {
    while (acceptor_.is_open()) {
      std::optional<Tcp::socket> socket = co_await AcceptNext(acceptor_);
      if (!socket || !MayTry(HostOf(*socket))) continue;
      auto session = std::make_shared<Session>();
      session->id = ++last_session_;
      session->worker = std::make_shared<Channel>(std::move(*socket), worker_tls_.context(),
                                                  FrameSender::kWorker);
      session->worker->LimitReading(kWorkerFrames);
      if (static_cast<int>(sessions_.size()) >= max_sessions_) {
        Tell(StrCat("refused ", session->worker->peer_address(), ": there are ", max_sessions_,
                    " connections already"));
        session->worker->Close();
        continue;
      }
      sessions_[session->id] = session;
      asio::co_spawn(io_, Serve(std::move(session)), asio::detached);
    }
  }

  bool MayTry(const std::string& host) {
    const AttemptLimit::Answer answer = attempts_.Begin(host, Clock::now());
    if (answer == AttemptLimit::Answer::kTurnAwayAndTell) {
      Tell(StrCat("refused ", host, ": ", attempts_.reason()));
    }
    return answer == AttemptLimit::Answer::kTry;
  }

  // A worker's frames, from its first to its last.
  asio::awaitable<void> Serve(std::shared_ptr<Session> session) {
    std::string fault;
    try {
      co_await Introduce(*session);
      asio::co_spawn(io_, Answer(session), asio::detached);
      while (true) {
        const Frame frame = co_await session->worker->Read(kWorkerSilence);
        if (frame.type == FrameType::kWantWeights) {
          cache_.Want(session->id, Decoded<WantWeightsMessage>(frame));
        } else {
          session->games = session->games || frame.type == FrameType::kGames;
          co_await Forward(*session->learner, frame);
        }
      }
    } catch (const boost::system::system_error&) {  // one of the two left
    } catch (const std::exception& error) {
      fault = error.what();
    }
    if (session->learner) session->learner->Close();
    const bool for_nothing = session->welcome && (!fault.empty() || !session->games);
    if (for_nothing) attempts_.Charge(session->worker->peer_host(), Clock::now());
    co_await Part(*session, fault);
    sessions_.erase(session->id);
    cache_.Leave(session->id);
  }

  // The worker's hello goes on to the learner, which judges it.
  asio::awaitable<void> Introduce(Session& session) {
    const Channel::Seconds limit(options_.handshake_s);
    co_await session.worker->Handshake(limit);
    const Frame hello = co_await session.worker->Read(limit);
    if (hello.type != FrameType::kHello) throw WorldError("its first frame is not a hello");
    try {
      session.learner = co_await ConnectTo(io_, learner_tls_, options_.learner.host, learner_port_);
    } catch (const std::exception& error) {
      attempts_.Forgive(session.worker->peer_host(), Clock::now());  // it has done nothing wrong
      throw WorldError(StrCat("the relay does not reach the learner: ", error.what()));
    }
    session.learner->Send(hello);
  }

  // The learner's frames to a worker. Whichever side ends first ends the other.
  asio::awaitable<void> Answer(std::shared_ptr<Session> session) {
    std::string fault;
    try {
      Frame frame = co_await ReadAnswer(*session->learner);
      while (true) {
        co_await PassOn(*session, frame);
        frame = co_await session->learner->Read(kLearnerSilence);
      }
    } catch (const boost::system::system_error&) {
    } catch (const std::exception& error) {
      fault = error.what();
    }
    session->learner->Close();
    co_await Part(*session, fault);
  }

  asio::awaitable<void> PassOn(Session& session, const Frame& frame) {
    if (frame.type == FrameType::kWeights) {
      const bool whole = cache_.Take(session.id, Decoded<WeightsMessage>(frame), frame.body);
      MutexLock lock(mutex_);
      counts_.weights_in += frame.body.size();
      counts_.networks += whole ? 1 : 0;
      co_return;
    }
    if (frame.type == FrameType::kWelcome) {
      session.welcome = true;
      attempts_.Forgive(session.worker->peer_host(), Clock::now());
      cache_.Announce(Decoded<WelcomeMessage>(frame).network);
      Tell(StrCat("worker ", session.worker->peer_address(), " joined"));
      MutexLock lock(mutex_);
      ++counts_.sessions;
    } else if (frame.type == FrameType::kNetwork) {
      cache_.Announce(Decoded<NetworkMessage>(frame));
    }
    co_await Forward(*session.worker, frame);
  }

  // Waits while the other side is slow: then whoever sends must be so too.
  static asio::awaitable<void> Forward(Channel& to, const Frame& frame) {
    to.Send(frame);
    while (to.open() && to.queued_bytes() > kMostWaiting) co_await to.Drain(kWorkerSilence);
  }

  // What was said to the worker last still reaches it; then it is let go.
  asio::awaitable<void> Part(Session& session, const std::string& fault) {
    Channel& worker = *session.worker;
    if (!fault.empty() && worker.open()) {
      if (!attempts_.told(worker.peer_host())) {
        Tell(StrCat("refused ", worker.peer_address(), ": ", fault));
      }
      worker.Send(ToFrame(FrameType::kRefused, TextMessage{fault}));
    } else if (worker.open() && session.welcome) {
      Tell(StrCat("worker ", worker.peer_address(), " left"));
    }
    co_await worker.Drain(Channel::Seconds(1));
    worker.Close();
  }

  void Tell(std::string text) {
    MutexLock lock(mutex_);
    news_.push_back(Printable(std::move(text)));
    if (news_.size() > kKeptNews) news_.erase(news_.begin());
  }

  void Give(std::uint64_t id, const std::string& hash, std::shared_ptr<const std::string> bytes,
            std::uint64_t offset) {
    const auto session = sessions_.find(id);
    if (session == sessions_.end()) return;
    {
      MutexLock lock(mutex_);
      counts_.weights_out += std::min<std::uint64_t>(kWeightsPiece, bytes->size() - offset);
    }
    SendWeightsPiece(*session->second->worker, hash, std::move(bytes), offset);
  }

  const RelayOptions options_;
  const std::string learner_port_;
  TlsContext worker_tls_;
  TlsContext learner_tls_;
  int max_sessions_ = 0;
  std::uint16_t port_ = 0;

  // Of the relay's thread alone.
  asio::io_context io_{1};
  Tcp::acceptor acceptor_{io_};
  AttemptLimit attempts_;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::uint64_t last_session_ = 0;
  WeightsCache cache_{
      {.ask =
           [this](std::uint64_t id, const WantWeightsMessage& wanted) {
             sessions_.at(id)->learner->Send(ToFrame(FrameType::kWantWeights, wanted));
           },
       .give = [this](std::uint64_t id, const std::string& hash,
                      std::shared_ptr<const std::string> bytes,
                      std::uint64_t offset) { Give(id, hash, std::move(bytes), offset); },
       .announce =
           [this](std::uint64_t id, const NetworkMessage& network) {
             sessions_.at(id)->worker->Send(ToFrame(FrameType::kNetwork, network));
           }}};

  mutable Mutex mutex_;
  RelayCounts counts_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::string> news_ TENGEN_GUARDED_BY(mutex_);

  std::thread thread_;
};

Relay::Relay(const RelayOptions& options, const WorkerKey& key)
    : impl_(std::make_unique<Impl>(options, key)) {}
Relay::~Relay() = default;
std::uint16_t Relay::port() const { return impl_->port(); }
RelayCounts Relay::counts() const { return impl_->counts(); }
std::vector<std::string> Relay::TakeNews() { return impl_->TakeNews(); }

}  // namespace tengen
