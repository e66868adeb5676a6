#include "nets/onnx_graph.h"

#include <utility>

#include "nets/tensor_data.h"

namespace tengen {
namespace {

// Protocol buffers' wire format: a field is its number and type as a varint, then a varint or a
// length and bytes.
std::string Varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7f) | 0x80);
  return out + static_cast<char>(value);
}

std::string Int(int field, std::int64_t value) {
  return Varint(static_cast<std::uint64_t>(field) << 3) + Varint(static_cast<std::uint64_t>(value));
}

std::string Bytes(int field, std::string_view bytes) {
  return Varint((static_cast<std::uint64_t>(field) << 3) | 2) + Varint(bytes.size()) +
         std::string(bytes);
}

// Field numbers of onnx.proto.
namespace model {
constexpr int kIrVersion = 1, kProducer = 2, kGraph = 7, kOperatorSet = 8;
}
namespace operator_set {
constexpr int kVersion = 2;
}
namespace graph {
constexpr int kNode = 1, kName = 2, kInitializer = 5, kInput = 11, kOutput = 12;
}
namespace node {
constexpr int kInput = 1, kOutput = 2, kName = 3, kOperator = 4, kAttribute = 5;
}
namespace attribute {
constexpr int kName = 1, kInt = 3, kInts = 8, kType = 20, kTypeInt = 2, kTypeInts = 7;
}
namespace tensor {
constexpr int kDimension = 1, kType = 2, kName = 8, kRaw = 9, kFloat = 1, kInt64 = 7;
}
namespace value_info {
constexpr int kName = 1, kType = 2, kTensorType = 1, kElement = 1, kShape = 2, kDimension = 1;
constexpr int kDimensionValue = 1, kDimensionName = 2;
}  // namespace value_info

std::string TensorProto(const std::string& name, int type, at::IntArrayRef sizes,
                        std::string_view bytes) {
  std::string out;
  for (const std::int64_t size : sizes) out += Int(tensor::kDimension, size);
  return out + Int(tensor::kType, type) + Bytes(tensor::kName, name) + Bytes(tensor::kRaw, bytes);
}

std::string ValueInfo(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::string dimensions =
      Bytes(value_info::kDimension, Bytes(value_info::kDimensionName, "batch"));
  for (const std::int64_t size : shape) {
    dimensions += Bytes(value_info::kDimension, Int(value_info::kDimensionValue, size));
  }
  const std::string type =
      Int(value_info::kElement, tensor::kFloat) + Bytes(value_info::kShape, dimensions);
  return Bytes(value_info::kName, name) +
         Bytes(value_info::kType, Bytes(value_info::kTensorType, type));
}

}  // namespace

std::string OnnxGraph::NewName() { return "v" + std::to_string(names_++); }

std::string OnnxGraph::Input(const std::string& name, std::vector<std::int64_t> shape) {
  inputs_ += Bytes(graph::kInput, ValueInfo(name, shape));
  return name;
}

void OnnxGraph::Output(const std::string& value, std::vector<std::int64_t> shape) {
  outputs_ += Bytes(graph::kOutput, ValueInfo(value, shape));
}

std::string OnnxGraph::Constant(const at::Tensor& tensor) {
  const at::Tensor dense = tensor.contiguous();
  const std::string name = NewName();
  const std::string_view bytes(reinterpret_cast<const char*>(DataOf<float>(dense)), dense.nbytes());
  initializers_ +=
      Bytes(graph::kInitializer, TensorProto(name, tensor::kFloat, dense.sizes(), bytes));
  return name;
}

std::string OnnxGraph::Constant(const std::vector<std::int64_t>& numbers) {
  const std::string name = NewName();
  const std::string_view bytes(reinterpret_cast<const char*>(numbers.data()),
                               numbers.size() * sizeof(std::int64_t));
  initializers_ +=
      Bytes(graph::kInitializer,
            TensorProto(name, tensor::kInt64, {static_cast<std::int64_t>(numbers.size())}, bytes));
  return name;
}

std::string OnnxGraph::Node(const std::string& op, const std::vector<std::string>& inputs,
                            const std::vector<Attribute>& attributes, const std::string& as) {
  const std::string made = as.empty() ? NewName() : as;
  std::string out;
  for (const std::string& input : inputs) out += Bytes(node::kInput, input);
  out +=
      Bytes(node::kOutput, made) + Bytes(node::kName, op + "_" + made) + Bytes(node::kOperator, op);
  for (const Attribute& a : attributes) {
    std::string proto = Bytes(attribute::kName, a.name);
    for (const std::int64_t number : a.numbers) {
      proto += Int(a.list ? attribute::kInts : attribute::kInt, number);
    }
    proto += Int(attribute::kType, a.list ? attribute::kTypeInts : attribute::kTypeInt);
    out += Bytes(node::kAttribute, proto);
  }
  nodes_ += Bytes(graph::kNode, out);
  return made;
}

std::string OnnxGraph::Serialize() const {
  constexpr std::int64_t kIrVersion = 7;  // of 2020; knows operator set 13
  constexpr std::int64_t kOperators = 13;
  return Int(model::kIrVersion, kIrVersion) + Bytes(model::kProducer, "tengen") +
         Bytes(model::kGraph,
               nodes_ + Bytes(graph::kName, name_) + initializers_ + inputs_ + outputs_) +
         Bytes(model::kOperatorSet, Int(operator_set::kVersion, kOperators));
}

}  // namespace tengen
