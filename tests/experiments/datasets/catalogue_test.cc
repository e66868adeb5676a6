#include "experiments/datasets/catalogue.h"

#include <cstdlib>
#include <fstream>
#include <pwd.h>
#include <set>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/datasets/download.h"
#include "nets/sha256.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// An environment variable for as long as this lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    const char* before = std::getenv(name);
    was_set_ = before != nullptr;
    if (was_set_) before_ = before;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() { was_set_ ? ::setenv(name_, before_.c_str(), 1) : ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  bool was_set_ = false;
  std::string before_;
};

TEST(Catalogue, TellsOfEachSetWhereItComesFromAndUnderWhatLicence) {
  std::set<std::string> names;
  for (const KnownData& data : KnownDataSets()) {
    EXPECT_TRUE(names.insert(data.name).second) << data.name;
    EXPECT_FALSE(data.licence.empty()) << data.name;
    EXPECT_FALSE(data.source.empty()) << data.name;
    EXPECT_EQ(data.package.empty(), data.installed.empty()) << data.name;
    for (const DataFile& file : data.files) {
      EXPECT_FALSE(file.url.empty()) << file.name;
      const std::string& sum = file.sha256.empty() ? file.members_sha256 : file.sha256;
      EXPECT_EQ(sum.size(), 64U) << file.name;
      EXPECT_EQ(sum.find_first_not_of("0123456789abcdef"), std::string::npos) << file.name;
      EXPECT_EQ(file.sha256.empty(), !file.members.empty()) << file.name;
    }
  }
  EXPECT_THAT(FindKnownData("minst").error(), HasSubstr("did you mean 'mnist'?"));
}

TEST(Catalogue, FindsASetInTheUsersFolder) {
  TempFolder temp;
  const Variable home("TENGEN_DATA", temp.path().string());
  const KnownData& data = *FindKnownData("tiny-shakespeare").value();
  EXPECT_THAT(LocateData(data).error(),
              AllOf(HasSubstr("tengen data get tiny-shakespeare"),
                    HasSubstr("put tinyshakespeare.txt into " + temp.path().string())));
  std::filesystem::create_directory(temp / "tiny-shakespeare");
  std::ofstream(temp / "tiny-shakespeare/tinyshakespeare.txt") << "To be";
  EXPECT_EQ(*LocateData(data), temp / "tiny-shakespeare");
}

TEST(Catalogue, DataHomeFollowsTheEnvironment) {
  const Variable own("TENGEN_DATA", "");
  const Variable xdg("XDG_DATA_HOME", "/x");
  EXPECT_EQ(DataHome(), "/x/tengen");
  const Variable none("XDG_DATA_HOME", "");
  const Variable home("HOME", "/h");
  EXPECT_EQ(DataHome(), "/h/.local/share/tengen");
  const Variable homeless("HOME", "");
  const std::filesystem::path user = ::getpwuid(::getuid())->pw_dir;
  EXPECT_TRUE(user.is_absolute()) << user;
  EXPECT_EQ(DataHome(), user / ".local/share/tengen");
}

// One file in a tar archive, by the definition of the format (POSIX ustar).
std::string Tar(const std::string& name, const std::string& content) {
  std::string header(512, '\0');
  header.replace(0, name.size(), name);
  char size[12];
  std::snprintf(size, sizeof size, "%011o", static_cast<unsigned>(content.size()));
  header.replace(124, 11, size);
  header[156] = '0';
  header.replace(257, 5, "ustar");
  unsigned sum = 8 * ' ';
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char check[8];
  std::snprintf(check, sizeof check, "%06o", sum);
  header.replace(148, 7, check, 7);
  std::string padded = content;
  padded.resize((content.size() + 511) / 512 * 512);
  return header + padded;
}

TEST(Catalogue, AnArchivesDigestIsOfTheFilesThatMatter) {
  TempFolder temp;
  const std::string end(1024, '\0');
  std::ofstream(temp / "a.tar") << Tar("x/wav/b", "2") << Tar("x/wav/a", "1") << Tar("x/c", "3")
                                << end;
  std::ofstream(temp / "b.tar") << Tar("y/wav/a", "1") << Tar("y/wav/b", "2") << end;
  std::ofstream(temp / "c.tar") << Tar("y/wav/a", "1") << Tar("y/wav/b", "4") << end;
  const auto digest = MembersDigest(temp / "a.tar", "wav/");
  ASSERT_TRUE(digest.ok()) << digest.error();
  // sha256sum of "1" is 6b86..., of "2" d473...: the lines stand in that order.
  EXPECT_EQ(*digest, Sha256(Sha256("1") + "  a\n" + Sha256("2") + "  b\n"));
  EXPECT_EQ(*MembersDigest(temp / "b.tar", "wav/"), *digest);
  DataFile file;
  file.members = "wav/";
  file.members_sha256 = *digest;
  EXPECT_TRUE(CheckDataFile(file, temp / "b.tar").ok());
  EXPECT_THAT(CheckDataFile(file, temp / "c.tar").error(), HasSubstr("wanted " + *digest));
}

// A program of that name that copies what the URL names.
class Download : public ::testing::Test {
 protected:
  Download() : path_("PATH", temp_.path().string() + ":" + std::getenv("PATH")) {
    SetCurl("cp \"${6#file:}\" \"$5\"");
  }
  void SetCurl(const std::string& command) {
    std::ofstream(temp_ / "curl") << "#!/bin/sh\n"
                                  << "while [ \"$1\" != --output ]; do shift; done\n"
                                  << "set -- a b c d \"$2\" \"$4\"\n"
                                  << command << "\n";
    std::filesystem::permissions(temp_ / "curl", std::filesystem::perms::owner_all);
  }
  DataFile FileOf(const std::string& content) {
    std::ofstream(temp_ / "source") << "what is there";
    DataFile file;
    file.name = "got.txt";
    file.url = "file:" + (temp_ / "source").string();
    file.sha256 = Sha256(content);
    return file;
  }

  TempFolder temp_;
  Variable path_;
};

TEST_F(Download, GivesAFileItsNameOnceItIsRight) {
  ASSERT_TRUE(DownloadDataFile(FileOf("what is there"), temp_ / "to").ok());
  EXPECT_TRUE(std::filesystem::exists(temp_ / "to/got.txt"));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "to/got.txt.part"));
}

TEST_F(Download, LeavesNothingOfAnotherFile) {
  const Status status = DownloadDataFile(FileOf("what was wanted"), temp_ / "to");
  EXPECT_THAT(status.error(), HasSubstr("wanted " + Sha256("what was wanted")));
  EXPECT_TRUE(std::filesystem::is_empty(temp_ / "to"));
}

TEST_F(Download, SaysThatCurlFailedOrIsNotThere) {
  SetCurl("echo half > \"$5\"; exit 22");
  EXPECT_THAT(DownloadDataFile(FileOf(""), temp_ / "to").error(),
              HasSubstr("curl ended with code 22"));
  EXPECT_TRUE(std::filesystem::is_empty(temp_ / "to"));
  const Variable none("PATH", (temp_ / "to").string());
  EXPECT_THAT(DownloadDataFile(FileOf(""), temp_ / "to").error(), HasSubstr("cannot start curl"));
}

}  // namespace
}  // namespace tengen
