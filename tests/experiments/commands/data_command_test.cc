// `tengen data` as people use it.

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(DataCommand, ListsEverySetWithWhereItIsOrHowToGetIt) {
  const ProgramOutput output = RunTengen("data list --json", /*errors=*/false);
  EXPECT_EQ(output.code, 0);
  const auto json = nlohmann::json::parse(LastLine(output.text));
  std::string names;
  for (const auto& set : json.at("sets")) names += set.at("name").get<std::string>() + " ";
  for (const char* name : {"line ", "mnist ", "fashion-mnist ", "cifar10 ", "spoken-digits ",
                           "tiny-shakespeare ", "iris ", "go9x9 "}) {
    EXPECT_THAT(names, HasSubstr(name));
  }
  const std::string text = RunTengen("data list", /*errors=*/false).text;
  EXPECT_THAT(text, HasSubstr("made when it is used"));
}

TEST(DataCommand, ShowsWhereToPutFilesOffLine) {
  TempFolder temp;
  ::setenv("TENGEN_DATA", temp.path().c_str(), 1);
  const std::string text = RunTengen("data show mnist", /*errors=*/false).text;
  EXPECT_THAT(text, HasSubstr("off line put these into " + (temp / "mnist").string()));
  EXPECT_THAT(text, HasSubstr("train-images-idx3-ubyte.gz"));
  EXPECT_THAT(text, HasSubstr("licence"));
  EXPECT_THAT(RunTengen("data show fashion-mnist", /*errors=*/false).text,
              HasSubstr("dataset-fashion-mnist"));
  std::filesystem::create_directory(temp / "tiny-shakespeare");
  std::ofstream(temp / "tiny-shakespeare/tinyshakespeare.txt") << "To be";
  EXPECT_THAT(RunTengen("data get tiny-shakespeare", /*errors=*/false).text,
              HasSubstr("is there, in "));
  EXPECT_THAT(RunTengen("data get spirals", /*errors=*/false).text, HasSubstr("nothing to get"));
  ::unsetenv("TENGEN_DATA");
}

TEST(DataCommand, KnowsNoOtherNames) {
  const ProgramOutput output = RunTengen("data show minst", /*errors=*/true);
  EXPECT_EQ(output.code, 2);
  EXPECT_THAT(output.text, HasSubstr("did you mean 'mnist'?"));
}

}  // namespace
}  // namespace tengen
