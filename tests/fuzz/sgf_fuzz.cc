// libFuzzer target: any bytes are an error with a position, or games that survive being written and
// can be followed.

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "envs/go/sgf.h"
#include "envs/go/sgf_replay.h"

namespace {

void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto trees = tengen::ParseSgf({reinterpret_cast<const char*>(data), size});
  if (!trees.ok()) {
    Require(trees.error().rfind("line ", 0) == 0);
    return 0;
  }
  const auto again = tengen::ParseSgf(tengen::WriteSgf(*trees));
  Require(again.ok() && *again == *trees);
  for (const tengen::SgfTree& tree : *trees) {
    const auto replay = tengen::ReplaySgf(tree, tree.MainLine());
    Require(!replay.ok() || !replay->problem || !replay->problem->message.empty());
    for (const tengen::SgfNode& node : tree.nodes) {
      for (const tengen::SgfProperty& property : node.properties) {
        for (const std::string& value : property.values) {
          const std::string text = tengen::SgfText(value);
          Require(tengen::SgfText(tengen::SgfEscape(text)) == text);
        }
      }
    }
  }
  return 0;
}
