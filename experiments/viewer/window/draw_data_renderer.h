#pragma once

struct ImDrawData;
struct SDL_Renderer;

namespace tengen {

// Creates the texture of ImGui's font atlas and hands it to the atlas. Throws WorldError.
void UploadFontAtlas(SDL_Renderer* renderer);
void DestroyFontAtlas();

// Draws what ImGui::Render() left. Texture ids are SDL_Texture pointers.
void RenderDrawData(SDL_Renderer* renderer, const ImDrawData& data);

}  // namespace tengen
