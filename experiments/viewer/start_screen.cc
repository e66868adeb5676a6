#include "experiments/viewer/start_screen.h"

namespace tengen {

void StartScreen::Draw(const Frame& frame) {
  BeginPanel("start", {0.0F, 0.0F, frame.width, frame.height});
  ImGui::PushFont(frame.fonts.large);
  ImGui::TextUnformatted("Tengen");
  ImGui::PopFont();
  EndPanel();
}

void StartScreen::Drop(const std::string& file) { (void)file; }

}  // namespace tengen
