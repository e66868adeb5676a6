#include "experiments/cluster/learner_server.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "agents/records/record_frame.h"
#include "envs/core/mutex.h"
#include "envs/core/queue.h"
#include "experiments/cluster/attempt_limit.h"
#include "experiments/cluster/bar_list.h"
#include "experiments/cluster/channel.h"
#include "experiments/cluster/connections.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/cluster/peer_host.h"
#include "experiments/cluster/tls.h"
#include "experiments/cluster/weights_piece.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;
using Tcp = asio::ip::tcp;

// Networks that a slow worker may still be fetching while newer ones come.
constexpr std::size_t kKeptNetworks = 3;
// Workers that left and whose games may not have been looked at yet: more than can wait to be.
constexpr std::size_t kKeptSenders = 4096;
constexpr std::size_t kKeptNews = 100;  // strangers may knock faster than anybody reads
constexpr auto kWatchInterval = std::chrono::milliseconds(500);
double SecondsSince(Clock::time_point time) {
  return std::chrono::duration<double>(Clock::now() - time).count();
}

struct Network {
  NetworkMessage message;
  std::shared_ptr<const std::string> weights;
};

struct Session {
  std::uint64_t id = 0;
  std::shared_ptr<Channel> channel;
  HelloMessage hello;
  WorkerStatusMessage status;
  bool heard_status = false;
  std::uint64_t games = 0;
  Clock::time_point since = Clock::now();
  Clock::time_point heard = Clock::now();
  Clock::time_point told = Clock::now();  // of the newest network
};

// Of a session that is over.
struct Sender {
  std::uint64_t session = 0;
  std::string host;
  HelloMessage hello;
};

}  // namespace

class LearnerServer::Impl {
 public:
  Impl(const LearnerServerOptions& options, const WorkerKey& key, std::string config,
       LearnerLeases leases)
      : options_(options),
        run_(key.run),
        config_(std::move(config)),
        leases_(std::move(leases)),
        tls_(TlsSide::kLearner, key),
        queue_(options.queued_games),
        acceptor_(io_),
        attempts_(options.attempts),
        bars_(options.bars) {
    max_connections_ = RaiseFileLimit(options.max_connections);
    if (max_connections_ < options.max_connections) {
      Tell(FewFilesText(options.max_connections, max_connections_));
    }
    port_ = ListenAt(acceptor_, options_.address, options_.port);
    asio::co_spawn(
        io_, [this] { return Accept(); }, asio::detached);
    asio::co_spawn(
        io_, [this] { return Watch(); }, asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }

  ~Impl() {
    queue_.Close();
    asio::post(io_, [this] {
      closing_ = true;
      watch_.cancel();
      for (const auto& turn : waiting_) turn->cancel();
      acceptor_.close();
      for (const auto& [id, session] : sessions_) session->channel->Close();
      for (const auto& channel : strangers_) channel->Close();
    });
    // Coroutines end when their sockets do; nothing else keeps the context at work.
    thread_.join();
  }

  std::uint16_t port() const { return port_; }

  void Publish(const NetworkMessage& network, std::shared_ptr<const std::string> weights) {
    asio::post(io_, [this, network, weights = std::move(weights)]() mutable {
      networks_.push_front({network, std::move(weights)});
      if (networks_.size() > kKeptNetworks) networks_.pop_back();
      for (const auto& [id, session] : sessions_) TellNetwork(*session);
    });
  }

  std::vector<ReceivedGame> Take(std::chrono::milliseconds wait) {
    std::vector<ReceivedGame> games;
    std::optional<ReceivedGame> game = queue_.PopFor(wait);
    while (game) {
      games.push_back(std::move(*game));
      game = games.size() < kMostGamesTaken ? queue_.TryPop() : std::nullopt;
    }
    asio::post(io_, [this] { CallNext(); });
    return games;
  }

  void Stored(std::uint64_t session, std::vector<std::uint64_t> streams) {
    asio::post(io_, [this, session, streams = std::move(streams)] {
      const auto found = sessions_.find(session);
      if (found == sessions_.end()) return;  // it will send them again and hear of it then
      found->second->channel->Send(ToFrame(FrameType::kStored, StoredMessage{streams}));
    });
  }

  void Refuse(std::uint64_t session, const std::string& reason) {
    asio::post(io_, [this, session, reason] {
      const auto found = sessions_.find(session);
      if (found == sessions_.end()) return BarSender(session, reason);
      const std::shared_ptr<Channel> channel = found->second->channel;
      Bar(channel->peer_host(), found->second->hello, reason);
      NoteRefusal(channel->peer_address(), reason);
      Dismiss(channel, FrameType::kRefused, reason);
    });
  }

  void End(const std::string& text) {
    asio::post(io_, [this, text] {
      boost::system::error_code ignored;
      acceptor_.close(ignored);
      for (const auto& [id, session] : sessions_) Dismiss(session->channel, FrameType::kEnd, text);
    });
  }

  std::vector<std::string> TakeNews() {
    MutexLock lock(mutex_);
    return std::exchange(news_, {});
  }

  void SetStatus(std::string json) {
    MutexLock lock(mutex_);
    status_ = std::move(json);
  }

  std::vector<ConnectedWorker> workers() const {
    MutexLock lock(mutex_);
    return workers_;
  }
  DoorCounts counts() const {
    MutexLock lock(mutex_);
    return counts_;
  }
  std::size_t queued() const { return queue_.size(); }
  std::size_t capacity() const { return options_.queued_games; }

 private:
  asio::awaitable<void> Accept() {
    while (acceptor_.is_open()) {
      std::optional<Tcp::socket> socket = co_await AcceptNext(acceptor_);
      if (!socket || !MayTry(HostOf(*socket))) continue;
      auto channel =
          std::make_shared<Channel>(std::move(*socket), tls_.context(), FrameSender::kWorker);
      channel->LimitReading(options_.frames);
      if (static_cast<int>(sessions_.size() + strangers_.size()) >= max_connections_) {
        NoteFault(*channel, StrCat("there are ", max_connections_, " connections already"));
        channel->Close();
        continue;
      }
      asio::co_spawn(io_, Serve(std::move(channel)), asio::detached);
    }
  }

  bool MayTry(const std::string& host) {
    const AttemptLimit::Answer answer = attempts_.Begin(host, Clock::now());
    if (answer == AttemptLimit::Answer::kTurnAwayAndTell) NoteRefusal(host, attempts_.reason());
    if (answer == AttemptLimit::Answer::kTurnAway) CountRefusal();
    return answer == AttemptLimit::Answer::kTry;
  }

  // One connection from its first byte to its last.
  asio::awaitable<void> Serve(std::shared_ptr<Channel> channel) {
    strangers_.insert(channel);
    std::shared_ptr<Session> session;
    std::string fault;
    try {
      co_await channel->Handshake(Channel::Seconds(options_.handshake_s));
      session = co_await Greet(channel);
      strangers_.erase(channel);
      if (session) {
        attempts_.Forgive(channel->peer_host(), Clock::now());
        sessions_[session->id] = session;
        co_await Converse(*session);
      }
    } catch (const boost::system::system_error& error) {
      // The other side left, which is no fault.
      if (!session) fault = StrCat("it left before it said who it is (", error.what(), ")");
    } catch (const std::exception& error) {
      fault = error.what();
    }
    strangers_.erase(channel);
    if (session) Leave(*session, fault);
    if (!fault.empty()) NoteFault(*channel, fault);
    if (!fault.empty() && channel->open()) {
      Dismiss(channel, FrameType::kRefused, fault);
    } else {
      channel->Close();
    }
    {
      MutexLock lock(mutex_);
      counts_.bytes_in += channel->bytes_received();
      counts_.bytes_out += channel->bytes_sent();
    }
  }

  // Sessions without a game cost us a range of numbers each.
  void Leave(const Session& session, const std::string& fault) {
    const Channel& channel = *session.channel;
    sessions_.erase(session.id);
    if (session.games > 0) senders_.push_back({session.id, channel.peer_host(), session.hello});
    if (senders_.size() > kKeptSenders) senders_.pop_front();
    if (fault.empty()) Tell(StrCat("worker ", channel.peer_address(), " left"));
    if (!fault.empty() || session.games == 0) attempts_.Charge(channel.peer_host(), Clock::now());
  }

  // Whose games turn out to be wrong when it has left.
  void BarSender(std::uint64_t session, const std::string& reason) {
    const auto sender = std::ranges::find(senders_, session, &Sender::session);
    if (sender == senders_.end() || bars_.Contains(sender->host, sender->hello)) return;
    Bar(sender->host, sender->hello, reason);
    NoteRefusal(sender->host, reason);
  }

  void Bar(const std::string& host, const HelloMessage& hello, const std::string& reason) {
    const Status kept = bars_.Add(host, hello, reason);
    if (!kept) Tell(kept.error());
  }

  // Null for an observer, who has got what it wanted. Throws WorldError for those who may not in.
  asio::awaitable<std::shared_ptr<Session>> Greet(std::shared_ptr<Channel> channel) {
    const Frame frame = co_await channel->Read(Channel::Seconds(options_.handshake_s));
    if (frame.type != FrameType::kHello) throw WorldError("its first frame is not a hello");
    Result<HelloMessage> hello = FromFrame<HelloMessage>(frame);
    if (!hello) throw WorldError("its hello: " + hello.error());
    if (hello->role == "observer") {
      std::string text;
      {
        MutexLock lock(mutex_);
        text = status_;
      }
      channel->Send(ToFrame(FrameType::kStatus, TextMessage{}, std::move(text)));
      co_await channel->Drain(Channel::Seconds(options_.handshake_s));
      co_return nullptr;
    }
    if (hello->formats != kGameFormats) {
      throw WorldError(StrCat("its game formats are '", hello->formats, "', wanted '", kGameFormats,
                              "': use the same version on both sides"));
    }
    if (!hello->run.empty() && hello->run != run_) {
      throw WorldError(StrCat("it plays for run ", hello->run, ", wanted ", run_));
    }
    if (hello->lease != 0 && !leases_.given(hello->lease)) {
      throw WorldError(StrCat("its game numbers begin at ", hello->lease,
                              ", wanted those that this run gave it"));
    }
    if (bars_.Contains(channel->peer_host(), *hello)) {
      throw WorldError(StrCat("games that '", hello->name, "' there sent from its device '",
                              hello->device, "' were wrong, it is not let in again"));
    }
    if (networks_.empty()) {
      attempts_.Forgive(channel->peer_host(), Clock::now());  // it has done nothing wrong
      throw WorldError("the learner has no network yet, try again");
    }
    auto session = std::make_shared<Session>();
    session->id = ++last_session_;
    session->channel = channel;
    session->hello = std::move(*hello);
    const std::uint64_t lease = session->hello.lease != 0 ? session->hello.lease : leases_.take();
    channel->Send(ToFrame(FrameType::kWelcome,
                          WelcomeMessage{run_, config_, lease, networks_.front().message}));
    {
      MutexLock lock(mutex_);
      ++counts_.sessions;
    }
    Tell(StrCat("worker ", channel->peer_address(), " joined: ", session->hello.name, ", ",
                session->hello.threads, " threads, ", session->hello.program));
    co_return session;
  }

  asio::awaitable<void> Converse(Session& session) {
    while (session.channel->open()) {
      const Frame frame = co_await session.channel->Read(Channel::Seconds(options_.silence_s));
      session.heard = Clock::now();
      switch (frame.type) {
        case FrameType::kGames:
          co_await TakeGames(session, frame);
          break;
        case FrameType::kWantWeights:
          SendWeights(session, Decoded<WantWeightsMessage>(frame));
          break;
        case FrameType::kWorkerStatus:
          session.status = Decoded<WorkerStatusMessage>(frame);
          session.heard_status = true;
          break;
        default:
          throw WorldError("a second hello");
      }
    }
  }

  template <typename Message>
  static Message Decoded(const Frame& frame) {
    Result<Message> message = FromFrame<Message>(frame);
    if (!message) throw WorldError(StrCat("a frame that cannot be read: ", message.error()));
    return std::move(*message);
  }

  // Reads no further while the queue is full: the worker then waits too, until its turn comes. Who
  // has found room calls the next one; where that one is gone, whoever takes games next does.
  asio::awaitable<void> TakeGames(Session& session, const Frame& frame) {
    const auto count = Decoded<GamesMessage>(frame).count;
    std::string_view rest = frame.body;
    std::uint64_t games = 0;
    const std::string place = PlaceOf(session.channel->peer_host(), session.hello);
    for (; !rest.empty(); ++games) {
      const RecordFrame record_frame = ParseRecordFrame(rest);
      if (record_frame.state != RecordFrame::State::kWhole) {
        throw WorldError("a damaged game: " + record_frame.reason);
      }
      Result<GameRecord> record = record_frame.Read();
      if (!record) throw WorldError("a game that cannot be read: " + record.error());
      rest.remove_prefix(record_frame.bytes());
      ReceivedGame game = {session.id, session.hello.instance, place, std::move(*record)};
      for (bool called = false; !queue_.TryPush(game); called = true) {
        if (session.channel->open()) co_await WaitForTurn(called);
        if (!session.channel->open()) co_return CallNext();
      }
      ++session.games;
    }
    CallNext();
    if (games != count) throw WorldError(StrCat(games, " games, said to be ", count));
    MutexLock lock(mutex_);
    counts_.games += games;
  }

  // Behind all who wait already; who was called in vain keeps its place.
  asio::awaitable<void> WaitForTurn(bool first) {
    const auto turn =
        std::make_shared<asio::steady_timer>(io_, asio::steady_timer::time_point::max());
    first ? waiting_.push_front(turn) : waiting_.push_back(turn);
    boost::system::error_code called;
    co_await turn->async_wait(asio::redirect_error(asio::use_awaitable, called));
  }

  void CallNext() {
    if (waiting_.empty()) return;
    waiting_.front()->cancel();
    waiting_.pop_front();
  }

  void SendWeights(Session& session, const WantWeightsMessage& wanted) {
    const auto network =
        std::find_if(networks_.begin(), networks_.end(),
                     [&wanted](const Network& n) { return n.message.hash == wanted.hash; });
    if (network == networks_.end()) {  // too slow: a newer one
      return session.channel->Send(ToFrame(FrameType::kNetwork, networks_.front().message));
    }
    if (wanted.offset > network->weights->size()) {
      throw WorldError(StrCat("wants byte ", wanted.offset, " of ", network->weights->size()));
    }
    SendWeightsPiece(*session.channel, wanted.hash, network->weights, wanted.offset);
  }

  // A last frame, then the end.
  void Dismiss(std::shared_ptr<Channel> channel, FrameType type, const std::string& text) {
    channel->Send(ToFrame(type, TextMessage{text}));
    asio::co_spawn(
        io_,
        [channel]() -> asio::awaitable<void> {
          co_await channel->Drain(Channel::Seconds(1));
          channel->Close();
        },
        asio::detached);
  }

  void Tell(std::string text) {
    MutexLock lock(mutex_);
    news_.push_back(Printable(std::move(text)));
    if (news_.size() > kKeptNews) news_.erase(news_.begin());
  }

  void NoteRefusal(const std::string& who, const std::string& reason) {
    const std::string text = Printable(StrCat(who, ": ", reason));
    Tell("refused " + text);
    MutexLock lock(mutex_);
    ++counts_.refused;
    counts_.last_refusal = text;
  }

  // Those of a machine that has come too often for nothing would fill the log.
  void NoteFault(const Channel& channel, const std::string& fault) {
    if (attempts_.told(channel.peer_host())) return CountRefusal();
    NoteRefusal(channel.peer_address(), fault);
  }

  void CountRefusal() {
    MutexLock lock(mutex_);
    ++counts_.refused;
  }

  // What others ask for is gathered once in a while, not for every frame of a thousand workers.
  asio::awaitable<void> Watch() {
    while (!closing_) {
      UpdateWorkers();
      // Whose games are long, or wait here, hears nothing else, and would take us for gone.
      for (const auto& [id, session] : sessions_) {
        if (SecondsSince(session->told) >= options_.sign_of_life_s) TellNetwork(*session);
      }
      watch_.expires_after(kWatchInterval);
      boost::system::error_code ignored;
      co_await watch_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
  }

  void TellNetwork(Session& session) const {
    session.channel->Send(ToFrame(FrameType::kNetwork, networks_.front().message));
    session.told = Clock::now();
  }

  void UpdateWorkers() {
    std::vector<ConnectedWorker> workers;
    for (const auto& [id, session] : sessions_) {
      const Channel& channel = *session->channel;
      workers.push_back({id, channel.peer_address(), channel.local(),
                         /*fresh=*/session->hello.lease == 0, session->heard_status, session->hello,
                         session->status, session->games, SecondsSince(session->since),
                         SecondsSince(session->heard)});
    }
    MutexLock lock(mutex_);
    workers_ = std::move(workers);
  }

  const LearnerServerOptions options_;
  const std::string run_;
  const std::string config_;
  const LearnerLeases leases_;
  int max_connections_ = 0;
  TlsContext tls_;
  BoundedQueue<ReceivedGame> queue_;

  // Of the server's thread alone.
  asio::io_context io_{1};
  Tcp::acceptor acceptor_;
  asio::steady_timer watch_{io_};
  AttemptLimit attempts_;
  BarList bars_;
  std::deque<Sender> senders_;  // oldest first
  bool closing_ = false;
  std::uint16_t port_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::set<std::shared_ptr<Channel>> strangers_;  // before their hello
  std::deque<Network> networks_;                  // newest first
  // Of sessions whose games found the queue full, in the order of their turns.
  std::deque<std::shared_ptr<asio::steady_timer>> waiting_;
  std::uint64_t last_session_ = 0;

  mutable Mutex mutex_;
  std::vector<ConnectedWorker> workers_ TENGEN_GUARDED_BY(mutex_);
  DoorCounts counts_ TENGEN_GUARDED_BY(mutex_);
  std::string status_ TENGEN_GUARDED_BY(mutex_) = "{}";
  std::vector<std::string> news_ TENGEN_GUARDED_BY(mutex_);

  std::thread thread_;
};

LearnerLeases LeasesOf(const std::filesystem::path& run) {
  auto folder = std::make_shared<LeaseFolder>(run);
  return {
      [folder] { return folder->Take(); },
      [folder](std::uint64_t first) { return first % kLeaseGames == 0 && folder->Holds(first); }};
}

LearnerServer::LearnerServer(const LearnerServerOptions& options, const WorkerKey& key,
                             std::string config, LearnerLeases leases)
    : impl_(std::make_unique<Impl>(options, key, std::move(config), std::move(leases))) {}
LearnerServer::~LearnerServer() = default;
std::uint16_t LearnerServer::port() const { return impl_->port(); }
void LearnerServer::Publish(const NetworkMessage& network,
                            std::shared_ptr<const std::string> weights) {
  impl_->Publish(network, std::move(weights));
}
std::vector<ReceivedGame> LearnerServer::Take(std::chrono::milliseconds wait) {
  return impl_->Take(wait);
}
void LearnerServer::Stored(std::uint64_t session, std::vector<std::uint64_t> streams) {
  impl_->Stored(session, std::move(streams));
}
void LearnerServer::Refuse(std::uint64_t session, const std::string& reason) {
  impl_->Refuse(session, reason);
}
void LearnerServer::End(const std::string& text) { impl_->End(text); }
std::vector<std::string> LearnerServer::TakeNews() { return impl_->TakeNews(); }
void LearnerServer::SetStatus(std::string json) { impl_->SetStatus(std::move(json)); }
std::vector<ConnectedWorker> LearnerServer::workers() { return impl_->workers(); }
DoorCounts LearnerServer::counts() const { return impl_->counts(); }
std::size_t LearnerServer::queued() const { return impl_->queued(); }
std::size_t LearnerServer::capacity() const { return impl_->capacity(); }

}  // namespace tengen
