# LibTorch, in this order: Torch_DIR or CMAKE_PREFIX_PATH as given, the distribution's, the one that
# `python3 -c "import torch"` finds. PyTorch wheels built with the old C++ ABI are refused: nothing
# else on the system links against them.
find_package(Torch QUIET)
if(NOT Torch_FOUND)
  execute_process(
    COMMAND python3 -c "import torch; print(torch.utils.cmake_prefix_path)"
    OUTPUT_VARIABLE TENGEN_PYTHON_TORCH OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(TENGEN_PYTHON_TORCH)
    find_package(Torch QUIET PATHS ${TENGEN_PYTHON_TORCH}/Torch NO_DEFAULT_PATH)
  endif()
endif()
if(NOT Torch_FOUND)
  message(FATAL_ERROR "LibTorch was not found. Install the package libtorch-dev, or give a LibTorch "
                      "2.x with -DCMAKE_PREFIX_PATH=/path/to/libtorch")
endif()
if(TORCH_CXX_FLAGS MATCHES "_GLIBCXX_USE_CXX11_ABI=0")
  message(FATAL_ERROR "${TORCH_INSTALL_PREFIX} uses the old C++ ABI; wanted a LibTorch with the "
                      "C++11 ABI (the distribution's, or a current 2.x)")
endif()
message(STATUS "LibTorch: ${TORCH_LIBRARY}")
