// libFuzzer target: a network file of KataGo that is changed in any way is an error that names the
// file, or a network whose arrays have the sizes that it tells.
//
// Bytes alone would hardly ever get past the first layer. So the first byte chooses a whole file
// with every kind of block, and each four bytes behind it one change; 255 takes the rest as it is.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "nets/katago_file.h"
#include "tests/nets/random_katago_file.h"

namespace {

using namespace tengen;  // NOLINT: a program of one file

void Require(bool condition) {
  if (!condition) std::abort();
}

void RequireFinite(const std::vector<float>& weights, int count) {
  Require(static_cast<int>(weights.size()) == count);
  Require(std::all_of(weights.begin(), weights.end(), [](float w) { return std::isfinite(w); }));
}

void RequireWhole(const KataGoConv& conv) {
  Require(conv.rows % 2 == 1 && conv.columns % 2 == 1);
  RequireFinite(conv.weights, conv.rows * conv.columns * conv.in * conv.out);
}

void RequireWhole(const KataGoBlock& block, int channels) {
  switch (block.kind) {
    case KataGoBlock::Kind::kAttention: {
      const KataGoAttention& attention = block.attention;
      Require(attention.key_heads > 0 && attention.heads % attention.key_heads == 0);
      Require(attention.query.in == channels && attention.mix.out == channels);
      Require(attention.value.out == attention.key_heads * attention.value_size);
      return RequireFinite(attention.key.weights, attention.key.in * attention.key.out);
    }
    case KataGoBlock::Kind::kFeedForward:
      Require(block.feed_forward.up.out == block.feed_forward.gate.out);
      return Require(block.feed_forward.down.out == channels);
    case KataGoBlock::Kind::kNestedBottleneck:
      for (const KataGoBlock& inner : block.inner) RequireWhole(inner, block.first.out);
      break;
    case KataGoBlock::Kind::kPooling:
      Require(block.pool_matrix.in == 3 * block.pool_conv.out);
      break;
    case KataGoBlock::Kind::kOrdinary:
      break;
  }
  Require(block.pre_norm.channels() == channels && block.last.out == channels);
  RequireWhole(block.first);
  RequireWhole(block.last);
}

void RequireWhole(const KataGoNetwork& network) {
  Require(network.version >= KataGoNetwork::kFirstVersion);
  Require(network.version <= KataGoNetwork::kLastVersion);
  Require(network.ParameterCount() > 0);
  RequireWhole(network.input_conv);
  for (const KataGoBlock& block : network.blocks) RequireWhole(block, network.channels);
  RequireWhole(network.policy.point_out);
  Require(network.policy.pass_out.out == network.policy.point_out.out);
  RequireWhole(network.value.ownership);
  RequireFinite(network.value.outcome_bias, 3);
}

// The whole file of that number: 10 versions, both formats, three of the newer parts.
const std::string& WholeFile(int number) {
  static std::map<int, std::string> files;
  const auto [found, added] = files.try_emplace(number);
  if (added) {
    RandomKataGoParts parts;
    parts.last_norm = static_cast<RandomKataGoParts::LastNorm>(number / 20 % 3);
    parts.metadata = parts.area_with_suicide = number / 60 % 2 == 1;
    const auto format = number / 10 % 2 == 0 ? WeightFormat::kText : WeightFormat::kBinary;
    found->second = RandomKataGoFile(KataGoNetwork::kFirstVersion + number % 10, format, 1, parts);
  }
  return found->second;
}

// Lines given twice, and again, would make files of gigabytes, and their memory what is tested.
constexpr std::size_t kMostBytes = 1 << 20;

// What words are replaced by.
constexpr std::string_view kWords =
    "0 1 2 3 4 17 18 192 -1 65536 1000000000 9999999999999999999 nan inf 1e39 0.5 -0 @BIN@ "
    "ACTIVATION_MISH ACTIVATION_SILU ACTIVATION_IDENTITY ordinary_block gpool_block "
    "nested_bottleneck_block transformer_attention_block transformer_ffn_block conv policy ";

// The n-th of them, from the front again behind the last, which is empty.
std::string_view Word(int n) {
  const auto words = std::count(kWords.begin(), kWords.end(), ' ');
  std::size_t begin = 0;
  for (auto i = n % (words + 1); i > 0; --i) begin = kWords.find(' ', begin) + 1;
  return kWords.substr(begin, kWords.find(' ', begin) - begin);
}

// One change: of a byte; of a word of a line, which is where layers tell their sizes; a line given
// twice or left out; the end of the file.
void Change(std::string& file, const std::uint8_t* edit) {
  const std::size_t place = (edit[1] * 256U + edit[2]) * file.size() / 65536U;
  const std::size_t before = file.rfind('\n', place);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  const std::size_t end = std::min(file.find('\n', begin), file.size());
  if (edit[0] < 32) {
    file[place] = static_cast<char>(edit[3]);
  } else if (edit[0] < 40) {
    file.resize(place);
  } else if (edit[0] < 56) {
    file.insert(begin, file.substr(begin, end + 1 - begin));
  } else if (edit[0] < 72) {
    file.erase(begin, end + 1 - begin);
  } else {
    std::size_t word = begin;
    for (int i = edit[0] % 12; i > 0; --i) {
      const std::size_t space = file.find(' ', word);
      if (space >= end) return;
      word = space + 1;
    }
    const std::size_t word_end = std::min(file.find(' ', word), end);
    file.replace(word, word_end - word, Word(edit[3]));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::string file;
  if (data[0] == 255) {
    file.assign(reinterpret_cast<const char*>(data) + 1, size - 1);
  } else {
    file = WholeFile(data[0] % 120);
    for (std::size_t at = 1; at + 4 <= size && !file.empty() && file.size() <= kMostBytes;
         at += 4) {
      Change(file, data + at);
    }
  }
  const auto network = ParseKataGoNetwork(file, "the file");
  if (network.ok()) {
    RequireWhole(*network);
  } else {
    Require(network.error().find("the file") != std::string::npos);
  }
  return 0;
}
