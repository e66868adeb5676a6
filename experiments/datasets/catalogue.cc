#include "experiments/datasets/catalogue.h"

#include <algorithm>
#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

#include "envs/core/game_options.h"
#include "experiments/files/tar_archive.h"
#include "nets/atomic_file.h"
#include "nets/gzip_file.h"
#include "nets/sha256.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{1} << 31;

KnownData Generated(const char* name, DataKind kind, const char* summary) {
  KnownData data;
  data.name = name;
  data.kind = kind;
  data.summary = summary;
  data.licence = "none needed: it is made when it is used";
  data.source = "generated.h";
  return data;
}

KnownData EspeakSet() {
  KnownData data = Generated("espeak-digits", DataKind::kSounds,
                             "digits said by espeak-ng in six voices, 8 kHz");
  data.source = "espeak-ng";
  data.program = "espeak-ng";
  return data;
}

// The four files of a set in MNIST's form.
std::vector<DataFile> IdxFiles(const std::string& url, const std::vector<DataFile>& sums) {
  std::vector<DataFile> files = sums;
  for (DataFile& file : files) file.url = url + file.name;
  return files;
}

KnownData Mnist() {
  KnownData data;
  data.name = "mnist";
  data.kind = DataKind::kPictures;
  data.summary = "70,000 handwritten digits, 28x28, ten classes";
  data.licence = "commonly given as CC BY-SA 3.0";
  data.source = "LeCun, Bottou, Bengio, Haffner 1998; checksums as in TensorFlow Datasets";
  data.files = IdxFiles(
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
      {{"train-images-idx3-ubyte.gz", "",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609", 9912422, "", ""},
       {"train-labels-idx1-ubyte.gz", "",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c", 28881, "", ""},
       {"t10k-images-idx3-ubyte.gz", "",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6", 1648877, "", ""},
       {"t10k-labels-idx1-ubyte.gz", "",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6", 4542, "", ""}});
  return data;
}

KnownData FashionMnist() {
  KnownData data;
  data.name = "fashion-mnist";
  data.kind = DataKind::kPictures;
  data.summary = "70,000 pictures of clothes, 28x28, ten classes";
  data.licence = "MIT";
  data.source = "Xiao, Rasul, Vollgraf 2017; checksums as in TensorFlow Datasets";
  data.package = "dataset-fashion-mnist";
  data.installed = "/usr/share/datasets/fashion-mnist";
  data.files = IdxFiles(
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
      {{"train-images-idx3-ubyte.gz", "",
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84", 26421880, "", ""},
       {"train-labels-idx1-ubyte.gz", "",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845", 29515, "", ""},
       {"t10k-images-idx3-ubyte.gz", "",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073", 4422102, "", ""},
       {"t10k-labels-idx1-ubyte.gz", "",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5", 5148, "", ""}});
  return data;
}

KnownData Cifar10() {
  KnownData data;
  data.name = "cifar10";
  data.kind = DataKind::kPictures;
  data.summary = "60,000 colour photographs, 32x32, ten classes";
  data.licence = "none stated; its page asks to cite Krizhevsky 2009";
  data.source = "https://www.cs.toronto.edu/~kriz/cifar.html";
  data.files = {
      {"cifar-10-binary.tar.gz", "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
       "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd", 170052171, "", ""}};
  return data;
}

KnownData SpokenDigitRecordings() {
  KnownData data;
  data.name = "spoken-digits";
  data.kind = DataKind::kSounds;
  data.summary = "3,000 spoken digits of six speakers, 8 kHz (FSDD)";
  data.licence = "CC BY-SA 4.0";
  data.source = "https://github.com/Jakobovski/free-spoken-digit-dataset";
  data.files = {{"spoken-digits.tar.gz",
                 "https://github.com/Jakobovski/free-spoken-digit-dataset/archive/"
                 "26eb9aaf76e81b692f806f9140c2d2777410d7a1.tar.gz",
                 "", 0, "recordings/",
                 "710951a2589b3ada7d439d4478090cd83b6eed3c738ae7ae04a030fa0f61ed88"}};
  return data;
}

KnownData Shakespeare() {
  KnownData data;
  data.name = "tiny-shakespeare";
  data.kind = DataKind::kText;
  data.summary = "1.1 million characters of Shakespeare's plays";
  data.licence = "public domain; the repository is MIT";
  data.source = "https://github.com/karpathy/char-rnn";
  data.files = {{"tinyshakespeare.txt",
                 "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/"
                 "input.txt",
                 "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed", 1115394, "",
                 ""}};
  return data;
}

// A table that scikit-learn 1.2.1 brings along.
KnownData SklearnTable(const char* name, const char* summary, const char* file, const char* sha256,
                       std::int64_t bytes) {
  KnownData data;
  data.name = name;
  data.kind = DataKind::kTable;
  data.summary = summary;
  data.licence = "BSD-3-Clause (scikit-learn); the data are public";
  data.source = "UCI Machine Learning Repository, as in scikit-learn 1.2.1";
  data.package = "python3-sklearn";
  data.installed = "/usr/lib/python3/dist-packages/sklearn/datasets/data";
  data.files = {{file,
                 StrCat("https://raw.githubusercontent.com/scikit-learn/scikit-learn/1.2.1/sklearn/"
                        "datasets/data/",
                        file),
                 sha256, bytes, "", ""}};
  return data;
}

KnownData Go9x9() {
  KnownData data;
  data.name = "go9x9";
  data.kind = DataKind::kGames;
  data.summary = "some 10,000 games of Go on 9x9: programs, people, some professionals";
  data.licence = "MIT (the repository)";
  data.source = "https://github.com/michaelnny/alpha_zero, games/pro_games/go/9x9";
  data.files = {{"go9x9.tar.gz",
                 "https://github.com/michaelnny/alpha_zero/archive/"
                 "41ec8d65b3db3ef94949e006f25475c0a4624bb0.tar.gz",
                 "", 0, "games/pro_games/go/9x9/",
                 "0adc7ecfc05d5f4bb27f7b39604857db249213a6cd53bfb08fdb60d6863be231"}};
  return data;
}

std::vector<KnownData> AllSets() {
  return {
      Generated("line", DataKind::kTable, "y = 3 x + 2 with uniform noise; a number to predict"),
      Generated("spirals", DataKind::kTable, "two spirals around each other, two classes"),
      Generated("drawn-digits", DataKind::kPictures, "digits drawn by strokes, 28x28"),
      Generated("made-speech", DataKind::kSounds, "digits said by a small synthesiser, 8 kHz"),
      EspeakSet(),
      Generated("grammar", DataKind::kText, "sentences with nested brackets"),
      SklearnTable("digits", "1,797 handwritten digits, 8x8, ten classes", "digits.csv.gz",
                   "46abec6b12486ad9e51943373abcf22bbea1b5a51a1619b361570d8893f1464a", 57512),
      SklearnTable("iris", "150 irises, four lengths, three species", "iris.csv",
                   "f13ffa8fdd56fd8e6c8d16d4081a3fbd3114bcd0aae4256c43205169cd9d1449", 2734),
      SklearnTable("wine", "178 wines, 13 measurements, three growers", "wine_data.csv",
                   "10e8a802908b34f86e5da8ce962f3c806694bc98450a18f61851af59f324bede", 11157),
      SklearnTable("breast-cancer", "569 tumours, 30 measurements, two classes",
                   "breast_cancer.csv",
                   "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed", 119913),
      Mnist(),
      FashionMnist(),
      Cifar10(),
      SpokenDigitRecordings(),
      Shakespeare(),
      Go9x9()};
}

bool HoldsAll(const fs::path& folder, const std::vector<DataFile>& files) {
  return std::all_of(files.begin(), files.end(), [&folder](const DataFile& file) {
    std::error_code ignored;
    return fs::is_regular_file(folder / file.name, ignored);
  });
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Services and containers often run without HOME; the system's list of users has it then.
fs::path UserFolder() {
  if (const std::string home = Variable("HOME"); !home.empty()) return home;
  const passwd* user = ::getpwuid(::getuid());
  return user != nullptr && user->pw_dir != nullptr ? user->pw_dir : "";
}

}  // namespace

std::string DataKindText(DataKind kind) {
  switch (kind) {
    case DataKind::kTable:
      return "table";
    case DataKind::kPictures:
      return "pictures";
    case DataKind::kSounds:
      return "sounds";
    case DataKind::kText:
      return "text";
    case DataKind::kGames:
      return "games";
  }
  return "";
}

const std::vector<KnownData>& KnownDataSets() {
  static const std::vector<KnownData> sets = AllSets();
  return sets;
}

Result<const KnownData*> FindKnownData(const std::string& name) {
  std::vector<std::string> names;
  for (const KnownData& data : KnownDataSets()) {
    if (data.name == name) return &data;
    names.push_back(data.name);
  }
  const std::string nearest = NearestName(name, names);
  return Error{StrCat("no data set '", name, "'",
                      nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                      " (tengen data list names them)")};
}

fs::path DataHome() {
  if (const std::string own = Variable("TENGEN_DATA"); !own.empty()) return own;
  if (const std::string data = Variable("XDG_DATA_HOME"); !data.empty()) {
    return fs::path(data) / "tengen";
  }
  return UserFolder() / ".local/share/tengen";
}

Result<std::string> MembersDigest(const fs::path& archive, const std::string& members) {
  const auto bytes = ReadGzipFile(archive, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  std::vector<std::string> lines;
  VisitTar(*bytes, archive, [&](const std::string& name, std::string_view content) {
    if (name.find(members) == std::string::npos) return;
    lines.push_back(StrCat(Sha256(content), "  ", fs::path(name).filename().string(), "\n"));
  });
  std::sort(lines.begin(), lines.end());
  std::string all;
  for (const std::string& line : lines) all += line;
  return Sha256(all);
}

Status CheckDataFile(const DataFile& wanted, const fs::path& file) {
  if (!wanted.sha256.empty()) {
    const auto bytes = ReadWholeFile(file);
    if (!bytes) return Error{bytes.error()};
    const std::string met = Sha256(*bytes);
    if (met == wanted.sha256) return Ok{};
    return Error{StrCat(file.string(), " has the SHA-256 ", met, ", wanted ", wanted.sha256)};
  }
  const auto met = MembersDigest(file, wanted.members);
  if (!met) return Error{met.error()};
  if (*met == wanted.members_sha256) return Ok{};
  return Error{StrCat("the files of ", file.string(), " in ", wanted.members, " have the digest ",
                      *met, ", wanted ", wanted.members_sha256)};
}

Result<fs::path> LocateData(const KnownData& data) {
  TENGEN_CHECK(!data.generated(), data.name, " is generated");
  const fs::path own = DataHome() / data.name;
  if (!data.installed.empty() && HoldsAll(data.installed, data.files)) return data.installed;
  if (HoldsAll(own, data.files)) return own;
  return Error{
      StrCat("data set '", data.name, "' is not on this machine: ",
             data.package.empty() ? std::string() : "./tengen packages " + data.package + ", or ",
             "tengen data get ", data.name, ", or put ", data.files.front().name,
             data.files.size() > 1 ? " and its like" : "", " into ", own.string())};
}

}  // namespace tengen
