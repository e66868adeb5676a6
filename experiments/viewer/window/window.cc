#include "experiments/viewer/window/window.h"

#include <SDL.h>
#include <SDL_image.h>
#include <algorithm>
#include <backends/imgui_impl_sdl.h>
#include <cmath>
#include <cstdlib>
#include <utility>

#include "envs/core/check.h"
#include "experiments/viewer/window/draw_data_renderer.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

// Latin with accents, dashes, quotes, arrows, geometric shapes.
static_assert(sizeof(ImWchar) == sizeof(unsigned short), "glyph ranges are of 16 bits");
constexpr ImWchar kGlyphs[] = {0x20,   0x17f,  0x394,  0x394,  0x3b3,  0x3b3,  0x2010, 0x2027,
                               0x2190, 0x21ff, 0x2212, 0x2212, 0x25a0, 0x25ff, 0};

fs::path FindFont(const char* name) {
  for (const char* folder : {"/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu",
                             "/usr/share/fonts/TTF", "/usr/local/share/fonts"}) {
    std::error_code ignored;
    if (fs::exists(fs::path(folder) / name, ignored)) return fs::path(folder) / name;
  }
  return {};
}

// A font with Chinese, Japanese and Korean characters, the fullest first; empty if none is
// installed for all or for this user.
fs::path FindEastAsianFont() {
  std::vector<fs::path> folders = {"/usr/share/fonts", "/usr/local/share/fonts"};
  if (const char* home = std::getenv("HOME"); home != nullptr) {
    folders.push_back(fs::path(home) / ".local/share/fonts");
    folders.push_back(fs::path(home) / ".fonts");
  }
  for (const fs::path file :
       {"opentype/noto/NotoSansCJK-Regular.ttc", "noto-cjk/NotoSansCJK-Regular.ttc",
        "google-noto-cjk/NotoSansCJK-Regular.ttc", "truetype/droid/DroidSansFallbackFull.ttf",
        "truetype/wqy/wqy-microhei.ttc", "wenquanyi/wqy-microhei/wqy-microhei.ttc",
        "truetype/wqy/wqy-zenhei.ttc", "truetype/unifont/unifont.ttf", "truetype/arphic/uming.ttc",
        "opentype/ipafont-gothic/ipag.ttf", "truetype/nanum/NanumGothic.ttf"}) {
    for (const fs::path& folder : folders) {
      std::error_code ignored;
      for (const fs::path& path : {folder / file, folder / file.filename()}) {
        if (fs::exists(path, ignored)) return path;
      }
    }
  }
  return {};
}

bool IsOwnGlyph(unsigned character) {
  for (std::size_t i = 0; kGlyphs[i] != 0; i += 2) {
    if (character >= kGlyphs[i] && character <= kGlyphs[i + 1]) return true;
  }
  return false;
}

void SetStyle(float scale) {
  ImGuiStyle style;
  ImGui::StyleColorsDark(&style);
  style.WindowBorderSize = 0.0F;
  style.WindowPadding = {14.0F, 12.0F};
  style.FramePadding = {9.0F, 5.0F};
  style.ItemSpacing = {8.0F, 7.0F};
  style.FrameRounding = 4.0F;
  style.GrabRounding = 4.0F;
  style.PopupRounding = 6.0F;
  style.WindowRounding = 0.0F;
  style.AntiAliasedLinesUseTex = false;
  style.ScaleAllSizes(scale);
  const auto set = [&style](ImGuiCol which, unsigned rgb, float alpha) {
    style.Colors[which] = {static_cast<float>((rgb >> 16) & 255U) / 255.0F,
                           static_cast<float>((rgb >> 8) & 255U) / 255.0F,
                           static_cast<float>(rgb & 255U) / 255.0F, alpha};
  };
  set(ImGuiCol_WindowBg, 0x1f2124, 1.0F);
  set(ImGuiCol_PopupBg, 0x2a2d31, 1.0F);
  set(ImGuiCol_Text, 0xe8e6e3, 1.0F);
  set(ImGuiCol_TextDisabled, 0x9a9ca0, 1.0F);
  set(ImGuiCol_FrameBg, 0x34383d, 1.0F);
  set(ImGuiCol_FrameBgHovered, 0x41464c, 1.0F);
  set(ImGuiCol_FrameBgActive, 0x4a5057, 1.0F);
  set(ImGuiCol_Button, 0x3d434a, 1.0F);
  set(ImGuiCol_ButtonHovered, 0x4d6f8f, 1.0F);
  set(ImGuiCol_ButtonActive, 0x3f87c2, 1.0F);
  set(ImGuiCol_Header, 0x3d4a57, 1.0F);
  set(ImGuiCol_HeaderHovered, 0x4d6f8f, 1.0F);
  set(ImGuiCol_HeaderActive, 0x3f87c2, 1.0F);
  set(ImGuiCol_ModalWindowDimBg, 0x000000, 0.45F);
  set(ImGuiCol_CheckMark, 0x6fb1e4, 1.0F);
  set(ImGuiCol_SliderGrab, 0x6fb1e4, 1.0F);
  set(ImGuiCol_SliderGrabActive, 0x9ccaf0, 1.0F);
  ImGui::GetStyle() = style;
}

// SDL falls back to a driver that draws for nobody to see; that is only right if it was asked for.
bool HasDisplay() {
  const std::string driver = SDL_GetCurrentVideoDriver();
  return (driver != "offscreen" && driver != "dummy" && driver != "evdev") ||
         SDL_getenv("SDL_VIDEODRIVER") != nullptr;
}

SDL_Renderer* MakeRenderer(SDL_Window* window, bool headless) {
  if (!headless) {
    SDL_Renderer* renderer =
        SDL_CreateRenderer(window, -1, SDL_RENDERER_ACCELERATED | SDL_RENDERER_PRESENTVSYNC);
    if (renderer != nullptr) return renderer;
  }
  return SDL_CreateRenderer(window, -1, SDL_RENDERER_SOFTWARE);
}

}  // namespace

Window::Window(const WindowOptions& options) : glyphs_(IsOwnGlyph) {
  if (options.headless) SDL_SetHint(SDL_HINT_VIDEODRIVER, "dummy");
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
  SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
  const bool opened = SDL_Init(SDL_INIT_VIDEO) == 0;
  if (!opened || !(options.headless || HasDisplay())) {
    const std::string why = opened ? "no X or Wayland server" : SDL_GetError();
    SDL_Quit();
    throw WorldError(StrCat("no display (", why,
                            "); without one, 'tengen view --screenshot FILE.png' draws into a "
                            "file and 'tengen gtp' plays as text"));
  }
  window_ =
      SDL_CreateWindow("Tengen", SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, options.width,
                       options.height, SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI);
  if (window_ != nullptr) renderer_ = MakeRenderer(window_, options.headless);
  if (renderer_ == nullptr) {
    const std::string why = SDL_GetError();
    if (window_ != nullptr) SDL_DestroyWindow(window_);
    SDL_Quit();
    throw WorldError(StrCat("cannot open a window: ", why));
  }
  SDL_SetRenderDrawBlendMode(renderer_, SDL_BLENDMODE_BLEND);
  ImGui::CreateContext();
  ImGui::GetIO().IniFilename = nullptr;
  ImGui::GetIO().ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  ImGui_ImplSDL2_InitForSDLRenderer(window_);
  ImGui::GetIO().BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;  // long curves
  SDL_StartTextInput();
}

Window::~Window() {
  DestroyFontAtlas();
  ImGui_ImplSDL2_Shutdown();
  ImGui::DestroyContext();
  SDL_DestroyRenderer(renderer_);
  SDL_DestroyWindow(window_);
  SDL_Quit();
}

// To the font that was added last.
void Window::AddNeededGlyphs(float pixels) {
  if (glyphs_.empty()) return;
  const fs::path file = FindEastAsianFont();
  ImFontConfig config;
  config.MergeMode = true;
  if (!file.empty() && ImGui::GetIO().Fonts->AddFontFromFileTTF(file.c_str(), pixels, &config,
                                                                glyph_ranges_.data()) != nullptr) {
    return;
  }
  complaint_ =
      "No font with Chinese, Japanese and Korean characters was found; installing fonts-noto-cjk "
      "or fonts-wqy-microhei shows them.";
}

void Window::LoadFonts(float scale) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  DestroyFontAtlas();
  atlas.Clear();
  atlas.Flags |= ImFontAtlasFlags_NoBakedLines;
  complaint_.clear();
  glyph_ranges_ = glyphs_.Ranges();
  const auto load = [&](const char* name, float size) {
    const fs::path file = FindFont(name);
    ImFont* font = nullptr;
    if (!file.empty()) {
      font = atlas.AddFontFromFileTTF(file.c_str(), std::round(size * scale), nullptr, kGlyphs);
    }
    if (font != nullptr) {
      AddNeededGlyphs(std::round(size * scale));
      return font;
    }
    complaint_ = StrCat("The font ", name,
                        " was not found; installing fonts-dejavu-core makes text readable.");
    ImFontConfig config;
    config.SizePixels = std::round(13.0F * scale);
    return atlas.AddFontDefault(&config);
  };
  fonts_.text = load("DejaVuSans.ttf", 15.0F);
  fonts_.bold = load("DejaVuSans-Bold.ttf", 15.0F);
  fonts_.large = load("DejaVuSans-Bold.ttf", 26.0F);
  fonts_.mono = load("DejaVuSansMono.ttf", 14.0F);
  fonts_.small = load("DejaVuSans.ttf", std::max(12.0F, 9.0F / scale));
  UploadFontAtlas(renderer_);
  SetStyle(scale);
  scale_ = scale;
}

bool Window::Take(const SDL_Event& event, Frame& frame) {
  const auto holds = [this](int code) {
    return std::find(pressed_.begin(), pressed_.end(), code) != pressed_.end();
  };
  if (event.type == SDL_KEYUP && holds(event.key.keysym.scancode)) return false;
  if (event.type == SDL_MOUSEBUTTONUP && holds(-event.button.button)) return false;
  ImGui_ImplSDL2_ProcessEvent(&event);
  int window_width = 1;
  int window_height = 1;
  SDL_GetWindowSize(window_, &window_width, &window_height);
  const float ratio = frame.width / static_cast<float>(std::max(1, window_width));
  const auto move_to = [&](int x, int y) {
    mouse_ = {static_cast<float>(x) * ratio, static_cast<float>(y) * ratio};
  };
  switch (event.type) {
    case SDL_QUIT:
      closed_ = true;
      break;
    case SDL_MOUSEMOTION:
      move_to(event.motion.x, event.motion.y);
      break;
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP: {
      move_to(event.button.x, event.button.y);
      const int which = event.button.button == SDL_BUTTON_LEFT    ? 0
                        : event.button.button == SDL_BUTTON_RIGHT ? 1
                                                                  : 2;
      buttons_[which] = event.type == SDL_MOUSEBUTTONDOWN;
      if (buttons_[which]) pressed_.push_back(-event.button.button);
      break;
    }
    case SDL_KEYDOWN:
      pressed_.push_back(event.key.keysym.scancode);
      frame.keys.push_back({event.key.keysym.scancode, (event.key.keysym.mod & KMOD_CTRL) != 0,
                            (event.key.keysym.mod & KMOD_SHIFT) != 0});
      break;
    case SDL_DROPFILE:
      drops_.emplace_back(event.drop.file);
      SDL_free(event.drop.file);
      break;
    default:
      break;
  }
  return true;
}

void Window::TakeEvents(Frame& frame) {
  SDL_Event event;
  while (SDL_PeepEvents(&event, 1, SDL_PEEKEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT) == 1) {
    if (!Take(event, frame)) return;  // the release is for the next frame
    SDL_PeepEvents(&event, 1, SDL_GETEVENT, SDL_FIRSTEVENT, SDL_LASTEVENT);
  }
}

void Window::Begin(double wait_s, Frame& frame) {
  if (wait_s > 0.0) SDL_WaitEventTimeout(nullptr, std::max(1, static_cast<int>(wait_s * 1000.0)));
  SDL_PumpEvents();
  int width = 1;
  int height = 1;
  SDL_GetRendererOutputSize(renderer_, &width, &height);
  frame.width = static_cast<float>(width);
  frame.height = static_cast<float>(height);
  frame.keys.clear();
  pressed_.clear();
  TakeEvents(frame);
  // In steps, so that dragging a corner does not make fonts at every frame.
  const float fit = std::min(frame.width / 1280.0F, frame.height / 800.0F);
  const float scale = std::clamp(std::floor(fit * 8.0F) / 8.0F, 0.625F, 4.0F);
  if (scale != scale_ || glyphs_.TakeNews()) LoadFonts(scale);
  frame.glyphs = &glyphs_;
  frame.scale = scale;
  frame.fonts = fonts_;
  frame.renderer = renderer_;

  ImGui_ImplSDL2_NewFrame();
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = {frame.width, frame.height};
  io.DisplayFramebufferScale = {1.0F, 1.0F};
  io.MousePos = mouse_;
  std::copy(std::begin(buttons_), std::end(buttons_), std::begin(io.MouseDown));
  ImGui::NewFrame();
  if (io.WantTextInput) frame.keys.clear();
}

void Window::WritePicture(const fs::path& path) {
  int width = 0;
  int height = 0;
  SDL_GetRendererOutputSize(renderer_, &width, &height);
  SDL_Surface* surface =
      SDL_CreateRGBSurfaceWithFormat(0, width, height, 24, SDL_PIXELFORMAT_RGB24);
  if (surface == nullptr) throw WorldError(StrCat("no memory for a picture: ", SDL_GetError()));
  const fs::path part = path.string() + ".part";
  const bool written = SDL_RenderReadPixels(renderer_, nullptr, SDL_PIXELFORMAT_RGB24,
                                            surface->pixels, surface->pitch) == 0 &&
                       IMG_SavePNG(surface, part.c_str()) == 0;
  const std::string why = written ? "" : SDL_GetError();
  SDL_FreeSurface(surface);
  std::error_code error;
  if (written) fs::rename(part, path, error);
  if (!written || error) {
    throw WorldError(StrCat("cannot write ", path, ": ", written ? error.message() : why));
  }
}

void Window::End(const fs::path& picture) {
  ImGui::Render();
  SDL_SetRenderDrawColor(renderer_, 0x1f, 0x21, 0x24, 0xff);
  SDL_RenderClear(renderer_);
  RenderDrawData(renderer_, *ImGui::GetDrawData());
  if (!picture.empty()) WritePicture(picture);
  SDL_RenderPresent(renderer_);
}

std::vector<std::string> Window::TakeDrops() { return std::exchange(drops_, {}); }

void Window::Resize(int width, int height) { SDL_SetWindowSize(window_, width, height); }

}  // namespace tengen
