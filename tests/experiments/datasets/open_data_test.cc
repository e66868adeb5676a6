#include "experiments/datasets/open_data.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/datasets/catalogue.h"
#include "experiments/datasets/espeak_digits.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(OpenData, MakesEveryGeneratedSetByItsName) {
  DataOptions options;
  options.count = 60;
  for (const KnownData& data : KnownDataSets()) {
    if (!data.generated() || data.kind == DataKind::kText) continue;
    if (!data.program.empty()) continue;  // need not be there
    const auto set = OpenDataSet(data.name, options);
    ASSERT_TRUE(set.ok()) << set.error();
    EXPECT_EQ(set->name, data.name);
    EXPECT_GT(set->test.size(), 0) << data.name;
    EXPECT_NE(set->train.features, set->test.features) << data.name;
  }
  const auto text = OpenCorpus("grammar");
  ASSERT_TRUE(text.ok()) << text.error();
  EXPECT_GT(text->train.size(), 400000U);
}

// With a program of our own in the place of espeak-ng, which need not be installed: it notes what
// it is asked and writes a second of sound at espeak-ng's 22,050 Hz.
TEST(OpenData, HasDigitsSaidByEspeak) {
  TempFolder temp;
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", temp.path().c_str(), 1);
  const std::string missing = OpenDataSet("espeak-digits").error();
  EXPECT_THAT(missing, HasSubstr("cannot start espeak-ng"));
  EXPECT_THAT(missing, HasSubstr("./tengen packages espeak-ng installs it"));

  std::ofstream(temp / "sound.wav", std::ios::binary)
      << WavBytes({22050, std::vector<float>(22050, 0.1F)});
  std::ofstream(temp / "espeak-ng")
      << "#!/bin/sh\necho \"$*\" >> '" << (temp / "asked").string() << "'\n/bin/cp '"
      << (temp / "sound.wav").string() << "' \"$8\"\n";
  std::filesystem::permissions(temp / "espeak-ng", std::filesystem::perms::owner_all);
  const auto said = EspeakDigits(1, 1);
  ::setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(said.ok()) << said.error();
  ASSERT_EQ(said->size(), 10U * kEspeakVoices);
  EXPECT_EQ(said->front().name, "0_m1_0.wav");
  EXPECT_EQ(said->back().label, "9");
  EXPECT_EQ(said->back().sound.rate_hz, 8000);
  EXPECT_EQ(said->back().sound.samples.size(), 8000U);
  std::ifstream asked(temp / "asked");
  std::string first;
  std::getline(asked, first);
  EXPECT_THAT(first, AllOf(HasSubstr("-v en+m1 -p "), HasSubstr(" -w /"), HasSubstr(" zero")));
}

TEST(OpenData, KnowsFilesAndFoldersByTheirNames) {
  TempFolder temp;
  std::ofstream(temp / "a.csv") << "x,kind\n1,a\n2,b\n";
  DataOptions options;
  options.csv.label = "kind";
  EXPECT_EQ(OpenDataSet((temp / "a.csv").string(), options)->train.size(), 2);

  std::filesystem::create_directory(temp / "sounds");
  for (const char* name : {"0_a_0.wav", "1_a_0.wav", "0_a_7.wav"}) {
    std::ofstream(temp / "sounds" / name, std::ios::binary)
        << WavBytes({8000, std::vector<float>(200, 0.1F)});
  }
  const auto sounds = OpenDataSet((temp / "sounds").string());
  ASSERT_TRUE(sounds.ok()) << sounds.error();
  EXPECT_EQ(sounds->train.size(), 1);
  EXPECT_EQ(sounds->test.size(), 2);
}

TEST(OpenData, TakesAFolderForTheOneFileInIt) {
  TempFolder temp;
  const std::string folder = temp.path().string();
  std::ofstream(temp / "a.csv") << "x,label\n1,a\n2,b\n";
  std::ofstream(temp / "t.txt") << std::string(200, 'a') + std::string(200, 'b');
  EXPECT_EQ(OpenDataSet(folder)->train.size(), 2);
  EXPECT_TRUE(OpenCorpus(folder).ok());
  std::ofstream(temp / "b.csv") << "x,label\n1,a\n2,b\n";
  std::ofstream(temp / "u.txt") << "abc";
  EXPECT_THAT(OpenDataSet(folder).error(), HasSubstr("2 tables and archives, wanted the name"));
  EXPECT_THAT(OpenCorpus(folder).error(), HasSubstr("a folder of 2 texts, wanted"));
}

TEST(OpenData, SaysWhatWasMetAndWanted) {
  TempFolder temp;
  std::filesystem::create_directory(temp / "empty");
  EXPECT_THAT(OpenDataSet((temp / "empty").string()).error(), HasSubstr("is empty, wanted IDX"));
  std::filesystem::create_directory(temp / "other");
  std::ofstream(temp / "other/readme.txt") << "hello";
  EXPECT_THAT(OpenDataSet((temp / "other").string()).error(), HasSubstr("holds no data"));
  EXPECT_THAT(OpenDataSet((temp / "other/readme.txt").string()).error(),
              HasSubstr("of no known kind, wanted a .csv"));
  EXPECT_THAT(OpenDataSet((temp / "none.csv").string()).error(), HasSubstr("no file or folder"));
  EXPECT_THAT(OpenDataSet("spiral").error(), HasSubstr("did you mean 'spirals'?"));
  EXPECT_THAT(OpenDataSet("grammar").error(), HasSubstr("is a text, wanted"));
  EXPECT_THAT(OpenCorpus("spirals").error(), HasSubstr("wanted a text"));
  EXPECT_THAT(OpenCorpus(temp.path().string()).error(), HasSubstr("is a folder"));
  ::setenv("TENGEN_DATA", temp.path().c_str(), 1);
  EXPECT_THAT(OpenDataSet("cifar10").error(), HasSubstr("tengen data get cifar10"));
  EXPECT_THAT(OpenDataSet("go9x9").error(), HasSubstr("go9x9"));
  ::unsetenv("TENGEN_DATA");
}

// With the sets themselves, where they are: TENGEN_TEST_DATA is a folder as DataHome() is.
TEST(OpenData, ReadsTheSetsThatPeopleKnow) {
  const char* home = std::getenv("TENGEN_TEST_DATA");
  if (home == nullptr) GTEST_SKIP() << "NOT RUN: TENGEN_TEST_DATA is not set";
  ::setenv("TENGEN_DATA", home, 1);
  // Sizes and classes as their papers and pages give them.
  const auto expect = [](const char* name, int train, int test, std::size_t classes) {
    const auto set = OpenDataSet(name);
    ASSERT_TRUE(set.ok()) << set.error();
    EXPECT_EQ(set->train.size(), train) << name;
    EXPECT_EQ(set->test.size(), test) << name;
    EXPECT_EQ(set->train.class_names.size(), classes) << name;
  };
  expect("mnist", 60000, 10000, 10);
  expect("digits", 1797, 0, 10);
  expect("iris", 150, 0, 3);
  expect("wine", 178, 0, 3);
  expect("breast-cancer", 569, 0, 2);
  expect("spoken-digits", 2700, 300, 10);
  EXPECT_EQ(OpenCorpus("tiny-shakespeare")->train.size(), 1003854U);
  ::unsetenv("TENGEN_DATA");
}

}  // namespace
}  // namespace tengen
