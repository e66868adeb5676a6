#pragma once

#include <imgui.h>

struct SDL_Renderer;
struct SDL_Texture;

namespace tengen {

// Pictures that boards are made of, drawn once for each size: smooth on every renderer, since
// filled circles are jagged in software. One set serves boards of one cell size.
class BoardTextures {
 public:
  BoardTextures() = default;
  ~BoardTextures();
  BoardTextures(const BoardTextures&) = delete;
  BoardTextures& operator=(const BoardTextures&) = delete;

  // Makes the pictures anew if the diameter (pixels) changed.
  void Prepare(SDL_Renderer* renderer, int diameter);
  // The same for the wood below a board of that size: drawn without scaling, which is quick.
  void PrepareWood(SDL_Renderer* renderer, int width, int height);

  ImTextureID stone(bool first) const { return first ? first_ : second_; }
  // Stones of Connect Four: red and yellow.
  ImTextureID chip(bool first) const { return first ? red_ : yellow_; }
  ImTextureID shadow() const { return shadow_; }  // twice as wide as a stone
  ImTextureID disc() const { return disc_; }      // white, to be tinted
  ImTextureID hole() const { return hole_; }      // a blue square with a hole in it
  ImTextureID wood() const { return wood_; }
  int diameter() const { return diameter_; }

 private:
  void Destroy();

  SDL_Texture* first_ = nullptr;
  SDL_Texture* second_ = nullptr;
  SDL_Texture* red_ = nullptr;
  SDL_Texture* yellow_ = nullptr;
  SDL_Texture* shadow_ = nullptr;
  SDL_Texture* disc_ = nullptr;
  SDL_Texture* hole_ = nullptr;
  SDL_Texture* wood_ = nullptr;
  int diameter_ = 0;
  int wood_width_ = 0;
  int wood_height_ = 0;
};

}  // namespace tengen
