#include "tests/experiments/viewer/picture_compare.h"

#include <SDL.h>
#include <SDL_image.h>
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "experiments/viewer/window/window.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

void WritePicture(const Picture& picture, const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::vector<std::uint8_t> bytes = picture.rgb;
  SDL_Surface* surface = SDL_CreateRGBSurfaceWithFormatFrom(
      bytes.data(), picture.width, picture.height, 24, 3 * picture.width, SDL_PIXELFORMAT_RGB24);
  ASSERT_NE(surface, nullptr) << SDL_GetError();
  EXPECT_EQ(IMG_SavePNG(surface, path.c_str()), 0) << path << ": " << SDL_GetError();
  SDL_FreeSurface(surface);
}

}  // namespace

Picture ReadPicture(const fs::path& path) {
  Picture picture;
  SDL_Surface* loaded = IMG_Load(path.c_str());
  EXPECT_NE(loaded, nullptr) << path << ": " << SDL_GetError();
  if (loaded == nullptr) return picture;
  SDL_Surface* rgb = SDL_ConvertSurfaceFormat(loaded, SDL_PIXELFORMAT_RGB24, 0);
  SDL_FreeSurface(loaded);
  picture.width = rgb->w;
  picture.height = rgb->h;
  const auto* pixels = static_cast<const std::uint8_t*>(rgb->pixels);
  for (int y = 0; y < rgb->h; ++y) {
    const std::uint8_t* row = pixels + static_cast<std::ptrdiff_t>(y) * rgb->pitch;
    picture.rgb.insert(picture.rgb.end(), row, row + 3 * rgb->w);
  }
  SDL_FreeSurface(rgb);
  return picture;
}

PictureDifference Compare(const Picture& a, const Picture& b) {
  TENGEN_CHECK(a.width == b.width && a.height == b.height, a.width, "x", a.height, " against ",
               b.width, "x", b.height);
  double sum = 0.0;
  double visible = 0.0;
  for (std::size_t i = 0; i < a.rgb.size(); i += 3) {
    int largest = 0;
    for (std::size_t c = i; c < i + 3; ++c) {
      const int difference = std::abs(static_cast<int>(a.rgb[c]) - static_cast<int>(b.rgb[c]));
      sum += difference;
      largest = std::max(largest, difference);
    }
    if (largest > PictureDifference::kVisible) visible += 1.0;
  }
  const auto pixels = static_cast<double>(a.rgb.size() / 3);
  return {sum / (3.0 * pixels), visible / pixels};
}

Picture DrawScreen(int width, int height, std::unique_ptr<Screen> screen) {
  TempFolder temp;
  Window window({width, height, /*headless=*/true});
  const std::unique_ptr<Screen> shown = std::move(screen);  // its textures go before the window
  Frame frame;
  window.Begin(0.0, frame);
  shown->Draw(frame);
  window.End(temp / "picture.png");
  return ReadPicture(temp / "picture.png");
}

namespace {

class DrawnByFunction : public Screen {
 public:
  explicit DrawnByFunction(const std::function<void(ImDrawList&, const Box&)>& draw)
      : draw_(draw) {}
  void Draw(const Frame& frame) override {
    draw_(*ImGui::GetBackgroundDrawList(), {0.0F, 0.0F, frame.width, frame.height});
  }

 private:
  const std::function<void(ImDrawList&, const Box&)>& draw_;
};

}  // namespace

Picture DrawPicture(int width, int height,
                    const std::function<void(ImDrawList&, const Box&)>& draw) {
  return DrawScreen(width, height, std::make_unique<DrawnByFunction>(draw));
}

void ExpectStoredPicture(const Picture& met, const std::string& name,
                         const PictureTolerance& tolerance) {
  const fs::path stored = Golden("pictures/" + name + ".png");
  if (std::getenv("TENGEN_UPDATE_PICTURES") != nullptr) return WritePicture(met, stored);
  const Picture wanted = ReadPicture(stored);
  ASSERT_EQ(met.width, wanted.width) << stored;
  ASSERT_EQ(met.height, wanted.height) << stored;
  const PictureDifference difference = Compare(met, wanted);
  if (difference.mean <= tolerance.mean && difference.share <= tolerance.share) return;
  const fs::path kept = fs::temp_directory_path() / "tengen-pictures" / (name + ".png");
  WritePicture(met, kept);
  ADD_FAILURE() << name << " differs from " << stored << " by " << difference.mean
                << " in the mean (allowed " << tolerance.mean << ") and in "
                << 100.0 * difference.share << " % of its pixels (allowed "
                << 100.0 * tolerance.share << " %); it is kept as " << kept;
}

}  // namespace tengen
