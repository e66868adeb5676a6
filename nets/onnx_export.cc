#include "nets/onnx_export.h"

#include <utility>
#include <vector>

#include "nets/bottleneck_trunk.h"
#include "nets/folded_weights.h"
#include "nets/head_layout.h"
#include "nets/onnx_graph.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Writes FoldedNet::Forward, step by step.
class Exporter {
 public:
  Exporter(const ModelSnapshot& snapshot, BoardShape shape)
      : snapshot_(snapshot), layout_(snapshot.config), shape_(shape), graph_("tengen") {}

  std::string Run() {
    const ModelConfig& config = snapshot_.config;
    const std::string planes = graph_.Input("planes", {config.planes, shape_.rows, shape_.columns});
    const std::string globals = graph_.Input("globals", {config.globals});
    std::string x =
        AddRelu(Conv(planes, "input"), ToPoints(Linear(globals, "input_globals"), config.channels));
    for (int i = 0; i < config.blocks; ++i) {
      const std::string name = StrCat("block", i);
      const bool pools = HasPooling(config, i);
      x = config.trunk == Trunk::kBottleneck ? Bottleneck(x, name, pools)
                                             : Residual(x, name, config.channels, pools);
    }
    Heads(Relu(Conv(x, "head")));
    return graph_.Serialize();
  }

 private:
  const at::Tensor& Weight(const std::string& name) const { return snapshot_.weights.at(name); }
  std::string Relu(const std::string& x) { return graph_.Node("Relu", {x}); }
  std::string AddRelu(const std::string& a, const std::string& b) {
    return Relu(graph_.Node("Add", {a, b}));
  }

  std::string Conv(const std::string& x, const std::string& name) {
    const FoldedConv folded = FoldNorm(snapshot_.weights, name);
    const std::int64_t pad = folded.weight.size(2) / 2;
    return graph_.Node("Conv", {x, graph_.Constant(folded.weight), graph_.Constant(folded.bias)},
                       {{"pads", {pad, pad, pad, pad}}});
  }
  // Vectors [N,in] times a layer without bias.
  std::string Linear(const std::string& x, const std::string& name) {
    return graph_.Node("MatMul", {x, graph_.Constant(Weight(name + ".weight").t())});
  }
  std::string LinearWithBias(const std::string& x, const std::string& name,
                             const std::string& as = "") {
    return graph_.Node(
        "Gemm",
        {x, graph_.Constant(Weight(name + ".weight")), graph_.Constant(Weight(name + ".bias"))},
        {{"transB", {1}, false}}, as);
  }
  // [N,C] -> [N,C,1,1]
  std::string ToPoints(const std::string& x, std::int64_t channels) {
    return graph_.Node("Reshape",
                       {x, graph_.Constant(std::vector<std::int64_t>{-1, channels, 1, 1})});
  }
  std::string Reduce(const char* op, const std::string& x) {
    return graph_.Node(op, {x}, {{"axes", {2, 3}}, {"keepdims", {0}, false}});
  }
  std::string Concat(std::vector<std::string> parts) {
    return graph_.Node("Concat", std::move(parts), {{"axis", {1}, false}});
  }

  std::string Residual(const std::string& x, const std::string& name, int channels, bool pools) {
    std::string h = Conv(x, name + ".first");
    if (pools) {
      const auto index = [this](std::int64_t n) {
        return graph_.Constant(std::vector<std::int64_t>{n});
      };
      const std::string part =
          Relu(graph_.Node("Slice", {h, index(0), index(PooledChannels(channels)), index(1)}));
      const std::string pooled = Concat({Reduce("ReduceMean", part), Reduce("ReduceMax", part)});
      h = graph_.Node("Add", {h, ToPoints(Linear(pooled, name + ".pool"), channels)});
    }
    return AddRelu(Conv(Relu(h), name + ".second"), x);
  }

  std::string Bottleneck(const std::string& x, const std::string& name, bool pools) {
    std::string h = Relu(Conv(x, name + ".reduce"));
    for (int i = 0; i < kInnerBlocks; ++i) {
      h = Residual(h, StrCat(name, ".inner", i), snapshot_.config.channels / 2, pools && i == 0);
    }
    return AddRelu(Conv(h, name + ".expand"), x);
  }

  void Heads(const std::string& map) {
    const std::string mean = Reduce("ReduceMean", map);
    const at::Tensor size = at::full({1}, SizeFeature(shape_.points()), at::kFloat);
    const std::string pooled =
        Concat({mean, graph_.Node("Mul", {mean, graph_.Constant(size)}), Reduce("ReduceMax", map)});
    const std::string vector = Relu(LinearWithBias(pooled, "hidden"));
    graph_.Output(LinearWithBias(vector, "outputs", "outputs"), {layout_.outputs});
    if (!layout_.UsesMap()) return;
    const std::string active =
        AddRelu(map, ToPoints(Linear(vector, "map_bias"), snapshot_.config.head_channels));
    if (layout_.point_outputs > 0) {
      const std::string points =
          graph_.Node("Conv", {active, graph_.Constant(Weight("points.weight")),
                               graph_.Constant(Weight("points.bias"))});
      Flat(points, {layout_.point_outputs, shape_.points()}, "points");
    }
    if (layout_.columns) {
      Flat(graph_.Node("Conv", {active, graph_.Constant(Weight("columns.weight"))}),
           {shape_.columns}, "columns");
    }
  }

  void Flat(const std::string& x, const std::vector<std::int64_t>& shape, const std::string& name) {
    std::vector<std::int64_t> with_batch = {-1};
    with_batch.insert(with_batch.end(), shape.begin(), shape.end());
    graph_.Output(graph_.Node("Reshape", {x, graph_.Constant(with_batch)}, {}, name), shape);
  }

  const ModelSnapshot& snapshot_;
  const HeadLayout layout_;
  const BoardShape shape_;
  OnnxGraph graph_;
};

}  // namespace

std::string ExportOnnx(const ModelSnapshot& snapshot, BoardShape shape) {
  const at::InferenceMode inference;
  return Exporter(snapshot, shape).Run();
}

}  // namespace tengen
