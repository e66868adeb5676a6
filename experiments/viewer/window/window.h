#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "experiments/viewer/window/needed_glyphs.h"
#include "experiments/viewer/window/screen.h"

struct SDL_Window;
union SDL_Event;

namespace tengen {

struct WindowOptions {
  int width = 1280;  // pixels
  int height = 800;
  bool headless = false;  // draws into memory, needs no display
};

// The SDL window with Dear ImGui in it. Not thread-safe; one at a time.
class Window {
 public:
  // Throws WorldError: no display, no renderer.
  explicit Window(const WindowOptions& options);
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // Waits at most so long for an event, then takes those that came, fills in what a frame needs and
  // begins an ImGui frame. A press and its release never fall into the same frame.
  void Begin(double wait_s, Frame& frame);
  // Renders the frame; with a path, writes it there as PNG before it is shown. Throws WorldError.
  void End(const std::filesystem::path& picture = {});

  bool closed() const { return closed_; }
  // Files dropped since the last call.
  std::vector<std::string> TakeDrops();
  void Resize(int width, int height);
  SDL_Window* handle() const { return window_; }
  // What is wrong with the look, a sentence, or "": a font that was not found.
  const std::string& complaint() const { return complaint_; }

 private:
  bool Take(const SDL_Event& event, Frame& frame);
  void TakeEvents(Frame& frame);
  void LoadFonts(float scale);
  void AddNeededGlyphs(float pixels);
  void WritePicture(const std::filesystem::path& path);

  SDL_Window* window_ = nullptr;
  SDL_Renderer* renderer_ = nullptr;
  ViewFonts fonts_;
  float scale_ = 0.0F;                        // that the fonts were made for
  NeededGlyphs glyphs_;                       // beyond those of the fonts
  std::vector<unsigned short> glyph_ranges_;  // of glyphs_, which the fonts refer to
  bool closed_ = false;
  ImVec2 mouse_ = {-1.0F, -1.0F};  // pixels
  bool buttons_[3] = {false, false, false};
  std::vector<int> pressed_;  // keys and buttons (negative) that went down in this frame
  std::vector<std::string> drops_;
  std::string complaint_;
};

}  // namespace tengen
