#include "experiments/viewer/window/draw_data_renderer.h"

#include <SDL.h>
#include <imgui.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

SDL_Texture* TextureOf(ImTextureID id) { return static_cast<SDL_Texture*>(id); }

bool IsWhite(const ImDrawVert& vertex, ImVec2 white) {
  return vertex.uv.x == white.x && vertex.uv.y == white.y;
}

// One command is a list of triangles; those that only take the atlas's white pixel are drawn
// without a texture, which a software renderer does several times as fast.
struct TriangleRun {
  SDL_Renderer* renderer;
  const ImDrawVert* vertices;
  int vertex_count;

  void Draw(SDL_Texture* texture, const ImDrawIdx* indices, int count) const {
    if (count == 0) return;
    SDL_RenderGeometryRaw(renderer, texture, &vertices->pos.x, sizeof(ImDrawVert),
                          reinterpret_cast<const SDL_Color*>(&vertices->col), sizeof(ImDrawVert),
                          &vertices->uv.x, sizeof(ImDrawVert), vertex_count, indices, count,
                          sizeof(ImDrawIdx));
  }
};

void DrawCommand(const TriangleRun& run, const ImDrawCmd& command, const ImDrawIdx* indices) {
  const ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  SDL_Texture* const texture = TextureOf(command.GetTexID());
  const int count = static_cast<int>(command.ElemCount);
  if (texture != TextureOf(atlas.TexID)) return run.Draw(texture, indices, count);
  const ImVec2 white = atlas.TexUvWhitePixel;
  const auto plain = [&](int i) {
    return IsWhite(run.vertices[indices[i]], white) &&
           IsWhite(run.vertices[indices[i + 1]], white) &&
           IsWhite(run.vertices[indices[i + 2]], white);
  };
  for (int begin = 0; begin < count;) {
    const bool is_plain = plain(begin);
    int end = begin + 3;
    while (end < count && plain(end) == is_plain) end += 3;
    run.Draw(is_plain ? nullptr : texture, indices + begin, end - begin);
    begin = end;
  }
}

}  // namespace

void UploadFontAtlas(SDL_Renderer* renderer) {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  unsigned char* pixels = nullptr;
  int width = 0;
  int height = 0;
  atlas.GetTexDataAsRGBA32(&pixels, &width, &height);
  SDL_Texture* texture = SDL_CreateTexture(renderer, SDL_PIXELFORMAT_ABGR8888,
                                           SDL_TEXTUREACCESS_STATIC, width, height);
  if (texture == nullptr) {
    throw WorldError(StrCat("no texture of ", width, "x", height, " for text: ", SDL_GetError()));
  }
  SDL_UpdateTexture(texture, nullptr, pixels, 4 * width);
  SDL_SetTextureBlendMode(texture, SDL_BLENDMODE_BLEND);
  atlas.SetTexID(texture);
}

void DestroyFontAtlas() {
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  if (atlas.TexID != nullptr) SDL_DestroyTexture(TextureOf(atlas.TexID));
  atlas.SetTexID(nullptr);
}

void RenderDrawData(SDL_Renderer* renderer, const ImDrawData& data) {
  for (int i = 0; i < data.CmdListsCount; ++i) {
    const ImDrawList& list = *data.CmdLists[i];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      if (command.UserCallback != nullptr) {
        if (command.UserCallback != ImDrawCallback_ResetRenderState) {
          command.UserCallback(&list, &command);
        }
        continue;
      }
      const ImVec4& box = command.ClipRect;
      const SDL_Rect clip = {static_cast<int>(box.x), static_cast<int>(box.y),
                             static_cast<int>(box.z - box.x), static_cast<int>(box.w - box.y)};
      if (clip.w <= 0 || clip.h <= 0) continue;
      SDL_RenderSetClipRect(renderer, &clip);
      const int first = static_cast<int>(command.VtxOffset);
      DrawCommand({renderer, list.VtxBuffer.Data + first, list.VtxBuffer.Size - first}, command,
                  list.IdxBuffer.Data + command.IdxOffset);
    }
  }
  SDL_RenderSetClipRect(renderer, nullptr);
}

}  // namespace tengen
