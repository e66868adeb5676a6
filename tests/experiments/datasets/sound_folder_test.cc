#include "experiments/datasets/sound_folder.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class SoundFolder : public ::testing::Test {
 protected:
  void Write(const std::string& name, int samples, int rate_hz = 8000) {
    const std::filesystem::path path = temp_ / name;
    std::filesystem::create_directories(path.parent_path());
    const Sound sound = {rate_hz, std::vector<float>(static_cast<std::size_t>(samples), 0.25F)};
    std::ofstream(path, std::ios::binary) << WavBytes(sound);
  }
  TempFolder temp_;
};

TEST_F(SoundFolder, NamesTellWordSpeakerAndTake) {
  Write("recordings/7_jackson_32.wav", 100);
  Write("recordings/0_mary_ann_4.wav", 300);
  Write("recordings/3_bob.wav", 100);
  std::ofstream(temp_ / "recordings/notes.txt") << "no sound";
  const auto recordings = ReadRecordings(temp_.path());
  ASSERT_TRUE(recordings.ok()) << recordings.error();
  ASSERT_EQ(recordings->size(), 3U);
  EXPECT_EQ((*recordings)[0].label, "0");
  EXPECT_EQ((*recordings)[0].speaker, "mary_ann");
  EXPECT_EQ((*recordings)[0].take, 4);
  EXPECT_EQ((*recordings)[1].speaker, "bob");
  EXPECT_EQ((*recordings)[1].take, -1);
  EXPECT_EQ((*recordings)[2].take, 32);
}

TEST_F(SoundFolder, FoldersTellTheWord) {
  Write("set/no/a.wav", 100);
  Write("set/yes/a_1.wav", 100);
  const auto recordings = ReadRecordings(temp_.path());
  ASSERT_TRUE(recordings.ok()) << recordings.error();
  EXPECT_EQ((*recordings)[0].label, "no");
  EXPECT_EQ((*recordings)[1].label, "yes");
  EXPECT_EQ((*recordings)[1].speaker, "");
  EXPECT_TRUE(SoundSamples(*recordings, {}).groups.empty());
}

TEST_F(SoundFolder, SamplesArePaddedAndKnowTheirLength) {
  Write("0_a_0.wav", 160);  // two frames of 80
  Write("1_b_9.wav", 300);  // four
  const auto recordings = ReadRecordings(temp_.path());
  Samples samples = SoundSamples(*recordings, {});
  ASSERT_TRUE(CheckSamples(samples).ok()) << CheckSamples(samples).error();
  EXPECT_THAT(samples.shape, ElementsAre(4, 40));
  EXPECT_THAT(samples.lengths, ElementsAre(2, 4));
  EXPECT_THAT(samples.labels, ElementsAre(0, 1));
  EXPECT_THAT(samples.groups, ElementsAre("a", "b"));
  EXPECT_NE(samples.row(0)[79], 0.0F);
  for (const float padding : samples.row(0).subspan(80)) EXPECT_EQ(padding, 0.0F);

  SoundOptions few;
  few.max_frames = 3;
  samples = SoundSamples(*recordings, few);
  EXPECT_THAT(samples.shape, ElementsAre(3, 40));
  EXPECT_THAT(samples.lengths, ElementsAre(2, 3));
}

TEST_F(SoundFolder, TheFirstFiveTakesAreTheTestPart) {
  for (const int take : {0, 4, 5, 49}) Write(StrCat("1_a_", take, ".wav"), 100);
  const auto recordings = ReadRecordings(temp_.path());
  const DataSet set = SplitByTake(*recordings, {});
  EXPECT_THAT(set.test.names, ElementsAre("1_a_0.wav", "1_a_4.wav"));
  EXPECT_THAT(set.train.names, ElementsAre("1_a_49.wav", "1_a_5.wav"));
}

TEST_F(SoundFolder, SaysWhatIsWrong) {
  EXPECT_THAT(ReadRecordings(temp_.path()).error(), HasSubstr("no .wav file in"));
  Write("7_a_0.wav", 100);
  Write("8_a_0.wav", 100, 16000);
  EXPECT_THAT(ReadRecordings(temp_.path()).error(),
              HasSubstr("8_a_0.wav: 16000 Hz, wanted 8000 as in 7_a_0.wav"));
  Write("8_a_0.wav", 100, 44100);
  EXPECT_THAT(ReadRecordings(temp_.path()).error(), HasSubstr("44100 Hz, wanted 16 bits"));
  Write("8_a_0.wav", 100);
  Write("word.wav", 100);
  EXPECT_THAT(ReadRecordings(temp_.path()).error(), HasSubstr("word.wav names no label"));
  EXPECT_FALSE(ReadRecordings(temp_ / "none").ok());
}

}  // namespace
}  // namespace tengen
