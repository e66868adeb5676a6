# What the build needs from outside. envs/ and search/ need only threads; files and the command line
# need nlohmann/json, zlib and CLI11, tests GoogleTest; the rest comes with LibTorch.

# tengen_find(PACKAGE DEBIAN_NAME [VERSION]): find_package with an error that says what to install.
macro(tengen_find package debian_name)
  find_package(${package} ${ARGN} QUIET)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} ${ARGN} was not found. Install ${debian_name}; "
                        "`./tengen build` installs all that is missing on Debian.")
  endif()
endmacro()

# tengen_torch_has(DESTRUCTOR VARIABLE): whether LibTorch was built with a class, by the linker's name
# of its destructor.
macro(tengen_torch_has destructor variable)
  set(CMAKE_REQUIRED_LIBRARIES tengen::torch)
  check_cxx_source_compiles(
    "extern \"C\" void ${destructor}(void*);
     int main() { ${destructor}(nullptr); }"
    ${variable})
  unset(CMAKE_REQUIRED_LIBRARIES)
endmacro()

find_package(Threads REQUIRED)
if(TENGEN_WITH_TORCH OR TENGEN_PROGRAM OR TENGEN_TESTS OR TENGEN_PYTHON)
  tengen_find(nlohmann_json nlohmann-json3-dev 3.10)
  tengen_find(ZLIB zlib1g-dev)
endif()
if(TENGEN_PROGRAM OR TENGEN_TESTS)
  tengen_find(CLI11 libcli11-dev)
  tengen_find(Boost libboost-dev 1.74)
  tengen_find(OpenSSL libssl-dev 3.0)
endif()
if(TENGEN_WITH_TORCH)
  include(${CMAKE_CURRENT_LIST_DIR}/find_torch.cmake)
  tengen_find(spdlog libspdlog-dev)

  # Training by several ranks: Gloo's headers; its code is in LibTorch, if that was built with it.
  find_path(TENGEN_GLOO_INCLUDE gloo/algorithm.h)
  if(TENGEN_GLOO_INCLUDE)
    tengen_torch_has(_ZN4c10d16ProcessGroupGlooD1Ev TENGEN_TORCH_HAS_GLOO)
  endif()
  if(TENGEN_TORCH_HAS_GLOO)
    set(TENGEN_WITH_GLOO ON)
  else()
    message(STATUS "No training by several ranks: Gloo's headers (libgloo-dev) are missing, or "
                   "LibTorch was built without it")
  endif()
  # Between GPUs: NCCL's header, which is a package of its own beside a wheel. Without it the ranks'
  # gradients go by way of the host.
  if(TENGEN_WITH_GLOO AND TENGEN_CUDA_LINK)
    find_path(TENGEN_NCCL_INCLUDE nccl.h HINTS ${TENGEN_TORCH_PREFIX}/../nvidia/nccl
              PATHS /usr/local/cuda PATH_SUFFIXES include)
    if(TENGEN_NCCL_INCLUDE)
      tengen_torch_has(_ZN4c10d16ProcessGroupNCCLD1Ev TENGEN_WITH_NCCL)
    endif()
  endif()

  # The window of `tengen view`; everything else works without.
  find_package(SDL2 QUIET)
  find_package(PkgConfig QUIET)
  if(PkgConfig_FOUND)
    pkg_check_modules(IMGUI QUIET IMPORTED_TARGET imgui)
    pkg_check_modules(SDL2_IMAGE QUIET IMPORTED_TARGET SDL2_image)
  endif()
  if(SDL2_FOUND AND IMGUI_FOUND AND SDL2_IMAGE_FOUND)
    set(TENGEN_WITH_WINDOW ON)
  else()
    message(STATUS "No window: SDL2, SDL2_image or Dear ImGui is missing "
                   "(libsdl2-dev, libsdl2-image-dev, libimgui-dev)")
  endif()
endif()
if(TENGEN_TESTS)
  tengen_find(GTest libgtest-dev)
  if(NOT TARGET GTest::gmock)
    message(FATAL_ERROR "GoogleTest has no GoogleMock. Install libgmock-dev.")
  endif()
endif()
