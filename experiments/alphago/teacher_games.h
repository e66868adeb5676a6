#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "envs/go/go_game.h"
#include "nets/device.h"
#include "search/evaluator.h"

namespace tengen {

// Games of a network's policy against itself, every move drawn, played to the end as in
// policy_games.h: what the supervised policies learn from where there are no records. They are SGF
// files in a folder, one for each batch, so that playing goes on behind those that are there.
class TeacherGames {
 public:
  // `teacher`: net:NAME, run:FOLDER or katago:FILE, with options as agents have them. Throws
  // UsageError: another agent, one that cannot be read or does not play this game.
  TeacherGames(const std::string& teacher, std::shared_ptr<const GoGame> game, Device device,
               int threads);

  // Plays until the folder holds `games` or `seconds` were played in this call, or `stop` is set.
  // Tells people on stderr; returns how many games the folder holds. Throws WorldError.
  int Go(const std::filesystem::path& folder, int games, double seconds, std::uint64_t seed,
         const std::atomic<bool>& stop);

 private:
  const std::string name_;
  const std::shared_ptr<const GoGame> game_;
  const int threads_;
  std::shared_ptr<Evaluator> teacher_;
};

}  // namespace tengen
