#pragma once

#include <functional>
#include <imgui.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "nets/device.h"

struct SDL_Renderer;

namespace tengen {

class NeededGlyphs;
class Screen;

// A rectangle of the window, in pixels.
struct Box {
  float x = 0.0F;
  float y = 0.0F;
  float width = 0.0F;
  float height = 0.0F;

  ImVec2 min() const { return {x, y}; }
  ImVec2 max() const { return {x + width, y + height}; }
  ImVec2 centre() const { return {x + width / 2, y + height / 2}; }
  bool Holds(ImVec2 point) const {
    return point.x >= x && point.y >= y && point.x < x + width && point.y < y + height;
  }
};

struct ViewFonts {
  ImFont* text = nullptr;
  ImFont* bold = nullptr;
  ImFont* large = nullptr;  // headlines
  ImFont* mono = nullptr;
  ImFont* small = nullptr;  // axes, legends, captions
};

// A key that went down (or repeats) since the last frame.
struct KeyPress {
  int scancode = 0;  // SDL_Scancode
  bool ctrl = false;
  bool shift = false;
};

// What a screen gets for one frame.
struct Frame {
  float width = 0.0F;  // of the window, pixels
  float height = 0.0F;
  float scale = 1.0F;    // pixels per unit: 1 at 1280x800, grows with the window
  double time_s = 0.0;   // since the window opened
  double delta_s = 0.0;  // since the last frame
  ViewFonts fonts;
  SDL_Renderer* renderer = nullptr;  // for textures
  Device device = Device::kCpu;      // where networks compute
  std::vector<KeyPress> keys;        // empty while text is being typed

  // Opens another screen after this frame; null goes back to the start.
  std::function<void(std::unique_ptr<Screen>)> open;
  // Places that scripts can click by name, e.g. "D4", "New game"; null when nobody asks.
  std::map<std::string, Box>* places = nullptr;
  NeededGlyphs* glyphs = nullptr;  // of the window

  // Whether the key went down, with exactly these modifiers.
  bool Pressed(int scancode, bool ctrl = false, bool shift = false) const;
  // Names the last ImGui item for scripts.
  void NamePlace(const std::string& name) const;
  // A text from a file or a person is about to be shown: from the next frame on its characters are
  // there, in a font with Chinese, Japanese and Korean ones if one is installed.
  void NeedCharacters(const std::string& text) const;
};

// One of the window's faces: start, play, control task, run. All calls come from the window's
// thread and must not block; long work belongs to threads of the screen, which the destructor ends.
class Screen {
 public:
  virtual ~Screen() = default;

  // Draws one frame with ImGui and handles its keys and clicks.
  virtual void Draw(const Frame& frame) = 0;
  // Whether the next frame is due at once; otherwise the window waits for an event, at most a tenth
  // of a second.
  virtual bool Animates() const { return false; }
  // Whether work is under way that "wait idle" in a script waits for.
  virtual bool Busy() const { return false; }
  // Why it cannot show what it was made for: a sentence; "" if it can.
  virtual std::string Failure() const { return ""; }
  // A file dropped onto the window.
  virtual void Drop(const std::string& file) { (void)file; }
};

// A window of ImGui without decoration that fills the box; end it with EndPanel. `walk`: the arrow
// keys and the space bar walk through its buttons, where the screen has no other use for them.
void BeginPanel(const char* name, const Box& box, bool walk = false);
void EndPanel();
// A button that the key presses too. `name` is shown and names the place; `tooltip` may be empty.
bool Button(const Frame& frame, const char* name, int scancode = 0, const char* tooltip = "");

}  // namespace tengen
