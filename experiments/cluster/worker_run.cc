#include "experiments/cluster/worker_run.h"

#include <cstdio>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/cluster/worker_key.h"
#include "experiments/config/processor.h"
#include "experiments/config/train_config.h"
#include "experiments/config/version.h"
#include "experiments/train/rate_meter.h"
#include "experiments/train/self_play_driver.h"
#include "nets/checkpoint.h"
#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;
using Kind = WorkerEvent::Kind;

constexpr auto kLook = std::chrono::milliseconds(250);
constexpr auto kReportInterval = std::chrono::seconds(60);
constexpr auto kFlush = std::chrono::seconds(10);

void Say(const std::string& text) { std::fprintf(stderr, "worker: %s\n", Printable(text).c_str()); }

double Seconds() { return std::chrono::duration<double>(Clock::now().time_since_epoch()).count(); }

class Worker {
 public:
  Worker(WorkerLink& link, const WorkerRunOptions& options) : link_(link), options_(options) {}

  void Run(const std::atomic<bool>& stop) {
    SetIntraOpThreads(1);
    while (!stop && !over_) {
      std::optional<WorkerEvent> event = link_.Next(kLook);
      if (event) Handle(*event);
      if (threads_ && threads_->failed()) break;
      Report();
    }
    Finish();
  }

 private:
  void Handle(const WorkerEvent& event) {
    switch (event.kind) {
      case Kind::kWelcome:
        return Begin(event.welcome);
      case Kind::kNetwork:
        return TryToUse(event);
      case Kind::kDisconnected:
        connected_ = false;
        return Say(event.text + "; tries again");
      case Kind::kRefused:
        connected_ = false;
        if (event.final) throw WorldError(event.text);
        return Say(event.text + "; tries again");
      case Kind::kEnded:
        over_ = true;
        return Say(event.text);
    }
  }

  void Begin(const WelcomeMessage& welcome) {
    connected_ = true;
    Say(StrCat("works for run ", welcome.run));
    const nlohmann::json json =
        nlohmann::json::parse(welcome.config, nullptr, /*allow_exceptions=*/false);
    TrainConfig config;
    Status read = TrainConfigFromJson(json, config);
    config.device = options_.device;
    config.selfplay_device.clear();
    config.threads = options_.threads;
    config.deterministic = false;
    if (read) read = CheckTrainConfig(config);
    if (!read) throw WorldError("the learner's config is not for this version: " + read.error());
    if (config_) return;  // again: the games that are being played go on
    config_ = std::move(config);
    lease_ = welcome.lease;
  }

  // A checkpoint may be seen half by another machine for a while; it comes again.
  void TryToUse(const WorkerEvent& event) {
    try {
      Use(event);
    } catch (const WorldError& error) {
      if (event.checkpoint.empty()) throw;
      Say(StrCat(error.what(), "; ", source_ ? "plays on with the network of step " : "waits",
                 source_ ? std::to_string(network_step_) : ""));
    }
  }

  // Built here, so that no game waits for it.
  void Use(const WorkerEvent& event) {
    const ModelSnapshot snapshot = ReadNetwork(event);
    SelfPlayNetwork network = MakeSelfPlayNetwork(*config_, snapshot);
    network_step_ = snapshot.step;
    PlayingModel model = {std::move(network.evaluator), snapshot.step, WeightsHash(snapshot)};
    if (source_) return source_->Set(std::move(model));
    source_.emplace(std::move(model));
    const GameNumbers numbers = {config_->seed, lease_, 1};
    const int count = SelfPlayThreadCount(*config_);
    threads_.emplace(SelfPlayFor(*config_), numbers, count, *source_, link_.sink());
    Say(StrCat("plays on ", count, " threads"));
  }

  ModelSnapshot ReadNetwork(const WorkerEvent& event) const {
    if (!event.checkpoint.empty()) {
      Result<NetworkFile> file = LoadNetwork(event.checkpoint);
      if (!file) throw WorldError(file.error());
      return std::move(file->snapshot);
    }
    Result<TensorFile> file = ParseSafetensors(*event.weights);
    if (!file) throw WorldError("the learner's network: " + file.error());
    ModelSnapshot snapshot = {*TrainModelConfig(*config_), std::move(file->tensors),
                              event.network.step};
    const Status fits = Model(snapshot.config, 0).Load(snapshot.weights);
    if (!fits) throw WorldError("the learner's network: " + fits.error());
    if (WeightsHash(snapshot) != event.network.hash) {
      throw WorldError(StrCat("the learner's network of step ", event.network.step,
                              " came with other weights than it was announced with"));
    }
    return snapshot;
  }

  std::string WaitsFor(const WorkerStatusMessage& status) const {
    if (!connected_) return "a learner";
    if (!source_) return "a network";
    if (rate_.per_second() < 1.0 && status.waiting_games > 0) {
      return StrCat("the learner to store ", status.waiting_games, " games");
    }
    return "";
  }

  void Report() {
    WorkerStatusMessage status = link_.status();
    if (threads_) status.stats = threads_->stats();
    rate_.Update(static_cast<double>(status.stats.evaluations), Seconds());
    status.evaluations_per_s = rate_.per_second();
    status.network_step = network_step_;
    status.waits_for = WaitsFor(status);
    link_.SetStatus(status);
    if (Clock::now() - last_report_ < kReportInterval) return;
    last_report_ = Clock::now();
    Say(StrCat(status.stats.games, " games, ", static_cast<std::int64_t>(rate_.per_second()),
               " evals/s, network of step ", network_step_, ", ", status.waiting_games,
               " games not yet stored",
               status.dropped_games > 0 ? StrCat(", ", status.dropped_games, " dropped") : "",
               status.waits_for.empty() ? "" : "; waits for " + status.waits_for));
  }

  void Finish() {
    link_.CloseSink();
    if (threads_) {
      threads_->RequestStop();
      threads_->Join();
    }
    const Leftover left = link_.Finish(over_ ? std::chrono::seconds(0) : kFlush);
    if (left.kept > 0) Say(StrCat(left.kept, " games wait on disk for the learner"));
    if (left.lost > 0) Say(StrCat(left.lost, " games were not stored by the learner and are lost"));
  }

  WorkerLink& link_;
  const WorkerRunOptions options_;
  std::optional<TrainConfig> config_;
  std::uint64_t lease_ = 0;
  std::optional<LatestModel> source_;
  std::optional<SelfPlayThreads> threads_;
  std::int64_t network_step_ = 0;
  RateMeter rate_;
  bool connected_ = false;
  bool over_ = false;
  Clock::time_point last_report_ = Clock::now();
};

}  // namespace

HelloMessage WorkerHello(const WorkerRunOptions& options) {
  HelloMessage hello;
  hello.program = std::string("tengen ") + kVersion;
  hello.name = MachineName();
  hello.instance = RandomHex(8);
  hello.threads = options.threads > 0 ? options.threads : ProcessorCount();
  hello.device = options.device;
  return hello;
}

void RunWorker(WorkerLink& link, const WorkerRunOptions& options, const std::atomic<bool>& stop) {
  Worker(link, options).Run(stop);
}

}  // namespace tengen
