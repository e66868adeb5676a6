#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "experiments/viewer/window/screen.h"

// Pictures that the window draws, compared with stored ones (tests/golden/pictures/). They hold no
// text, since fonts differ between machines. After a deliberate change of looks,
// TENGEN_UPDATE_PICTURES=1 writes the stored ones anew: look at them before they are committed.

namespace tengen {

// Rows from the top, 3 bytes a pixel.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> rgb;
};

// How far two pictures of the same size are apart.
struct PictureDifference {
  double mean = 0.0;   // of the absolute difference of a channel, 0 to 255
  double share = 0.0;  // of pixels with a channel that differs by more than kVisible, 0 to 1
  static constexpr int kVisible = 24;
};

// What another version of the renderer or another compiler may change: the edges of shapes.
struct PictureTolerance {
  double mean = 0.05;
  double share = 0.0007;
};

// A test failure and an empty picture if there is none at this path.
Picture ReadPicture(const std::filesystem::path& path);
// REQUIRES: equal sizes.
PictureDifference Compare(const Picture& a, const Picture& b);

// One frame of a screen in a window without display of this size, as a picture.
Picture DrawScreen(int width, int height, std::unique_ptr<Screen> screen);
// Lets `draw` fill such a window.
Picture DrawPicture(int width, int height,
                    const std::function<void(ImDrawList&, const Box&)>& draw);

// Expects the stored picture of that name, or stores it where TENGEN_UPDATE_PICTURES is set. A
// picture that differs is kept for people to look at; the failure says where.
void ExpectStoredPicture(const Picture& met, const std::string& name,
                         const PictureTolerance& tolerance = {});

}  // namespace tengen
