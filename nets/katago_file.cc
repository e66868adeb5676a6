#include "nets/katago_file.h"

#include <utility>

#include "nets/gzip_file.h"
#include "nets/katago_layer_reader.h"
#include "nets/katago_tokens.h"

namespace tengen {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} << 30;
constexpr int kPlanes = 22;
constexpr int kGlobals = 19;
constexpr int kMaxNesting = 8;
constexpr int kMaxSize = KataGoLayerReader::kMaxSize;
constexpr int kAny = KataGoLayerReader::kAny;

// The grammar of a file behind its version, one function per part.
class NetworkParser {
 public:
  NetworkParser(KataGoTokens& tokens, int version)
      : in_(tokens), layers_(tokens, version), version_(version) {}

  void Parse(KataGoNetwork& network) {
    Header(network);
    if (!in_.Failed()) Trunk(network);
    if (!in_.Failed()) PolicyHead(network.policy, network.channels);
    if (!in_.Failed()) ValueHead(network.value, network.channels);
    in_.ExpectEnd();
  }

 private:
  void Header(KataGoNetwork& network) {
    network.planes = in_.Int("header", "the number of planes", 1, kMaxSize);
    network.globals = in_.Int("header", "the number of globals", 1, kMaxSize);
    in_.CheckEqual("header", "the number of planes", network.planes, kPlanes);
    in_.CheckEqual("header", "the number of globals", network.globals, kGlobals);
    if (version_ >= 13) Scales(network.scales);
    if (version_ >= 15) {
      // Version 1 of the metadata's encoder is the only one; 0 is none.
      if (in_.Int("header", "the version of the metadata's encoder", 0, 1) == 1) {
        network.metadata.emplace();
      }
      network.area_with_suicide = in_.Flag("header", "area as if suicide were legal");
      layers_.Unused("header", "the network's options", 6);
    }
  }

  void Scales(KataGoScales& scales) {
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
    bool rms_norm = false;
    if (version_ >= 15) {
      rms_norm = in_.Int(name, "the kind of the last norm", 0, 1) == 1;
      layers_.Unused(name, "the trunk's options", 5);
    }
    network.input_conv = layers_.Conv(network.planes, network.channels);
    network.input_globals = layers_.Matrix(network.globals, network.channels);
    if (network.metadata) network.metadata = layers_.MetadataEncoder(network.channels);
    network.blocks = Blocks(blocks, network.channels, 0);
    if (rms_norm) {
      network.trunk_rms_norm = layers_.TrunkRmsNorm(network.channels);
    } else {
      network.trunk_norm = layers_.Norm(network.channels);
    }
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
    } else if (kind == "transformer_attention_block") {
      block.kind = KataGoBlock::Kind::kAttention;
      block.attention = layers_.Attention(block.name, channels);
    } else if (kind == "transformer_ffn_block") {
      block.kind = KataGoBlock::Kind::kFeedForward;
      block.feed_forward = layers_.FeedForward(block.name, channels);
    } else {
      in_.Fail(StrCat(block.name, ": block of kind '", kind,
                      "', wanted ordinary_block, gpool_block, nested_bottleneck_block, "
                      "transformer_attention_block or transformer_ffn_block"));
    }
    return block;
  }

  void OrdinaryBlock(KataGoBlock& block, int channels) {
    block.kind = KataGoBlock::Kind::kOrdinary;
    block.pre_norm = layers_.Norm(channels);
    block.first = layers_.Conv(channels, kAny);
    block.mid_norm = layers_.Norm(block.first.out);
    block.last = layers_.Conv(block.first.out, channels);
  }

  void PoolingBlock(KataGoBlock& block, int channels) {
    block.kind = KataGoBlock::Kind::kPooling;
    block.pre_norm = layers_.Norm(channels);
    block.first = layers_.Conv(channels, kAny);
    block.pool_conv = layers_.Conv(channels, kAny);
    block.pool_norm = layers_.Norm(block.pool_conv.out);
    block.pool_matrix = layers_.Matrix(3 * block.pool_conv.out, block.first.out);
    block.mid_norm = layers_.Norm(block.first.out);
    block.last = layers_.Conv(block.first.out, channels);
  }

  void NestedBlock(KataGoBlock& block, int channels, int nesting) {
    block.kind = KataGoBlock::Kind::kNestedBottleneck;
    const int inner = in_.Int(block.name, "the number of inner blocks", 1, kMaxSize);
    block.pre_norm = layers_.Norm(channels);
    block.first = layers_.Conv(channels, kAny);
    block.inner = Blocks(inner, block.first.out, nesting + 1);
    block.mid_norm = layers_.Norm(block.first.out);
    block.last = layers_.Conv(block.first.out, channels);
  }

  // How many policies and predictions the head gives for each move.
  int PolicyOutputs(const std::string& name) {
    if (version_ < 12) return 1;
    if (version_ < 16) return 2;
    if (version_ == 16) return 4;
    const int outputs = in_.Int(name, "the number of outputs", 2, 4);
    if (outputs == 3) in_.Fail(StrCat(name, ": the number of outputs is 3, wanted 2 or 4"));
    return outputs;
  }

  void PolicyHead(KataGoPolicyHead& head, int channels) {
    const std::string name = in_.Name("the policy head's name");
    const int outputs = PolicyOutputs(name);
    if (version_ >= 17) layers_.Unused(name, "the policy head's options", 3);
    head.point_conv = layers_.Conv(channels, kAny);
    head.pool_conv = layers_.Conv(channels, kAny);
    head.pool_norm = layers_.Norm(head.pool_conv.out);
    head.pool_matrix = layers_.Matrix(3 * head.pool_conv.out, head.point_conv.out);
    head.point_norm = layers_.Norm(head.point_conv.out);
    head.point_out = layers_.Conv(head.point_conv.out, outputs);
    int pass_inputs = 3 * head.pool_conv.out;
    if (version_ >= 15) {
      head.pass_hidden = layers_.Matrix(pass_inputs, head.point_conv.out);
      head.pass_hidden_bias = layers_.Bias(head.pass_hidden.out);
      head.pass_activation = layers_.Activation();
      pass_inputs = head.pass_hidden.out;
    }
    head.pass_out = layers_.Matrix(pass_inputs, outputs);
  }

  void ValueHead(KataGoValueHead& head, int channels) {
    const int scores = version_ >= 9 ? 6 : 4;
    const std::string name = in_.Name("the value head's name");
    if (version_ >= 17) layers_.Unused(name, "the value head's options", 3);
    head.conv = layers_.Conv(channels, kAny);
    head.norm = layers_.Norm(head.conv.out);
    head.hidden = layers_.Matrix(3 * head.conv.out, kAny);
    head.hidden_bias = layers_.Bias(head.hidden.out);
    head.hidden_activation = layers_.Activation();
    head.outcome = layers_.Matrix(head.hidden.out, 3);
    head.outcome_bias = layers_.Bias(3);
    head.score = layers_.Matrix(head.hidden.out, scores);
    head.score_bias = layers_.Bias(scores);
    head.ownership = layers_.Conv(head.conv.out, 1);
  }

  KataGoTokens& in_;
  KataGoLayerReader layers_;
  const int version_;
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
std::int64_t Count(const KataGoRmsNorm& norm) { return Count(norm.scale) + Count(norm.bias); }
std::int64_t Count(const KataGoAttention& attention) {
  return Count(attention.norm) + Count(attention.query) + Count(attention.key) +
         Count(attention.value) + Count(attention.mix) + Count(attention.frequencies);
}
std::int64_t Count(const KataGoFeedForward& block) {
  return Count(block.norm) + Count(block.up) + Count(block.gate) + Count(block.down);
}
std::int64_t Count(const KataGoMetadataEncoder& encoder) {
  return Count(encoder.first) + Count(encoder.first_bias) + Count(encoder.second) +
         Count(encoder.second_bias) + Count(encoder.last);
}
std::int64_t Count(const KataGoBlock& block) {
  std::int64_t count = Count(block.pre_norm) + Count(block.first) + Count(block.pool_conv) +
                       Count(block.pool_norm) + Count(block.pool_matrix) + Count(block.mid_norm) +
                       Count(block.last) + Count(block.attention) + Count(block.feed_forward);
  for (const KataGoBlock& inner : block.inner) count += Count(inner);
  return count;
}

}  // namespace

std::int64_t KataGoNetwork::ParameterCount() const {
  std::int64_t count = Count(input_conv) + Count(input_globals) + Count(trunk_norm);
  if (trunk_rms_norm) count += Count(*trunk_rms_norm);
  if (metadata) count += Count(*metadata);
  for (const KataGoBlock& block : blocks) count += Count(block);
  count += Count(policy.point_conv) + Count(policy.pool_conv) + Count(policy.pool_norm) +
           Count(policy.pool_matrix) + Count(policy.point_norm) + Count(policy.point_out) +
           Count(policy.pass_hidden) + Count(policy.pass_hidden_bias) + Count(policy.pass_out);
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
  KataGoTokens tokens(bytes, origin);
  KataGoNetwork network;
  network.name = tokens.Name("a network's name");
  network.version = tokens.Int("header", "the version", 0, 1'000'000);
  if (network.version < KataGoNetwork::kFirstVersion ||
      network.version > KataGoNetwork::kLastVersion) {
    tokens.Fail(StrCat("model version ", network.version, ", wanted ", KataGoNetwork::kFirstVersion,
                       " to ", KataGoNetwork::kLastVersion));
  }
  if (!tokens.Failed()) NetworkParser(tokens, network.version).Parse(network);
  if (tokens.Failed()) return Error{tokens.error()};
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

std::string_view KindText(KataGoBlock::Kind kind) {
  switch (kind) {
    case KataGoBlock::Kind::kOrdinary:
      return "ordinary";
    case KataGoBlock::Kind::kPooling:
      return "global pooling";
    case KataGoBlock::Kind::kNestedBottleneck:
      return "nested bottleneck";
    case KataGoBlock::Kind::kAttention:
      return "attention";
    case KataGoBlock::Kind::kFeedForward:
      return "feed-forward";
  }
  TENGEN_CHECK(false, "block without a name");
}

}  // namespace tengen
