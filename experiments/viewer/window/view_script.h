#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/result.h"
#include "experiments/viewer/window/screen.h"
#include "experiments/viewer/window/window.h"

namespace tengen {

// Drives the window from a file, one command a line:
//
//   key Ctrl+S           presses a key, by SDL's name of it
//   type some text       types text
//   click 400 300        clicks pixels, or a place by its name: click D4, click New game
//   move 400 300         moves the mouse there, or over a place
//   drag D4 D9           presses at one place, releases at another (names without spaces)
//   drop game.sgf        drops a file
//   size 1920 1080       resizes the window
//   wait 1.5             waits seconds
//   wait idle            waits until nothing is thought about (at most 60 s)
//   shot picture.png     writes the next frame
//   quit
//
// '#' begins a comment. At the end of the file the window closes.
class ViewScript {
 public:
  // Errors name the line: an unknown command, wrong arguments.
  static Result<ViewScript> Parse(std::string_view text);

  // Sends what is due before the next frame. Returns the picture that the frame is to be written
  // to, or "". `places`: of the last frame. Throws WorldError: a place that is not there.
  std::filesystem::path Step(Window& window, const std::map<std::string, Box>& places, bool busy,
                             double time_s);
  bool done() const { return next_ == commands_.size() && pending_.empty(); }

 private:
  struct Command {
    int line = 0;
    std::string name;
    std::string text;  // what follows
  };
  // Events of later frames: releases.
  struct Release {
    int scancode = 0;  // or 0: the mouse button
    ImVec2 at;
  };

  ImVec2 Target(const Command& command, const std::string& text,
                const std::map<std::string, Box>& places) const;
  bool Wait(const Command& command, bool busy, double time_s);
  void Send(Window& window, const Command& command, const std::map<std::string, Box>& places);

  std::vector<Command> commands_;
  std::size_t next_ = 0;
  std::vector<Release> pending_;
  double waits_since_s_ = -1.0;
};

}  // namespace tengen
