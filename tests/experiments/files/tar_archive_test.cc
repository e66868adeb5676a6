#include "experiments/files/tar_archive.h"

#include <cstdlib>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/result.h"
#include "nets/gzip_file.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::size_t kMuch = 1 << 20;

// Archives are made by the system's tar, the outside witness.
class TarArchiveTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& content) {
    fs::create_directories((temp_ / "in" / name).parent_path());
    std::ofstream(temp_ / "in" / name) << content;
  }
  fs::path Pack(const std::string& options) {
    const fs::path archive = temp_ / "archive.tar";
    const std::string command =
        "tar " + options + " -cf '" + archive.string() + "' -C '" + (temp_ / "in").string() + "' .";
    EXPECT_EQ(std::system(command.c_str()), 0) << command;
    return archive;
  }
  static std::map<std::string, std::string> Contents(const fs::path& archive) {
    std::map<std::string, std::string> contents;
    const std::string bytes = ReadGzipFile(archive, kMuch).value();
    VisitTar(bytes, archive,
             [&](const std::string& name, std::string_view content) { contents[name] = content; });
    return contents;
  }
  static std::string ErrorOf(const std::function<void()>& read) {
    try {
      read();
    } catch (const WorldError& error) {
      return error.what();
    }
    return "";
  }

  TempFolder temp_;
};

TEST_F(TarArchiveTest, ReadsEveryFormatAndNamesOfAnyLength) {
  const std::string folder = std::string(60, 'a') + "/" + std::string(80, 'b') + "/";
  Write("short.sgf", "(;B[aa])");
  Write("empty", "");
  Write(folder + "long.sgf", std::string(1500, 'x'));
  for (const char* format : {"--format=ustar", "--format=gnu", "--format=pax", "--format=v7"}) {
    const bool long_names = std::string(format) != "--format=v7";  // 99 letters at most
    if (!long_names) fs::remove_all(temp_ / "in" / std::string(60, 'a'));
    const auto contents = Contents(Pack(format));
    EXPECT_EQ(contents.at("./short.sgf"), "(;B[aa])") << format;
    EXPECT_EQ(contents.at("./empty"), "") << format;
    if (long_names) {
      EXPECT_EQ(contents.at("./" + folder + "long.sgf"), std::string(1500, 'x')) << format;
    }
    EXPECT_EQ(contents.size(), long_names ? 3U : 2U) << format << ": folders are no files";
  }
}

TEST_F(TarArchiveTest, ReadsCompressedArchivesAndPlainFiles) {
  Write("game.sgf", "(;B[aa])");
  EXPECT_EQ(Contents(Pack("-z")).at("./game.sgf"), "(;B[aa])");
  EXPECT_EQ(ReadGzipFile(temp_ / "in/game.sgf", kMuch).value(), "(;B[aa])");
}

TEST_F(TarArchiveTest, SaysWhereAnArchiveIsDamaged) {
  Write("game.sgf", std::string(700, 'x'));
  std::string bytes = ReadGzipFile(Pack("--format=ustar"), kMuch).value();
  const auto visit = [&] { VisitTar(bytes, "games.tar", [](const auto&, auto) {}); };
  EXPECT_EQ(ErrorOf(visit), "");
  const std::size_t header = bytes.find("./game.sgf");
  std::string other = bytes;
  bytes[header + 3] = 'X';  // no longer what the checksum says
  EXPECT_EQ(ErrorOf(visit), "games.tar: damaged archive, at byte " + std::to_string(header));
  bytes = other.substr(0, header + 600);  // cut inside the content
  EXPECT_THAT(ErrorOf(visit), HasSubstr("damaged archive"));
}

TEST_F(TarArchiveTest, SaysWhatIsWrongWithAFile) {
  Write("game.sgf", std::string(700, 'x'));
  const auto error = [](const fs::path& path, std::size_t most) {
    return ReadGzipFile(path, most).error();
  };
  EXPECT_THAT(error(temp_ / "nothing", kMuch), HasSubstr("cannot be opened"));
  EXPECT_THAT(error(temp_ / "in/game.sgf", 699), HasSubstr("more than 699 bytes"));
  const fs::path packed = Pack("-z");
  fs::resize_file(packed, fs::file_size(packed) / 2);
  EXPECT_THAT(error(packed, kMuch), HasSubstr("in the middle of its gzip stream"));
}

}  // namespace
}  // namespace tengen
