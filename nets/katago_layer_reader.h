#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nets/katago_file.h"
#include "nets/katago_tokens.h"

namespace tengen {

// The layers of KataGo's network files, one function per kind of layer. Failures are kept by the
// tokens; whatever is read after one is empty.
class KataGoLayerReader {
 public:
  // A size that the layer itself decides.
  static constexpr int kAny = -1;
  // Of channels and the like.
  static constexpr int kMaxSize = 1 << 16;

  // `tokens` must outlive it. `version`: of the network; decides how activations are written.
  KataGoLayerReader(KataGoTokens& tokens, int version) : in_(tokens), version_(version) {}

  KataGoConv Conv(int in, int out);
  // A norm and the activation behind it.
  KataGoNorm Norm(int channels);
  // The norm inside of transformer blocks: over points, without bias and activation.
  KataGoRmsNorm BlockRmsNorm(int channels);
  // The norm at the end of the trunk, with bias and activation.
  KataGoRmsNorm TrunkRmsNorm(int channels);
  KataGoMatrix Matrix(int in, int out);
  std::vector<float> Bias(int channels);
  KataGoActivation Activation();
  // The two blocks of a transformer, behind their names.
  KataGoAttention Attention(const std::string& name, int channels);
  KataGoFeedForward FeedForward(const std::string& name, int channels);
  KataGoMetadataEncoder MetadataEncoder(int channels);

  // A size, checked against `wanted` unless that is kAny.
  int Channels(const std::string& name, std::string_view what, int wanted);
  // Numbers that mean nothing yet: files of later versions may use them, and then need a reader
  // that knows how. `what`: "the trunk's options".
  void Unused(const std::string& name, std::string_view what, int count);

 private:
  double SmallEpsilon(const std::string& name);
  void Rotation(const std::string& name, KataGoAttention& attention);

  KataGoTokens& in_;
  int version_;
};

}  // namespace tengen
