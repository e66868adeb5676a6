#pragma once

#include <string>
#include <vector>

#include "agents/records/game_record.h"

namespace tengen {

// Games of Go to learn from, all of one size: of the folder, file or archive `sgf` ("": of the data
// set go9x9, and `sgf` says then where that is), with `size` rows (0: the commonest, and `size`
// says then which that is). `told` gets what was read and what left out, for people. Throws
// UsageError (no games) and WorldError (they cannot be read).
std::vector<GameRecord> ReadGoGames(std::string& sgf, int& size, std::string& told);

}  // namespace tengen
