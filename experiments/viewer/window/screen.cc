#include "experiments/viewer/window/screen.h"

#include <algorithm>

#include "experiments/viewer/window/needed_glyphs.h"

namespace tengen {

bool Frame::Pressed(int scancode, bool ctrl, bool shift) const {
  return std::any_of(keys.begin(), keys.end(), [&](const KeyPress& key) {
    return key.scancode == scancode && key.ctrl == ctrl && key.shift == shift;
  });
}

void Frame::NamePlace(const std::string& name) const {
  if (places == nullptr) return;
  const ImVec2 min = ImGui::GetItemRectMin();
  const ImVec2 max = ImGui::GetItemRectMax();
  (*places)[name] = {min.x, min.y, max.x - min.x, max.y - min.y};
}

void Frame::NeedCharacters(const std::string& text) const {
  if (glyphs != nullptr) glyphs->Need(text);
}

void BeginPanel(const char* name, const Box& box, bool walk) {
  ImGui::SetNextWindowPos(box.min());
  ImGui::SetNextWindowSize({box.width, box.height});
  ImGui::Begin(name, nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus |
                   (walk ? 0 : ImGuiWindowFlags_NoNav));
}

void EndPanel() { ImGui::End(); }

bool Button(const Frame& frame, const char* name, int scancode, const char* tooltip) {
  const bool clicked = ImGui::Button(name);
  frame.NamePlace(name);
  if (*tooltip != '\0' && ImGui::IsItemHovered()) ImGui::SetTooltip("%s", tooltip);
  return clicked || (scancode != 0 && frame.Pressed(scancode));
}

}  // namespace tengen
