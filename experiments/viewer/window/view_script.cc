#include "experiments/viewer/window/view_script.h"

#include <SDL.h>
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr double kLongestIdleWait_s = 60.0;  // then a script goes on, so that no test hangs
constexpr std::array kCommands = {"key",  "type", "click", "move", "drag",
                                  "drop", "size", "wait",  "shot", "quit"};

void SendKey(SDL_Window* window, Uint32 type, int scancode, int modifiers) {
  SDL_Event event = {};
  event.type = type;
  event.key.windowID = SDL_GetWindowID(window);
  event.key.keysym.scancode = static_cast<SDL_Scancode>(scancode);
  event.key.keysym.sym = SDL_GetKeyFromScancode(event.key.keysym.scancode);
  event.key.keysym.mod = static_cast<Uint16>(modifiers);
  SDL_PushEvent(&event);
}

void SendMotion(SDL_Window* window, ImVec2 at) {
  SDL_Event event = {};
  event.type = SDL_MOUSEMOTION;
  event.motion.windowID = SDL_GetWindowID(window);
  event.motion.x = static_cast<int>(at.x);
  event.motion.y = static_cast<int>(at.y);
  SDL_PushEvent(&event);
}

void SendButton(SDL_Window* window, Uint32 type, ImVec2 at) {
  SendMotion(window, at);
  SDL_Event event = {};
  event.type = type;
  event.button.windowID = SDL_GetWindowID(window);
  event.button.button = SDL_BUTTON_LEFT;
  event.button.clicks = 1;
  event.button.x = static_cast<int>(at.x);
  event.button.y = static_cast<int>(at.y);
  SDL_PushEvent(&event);
}

void SendText(SDL_Window* window, const std::string& text) {
  // UTF-8 in pieces that fit, characters whole.
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 1;
    while (i + size < text.size() && (static_cast<unsigned char>(text[i + size]) & 0xc0U) == 0x80U)
      ++size;
    SDL_Event event = {};
    event.type = SDL_TEXTINPUT;
    event.text.windowID = SDL_GetWindowID(window);
    std::snprintf(event.text.text, sizeof(event.text.text), "%s", text.substr(i, size).c_str());
    SDL_PushEvent(&event);
    i += size;
  }
}

// "Ctrl+Shift+S" as scancode and modifiers; scancode 0 if there is no such key.
std::pair<int, int> ParseKey(std::string text) {
  int modifiers = 0;
  for (bool more = true; more;) {
    more = false;
    for (const auto& [prefix, modifier] :
         {std::pair{"Ctrl+", KMOD_LCTRL}, std::pair{"Shift+", KMOD_LSHIFT}}) {
      if (!text.starts_with(prefix)) continue;
      text.erase(0, std::string_view(prefix).size());
      modifiers |= modifier;
      more = true;
    }
  }
  return {SDL_GetScancodeFromName(text.c_str()), modifiers};
}

std::string Trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

Status Check(const std::string& name, const std::string& text) {
  int a = 0;
  int b = 0;
  char rest = 0;
  if (std::find(kCommands.begin(), kCommands.end(), name) == kCommands.end()) {
    std::string known;
    for (const char* command : kCommands)
      known += (known.empty() ? "" : ", ") + std::string(command);
    return Error{StrCat("unknown command '", name, "', wanted ", known)};
  }
  if (name != "quit" && text.empty()) return Error{StrCat("'", name, "' says nothing more")};
  if (name == "key" && ParseKey(text).first == 0) return Error{StrCat("no key '", text, "'")};
  if (name == "size" && (std::sscanf(text.c_str(), "%d %d %c", &a, &b, &rest) != 2 || a < 1 ||
                         b < 1 || a > 16384 || b > 16384)) {
    return Error{StrCat("size '", text, "', wanted WIDTH HEIGHT of 1 to 16384 pixels")};
  }
  if (name == "wait" && text != "idle") {
    char* end = nullptr;
    const double seconds = std::strtod(text.c_str(), &end);
    if (*end != '\0' || !(seconds >= 0.0)) {
      return Error{StrCat("wait '", text, "', wanted seconds or idle")};
    }
  }
  if (name == "drag" && text.find(' ') == std::string::npos) {
    return Error{StrCat("drag '", text, "', wanted two places")};
  }
  return Ok{};
}

}  // namespace

Result<ViewScript> ViewScript::Parse(std::string_view text) {
  ViewScript script;
  for (int line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string command = Trim(text.substr(0, std::min(text.find('#'), end)));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (command.empty()) continue;
    const std::size_t space = std::min(command.find(' '), command.size());
    const std::string name = command.substr(0, space);
    const std::string rest = Trim(std::string_view(command).substr(space));
    if (const Status status = Check(name, rest); !status) {
      return Error{StrCat("line ", line, ": ", status.error())};
    }
    script.commands_.push_back({line, name, rest});
  }
  return script;
}

ImVec2 ViewScript::Target(const Command& command, const std::string& text,
                          const std::map<std::string, Box>& places) const {
  int x = 0;
  int y = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d %d %c", &x, &y, &rest) == 2) {
    return {static_cast<float>(x), static_cast<float>(y)};
  }
  const auto place = places.find(text);
  if (place != places.end()) return place->second.centre();
  std::string known;
  for (const auto& [name, box] : places) known += (known.empty() ? "" : ", ") + name;
  throw WorldError(StrCat("script line ", command.line, ": no place '", text,
                          "' in the window (there are: ", known, ")"));
}

bool ViewScript::Wait(const Command& command, bool busy, double time_s) {
  if (waits_since_s_ < 0.0) {
    waits_since_s_ = time_s;
    return true;  // what was sent before shows its effect in the next frame
  }
  const double waited = time_s - waits_since_s_;
  const bool idle = command.text == "idle";
  if (idle ? busy && waited < kLongestIdleWait_s : waited < std::atof(command.text.c_str())) {
    return true;
  }
  waits_since_s_ = -1.0;
  return false;
}

void ViewScript::Send(Window& window, const Command& command,
                      const std::map<std::string, Box>& places) {
  SDL_Window* handle = window.handle();
  if (command.name == "key") {
    const auto [scancode, modifiers] = ParseKey(command.text);
    SendKey(handle, SDL_KEYDOWN, scancode, modifiers);
    pending_.push_back({scancode, {}});
  } else if (command.name == "type") {
    SendText(handle, command.text);
  } else if (command.name == "click") {
    const ImVec2 at = Target(command, command.text, places);
    SendButton(handle, SDL_MOUSEBUTTONDOWN, at);
    pending_.push_back({0, at});
  } else if (command.name == "move") {
    SendMotion(handle, Target(command, command.text, places));
  } else if (command.name == "drag") {
    const std::size_t space = command.text.find(' ');
    SendButton(handle, SDL_MOUSEBUTTONDOWN, Target(command, command.text.substr(0, space), places));
    pending_.push_back({0, Target(command, command.text.substr(space + 1), places)});
  } else if (command.name == "drop") {
    SDL_Event event = {};
    event.type = SDL_DROPFILE;
    event.drop.file = SDL_strdup(command.text.c_str());
    SDL_PushEvent(&event);
  } else if (command.name == "size") {
    int width = 0;
    int height = 0;
    std::sscanf(command.text.c_str(), "%d %d", &width, &height);
    window.Resize(width, height);
  } else if (command.name == "quit") {
    next_ = commands_.size();
  }
}

std::filesystem::path ViewScript::Step(Window& window, const std::map<std::string, Box>& places,
                                       bool busy, double time_s) {
  if (!pending_.empty()) {
    const Release release = pending_.front();
    pending_.erase(pending_.begin());
    if (release.scancode != 0) {
      SendKey(window.handle(), SDL_KEYUP, release.scancode, 0);
    } else {
      SendButton(window.handle(), SDL_MOUSEBUTTONUP, release.at);
    }
    return {};
  }
  if (next_ == commands_.size()) return {};
  const Command& command = commands_[next_];
  if (command.name == "wait") {
    if (!Wait(command, busy, time_s)) ++next_;
    return {};
  }
  ++next_;
  if (command.name == "shot") return command.text;
  Send(window, command, places);
  return {};
}

}  // namespace tengen
