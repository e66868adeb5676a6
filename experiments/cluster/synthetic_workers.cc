#include "experiments/cluster/synthetic_workers.h"

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "agents/records/game_record.h"
#include "agents/records/record_frame.h"
#include "envs/core/mutex.h"
#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "experiments/cluster/asio.h"
#include "experiments/cluster/channel.h"
#include "experiments/cluster/frame.h"
#include "experiments/cluster/messages.h"
#include "experiments/cluster/tls.h"

namespace tengen {
namespace {

using Tcp = asio::ip::tcp;

constexpr auto kHandshake = std::chrono::seconds(60);  // a thousand of them take their time
constexpr auto kSilence = std::chrono::seconds(120);
constexpr int kDifferentGames = 64;

// Random moves to the end, every position a training position with two actions to choose from.
GameRecord MadeUpRecord(const Game& game, Rng& rng) {
  GameRecord record;
  record.game_id = game.spec().id;
  const std::unique_ptr<State> state = game.NewState();
  std::vector<Action> legal;
  while (!IsOver(*state)) {
    state->LegalActions(legal);
    RecordedPly ply;
    ply.action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    ply.visits = 16;
    ply.sample = true;
    const std::size_t shared = std::min<std::size_t>(2, legal.size());
    for (std::size_t i = 0; i < shared; ++i) {
      ply.policy.push_back({legal[i], 1.0F / static_cast<float>(shared)});
    }
    state->Apply(ply.action);
    record.plies.push_back(std::move(ply));
  }
  record.end = state->IsTerminal() ? GameEnd::kRules : GameEnd::kTruncated;
  record.return_first = static_cast<float>(state->Return(Player::kFirst));
  record.owner.resize(static_cast<std::size_t>(game.spec().shape.points()));
  if (!state->FinalArea(record.owner, &record.score_first)) record.owner.clear();
  return record;
}

template <typename Message>
Message Decoded(const Frame& frame) {
  Result<Message> message = FromFrame<Message>(frame);
  if (!message) throw WorldError(message.error());
  return std::move(*message);
}

}  // namespace

class SyntheticWorkers::Impl {
 public:
  explicit Impl(const SyntheticWorkersOptions& options)
      : options_(options), tls_(TlsSide::kWorker, options.key) {
    const std::shared_ptr<const Game> game = MakeGame(options.game_id).value();
    Rng rng(options.seed, RngRole::kSelfPlay, 0);
    for (int i = 0; i < kDifferentGames; ++i) {
      records_.push_back(MadeUpRecord(*game, rng));
      records_.back().seed = options.seed;
      records_.back().role = RngRole::kSelfPlay;
    }
    for (int i = 0; i < options.workers; ++i) {
      asio::co_spawn(
          io_, [this, i] { return Live(i); }, asio::detached);
    }
    thread_ = std::thread([this] { io_.run(); });
  }
  ~Impl() {
    io_.stop();
    thread_.join();
  }

  SyntheticCounts counts() const {
    MutexLock lock(mutex_);
    return counts_;
  }

 private:
  struct Worker {
    std::shared_ptr<Channel> channel;
    std::uint64_t next = 0;  // number of its next game
    std::size_t in_flight = 0;
    NetworkMessage network;
    std::uint64_t have = 0;  // bytes of the network
  };

  asio::awaitable<void> Live(int number) {
    std::string failure;
    Worker worker;
    try {
      co_await Meet(number, worker);
      {
        MutexLock lock(mutex_);
        ++counts_.connected;
      }
      while (Handle(worker, co_await worker.channel->Read(kSilence))) {
      }
    } catch (const std::exception& error) {
      failure = error.what();
    }
    MutexLock lock(mutex_);
    if (worker.next > 0) --counts_.connected;
    if (failure.empty()) co_return;
    ++counts_.failures;
    counts_.last_failure = failure;
  }

  asio::awaitable<void> Meet(int number, Worker& worker) {
    Tcp::resolver resolver(io_);
    const auto endpoints =
        co_await resolver.async_resolve(options_.host, options_.port, asio::use_awaitable);
    Tcp::socket socket(io_);
    co_await asio::async_connect(socket, endpoints, asio::use_awaitable);
    worker.channel =
        std::make_shared<Channel>(std::move(socket), tls_.context(), FrameSender::kLearner);
    co_await worker.channel->Handshake(kHandshake);
    HelloMessage hello;
    hello.program = "synthetic";
    hello.name = StrCat("synthetic-", number);
    hello.instance = RandomHex(8);
    hello.threads = number == 0 ? 1 : 0;  // all of them share one
    worker.channel->Send(ToFrame(FrameType::kHello, hello));
    const Frame answer = co_await worker.channel->Read(kHandshake);
    if (answer.type != FrameType::kWelcome) throw WorldError(Decoded<TextMessage>(answer).text);
    const auto welcome = Decoded<WelcomeMessage>(answer);
    worker.next = welcome.lease;
    Want(worker, welcome.network);
    SendGames(worker);
  }

  // False: the run is over.
  bool Handle(Worker& worker, const Frame& frame) {
    switch (frame.type) {
      case FrameType::kStored: {
        const std::size_t games = Decoded<StoredMessage>(frame).streams.size();
        worker.in_flight -= std::min(worker.in_flight, games);
        {
          MutexLock lock(mutex_);
          counts_.acknowledged += games;
        }
        SendGames(worker);
        return true;
      }
      case FrameType::kNetwork:
        Want(worker, Decoded<NetworkMessage>(frame));
        return true;
      case FrameType::kWeights:
        TakeWeights(worker, frame);
        return true;
      case FrameType::kEnd:
        return false;
      default:
        throw WorldError(frame.type == FrameType::kRefused ? Decoded<TextMessage>(frame).text
                                                           : "a second welcome");
    }
  }

  void Want(Worker& worker, const NetworkMessage& network) {
    worker.network = network;
    worker.have = 0;
    worker.channel->Send(ToFrame(FrameType::kWantWeights, WantWeightsMessage{network.hash, 0}));
  }

  void TakeWeights(Worker& worker, const Frame& frame) {
    const auto piece = Decoded<WeightsMessage>(frame);
    if (piece.hash != worker.network.hash || piece.offset != worker.have) return;
    worker.have += frame.body.size();
    const bool whole = worker.have >= worker.network.bytes;
    if (!whole) {
      worker.channel->Send(
          ToFrame(FrameType::kWantWeights, WantWeightsMessage{piece.hash, worker.have}));
    }
    MutexLock lock(mutex_);
    counts_.weights_bytes += frame.body.size();
    if (whole) ++counts_.networks;
  }

  void SendGames(Worker& worker) {
    while (worker.in_flight + options_.parcel_games <= options_.window) {
      std::string frames;
      for (std::size_t i = 0; i < options_.parcel_games; ++i) {
        GameRecord& record = records_[worker.next % records_.size()];
        record.stream = worker.next++;
        record.nets = {{0, 0, worker.network.step, worker.network.hash}};
        frames += MakeRecordFrame(record);
      }
      worker.in_flight += options_.parcel_games;
      worker.channel->Send(
          ToFrame(FrameType::kGames, GamesMessage{options_.parcel_games}, std::move(frames)));
    }
  }

  const SyntheticWorkersOptions options_;
  TlsContext tls_;
  std::vector<GameRecord> records_;
  asio::io_context io_{1};
  mutable Mutex mutex_;
  SyntheticCounts counts_ TENGEN_GUARDED_BY(mutex_);
  std::thread thread_;
};

SyntheticWorkers::SyntheticWorkers(const SyntheticWorkersOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}
SyntheticWorkers::~SyntheticWorkers() = default;
SyntheticCounts SyntheticWorkers::counts() const { return impl_->counts(); }

}  // namespace tengen
