#include "nets/katago_layer_reader.h"

#include <array>
#include <cstddef>
#include <utility>

namespace tengen {
namespace {

std::size_t Product(int a, int b) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b);
}

}  // namespace

int KataGoLayerReader::Channels(const std::string& name, std::string_view what, int wanted) {
  const int channels = in_.Int(name, what, 1, kMaxSize);
  if (wanted != kAny) in_.CheckEqual(name, what, channels, wanted);
  return channels;
}

void KataGoLayerReader::Unused(const std::string& name, std::string_view what, int count) {
  for (int i = 0; i < count && !in_.Failed(); ++i) {
    const int value = in_.Int(name, what, -1'000'000'000, 1'000'000'000);
    if (value != 0) {
      in_.Fail(StrCat(name, ": ", what, ", number ", i + 1, " of ", count, ", is ", value,
                      ", wanted 0: the file asks for what is not known here"));
    }
  }
}

KataGoConv KataGoLayerReader::Conv(int in, int out) {
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
  conv.weights =
      in_.Weights(conv.name, Product(conv.rows, conv.columns) * Product(conv.in, conv.out));
  return conv;
}

KataGoNorm KataGoLayerReader::Norm(int channels) {
  KataGoNorm norm;
  norm.name = in_.Name("a norm's name");
  const auto count =
      static_cast<std::size_t>(Channels(norm.name, "the number of channels", channels));
  norm.epsilon = in_.Positive(norm.name, "epsilon");
  const bool has_scale = in_.Flag(norm.name, "has scale");
  const bool has_bias = in_.Flag(norm.name, "has bias");
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

double KataGoLayerReader::SmallEpsilon(const std::string& name) {
  const double epsilon = in_.Positive(name, "epsilon");
  if (epsilon > 1.0) in_.Fail(StrCat(name, ": epsilon is ", epsilon, ", wanted at most 1"));
  return epsilon;
}

KataGoRmsNorm KataGoLayerReader::BlockRmsNorm(int channels) {
  KataGoRmsNorm norm;
  norm.name = in_.Name("a norm's name");
  const int count = Channels(norm.name, "the number of channels", channels);
  norm.epsilon = SmallEpsilon(norm.name);
  norm.scale = in_.Weights(norm.name, static_cast<std::size_t>(count));
  return norm;
}

KataGoRmsNorm KataGoLayerReader::TrunkRmsNorm(int channels) {
  KataGoRmsNorm norm;
  norm.name = in_.Name("a norm's name");
  const auto count =
      static_cast<std::size_t>(Channels(norm.name, "the number of channels", channels));
  norm.epsilon = SmallEpsilon(norm.name);
  norm.over =
      in_.Flag(norm.name, "spatial") ? KataGoRmsNorm::Over::kBoard : KataGoRmsNorm::Over::kPoint;
  Unused(norm.name, "the size of groups of channels", 1);
  norm.scale = in_.Weights(norm.name, count);
  norm.bias = in_.Weights(norm.name, count);
  norm.activation = Activation();
  return norm;
}

KataGoMatrix KataGoLayerReader::Matrix(int in, int out) {
  KataGoMatrix matrix;
  matrix.name = in_.Name("a matrix's name");
  matrix.in = Channels(matrix.name, "the number of inputs", in);
  matrix.out = Channels(matrix.name, "the number of outputs", out);
  matrix.weights = in_.Weights(matrix.name, Product(matrix.in, matrix.out));
  return matrix;
}

std::vector<float> KataGoLayerReader::Bias(int channels) {
  const std::string name = in_.Name("a bias's name");
  const int count = Channels(name, "the number of channels", channels);
  return in_.Weights(name, static_cast<std::size_t>(count));
}

KataGoActivation KataGoLayerReader::Activation() {
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

KataGoAttention KataGoLayerReader::Attention(const std::string& name, int channels) {
  constexpr int kMaxHeads = 1 << 10;
  constexpr int kMaxHeadSize = 1 << 12;
  KataGoAttention attention;
  attention.heads = in_.Int(name, "the number of heads", 1, kMaxHeads);
  attention.key_heads = in_.Int(name, "the number of heads of keys", 1, kMaxHeads);
  attention.key_size = in_.Int(name, "the size of a head's keys", 1, kMaxHeadSize);
  attention.value_size = in_.Int(name, "the size of a head's values", 1, kMaxHeadSize);
  const bool turns = in_.Flag(name, "rotates");
  const bool learnt = in_.Flag(name, "learnt rotation");
  if (attention.heads % attention.key_heads != 0) {
    in_.Fail(StrCat(name, ": ", attention.heads, " heads, wanted a multiple of the ",
                    attention.key_heads, " heads of keys"));
  }
  if (turns && attention.key_size % 2 != 0) {
    in_.Fail(StrCat(name, ": the size of a head's keys is ", attention.key_size,
                    ", wanted even, since pairs are rotated"));
  }
  attention.norm = BlockRmsNorm(channels);
  attention.query = Matrix(channels, attention.heads * attention.key_size);
  attention.key = Matrix(channels, attention.key_heads * attention.key_size);
  attention.value = Matrix(channels, attention.key_heads * attention.value_size);
  attention.mix = Matrix(attention.heads * attention.value_size, channels);
  if (turns) {
    attention.rotation =
        learnt ? KataGoAttention::Rotation::kLearnt : KataGoAttention::Rotation::kFixed;
    Rotation(name, attention);
  }
  return attention;
}

void KataGoLayerReader::Rotation(const std::string& name, KataGoAttention& attention) {
  in_.Name("a rotation's name");
  if (attention.rotation == KataGoAttention::Rotation::kFixed) {
    attention.theta = in_.Positive(name, "theta");
    return;
  }
  const int pairs = attention.key_size / 2;
  Channels(name, "the number of heads of frequencies", attention.key_heads);
  Channels(name, "the number of rotated pairs", pairs);
  Channels(name, "the number of a pair's frequencies", 2);
  attention.frequencies = in_.Weights(name, 2 * Product(attention.key_heads, pairs));
}

KataGoFeedForward KataGoLayerReader::FeedForward(const std::string& name, int channels) {
  Channels(name, "the number of channels", channels);
  const int hidden = Channels(name, "the number of hidden channels", kAny);
  // Without a gate the file does not say which activation is meant; no program of KataGo reads it.
  if (!in_.Flag(name, "gated")) {
    in_.Fail(StrCat(name, ": feed-forward block without a gate, wanted one with (SwiGLU)"));
  }
  KataGoFeedForward block;
  block.norm = BlockRmsNorm(channels);
  block.up = Matrix(channels, hidden);
  block.gate = Matrix(channels, hidden);
  block.down = Matrix(hidden, channels);
  return block;
}

KataGoMetadataEncoder KataGoLayerReader::MetadataEncoder(int channels) {
  const std::string name = in_.Name("the metadata encoder's name");
  Channels(name, "the number of inputs", KataGoMetadataEncoder::kInputs);
  KataGoMetadataEncoder encoder;
  encoder.first = Matrix(KataGoMetadataEncoder::kInputs, kAny);
  encoder.first_bias = Bias(encoder.first.out);
  encoder.first_activation = Activation();
  encoder.second = Matrix(encoder.first.out, kAny);
  encoder.second_bias = Bias(encoder.second.out);
  encoder.second_activation = Activation();
  encoder.last = Matrix(encoder.second.out, channels);
  return encoder;
}

}  // namespace tengen
