#pragma once

#include <array>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "experiments/viewer/play/play_game.h"
#include "experiments/viewer/play/play_options.h"
#include "experiments/viewer/play/thinker.h"

namespace tengen {

// A game between people and agents, its clock, and the analysis of the position shown. Draws
// nothing; the window calls Advance once a frame and shows what it finds. Not thread-safe.
class PlaySession {
 public:
  // Errors: an unknown game, an agent that is none, a record that cannot be read.
  static Result<std::unique_ptr<PlaySession>> Open(const PlayOptions& options, Device device);

  PlayGame& game() { return game_; }
  const PlayGame& game() const { return game_; }
  const PlayOptions& options() const { return options_; }

  // Lets agents move, clocks run and analysis follow.
  void Advance(double delta_s);

  bool is_person(Player player) const { return agents_[Side(player)] == nullptr; }
  // Whether a person may move at the shown position.
  bool person_to_move() const;
  // An agent is asked and has not answered, or dead stones are being guessed.
  bool busy() const;
  bool analysing() const { return analysing_; }
  void SetAnalysing(bool on);

  // A person's move. Errors: illegal, not a person's turn.
  Status Move(Action action);
  // Takes back moves until a person is to move again.
  void Undo();
  void Resign();
  // After an error of an agent: asks again, or lets a person go on in its place.
  void AskAgain();
  void TakeOver();

  // What is known of the shown position, by the analysis or by the agent that thinks about it; null
  // if nothing. Its `analysis` is set.
  std::shared_ptr<const Thought> ShownThought() const;
  // The newest thought of any search, also of a position before.
  std::shared_ptr<const Thought> LastThought() const { return last_; }

  std::string Name(Player player) const;
  double used_s(Player player) const { return used_s_[Side(player)]; }
  // What goes on, a sentence.
  std::string StatusText() const;
  // Why play cannot go on, a sentence; "" if it can.
  const std::string& error() const { return error_; }

  // Writes the record. Throws WorldError.
  void Save(const std::string& path);
  bool saved() const { return saved_revision_ == game_.revision(); }

 private:
  PlaySession(const PlayOptions& options, PlayGame game, Device device);

  static std::size_t Side(Player player) { return static_cast<std::size_t>(Index(player)); }
  Status OpenAgents();
  void LetAgentMove();
  void Analyse();
  void KeepEvaluation(const Thought& thought);
  void GuessDead();
  Thinker* Mover() const;

  PlayOptions options_;
  PlayGame game_;
  const Device device_;
  std::array<std::unique_ptr<Thinker>, 2> agents_;  // null: a person
  std::unique_ptr<Thinker> analyst_;
  bool analysing_ = false;
  std::shared_ptr<const State> asked_;     // the position that the mover was asked about
  std::shared_ptr<const State> analysed_;  // the position that the analyst was asked about
  std::shared_ptr<const Thought> last_;
  std::array<double, 2> used_s_ = {0.0, 0.0};
  std::string error_;
  int saved_revision_ = 0;
  std::shared_ptr<const State> scored_;  // whose dead stones were guessed
  std::future<std::vector<bool>> dead_;
};

}  // namespace tengen
