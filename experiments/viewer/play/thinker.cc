#include "experiments/viewer/play/thinker.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

// At once to the eye, and then as often as a person can follow; each report copies the tree's top.
constexpr double kFirstReport_s = 0.05;
constexpr double kReportEvery_s = 0.1;
// Analysis goes on until somebody moves, but not until memory is full: a node of 9x9 takes 1 kB.
constexpr int kEndlessVisits = 1'000'000;
constexpr int kEndlessNodes = 200'000;
constexpr std::size_t kTreeMoves = 400;  // shown of a tree

AgentSpec WithInterruption(AgentSpec spec, std::shared_ptr<const Interruption> interruption) {
  spec.interruption = std::move(interruption);
  return spec;
}

}  // namespace

Thinker::Thinker(AgentSpec spec, Device device, std::uint64_t seed)
    : interruption_(spec.kind == AgentSpec::Kind::kProgram ? std::make_shared<const Interruption>()
                                                           : nullptr),
      spec_(WithInterruption(std::move(spec), interruption_)),
      device_(device),
      rng_(seed, RngRole::kMatch),
      latest_(std::make_shared<Thought>()),
      thread_([this] { Serve(); }) {}

Thinker::~Thinker() {
  {
    MutexLock lock(mutex_);
    ends_ = true;
    wanted_ = false;
    next_.reset();
    // A program at rest is told to quit instead, by its client.
    if (answers_ && interruption_ != nullptr) interruption_->Raise();
  }
  changed_.NotifyAll();
  thread_.join();
}

std::uint64_t Thinker::Ask(const ThinkRequest& request) {
  MutexLock lock(mutex_);
  next_ = request;
  wanted_ = true;
  auto thought = std::make_shared<Thought>();
  thought->request = ++newest_;
  thought->state = request.state;
  thought->activity = "waiting";
  latest_ = std::move(thought);
  changed_.NotifyAll();
  return newest_;
}

void Thinker::Stop() {
  MutexLock lock(mutex_);
  wanted_ = false;
  next_.reset();
}

std::shared_ptr<const Thought> Thinker::Latest() const {
  MutexLock lock(mutex_);
  return latest_;
}

bool Thinker::busy() const {
  MutexLock lock(mutex_);
  return wanted_ && !latest_->finished;
}

bool Thinker::Counts(std::uint64_t request) const {
  MutexLock lock(mutex_);
  return wanted_ && request == newest_;
}

bool Thinker::Publish(const Thought& thought) {
  MutexLock lock(mutex_);
  if (!wanted_ || thought.request != newest_) return false;
  latest_ = std::make_shared<const Thought>(thought);
  return true;
}

void Thinker::Serve() {
  while (true) {
    ThinkRequest request;
    Thought thought;
    {
      MutexLock lock(mutex_);
      while (!ends_ && !next_) changed_.Wait(mutex_);
      if (ends_) return;
      answers_ = true;
      request = *std::exchange(next_, std::nullopt);
      thought.request = newest_;
    }
    thought.state = request.state;
    const auto start = Clock::now();
    try {
      Answer(request, thought);
    } catch (const std::exception& error) {
      thought.error = error.what();
    }
    thought.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    thought.finished = true;
    thought.activity.clear();
    Publish(thought);
    MutexLock lock(mutex_);
    answers_ = false;
  }
}

void Thinker::Answer(const ThinkRequest& request, Thought& thought) {
  if (request.game != game_) {
    search_ = nullptr;
    // Another position of the same game, such as a record's, keeps the network.
    if (game_ == nullptr || request.game->spec().id != game_->spec().id) {
      agent_ = nullptr;
      factory_.reset();
    }
    game_ = request.game;
  }
  if (!factory_) {
    thought.activity =
        spec_.kind == AgentSpec::Kind::kProgram ? "starting the program" : "opening the network";
    Publish(thought);
    auto factory = AgentFactory::Open(spec_, game_, device_);
    if (!factory) {
      thought.error = factory.error();
      return;
    }
    factory_.emplace(std::move(*factory));
  }
  thought.activity = "thinking";
  Publish(thought);
  if (factory_->searches()) return Search(request, thought);
  if (agent_ == nullptr) agent_ = factory_->Make();
  thought.move = agent_->Act(*request.state, rng_);
  if (thought.move.failure == AgentFailure::kNone) return;
  thought.error = thought.move.failure_text;
  agent_->Restart();  // the next question starts the program again
}

void Thinker::LookInto(Thought& thought) const {
  thought.analysis = search_->Analysis();
  thought.tree = search_->Tree(std::max(1, thought.analysis->visits / 200), kTreeMoves);
}

void Thinker::Search(const ThinkRequest& request, Thought& thought) {
  if (search_ == nullptr || endless_ != request.endless) {
    MctsConfig config = factory_->SearchConfig();
    if (request.endless) {
      config.max_nodes = kEndlessNodes;
      config.reuse_tree = true;
    }
    endless_ = request.endless;
    search_ = std::make_unique<PositionSearch>(factory_->SearchEvaluator(), config, rng_.Next());
  }
  const auto start = Clock::now();
  PositionSearchRequest search;
  search.root = request.state.get();
  search.visits = request.endless ? kEndlessVisits : spec_.visits;
  if (spec_.seconds > 0.0 && !request.endless) search.seconds = spec_.seconds;
  search.ownership = request.game->spec().has_area;
  search.first_s = kFirstReport_s;
  search.interval_s = kReportEvery_s;
  search.stop = [&] { return !Counts(thought.request); };
  search.report = [&](const SearchResult&) {
    LookInto(thought);
    thought.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    Publish(thought);
  };
  const SearchResult result = search_->Run(search);
  LookInto(thought);
  thought.move.action = result.best;
  thought.move.info = {result.root_value, thought.analysis->score, result.simulations,
                       result.principal_variation};
}

}  // namespace tengen
