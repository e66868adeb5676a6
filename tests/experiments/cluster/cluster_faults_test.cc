// What learner and workers keep in files, while the n-th write fails, is cut, or is where the
// process dies, for every n.

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_frame.h"
#include "experiments/cluster/game_spool.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/cluster/worker_key.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/faulty_files.h"
#include "tests/support/shared_count.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

GameRecord Numbered(std::uint64_t stream) {
  GameRecord record = XWinsTopRow();
  record.stream = stream;
  return record;
}

std::vector<std::uint64_t> TakeAll(GameSpool& spool) {
  spool.Connect(true);
  const GameSpool::Parcel parcel = spool.TakeUnsent(1000, 1 << 20);
  std::vector<std::uint64_t> streams;
  for (std::string_view rest = parcel.frames; !rest.empty();) {
    const RecordFrame frame = ParseRecordFrame(rest);
    streams.push_back(frame.Read().value().stream);
    rest.remove_prefix(frame.bytes());
  }
  return streams;
}

// A disk that fails costs no game while the process lives; killed at any moment, it finds all games
// again that it had put down, and at most the one under way is missing.
TEST(ClusterFaults, ASpoolKeepsItsGames) {
  TempFolder temp;
  const fs::path folder = temp / "spool";
  SharedCount added;
  bool in_memory = false;
  EveryFault steps;
  steps.prepare = [&] {
    added = 0;
    in_memory = false;
  };
  steps.change = [&] {
    GameSpool spool(folder / "run", {});
    for (int stream = 1; stream <= 4; ++stream) {
      ASSERT_TRUE(spool.Add(Numbered(static_cast<std::uint64_t>(stream))));
      added = stream;
    }
    EXPECT_EQ(TakeAll(spool), (std::vector<std::uint64_t>{1, 2, 3, 4}));
    in_memory = true;
  };
  steps.check = [&](bool threw) {
    const bool lives = threw || in_memory;
    GameSpool spool(folder / "run", {});
    const std::vector<std::uint64_t> found = TakeAll(spool);
    EXPECT_TRUE(std::is_sorted(found.begin(), found.end()));
    if (!lives || (threw && added > 0)) {
      for (int stream = 1; stream <= added; ++stream) {
        EXPECT_TRUE(std::count(found.begin(), found.end(), stream) == 1) << "game " << stream;
      }
    }
  };
  TryEveryFault(folder, steps);
}

TEST(ClusterFaults, AKeyIsMadeOnceOrNotAtAll) {
  TempFolder temp;
  const fs::path run = temp / "run";
  std::optional<WorkerKey> given;
  EveryFault steps;
  steps.prepare = [&] { given.reset(); };
  steps.change = [&] { given = OpenWorkerKey(run); };
  steps.check = [&](bool) {
    const WorkerKey key = OpenWorkerKey(run);
    EXPECT_EQ(key.run.size(), OpenWorkerKey(run).run.size());
    if (given) {
      EXPECT_EQ(key.run, given->run);
      EXPECT_EQ(key.secret, given->secret);
    }
  };
  TryEveryFault(run, steps);
}

TEST(ClusterFaults, NoLeaseIsGivenTwice) {
  TempFolder temp;
  const fs::path run = temp / "run";
  SharedCount taken;
  EveryFault steps;
  steps.prepare = [&] { taken = 0; };
  steps.change = [&] {
    LeaseFolder leases(run);
    for (int i = 0; i < 3; ++i) taken = static_cast<int>(leases.Take() / kLeaseGames);
  };
  steps.check = [&](bool) {
    EXPECT_GT(LeaseFolder(run).Take() / kLeaseGames, static_cast<std::uint64_t>(int{taken}));
  };
  TryEveryFault(run, steps);
}

}  // namespace
}  // namespace tengen
