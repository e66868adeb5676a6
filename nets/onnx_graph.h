#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tengen {

// An ONNX model in the making (github.com/onnx/onnx, onnx.proto, operator set 13), as protocol
// buffers. Values have names; each node makes one. Not thread-safe.
class OnnxGraph {
 public:
  explicit OnnxGraph(std::string name) : name_(std::move(name)) {}

  // float32. The first dimension is free ("batch"), `shape` are the others.
  std::string Input(const std::string& name, std::vector<std::int64_t> shape);
  void Output(const std::string& value, std::vector<std::int64_t> shape);

  std::string Constant(const at::Tensor& tensor);  // float32
  std::string Constant(const std::vector<std::int64_t>& numbers);

  struct Attribute {
    std::string name;
    std::vector<std::int64_t> numbers;
    bool list = true;  // else one number
  };
  // Returns the name of what the node makes; `as` names it.
  std::string Node(const std::string& op, const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {}, const std::string& as = "");

  // The file's bytes.
  std::string Serialize() const;

 private:
  std::string NewName();

  std::string name_;
  std::string nodes_, initializers_, inputs_, outputs_;  // fields of GraphProto
  int names_ = 0;
};

}  // namespace tengen
