#include "experiments/datasets/csv_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/datasets/csv_table.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string ErrorOf(const std::string& text, const CsvOptions& options = {}) {
  const auto samples = ParseCsv(text, "t.csv", options);
  return samples ? "no error" : samples.error();
}

TEST(CsvRows, KnowQuotesLineEndsAndTheByteOrderMark) {
  const auto rows = ParseCsvRows(
      "\xef\xbb\xbf"
      "a, b ,\"c,\"\"d\"\"\ne\"\r\n\r\n 1,,2");
  ASSERT_TRUE(rows.ok()) << rows.error();
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_THAT((*rows)[0].fields, ElementsAre("a", "b", "c,\"d\"\ne"));
  EXPECT_EQ((*rows)[0].line, 1);
  EXPECT_THAT((*rows)[1].fields, ElementsAre("1", "", "2"));
  EXPECT_EQ((*rows)[1].line, 4);  // the quoted line end and the empty line count

  EXPECT_THAT(ParseCsvRows("a\n\"b").error(), HasSubstr("line 2: a quote without end"));
  EXPECT_THAT(ParseCsvRows("\"a\"b,c").error(), HasSubstr("'b' behind a closing quote"));
  EXPECT_THAT(ParseCsvRows(std::string_view("a\0b", 3)).error(), HasSubstr("no text"));
}

TEST(Csv, TakesTheClassColumnByItsNameWhereverItStands) {
  const auto samples = ParseCsv("x,label,y\n1,cat,2\n3,ant,4.5\n-1e2,cat,0\n", "t.csv");
  ASSERT_TRUE(samples.ok()) << samples.error();
  EXPECT_THAT(samples->shape, ElementsAre(2));
  EXPECT_THAT(samples->features, ElementsAre(1, 2, 3, 4.5, -100, 0));
  EXPECT_THAT(samples->class_names, ElementsAre("ant", "cat"));
  EXPECT_THAT(samples->labels, ElementsAre(1, 0, 1));
  EXPECT_THAT(samples->feature_names, ElementsAre("x", "y"));
  EXPECT_TRUE(CheckSamples(*samples).ok());
}

TEST(Csv, SortsClassesThatAreNumbersByNumber) {
  const auto samples = ParseCsv("kind,x\n10,1\n9,2\n-1,3\n", "t.csv", {.label = "kind"});
  ASSERT_TRUE(samples.ok()) << samples.error();
  EXPECT_THAT(samples->class_names, ElementsAre("-1", "9", "10"));
  EXPECT_THAT(samples->labels, ElementsAre(2, 1, 0));
}

TEST(Csv, KeepsColumnsOfWordsAsIndices) {
  const auto samples = ParseCsv("colour,x,label\nred,1,a\nblue,2,b\nred,3,a\n", "t.csv");
  ASSERT_TRUE(samples.ok()) << samples.error();
  EXPECT_THAT(samples->features, ElementsAre(1, 1, 0, 2, 1, 3));
  EXPECT_THAT(samples->categories[0], ElementsAre("blue", "red"));
  EXPECT_THAT(samples->categories[1], IsEmpty());
}

TEST(Csv, ReadsNumbersToBePredicted) {
  CsvOptions options = {.label = "y", .answer = CsvAnswer::kNumber};
  const auto samples = ParseCsv("x,y\n1,2.5\n2,-3\n", "t.csv", options);
  ASSERT_TRUE(samples.ok()) << samples.error();
  EXPECT_THAT(samples->targets, ElementsAre(2.5, -3));
  EXPECT_THAT(samples->labels, IsEmpty());
  EXPECT_THAT(ErrorOf("x,y\n1,high\n", options),
              HasSubstr("line 2, column 'y' is 'high', wanted a finite number"));
}

TEST(Csv, ReadsScikitLearnsTwoForms) {
  // The first rows of iris.csv and of digits.csv, shortened.
  const auto iris = ParseCsv("2,4,setosa,versicolor\n5.1,3.5,1.4,0.2,0\n4.9,3.0,1.4,0.2,1\n", "i");
  ASSERT_TRUE(iris.ok()) << iris.error();
  EXPECT_THAT(iris->shape, ElementsAre(4));
  EXPECT_THAT(iris->class_names, ElementsAre("setosa", "versicolor"));
  EXPECT_THAT(iris->labels, ElementsAre(0, 1));
  const auto digits = ParseCsv("0,5,13,0\n0,0,12,1\n", "d");
  ASSERT_TRUE(digits.ok()) << digits.error();
  EXPECT_THAT(digits->shape, ElementsAre(3));
  EXPECT_THAT(digits->class_names, ElementsAre("0", "1"));
  EXPECT_THAT(ErrorOf("2,1,a,b\n5.1,0\n4.9,2\n"), HasSubstr("is '2', wanted a class from 0 to 1"));
}

TEST(Csv, NamesTheRowAndColumnOfNumbersThatAreNotFinite) {
  for (const char* bad : {"nan", "NaN", "inf", "-Inf", "1e99", ""}) {
    EXPECT_THAT(ErrorOf(std::string("x,label\n1,a\n") + bad + ",b\n"),
                AllOf(HasSubstr("t.csv: line 3, column 'x' is '"), HasSubstr("finite number")))
        << bad;
  }
  EXPECT_THAT(ErrorOf("1,2,0\nnan,2,1\n"), HasSubstr("line 2, column 1 is 'nan'"));
  EXPECT_THAT(ErrorOf("x,label\n1,\n"), HasSubstr("line 2, column 'label' is '', wanted a class"));
  EXPECT_THAT(ErrorOf("x,label\n1,nan\n"), HasSubstr("'nan', wanted a class"));
}

TEST(Csv, RefusesWhatIsNoSuchTable) {
  EXPECT_THAT(ErrorOf(""), HasSubstr("t.csv is empty"));
  EXPECT_THAT(ErrorOf("x,label\n"), HasSubstr("no rows behind the header"));
  EXPECT_THAT(ErrorOf("x,label\n1,a\n1,2,b\n"), HasSubstr("line 3 has 3 columns, wanted 2"));
  EXPECT_THAT(ErrorOf("x,labels\n1,a\n"),
              HasSubstr("no column 'label'; did you mean 'labels'? (columns: x, labels)"));
  EXPECT_THAT(ErrorOf("x,x,label\n1,2,a\n"), HasSubstr("two columns named 'x'"));
  EXPECT_THAT(ErrorOf("label\na\n"), HasSubstr("one column only"));
}

TEST(Csv, MayLackTheLabelAtPrediction) {
  const auto samples = ParseCsv("x,y\n1,2\n", "t.csv", {.label_wanted = false});
  ASSERT_TRUE(samples.ok()) << samples.error();
  EXPECT_THAT(samples->features, ElementsAre(1, 2));
  EXPECT_THAT(samples->labels, IsEmpty());
}

TEST(Csv, ReadsFiles) {
  TempFolder temp;
  std::ofstream(temp / "a.csv") << "x,label\n1,a\n2,b\n";
  EXPECT_EQ(ReadCsv(temp / "a.csv")->size(), 2);
  EXPECT_THAT(ReadCsv(temp / "none.csv").error(), HasSubstr("none.csv"));
}

}  // namespace
}  // namespace tengen
