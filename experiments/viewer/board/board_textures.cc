#include "experiments/viewer/board/board_textures.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

struct Colour {
  float red = 0.0F;  // 0 to 255
  float green = 0.0F;
  float blue = 0.0F;
  float alpha = 1.0F;  // 0 to 1
};

std::uint8_t Byte(float value) {
  return static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 255.0F)));
}

// A texture; `at` gives the colour at the centre of each pixel.
template <typename At>
SDL_Texture* Paint(SDL_Renderer* renderer, int width, int height, const At& at) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const Colour c = at(static_cast<float>(x) + 0.5F, static_cast<float>(y) + 0.5F);
      pixels.insert(pixels.end(),
                    {Byte(c.red), Byte(c.green), Byte(c.blue), Byte(255.0F * c.alpha)});
    }
  }
  SDL_Texture* texture = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ABGR8888,
                                           SDL_TEXTUREACCESS_STATIC, width, height);
  if (texture == nullptr) {
    throw WorldError(StrCat("no texture of ", width, "x", height, ": ", SDL_GetError()));
  }
  SDL_UpdateTexture(texture, nullptr, pixels.data(), 4 * width);
  SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
  return texture;
}

// Share of a pixel that lies inside a circle, by its distance from the centre.
float Coverage(float distance, float radius) {
  return std::clamp(radius - distance + 0.5F, 0.0F, 1.0F);
}

// A lens-shaped stone, lit from the upper left.
SDL_Texture* PaintStone(SDL_Renderer* renderer, int side, Colour dark, Colour light,
                        float highlight) {
  const float half = static_cast<float>(side) / 2.0F;
  return Paint(renderer, side, side, [=](float x, float y) {
    const float dx = (x - half) / half;
    const float dy = (y - half) / half;
    const float r = std::sqrt(dx * dx + dy * dy);
    const float height = std::sqrt(std::max(0.0F, 1.0F - r * r));
    const float lit =
        std::clamp(0.5F - 0.38F * dx - 0.42F * dy + 0.25F * (height - 0.5F), 0.0F, 1.0F);
    const float gx = dx + 0.34F;
    const float gy = dy + 0.38F;
    const float glow = highlight * std::exp(-(gx * gx + gy * gy) / 0.11F);
    Colour c;
    c.red = dark.red + (light.red - dark.red) * lit + glow;
    c.green = dark.green + (light.green - dark.green) * lit + glow;
    c.blue = dark.blue + (light.blue - dark.blue) * lit + glow;
    c.alpha = Coverage(r * half, half - 0.5F);
    return c;
  });
}

SDL_Texture* PaintShadow(SDL_Renderer* renderer, int diameter) {
  const auto half = static_cast<float>(diameter);  // the texture is twice as wide as a stone
  const float radius = half / 2.0F;
  return Paint(renderer, 2 * diameter, 2 * diameter, [=](float x, float y) {
    const float r = std::hypot(x - half, y - half);
    const float soft = std::clamp((1.22F * radius - r) / (0.42F * radius), 0.0F, 1.0F);
    return Colour{0.0F, 0.0F, 0.0F, 0.42F * soft * soft};
  });
}

SDL_Texture* PaintHole(SDL_Renderer* renderer, int side) {
  const float half = static_cast<float>(side) / 2.0F;
  return Paint(renderer, side, side, [=](float x, float y) {
    const float r = std::hypot(x - half, y - half);
    const float rim = std::exp(-std::pow((r - 0.86F * half) / (0.07F * half), 2.0F));
    return Colour{38.0F - 12.0F * rim, 92.0F - 22.0F * rim, 176.0F - 34.0F * rim,
                  1.0F - Coverage(r, 0.84F * half)};
  });
}

float Hash(int x, int y) {
  auto h = static_cast<std::uint32_t>(x) * 374761393U + static_cast<std::uint32_t>(y) * 668265263U;
  h = (h ^ (h >> 13U)) * 1274126177U;
  return static_cast<float>((h ^ (h >> 16U)) & 0xffffU) / 65535.0F;
}

// Smooth noise in [0, 1], one cell per unit.
float Noise(float x, float y) {
  const float fx = std::floor(x);
  const float fy = std::floor(y);
  const auto ease = [](float t) { return t * t * (3.0F - 2.0F * t); };
  const float tx = ease(x - fx);
  const float ty = ease(y - fy);
  const int ix = static_cast<int>(fx);
  const int iy = static_cast<int>(fy);
  const float top = Hash(ix, iy) * (1.0F - tx) + Hash(ix + 1, iy) * tx;
  const float bottom = Hash(ix, iy + 1) * (1.0F - tx) + Hash(ix + 1, iy + 1) * tx;
  return top * (1.0F - ty) + bottom * ty;
}

// Straight grain that runs down the board, as kaya has.
SDL_Texture* PaintWood(SDL_Renderer* renderer, int width, int height) {
  return Paint(renderer, width, height, [](float x, float y) {
    const float bend = 9.0F * Noise(x / 210.0F, y / 380.0F);
    const float rings = std::sin(0.55F * (x + 3.0F * bend) + 5.0F * Noise(x / 60.0F, y / 900.0F));
    const float fibres = Noise(x / 1.3F, y / 46.0F) - 0.5F;
    const float cloud = Noise(x / 140.0F, y / 260.0F) - 0.5F;
    const float shade = 4.0F * rings + 13.0F * fibres + 16.0F * cloud;
    return Colour{219.0F + shade, 176.0F + 0.92F * shade, 104.0F + 0.75F * shade, 1.0F};
  });
}

}  // namespace

BoardTextures::~BoardTextures() {
  Destroy();
  if (wood_ != nullptr) SDL_DestroyTexture(wood_);
}

void BoardTextures::Destroy() {
  for (SDL_Texture** texture : {&first_, &second_, &red_, &yellow_, &shadow_, &disc_, &hole_}) {
    if (*texture != nullptr) SDL_DestroyTexture(*texture);
    *texture = nullptr;
  }
}

void BoardTextures::Prepare(SDL_Renderer* renderer, int diameter) {
  diameter = std::clamp(diameter, 2, 512);
  if (diameter == diameter_) return;
  Destroy();
  diameter_ = diameter;
  first_ = PaintStone(renderer, diameter, {12.0F, 12.0F, 14.0F}, {62.0F, 62.0F, 66.0F}, 92.0F);
  second_ =
      PaintStone(renderer, diameter, {176.0F, 174.0F, 168.0F}, {252.0F, 251.0F, 247.0F}, 18.0F);
  red_ = PaintStone(renderer, diameter, {158.0F, 28.0F, 28.0F}, {232.0F, 78.0F, 64.0F}, 40.0F);
  yellow_ = PaintStone(renderer, diameter, {204.0F, 150.0F, 16.0F}, {255.0F, 224.0F, 88.0F}, 30.0F);
  shadow_ = PaintShadow(renderer, diameter);
  disc_ = PaintStone(renderer, diameter, {255.0F, 255.0F, 255.0F}, {255.0F, 255.0F, 255.0F}, 0.0F);
  hole_ = PaintHole(renderer, diameter);
}

void BoardTextures::PrepareWood(SDL_Renderer* renderer, int width, int height) {
  width = std::clamp(width, 1, 4096);
  height = std::clamp(height, 1, 4096);
  if (width == wood_width_ && height == wood_height_) return;
  if (wood_ != nullptr) SDL_DestroyTexture(wood_);
  wood_width_ = width;
  wood_height_ = height;
  wood_ = PaintWood(renderer, width, height);
  SDL_SetTextureBlendMode(wood_, SDL_BLENDMODE_NONE);
}

}  // namespace tengen
