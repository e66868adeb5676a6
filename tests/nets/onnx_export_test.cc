#include "nets/onnx_export.h"

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

// Fields of a protocol buffer: number and bytes ("" for numbers). Fails the test where the framing
// does not come out even.
std::vector<std::pair<int, std::string_view>> Fields(std::string_view bytes) {
  std::vector<std::pair<int, std::string_view>> fields;
  std::size_t at = 0;
  const auto varint = [&bytes, &at] {
    std::uint64_t value = 0;
    for (int shift = 0; at < bytes.size(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.size()) {
    const std::uint64_t key = varint();
    const std::uint64_t value = varint();
    const bool has_bytes = (key & 7) == 2;
    EXPECT_TRUE(has_bytes || (key & 7) == 0) << "wire type " << (key & 7);
    if (has_bytes && value > bytes.size() - at) {
      ADD_FAILURE() << "a field of " << value << " bytes of " << bytes.size() - at;
      return fields;
    }
    fields.emplace_back(static_cast<int>(key >> 3),
                        has_bytes ? bytes.substr(at, value) : std::string_view());
    if (has_bytes) at += value;
  }
  return fields;
}

// What it says is checked by other programs: onnx_check_test.
TEST(OnnxExport, IsAProtocolBufferWithEveryConvolution) {
  const auto game = *MakeGame("go:size=5");
  const ModelSnapshot snapshot = RandomModel(ModelConfigFor(game->spec(), 8, 3), 1).Snapshot();
  const std::string file = ExportOnnx(snapshot, game->spec().shape);
  EXPECT_EQ(file, ExportOnnx(snapshot, game->spec().shape));
  int convolutions = 0;
  std::vector<std::string_view> ends;
  for (const auto& [number, graph] : Fields(file)) {
    if (number != 7) continue;  // ModelProto.graph
    for (const auto& [field, part] : Fields(graph)) {
      if (field == 11 || field == 12) ends.push_back(Fields(part).front().second);
      if (field != 1) continue;  // GraphProto.node
      for (const auto& [of_node, text] : Fields(part)) {
        convolutions += of_node == 4 && text == "Conv";  // NodeProto.op_type
      }
    }
  }
  // One for the input, two a block, one for the head's map, one for the points.
  EXPECT_EQ(convolutions, 1 + 2 * 3 + 2);
  EXPECT_EQ(ends, (std::vector<std::string_view>{"planes", "globals", "outputs", "points"}));
}

}  // namespace
}  // namespace tengen
