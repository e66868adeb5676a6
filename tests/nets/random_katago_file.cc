#include "tests/nets/random_katago_file.h"

#include <cmath>
#include <cstring>
#include <sstream>

#include "envs/core/rng.h"

namespace tengen {
namespace {

// Writes the parts of a network file.
class FileWriter {
 public:
  FileWriter(int version, WeightFormat format, unsigned seed)
      : version_(version), format_(format), rng_(seed, RngRole::kTest) {}

  std::string text() const { return out_.str(); }

  template <typename... Parts>
  void Line(const Parts&... parts) {
    ((out_ << parts << ' '), ...);
    out_ << '\n';
  }

  void Weights(int count, double low, double high) {
    if (format_ == WeightFormat::kBinary) out_ << "@BIN@";
    for (int i = 0; i < count; ++i) {
      const auto weight = static_cast<float>(low + (high - low) * rng_.Uniform());
      if (format_ == WeightFormat::kBinary) {
        char bytes[sizeof(float)];
        std::memcpy(bytes, &weight, sizeof(float));
        out_.write(bytes, sizeof(float));
      } else {
        out_.precision(9);
        out_ << weight << ' ';
      }
    }
    out_ << '\n';
  }

  void Conv(int size, int in, int out) {
    Line("conv", size, size, in, out, 1, 1);
    const double bound = 1.5 / std::sqrt(size * size * in);
    Weights(size * size * in * out, -bound, bound);
  }
  void Matrix(int in, int out) {
    Line("matrix", in, out);
    Weights(in * out, -1.0 / std::sqrt(in), 1.0 / std::sqrt(in));
  }
  void Bias(int count) {
    Line("bias", count);
    Weights(count, -0.5, 0.5);
  }
  void Activation() { version_ >= 11 ? Line("act", "ACTIVATION_MISH") : Line("act"); }
  void Norm(int channels) {
    Line("norm", channels, 0.001, 1, 1);
    Weights(channels, -0.2, 0.2);
    Weights(channels, 0.5, 1.5);
    Weights(channels, 0.7, 1.3);
    Weights(channels, -0.2, 0.2);
    Activation();
  }

  void BlockRmsNorm(int channels) {
    Line("rms", channels, 0.001);
    Weights(channels, 0.7, 1.3);
  }
  // Two heads for each head of keys.
  enum class Rotation { kNone, kFixed, kLearnt };
  void Attention(int channels, Rotation rotation) {
    constexpr int kHeads = 4, kKeyHeads = 2, kKeySize = 4, kValueSize = 3;
    Line("transformer_attention_block", "attention", kHeads, kKeyHeads, kKeySize, kValueSize,
         rotation == Rotation::kNone ? 0 : 1, rotation == Rotation::kLearnt ? 1 : 0);
    BlockRmsNorm(channels), Matrix(channels, kHeads * kKeySize);
    Matrix(channels, kKeyHeads * kKeySize), Matrix(channels, kKeyHeads * kValueSize);
    Matrix(kHeads * kValueSize, channels);
    if (rotation == Rotation::kFixed) Line("theta", 100.0);
    if (rotation == Rotation::kLearnt) {
      Line("frequencies", kKeyHeads, kKeySize / 2, 2);
      Weights(kKeyHeads * kKeySize, -1.0, 1.0);
    }
  }
  void FeedForward(int channels) {
    constexpr int kHidden = 10;
    Line("transformer_ffn_block", "feed-forward", channels, kHidden, 1);
    BlockRmsNorm(channels), Matrix(channels, kHidden), Matrix(channels, kHidden);
    Matrix(kHidden, channels);
  }
  void Transformer(int channels) {
    Line("nested_bottleneck_block", "transformer", 3);
    Norm(channels), Conv(1, channels, 6), Attention(6, Rotation::kLearnt), FeedForward(6);
    Attention(6, Rotation::kNone), Norm(6), Conv(1, 6, channels);
  }
  void Metadata(int channels) {
    Line("metadata", 192), Matrix(192, 5), Bias(5), Activation(), Matrix(5, 7), Bias(7);
    Activation(), Matrix(7, channels);
  }
  void LastNorm(int channels, RandomKataGoParts::LastNorm kind) {
    if (kind == RandomKataGoParts::LastNorm::kBatch) return Norm(channels);
    Line("rms", channels, 0.001, kind == RandomKataGoParts::LastNorm::kBoardRms ? 1 : 0, 0);
    Weights(channels, 0.7, 1.3), Weights(channels, -0.2, 0.2), Activation();
  }

  void Ordinary(int channels) {
    Line("ordinary_block", "ordinary");
    Norm(channels), Conv(3, channels, channels), Norm(channels), Conv(3, channels, channels);
  }
  void Pooling(int channels) {
    Line("gpool_block", "pooling");
    Norm(channels), Conv(3, channels, 4), Conv(3, channels, 3), Norm(3), Matrix(9, 4);
    Norm(4), Conv(3, 4, channels);
  }
  void Nested(int channels) {
    Line("nested_bottleneck_block", "nested", 2);
    Norm(channels), Conv(1, channels, 5), Ordinary(5), Pooling(5), Norm(5), Conv(1, 5, channels);
  }

 private:
  int version_;
  WeightFormat format_;
  Rng rng_;
  std::ostringstream out_;
};

}  // namespace

std::string RandomKataGoFile(int version, WeightFormat format, unsigned seed,
                             const RandomKataGoParts& parts) {
  constexpr int kChannels = 8;
  const int policies = version == 16 ? 4 : version >= 12 ? 2 : 1;
  const int scores = version >= 9 ? 6 : 4;
  FileWriter file(version, format, seed);
  file.Line("random-network", version, 22, 19);
  if (version >= 13) file.Line(21, 22, 23, 24, 41, 0.26, 31);
  const bool newer = version >= 15;
  if (newer) file.Line(parts.metadata ? 1 : 0, parts.area_with_suicide ? 1 : 0, 0, 0, 0, 0, 0, 0);
  file.Line("trunk", newer ? 6 : 3, kChannels, kChannels, 4, 4, 3);
  const bool batch_norm = parts.last_norm == RandomKataGoParts::LastNorm::kBatch;
  if (newer) file.Line(batch_norm ? 0 : 1, 0, 0, 0, 0, 0);
  file.Conv(5, 22, kChannels), file.Matrix(19, kChannels);
  if (parts.metadata) file.Metadata(kChannels);
  file.Ordinary(kChannels), file.Pooling(kChannels), file.Nested(kChannels);
  if (newer) {
    file.Transformer(kChannels), file.Attention(kChannels, FileWriter::Rotation::kFixed);
    file.FeedForward(kChannels);
  }
  file.LastNorm(kChannels, parts.last_norm);
  version >= 17 ? file.Line("policy", policies, 0, 0, 0) : file.Line("policy");
  file.Conv(1, kChannels, 5), file.Conv(1, kChannels, 4), file.Norm(4);
  file.Matrix(12, 5), file.Norm(5), file.Conv(1, 5, policies);
  if (newer) file.Matrix(12, 5), file.Bias(5), file.Activation();
  file.Matrix(newer ? 5 : 12, policies);
  version >= 17 ? file.Line("value", 0, 0, 0) : file.Line("value");
  file.Conv(1, kChannels, 4), file.Norm(4), file.Matrix(12, 7), file.Bias(7);
  file.Activation(), file.Matrix(7, 3), file.Bias(3), file.Matrix(7, scores), file.Bias(scores);
  file.Conv(1, 4, 1);
  return file.text();
}

}  // namespace tengen
