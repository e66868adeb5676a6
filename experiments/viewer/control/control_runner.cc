#include "experiments/viewer/control/control_runner.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "nets/intra_op_threads.h"

namespace tengen {
namespace {

constexpr std::chrono::milliseconds kEndStands{1500};
constexpr int kMostBehind = 3;  // steps that are made up for after a delay
constexpr int kLate = 2;        // steps of a delay that is no accident any more

}  // namespace

ControlRunner::ControlRunner(ControlSession session, Device device)
    : device_(device),
      steps_per_s_(session.task().steps_per_s),
      session_(std::move(session)),
      due_(Clock::now()),
      stepped_(due_) {
  look_.moment = std::make_shared<const ControlMoment>(session_.moment());
  thread_ = std::thread([this] { Run(); });
}

ControlRunner::~ControlRunner() {
  {
    MutexLock lock(mutex_);
    ends_ = true;
  }
  changed_.NotifyAll();
  thread_.join();
}

ControlRunner::Clock::duration ControlRunner::Period() const {
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(1.0 / (steps_per_s_ * look_.speed)));
}

ControlLook ControlRunner::Look() const {
  MutexLock lock(mutex_);
  if (bug_) std::rethrow_exception(bug_);
  ControlLook look = look_;
  if (!look.paused && look.loading.empty()) {
    const std::chrono::duration<double> since = Clock::now() - stepped_;
    const std::chrono::duration<double> period = Period();
    look.share = std::clamp(since / period, 0.0, 1.0);
  }
  return look;
}

bool ControlRunner::busy() const {
  MutexLock lock(mutex_);
  return working_ || wishes_.any();
}

void ControlRunner::UsePolicy(const std::string& text) {
  MutexLock lock(mutex_);
  wishes_.policy = text;
  look_.loading = text;
  look_.error.clear();
  changed_.NotifyAll();
}

void ControlRunner::Pause(bool paused) {
  MutexLock lock(mutex_);
  look_.paused = paused;
  changed_.NotifyAll();
}

void ControlRunner::SetSpeed(double speed) {
  TENGEN_CHECK(speed > 0.0, "speed ", speed);
  MutexLock lock(mutex_);
  look_.speed = speed;
  changed_.NotifyAll();
}

void ControlRunner::SetHand(Push push, double strength) {
  MutexLock lock(mutex_);
  hand_ = {push, strength};
}

void ControlRunner::Step(int steps, Push push, double strength) {
  MutexLock lock(mutex_);
  look_.paused = true;
  wishes_.steps.insert(wishes_.steps.end(), static_cast<std::size_t>(steps), {push, strength});
  changed_.NotifyAll();
}

void ControlRunner::Reset(std::uint32_t seed) {
  MutexLock lock(mutex_);
  wishes_.reset = seed;
  wishes_.steps.clear();
  changed_.NotifyAll();
}

void ControlRunner::Run() {
  SetIntraOpThreads(1);
  Wishes wishes;
  Hand hand;
  while (Next(wishes, hand)) {
    try {
      if (wishes.any()) {
        Fulfil(wishes);
      } else {
        StepOrBegin(hand);
      }
    } catch (const BugError&) {
      MutexLock lock(mutex_);
      bug_ = std::current_exception();
      working_ = false;
      return;
    } catch (const std::exception& failure) {
      GiveUpPolicy(failure.what());
    }
    Publish();
  }
}

void ControlRunner::GiveUpPolicy(const std::string& why) {
  session_.UsePolicy(MakeControlPolicy("idle", session_.spec().id, device_).value());
  MutexLock lock(mutex_);
  look_.error = why;
  look_.loading.clear();
  look_.paused = true;
}

bool ControlRunner::Next(Wishes& wishes, Hand& hand) {
  MutexLock lock(mutex_);
  working_ = false;
  while (!ends_ && !wishes_.any()) {
    if (look_.paused) {
      changed_.Wait(mutex_);
      due_ = Clock::now();
      continue;
    }
    const Clock::duration period = Period();
    const auto now = Clock::now();
    const bool ended = look_.moment->ended();
    const auto due = ended ? std::max(due_, stepped_ + kEndStands) : due_;
    if (now < due) {
      changed_.WaitFor(mutex_, due - now);
      // Another speed, or a pause that ended.
      due_ = std::min(due_, Clock::now() + Period());
      continue;
    }
    look_.late = now - due > kLate * period;
    due_ = std::max(due + period, now - kMostBehind * period);
    break;
  }
  wishes = std::exchange(wishes_, {});
  working_ = wishes.any();
  hand = hand_;
  return !ends_;
}

void ControlRunner::Fulfil(const Wishes& wishes) {
  if (wishes.policy) LoadPolicy(*wishes.policy);
  if (wishes.reset) session_.Reset(*wishes.reset);
  for (const Hand& hand : wishes.steps) StepOrBegin(hand);
}

void ControlRunner::LoadPolicy(const std::string& text) {
  auto policy = MakeControlPolicy(text, session_.spec().id, device_);
  if (policy) session_.UsePolicy(std::move(*policy));
  MutexLock lock(mutex_);
  look_.error = policy ? "" : policy.error();
  if (!wishes_.policy) look_.loading.clear();
}

void ControlRunner::StepOrBegin(const Hand& hand) {
  if (session_.moment().ended()) {
    session_.Reset(session_.moment().seed + 1);
  } else {
    session_.Step(hand.push, hand.strength);
  }
}

void ControlRunner::Publish() {
  auto moment = std::make_shared<const ControlMoment>(session_.moment());
  MutexLock lock(mutex_);
  const bool moved = moment->step != look_.moment->step || moment->seed != look_.moment->seed;
  look_.moment = std::move(moment);
  if (moved) stepped_ = Clock::now();
}

}  // namespace tengen
