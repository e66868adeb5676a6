#include "nets/encoder.h"

#include <algorithm>

#include "envs/control/control_game.h"
#include "nets/board_encoder.h"
#include "nets/control_encoder.h"
#include "nets/go_encoder.h"

namespace tengen {

Result<std::shared_ptr<const InputEncoder>> MakeEncoder(std::string_view name) {
  if (name == "board/1")
    return std::shared_ptr<const InputEncoder>(std::make_shared<BoardEncoder>());
  for (const auto version : {GoEncoder::Version::k1, GoEncoder::Version::k2}) {
    const auto encoder = std::make_shared<const GoEncoder>(version);
    if (name == encoder->name()) return std::shared_ptr<const InputEncoder>(encoder);
  }
  for (const EnvSpec& env : ControlGameEnvs()) {
    auto encoder = std::make_shared<const ControlEncoder>(env);
    if (name == encoder->name()) return std::shared_ptr<const InputEncoder>(std::move(encoder));
  }
  return Error{StrCat("encoder '", name, "', wanted board/1 or go/1 or go/2 or TASK/1")};
}

std::string DefaultEncoderName(const GameSpec& spec) {
  if (spec.name == "go") return "go/2";
  const std::vector<EnvSpec>& tasks = ControlGameEnvs();
  const bool is_task = std::any_of(tasks.begin(), tasks.end(),
                                   [&](const EnvSpec& env) { return env.name == spec.name; });
  return is_task ? spec.name + "/1" : "board/1";
}

}  // namespace tengen
