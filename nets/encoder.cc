#include "nets/encoder.h"

#include "nets/board_encoder.h"
#include "nets/go_encoder.h"

namespace tengen {

Result<std::shared_ptr<const InputEncoder>> MakeEncoder(std::string_view name) {
  if (name == "board/1")
    return std::shared_ptr<const InputEncoder>(std::make_shared<BoardEncoder>());
  if (name == "go/1") return std::shared_ptr<const InputEncoder>(std::make_shared<GoEncoder>());
  return Error{StrCat("encoder '", name, "', wanted board/1 or go/1")};
}

std::string DefaultEncoderName(const GameSpec& spec) {
  return spec.name == "go" ? "go/1" : "board/1";
}

}  // namespace tengen
