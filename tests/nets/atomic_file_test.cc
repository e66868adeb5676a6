#include "nets/atomic_file.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/full_disk.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ErrorOf(const fs::path& path, const std::string& bytes) {
  try {
    WriteFileAtomically(path, bytes);
  } catch (const WorldError& error) {
    return error.what();
  }
  return "";
}

int EntriesIn(const fs::path& folder) {
  return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(WriteFileAtomically, WritesAndReplaces) {
  TempFolder temp;
  WriteFileAtomically(temp / "file", "old");
  WriteFileAtomically(temp / "file", std::string("new\0bytes", 9));
  EXPECT_EQ(*ReadWholeFile(temp / "file"), std::string("new\0bytes", 9));
  EXPECT_EQ(EntriesIn(temp.path()), 1);
}

TEST(ReadWholeFile, NamesWhatIsNoFile) {
  TempFolder temp;
  EXPECT_THAT(ReadWholeFile(temp.path()).error(),
              HasSubstr("cannot read " + temp.path().string() + ": Is a directory"));
  EXPECT_THAT(ReadWholeFile(temp / "none").error(), HasSubstr("No such file"));
}

TEST(WriteFileAtomically, ARenameThatFailsLeavesNothingBesideAndNamesTheFile) {
  TempFolder temp;
  fs::create_directory(temp / "file");  // a file cannot take the name of a folder
  const std::string error = ErrorOf(temp / "file", "bytes");
  EXPECT_THAT(error, AllOf(HasSubstr((temp / "file").string() + ": Is a directory"),
                           Not(HasSubstr(".tmp"))));
  EXPECT_EQ(EntriesIn(temp.path()), 1);
}

TEST(WriteFileAtomically, AFullDiskLeavesTheOldFileAndNamesIt) {
  TempFolder temp;
  WriteFileAtomically(temp / "file", "old");
  std::string error;
  {
    const FullDisk full;
    error = ErrorOf(temp / "file", "new");
  }
  EXPECT_THAT(error, AllOf(HasSubstr("cannot write " + (temp / "file").string() + ":"),
                           Not(HasSubstr(".tmp"))));
  EXPECT_EQ(*ReadWholeFile(temp / "file"), "old");
  EXPECT_EQ(EntriesIn(temp.path()), 1);
}

TEST(WriteFileAtomically, AFolderThatIsNotThereIsAnErrorThatNamesTheFile) {
  TempFolder temp;
  EXPECT_THAT(ErrorOf(temp / "none/file", "x"),
              AllOf(HasSubstr("none/file: No such file"), Not(HasSubstr(".tmp"))));
}

TEST(SyncFolder, TakesTheCurrentFolderAndRefusesFiles) {
  TempFolder temp;
  EXPECT_NO_THROW(SyncFolder(temp.path()));
  EXPECT_NO_THROW(SyncFolder(""));
  std::ofstream(temp / "file") << "x";
  EXPECT_THROW(SyncFolder(temp / "file"), WorldError);
}

}  // namespace
}  // namespace tengen
