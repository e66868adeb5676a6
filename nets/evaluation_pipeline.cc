#include "nets/evaluation_pipeline.h"

#include <algorithm>
#include <bit>

#include "envs/core/check.h"

namespace tengen {

// From the first reservation to the last release.
struct EvaluationPipeline::Batch {
  enum class Stage { kFree, kFilling, kTaken, kQueued };

  std::unique_ptr<HostBatch> host;
  Stage stage = Stage::kFree;
  int reserved = 0;  // rows
  int ready = 0;     // rows
  int released = 0;  // rows
  std::exception_ptr error;
};

int EvaluationPipeline::PassRows(int rows) {
  return std::max(kSmallestPass,
                  static_cast<int>(std::bit_ceil(static_cast<unsigned>(std::max(rows, 1)))));
}

EvaluationPipeline::EvaluationPipeline(std::unique_ptr<BatchDevice> device, const Options& options)
    : options_(options), device_(std::move(device)), largest_pass_(options.largest_batch) {
  TENGEN_CHECK(device_ != nullptr && options.in_flight > 0, "a pipeline without a device");
  TENGEN_CHECK(options.largest_batch == PassRows(options.largest_batch), "largest batch ",
               options.largest_batch, ", wanted a power of two of at least ", kSmallestPass);
  runner_ = std::thread([this] { Serve(); });
}

EvaluationPipeline::~EvaluationPipeline() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
    ready_.NotifyAll();
  }
  runner_.join();
  // The device may still write into their memory.
  for (HostBatch* host : in_flight_) {
    try {
      device_->Await(*host);
    } catch (...) {  // Nobody is left to hear of it.
    }
  }
}

std::vector<EvaluationPipeline::Rows> EvaluationPipeline::Reserve(BoardShape shape, int count) {
  TENGEN_CHECK(count > 0, "room for ", count, " rows");
  std::vector<Rows> parts;
  MutexLock lock(mutex_);
  while (count > 0) {
    Batch* batch = OpenBatch(shape);
    Rows rows;
    rows.host = batch->host.get();
    rows.first = batch->reserved;
    rows.count = std::min(count, options_.largest_batch - batch->reserved);
    rows.batch = batch;
    batch->reserved += rows.count;
    count -= rows.count;
    parts.push_back(rows);
  }
  return parts;
}

// The one that is being filled, if it has room.
EvaluationPipeline::Batch* EvaluationPipeline::OpenBatch(BoardShape shape) {
  for (Batch* batch : filling_) {
    if (batch->host->shape == shape && batch->reserved < options_.largest_batch) return batch;
  }
  const auto found = std::find_if(batches_.begin(), batches_.end(), [shape](const auto& batch) {
    return batch->stage == Batch::Stage::kFree && batch->host->shape == shape;
  });
  Batch* batch = nullptr;
  if (found != batches_.end()) {
    batch = found->get();
  } else {
    auto made = std::make_unique<Batch>();
    made->host = device_->NewBatch(shape, options_.largest_batch);
    batch = batches_.emplace_back(std::move(made)).get();
  }
  batch->stage = Batch::Stage::kFilling;
  batch->reserved = batch->ready = batch->released = 0;
  batch->error = nullptr;
  filling_.push_back(batch);
  return batch;
}

void EvaluationPipeline::Ready(const Rows& rows) {
  MutexLock lock(mutex_);
  rows.batch->ready += rows.count;
  ready_.NotifyOne();
}

void EvaluationPipeline::Await(const Rows& rows) {
  {
    MutexLock lock(mutex_);
    while (rows.batch->stage != Batch::Stage::kQueued) queued_.Wait(mutex_);
    if (rows.batch->error) std::rethrow_exception(rows.batch->error);
  }
  device_->Await(*rows.host);
}

void EvaluationPipeline::Release(const Rows& rows) {
  MutexLock lock(mutex_);
  Batch& batch = *rows.batch;
  batch.released += rows.count;
  if (batch.stage == Batch::Stage::kQueued && batch.released == batch.reserved) {
    batch.stage = Batch::Stage::kFree;
  }
}

EvaluationPipeline::Stats EvaluationPipeline::stats() const {
  MutexLock lock(mutex_);
  return stats_;
}

void EvaluationPipeline::Serve() {
  while (true) {
    MakeRoom();
    Batch* batch = TakeBatch();
    if (batch == nullptr) return;
    std::exception_ptr error;
    try {
      Run(*batch);
    } catch (...) {
      error = std::current_exception();
    }
    MutexLock lock(mutex_);
    batch->error = error;
    batch->stage = Batch::Stage::kQueued;
    // Whoever gave up while encoding has released its rows already.
    if (batch->released == batch->reserved) batch->stage = Batch::Stage::kFree;
    queued_.NotifyAll();
  }
}

// The oldest with a ready row, closed to new ones, once all of its rows are ready. Null: no more.
EvaluationPipeline::Batch* EvaluationPipeline::TakeBatch() {
  MutexLock lock(mutex_);
  const auto with_rows = [](const Batch* batch) { return batch->ready > 0; };
  auto found = filling_.end();
  while ((found = std::find_if(filling_.begin(), filling_.end(), with_rows)) == filling_.end()) {
    if (closed_) return nullptr;
    ready_.Wait(mutex_);
  }
  Batch* batch = *found;
  filling_.erase(found);
  batch->stage = Batch::Stage::kTaken;
  while (batch->ready < batch->reserved) ready_.Wait(mutex_);
  return batch;
}

// Errors are for those who await the same batch.
void EvaluationPipeline::MakeRoom() {
  while (static_cast<int>(in_flight_.size()) >= options_.in_flight) {
    try {
      device_->Await(*in_flight_.front());
    } catch (...) {
    }
    in_flight_.pop_front();
  }
}

void EvaluationPipeline::Run(Batch& batch) {
  int reserved = 0;
  {
    MutexLock lock(mutex_);
    reserved = batch.reserved;
  }
  HostBatch& host = *batch.host;
  // Memory that is used again: its last readers have seen the device be done with it.
  std::erase(in_flight_, &host);
  in_flight_.push_back(&host);
  int pass_rows = 0;
  for (int first = 0; first < reserved;) {
    const int rows = PreparePass(host.shape, reserved - first);
    const int count = std::min(rows, reserved - first);
    device_->Queue(host, first, count, rows);
    first += count;
    pass_rows += rows;
  }
  device_->Mark(host);
  MutexLock lock(mutex_);
  ++stats_.batches;
  stats_.rows += reserved;
  stats_.pass_rows += pass_rows;
}

// Rows of a pass that the device has memory for, at best all of them.
int EvaluationPipeline::PreparePass(BoardShape shape, int rows) {
  const int wanted = std::min(PassRows(rows), largest_pass_);
  int pass = wanted;
  while (!device_->Prepare(shape, pass)) {
    if (pass == kSmallestPass) {
      throw WorldError(StrCat("the device has too little memory free for a batch of ", pass,
                              " positions of ", shape.rows, "x", shape.columns));
    }
    pass /= 2;
  }
  if (pass < wanted) {
    largest_pass_ = pass;
    if (!said_) {
      options_.say(StrCat("the device has too little memory free for batches of ", wanted,
                          " positions; they are at most ", pass, " now"));
    }
    said_ = true;
  }
  return pass;
}

}  // namespace tengen
