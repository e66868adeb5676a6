// Pictures of the control tasks: against stored ones, and what a change of the state moves.

#include "experiments/viewer/control/control_pictures.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "envs/registry/env_registry.h"
#include "tests/experiments/viewer/picture_compare.h"

namespace tengen {
namespace {

struct Moment {
  const char* name;  // of the picture
  const char* task;
  std::vector<double> state;
  float push;
};

const std::vector<Moment>& Moments() {
  static const std::vector<Moment> moments = {
      {"cartpole", "cartpole", {0.8, 0.0, 0.15, 0.0}, 1.0F},
      {"cartpole_left", "cartpole", {-1.9, 0.0, -0.2, 0.0}, -1.0F},
      {"mountain_car", "mountain_car", {-0.9, 0.0}, 1.0F},
      {"mountain_car_continuous", "mountain_car_continuous", {0.3, 0.0}, -0.6F},
      {"acrobot", "acrobot", {0.7, 1.2, 0.0, 0.0}, -1.0F},
      {"acrobot_up", "acrobot", {2.6, 0.5, 0.0, 0.0}, 0.0F},
      {"pendulum", "pendulum", {0.6, 0.0}, 0.75F},
  };
  return moments;
}

Picture Draw(const Moment& moment, int width = 320, int height = 200) {
  return DrawPicture(width, height, [&](ImDrawList& list, const Box& box) {
    DrawControlPicture(list, box, {moment.task, moment.state, moment.push});
  });
}

class ControlPictures : public testing::TestWithParam<std::size_t> {};

TEST_P(ControlPictures, LookAsStored) {
  const Moment& moment = Moments()[GetParam()];
  ExpectStoredPicture(Draw(moment), moment.name);
}

TEST_P(ControlPictures, AreNotMistakenForASlightlyOtherMoment) {
  const Moment& moment = Moments()[GetParam()];
  const Picture picture = Draw(moment);
  Moment moved = moment;
  moved.state[0] += 0.1;
  Moment pushed = moment;
  pushed.push = moment.push == 0.0F ? 1.0F : 0.0F;
  const PictureTolerance tolerance;
  for (const Moment& other : {moved, pushed}) {
    const PictureDifference difference = Compare(picture, Draw(other));
    EXPECT_TRUE(difference.mean > tolerance.mean || difference.share > tolerance.share)
        << moment.name << ": " << difference.mean << ", " << difference.share;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ControlPictures, testing::Range(std::size_t{0}, Moments().size()),
                         [](const auto& test) { return std::string(Moments()[test.param].name); });

TEST(ControlPicturesTest, ThereIsOneOfEveryEnvironment) {
  for (const RegisteredEnv& row : RegisteredEnvs()) {
    EXPECT_TRUE(HasControlPicture(row.spec().name)) << row.spec().name;
  }
  EXPECT_FALSE(HasControlPicture("go"));
}

TEST(ControlPicturesTest, FitBoxesOfAnyShape) {
  for (const Moment& moment : Moments()) {
    for (const auto& [width, height] : {std::pair{30, 300}, {300, 30}, {8, 8}}) {
      const Picture picture = Draw(moment, width, height);
      // The background reaches every corner: nowhere the window's own dark grey.
      for (const std::size_t corner : {std::size_t{0}, picture.rgb.size() - 3}) {
        EXPECT_NE(picture.rgb[corner], 0x1f) << moment.name << " " << width << "x" << height;
      }
    }
  }
}

}  // namespace
}  // namespace tengen
