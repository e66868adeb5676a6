// Files and folders that are replaced, while the n-th write fails, is cut, or is where the process
// dies, for every n.

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/atomic_file.h"
#include "nets/folder_swap.h"
#include "nets/write_error.h"
#include "tests/support/faulty_files.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;

const std::string kOld(3000, 'a');
const std::string kNew(5000, 'b');

std::string TextOf(const fs::path& file) {
  const Result<std::string> text = ReadWholeFile(file);
  return text ? *text : "none";
}

TEST(FileFaults, AFileIsTheOldOneOrTheNew) {
  TempFolder temp;
  const fs::path folder = temp / "folder";
  const fs::path file = folder / "file";
  EveryFault steps;
  steps.prepare = [&] { WriteFileAtomically(file, kOld); };
  steps.change = [&] { WriteFileAtomically(file, kNew); };
  steps.check = [&](bool) {
    EXPECT_THAT(TextOf(file), AnyOf(kOld, kNew));
    WriteFileAtomically(file, kNew);
    EXPECT_EQ(TextOf(file), kNew);
  };
  TryEveryFault(folder, steps);
}

TEST(FileFaults, AFolderIsTheOldOneOrTheNewAlsoWithoutExchange) {
  TempFolder temp;
  const fs::path folder = temp / "folder";
  for (const bool can_exchange : {true, false}) {
    RenameCalls calls = SystemRenames();
    if (!can_exchange) calls.exchange = [](const fs::path&, const fs::path&) { return EINVAL; };
    const auto put = [&](const std::string& text) {
      fs::create_directories(folder / "it.new");
      WriteFileSynced(folder / "it.new/file", text);
      ReplaceFolder(folder / "it.new", folder / "it", calls);
    };
    const auto put_or_world_error = [&] {
      try {
        put(kNew);
      } catch (const fs::filesystem_error& error) {  // of create_directories here
        throw WorldError(error.what());
      }
    };
    EveryFault steps;
    steps.prepare = [&] { put(kOld); };
    steps.change = put_or_world_error;
    steps.check = [&](bool) {
      EXPECT_THAT(TextOf(StandingFolder(folder / "it") / "file"), AnyOf(kOld, kNew));
      put(kNew);
      EXPECT_EQ(TextOf(folder / "it/file"), kNew);
    };
    TryEveryFault(folder, steps);
  }
}

TEST(FileFaults, AFullDiskIsToldFromOtherTrouble) {
  TempFolder temp;
  {
    const FaultyFiles faulty(temp.path(), 1, FaultyFiles::Fault::kFails);
    EXPECT_THROW(WriteFileAtomically(temp / "file", kNew), DiskFull);
  }
  try {
    WriteFileAtomically(temp / "no folder/file", kNew);
    FAIL() << "written into a folder that is not there";
  } catch (const DiskFull&) {
    FAIL() << "a folder that is not there is no full disk";
  } catch (const WorldError&) {
  }
}

}  // namespace
}  // namespace tengen
