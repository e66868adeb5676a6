#include "nets/encoder.h"

#include "nets/board_encoder.h"
#include "nets/go_encoder.h"

namespace tengen {

Result<std::shared_ptr<const InputEncoder>> MakeEncoder(std::string_view name) {
  if (name == "board/1")
    return std::shared_ptr<const InputEncoder>(std::make_shared<BoardEncoder>());
  for (const auto version : {GoEncoder::Version::k1, GoEncoder::Version::k2}) {
    const auto encoder = std::make_shared<const GoEncoder>(version);
    if (name == encoder->name()) return std::shared_ptr<const InputEncoder>(encoder);
  }
  return Error{StrCat("encoder '", name, "', wanted board/1 or go/1 or go/2")};
}

std::string DefaultEncoderName(const GameSpec& spec) {
  return spec.name == "go" ? "go/2" : "board/1";
}

}  // namespace tengen
