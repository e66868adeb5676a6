#include "nets/katago_file.h"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "nets/gzip_file.h"

namespace tengen {
namespace {

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::size_t kMaxBytes = std::size_t{4} << 30;
constexpr int kPlanes = 22;
constexpr int kGlobals = 19;
constexpr int kMaxSize = 1 << 16;  // of channels and the like
constexpr int kMaxNesting = 8;
constexpr std::string_view kBinaryMark = "@BIN@";

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Reads tokens and weights from front to back. The first failure is kept; everything read after it
// is empty, so that callers check once at the end (loops check Failed()).
class TokenReader {
 public:
  TokenReader(std::string_view bytes, const std::string& origin) : bytes_(bytes), origin_(origin) {}

  bool Failed() const { return !error_.empty(); }
  const std::string& error() const { return error_; }

  void Fail(const std::string& message) {
    if (!Failed()) error_ = StrCat(origin_, ": ", message);
  }
  // Records a failure unless both sizes are equal.
  void CheckEqual(const std::string& name, std::string_view what, int met, int wanted) {
    if (met != wanted) Fail(StrCat(name, ": ", what, " is ", met, ", wanted ", wanted));
  }

  std::string_view Token(std::string_view what) {
    if (Failed()) return {};
    SkipSpace();
    const std::size_t begin = position_;
    while (position_ < bytes_.size() && !IsSpace(bytes_[position_])) ++position_;
    if (begin == position_) {
      Fail(StrCat("the file ends at byte ", position_, ", wanted ", what));
    }
    return bytes_.substr(begin, position_ - begin);
  }

  int Int(const std::string& name, std::string_view what, int low, int high) {
    const std::string_view token = Token(what);
    int value = 0;
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (code != std::errc() || end != token.data() + token.size() || value < low || value > high) {
      Fail(StrCat(name, ": ", what, " is '", Printable(token), "', wanted a number from ", low,
                  " to ", high));
      return low;
    }
    return value;
  }

  double Positive(const std::string& name, std::string_view what) {
    double value = 0.0;
    if (!ReadNumber(Token(what), &value) || !std::isfinite(value) || value <= 0.0) {
      Fail(StrCat(name, ": ", what, " wanted a number above 0"));
      return 1.0;
    }
    return value;
  }

  std::string Name(std::string_view what) { return std::string(Printable(Token(what))); }

  std::vector<float> Weights(const std::string& name, std::size_t count) {
    SkipSpace();
    const bool binary = position_ < bytes_.size() && bytes_[position_] == '@';
    // Each weight takes four bytes, or a digit and a space; checked before memory is asked for.
    const std::size_t left = bytes_.size() - position_;
    if (!Failed() && count * (binary ? 4 : 2) > left + 1) {
      Fail(StrCat("the file ends in the weights of ", name, ": ", left, " bytes left, wanted ",
                  count, " numbers"));
    }
    if (Failed()) return {};
    std::vector<float> weights(count);
    if (binary) {
      ReadBinary(name, weights);
    } else {
      ReadDecimal(name, weights);
    }
    for (const float weight : weights) {
      if (!std::isfinite(weight)) {
        Fail(StrCat(name, ": a weight is ", weight, ", wanted finite numbers"));
        break;
      }
    }
    return weights;
  }

  void ExpectEnd() {
    SkipSpace();
    if (position_ != bytes_.size()) {
      Fail(StrCat(bytes_.size() - position_, " bytes left over behind the network, wanted none"));
    }
  }

 private:
  void SkipSpace() {
    while (position_ < bytes_.size() && IsSpace(bytes_[position_])) ++position_;
  }

  // Tokens of a damaged file may be anything; errors show no more than its first letters.
  static std::string_view Printable(std::string_view token) {
    std::size_t length = 0;
    while (length < token.size() && length < 96 && token[length] > ' ' && token[length] < 127) {
      ++length;
    }
    return token.substr(0, length);
  }

  static bool ReadNumber(std::string_view token, double* value) {
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), *value);
    return code == std::errc() && end == token.data() + token.size();
  }

  void ReadBinary(const std::string& name, std::vector<float>& weights) {
    const std::size_t size = weights.size() * sizeof(float);
    if (!bytes_.substr(position_).starts_with(kBinaryMark)) {
      Fail(StrCat(name, ": wanted ", kBinaryMark, " before its weights, at byte ", position_));
    } else if (bytes_.size() - position_ - kBinaryMark.size() < size) {
      Fail(StrCat("the file ends in the weights of ", name, ", wanted ", weights.size(),
                  " numbers"));
    } else {
      std::memcpy(weights.data(), bytes_.data() + position_ + kBinaryMark.size(), size);
      position_ += kBinaryMark.size() + size;
    }
  }

  void ReadDecimal(const std::string& name, std::vector<float>& weights) {
    for (float& weight : weights) {
      const std::string_view token = Token(name);
      double value = 0.0;
      if (!ReadNumber(token, &value)) {
        Fail(StrCat(name, ": weight '", Printable(token), "', wanted a number or ", kBinaryMark));
        return;
      }
      weight = static_cast<float>(value);
    }
  }

  std::string_view bytes_;
  const std::string& origin_;
  std::size_t position_ = 0;
  std::string error_;
};

// The grammar of the file, one function per part.
class NetworkParser {
 public:
  explicit NetworkParser(TokenReader& reader) : in_(reader) {}

  KataGoNetwork Parse() {
    KataGoNetwork network;
    Header(network);
    if (!in_.Failed()) Trunk(network);
    if (!in_.Failed()) PolicyHead(network.policy, network.channels);
    if (!in_.Failed()) ValueHead(network.value, network.channels);
    in_.ExpectEnd();
    return network;
  }

 private:
  void Header(KataGoNetwork& network) {
    network.name = in_.Name("a network's name");
    version_ = in_.Int("header", "the version", 0, 1'000'000);
    if (version_ < KataGoNetwork::kFirstVersion || version_ > KataGoNetwork::kLastVersion) {
      in_.Fail(StrCat("model version ", version_, ", wanted ", KataGoNetwork::kFirstVersion, " to ",
                      KataGoNetwork::kLastVersion));
    }
    network.version = version_;
    network.planes = in_.Int("header", "the number of planes", 1, kMaxSize);
    network.globals = in_.Int("header", "the number of globals", 1, kMaxSize);
    in_.CheckEqual("header", "the number of planes", network.planes, kPlanes);
    in_.CheckEqual("header", "the number of globals", network.globals, kGlobals);
    if (version_ < 13) return;
    KataGoScales& scales = network.scales;
    for (double* scale :
         {&scales.td_score, &scales.score_mean, &scales.score_deviation, &scales.lead,
          &scales.variance_time, &scales.short_term_value_error, &scales.short_term_score_error}) {
      *scale = in_.Positive("header", "a scale of the outputs");
    }
  }

  void Trunk(KataGoNetwork& network) {
    network.trunk_name = in_.Name("the trunk's name");
    const std::string& name = network.trunk_name;
    const int blocks = in_.Int(name, "the number of blocks", 1, kMaxSize);
    network.channels = in_.Int(name, "the number of channels", 1, kMaxSize);
    network.mid_channels = in_.Int(name, "the number of middle channels", 1, kMaxSize);
    in_.Int(name, "the number of regular channels", 1, kMaxSize);
    in_.Int(name, "the number of dilated channels", 0, kMaxSize);  // of versions long gone
    network.pool_channels = in_.Int(name, "the number of pooled channels", 1, kMaxSize);
    network.input_conv = Conv(network.planes, network.channels);
    network.input_globals = Matrix(network.globals, network.channels);
    network.blocks = Blocks(blocks, network.channels, 0);
    network.trunk_norm = Norm(network.channels);
  }

  std::vector<KataGoBlock> Blocks(int count, int channels, int nesting) {
    std::vector<KataGoBlock> blocks;
    if (nesting > kMaxNesting) in_.Fail(StrCat("blocks nested deeper than ", kMaxNesting));
    for (int i = 0; i < count && !in_.Failed(); ++i) blocks.push_back(Block(channels, nesting));
    return blocks;
  }

  KataGoBlock Block(int channels, int nesting) {
    KataGoBlock block;
    const std::string kind = in_.Name("the kind of a block");
    block.name = in_.Name("a block's name");
    if (kind == "ordinary_block") {
      OrdinaryBlock(block, channels);
    } else if (kind == "gpool_block") {
      PoolingBlock(block, channels);
    } else if (kind == "nested_bottleneck_block") {
      NestedBlock(block, channels, nesting);
    } else {
      in_.Fail(StrCat(block.name, ": block of kind '", kind,
                      "', wanted ordinary_block, gpool_block or nested_bottleneck_block"));
    }
    return block;
  }

  void OrdinaryBlock(KataGoBlock& block, int channels) {
    block.kind = KataGoBlock::Kind::kOrdinary;
    block.pre_norm = Norm(channels);
    block.first = Conv(channels, kAny);
    block.mid_norm = Norm(block.first.out);
    block.last = Conv(block.first.out, channels);
  }

  void PoolingBlock(KataGoBlock& block, int channels) {
    block.kind = KataGoBlock::Kind::kPooling;
    block.pre_norm = Norm(channels);
    block.first = Conv(channels, kAny);
    block.pool_conv = Conv(channels, kAny);
    block.pool_norm = Norm(block.pool_conv.out);
    block.pool_matrix = Matrix(3 * block.pool_conv.out, block.first.out);
    block.mid_norm = Norm(block.first.out);
    block.last = Conv(block.first.out, channels);
  }

  void NestedBlock(KataGoBlock& block, int channels, int nesting) {
    block.kind = KataGoBlock::Kind::kNestedBottleneck;
    const int inner = in_.Int(block.name, "the number of inner blocks", 1, kMaxSize);
    block.pre_norm = Norm(channels);
    block.first = Conv(channels, kAny);
    block.inner = Blocks(inner, block.first.out, nesting + 1);
    block.mid_norm = Norm(block.first.out);
    block.last = Conv(block.first.out, channels);
  }

  void PolicyHead(KataGoPolicyHead& head, int channels) {
    const int outputs = version_ >= 12 ? 2 : 1;
    in_.Name("the policy head's name");
    head.point_conv = Conv(channels, kAny);
    head.pool_conv = Conv(channels, kAny);
    head.pool_norm = Norm(head.pool_conv.out);
    head.pool_matrix = Matrix(3 * head.pool_conv.out, head.point_conv.out);
    head.point_norm = Norm(head.point_conv.out);
    head.point_out = Conv(head.point_conv.out, outputs);
    head.pass_out = Matrix(3 * head.pool_conv.out, outputs);
  }

  void ValueHead(KataGoValueHead& head, int channels) {
    const int scores = version_ >= 9 ? 6 : 4;
    in_.Name("the value head's name");
    head.conv = Conv(channels, kAny);
    head.norm = Norm(head.conv.out);
    head.hidden = Matrix(3 * head.conv.out, kAny);
    head.hidden_bias = Bias(head.hidden.out);
    head.hidden_activation = Activation();
    head.outcome = Matrix(head.hidden.out, 3);
    head.outcome_bias = Bias(3);
    head.score = Matrix(head.hidden.out, scores);
    head.score_bias = Bias(scores);
    head.ownership = Conv(head.conv.out, 1);
  }

  // A size that the layer itself decides.
  static constexpr int kAny = -1;

  int Channels(const std::string& name, std::string_view what, int wanted) {
    const int channels = in_.Int(name, what, 1, kMaxSize);
    if (wanted != kAny) in_.CheckEqual(name, what, channels, wanted);
    return channels;
  }

  KataGoConv Conv(int in, int out) {
    constexpr int kMaxKernel = 37;  // covers the largest board
    KataGoConv conv;
    conv.name = in_.Name("a convolution's name");
    conv.rows = in_.Int(conv.name, "the kernel's height", 1, kMaxKernel);
    conv.columns = in_.Int(conv.name, "the kernel's width", 1, kMaxKernel);
    if (conv.rows % 2 == 0 || conv.columns % 2 == 0) {
      in_.Fail(StrCat(conv.name, ": kernel of ", conv.rows, "x", conv.columns, ", wanted odd"));
    }
    conv.in = Channels(conv.name, "the number of input channels", in);
    conv.out = Channels(conv.name, "the number of output channels", out);
    conv.row_dilation = in_.Int(conv.name, "the dilation", 1, kMaxKernel);
    conv.column_dilation = in_.Int(conv.name, "the dilation", 1, kMaxKernel);
    conv.weights = in_.Weights(conv.name, static_cast<std::size_t>(conv.rows * conv.columns) *
                                              static_cast<std::size_t>(conv.in) *
                                              static_cast<std::size_t>(conv.out));
    return conv;
  }

  // A norm and the activation behind it.
  KataGoNorm Norm(int channels) {
    KataGoNorm norm;
    norm.name = in_.Name("a norm's name");
    const auto count =
        static_cast<std::size_t>(Channels(norm.name, "the number of channels", channels));
    norm.epsilon = in_.Positive(norm.name, "epsilon");
    const bool has_scale = in_.Int(norm.name, "has scale", 0, 1) == 1;
    const bool has_bias = in_.Int(norm.name, "has bias", 0, 1) == 1;
    norm.mean = in_.Weights(norm.name, count);
    norm.variance = in_.Weights(norm.name, count);
    norm.scale = has_scale ? in_.Weights(norm.name, count) : std::vector<float>(count, 1.0F);
    norm.bias = has_bias ? in_.Weights(norm.name, count) : std::vector<float>(count, 0.0F);
    for (const float variance : norm.variance) {
      if (variance < 0.0F) in_.Fail(StrCat(norm.name, ": variance ", variance, ", wanted >= 0"));
    }
    norm.activation = Activation();
    return norm;
  }

  KataGoMatrix Matrix(int in, int out) {
    KataGoMatrix matrix;
    matrix.name = in_.Name("a matrix's name");
    matrix.in = Channels(matrix.name, "the number of inputs", in);
    matrix.out = Channels(matrix.name, "the number of outputs", out);
    matrix.weights = in_.Weights(
        matrix.name, static_cast<std::size_t>(matrix.in) * static_cast<std::size_t>(matrix.out));
    return matrix;
  }

  std::vector<float> Bias(int channels) {
    const std::string name = in_.Name("a bias's name");
    const int count = Channels(name, "the number of channels", channels);
    return in_.Weights(name, static_cast<std::size_t>(count));
  }

  KataGoActivation Activation() {
    const std::string name = in_.Name("an activation's name");
    if (version_ < 11 || in_.Failed()) return KataGoActivation::kRelu;
    const std::string kind = in_.Name("the kind of an activation");
    constexpr std::array<std::pair<std::string_view, KataGoActivation>, 4> kKinds = {{
        {"ACTIVATION_IDENTITY", KataGoActivation::kIdentity},
        {"ACTIVATION_RELU", KataGoActivation::kRelu},
        {"ACTIVATION_MISH", KataGoActivation::kMish},
        {"ACTIVATION_SILU", KataGoActivation::kSilu},
    }};
    for (const auto& [text, activation] : kKinds) {
      if (kind == text) return activation;
    }
    in_.Fail(StrCat(name, ": activation '", kind,
                    "', wanted ACTIVATION_ with IDENTITY, RELU, MISH or SILU"));
    return KataGoActivation::kRelu;
  }

  TokenReader& in_;
  int version_ = 0;
};

std::int64_t Count(const KataGoConv& conv) {
  return static_cast<std::int64_t>(conv.weights.size());
}
std::int64_t Count(const KataGoMatrix& matrix) {
  return static_cast<std::int64_t>(matrix.weights.size());
}
std::int64_t Count(const KataGoNorm& norm) {
  return static_cast<std::int64_t>(norm.scale.size() + norm.bias.size());
}
std::int64_t Count(const std::vector<float>& bias) {
  return static_cast<std::int64_t>(bias.size());
}
std::int64_t Count(const KataGoBlock& block) {
  std::int64_t count = Count(block.pre_norm) + Count(block.first) + Count(block.pool_conv) +
                       Count(block.pool_norm) + Count(block.pool_matrix) + Count(block.mid_norm) +
                       Count(block.last);
  for (const KataGoBlock& inner : block.inner) count += Count(inner);
  return count;
}

}  // namespace

std::int64_t KataGoNetwork::ParameterCount() const {
  std::int64_t count = Count(input_conv) + Count(input_globals) + Count(trunk_norm);
  for (const KataGoBlock& block : blocks) count += Count(block);
  count += Count(policy.point_conv) + Count(policy.pool_conv) + Count(policy.pool_norm) +
           Count(policy.pool_matrix) + Count(policy.point_norm) + Count(policy.point_out) +
           Count(policy.pass_out);
  count += Count(value.conv) + Count(value.norm) + Count(value.hidden) + Count(value.hidden_bias) +
           Count(value.outcome) + Count(value.outcome_bias) + Count(value.score) +
           Count(value.score_bias) + Count(value.ownership);
  return count;
}

Result<KataGoNetwork> LoadKataGoNetwork(const std::filesystem::path& path) {
  const Result<std::string> bytes = ReadGzipFile(path, kMaxBytes);
  if (!bytes) return Error{bytes.error()};
  return ParseKataGoNetwork(*bytes, path.string());
}

Result<KataGoNetwork> ParseKataGoNetwork(std::string_view bytes, const std::string& origin) {
  TokenReader reader(bytes, origin);
  KataGoNetwork network = NetworkParser(reader).Parse();
  if (reader.Failed()) return Error{reader.error()};
  return network;
}

bool IsKataGoFileName(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".bin.gz") || name.ends_with(".txt.gz") || name.ends_with(".bin") ||
         name.ends_with(".txt");
}

std::string_view ActivationText(KataGoActivation activation) {
  switch (activation) {
    case KataGoActivation::kIdentity:
      return "identity";
    case KataGoActivation::kRelu:
      return "relu";
    case KataGoActivation::kMish:
      return "mish";
    case KataGoActivation::kSilu:
      return "silu";
  }
  TENGEN_CHECK(false, "activation without a name");
}

}  // namespace tengen
