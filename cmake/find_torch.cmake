# Defines the target tengen::torch. LibTorch is looked for in this order:
#   1. Torch_DIR or CMAKE_PREFIX_PATH, e.g. an unpacked LibTorch or .../site-packages/torch
#   2. the distribution's (libtorch-dev)
#   3. the one that `python3 -c "import torch"` finds
# LibTorch's own TorchConfig.cmake stays unused: the one of a CUDA build stops without the whole CUDA
# toolkit, which neither this project nor a Python wheel needs.
if(TARGET tengen::torch)
  return()
endif()

set(TENGEN_TORCH_MARK torch/csrc/api/include/torch/torch.h)
if(Torch_DIR)
  get_filename_component(TENGEN_TORCH_HINT ${Torch_DIR}/../../.. ABSOLUTE)
endif()
find_path(TENGEN_TORCH_INCLUDE ${TENGEN_TORCH_MARK} HINTS ${TENGEN_TORCH_HINT}
          PATH_SUFFIXES include)
if(NOT TENGEN_TORCH_INCLUDE)
  execute_process(
    COMMAND python3 -c "import os, torch; print(os.path.dirname(torch.__file__))"
    OUTPUT_VARIABLE TENGEN_TORCH_HINT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  find_path(TENGEN_TORCH_INCLUDE ${TENGEN_TORCH_MARK} HINTS ${TENGEN_TORCH_HINT}/include)
endif()
if(NOT TENGEN_TORCH_INCLUDE)
  message(FATAL_ERROR "LibTorch was not found. Install libtorch-dev, or give a LibTorch 2.x with "
                      "-DCMAKE_PREFIX_PATH=/path/to/libtorch, or build without: "
                      "-DTENGEN_WITH_TORCH=OFF")
endif()

get_filename_component(TENGEN_TORCH_PREFIX ${TENGEN_TORCH_INCLUDE} DIRECTORY)
foreach(name torch torch_cpu c10 torch_cuda c10_cuda)
  find_library(TENGEN_LIB_${name} ${name} HINTS ${TENGEN_TORCH_PREFIX}/lib)
endforeach()
if(NOT TENGEN_LIB_torch OR NOT TENGEN_LIB_torch_cpu OR NOT TENGEN_LIB_c10)
  message(FATAL_ERROR "LibTorch's headers are in ${TENGEN_TORCH_INCLUDE}, but libtorch, libtorch_cpu "
                      "or libc10 was not found in ${TENGEN_TORCH_PREFIX}/lib")
endif()

# The libraries register their kernels as they are loaded, so the linker must not drop them. The C++
# library comes first: a wheel's libtorch.so exports a broken std::filesystem of its own.
set(TENGEN_TORCH_LINK -Wl,--no-as-needed -lstdc++ ${TENGEN_LIB_torch} ${TENGEN_LIB_torch_cpu})
if(TENGEN_LIB_torch_cuda AND TENGEN_LIB_c10_cuda)
  list(APPEND TENGEN_TORCH_LINK ${TENGEN_LIB_torch_cuda} ${TENGEN_LIB_c10_cuda})
endif()
list(APPEND TENGEN_TORCH_LINK ${TENGEN_LIB_c10} -Wl,--as-needed)

# CUDA's runtime: a toolkit's, or what comes with a wheel as packages of its own beside it.
set(TENGEN_CUDA_LINK "")
if(TENGEN_LIB_torch_cuda AND TENGEN_LIB_c10_cuda)
  file(GLOB TENGEN_CUDA_HINTS ${TENGEN_TORCH_PREFIX}/../nvidia/cu*
       ${TENGEN_TORCH_PREFIX}/../nvidia/cuda_runtime)
  find_path(TENGEN_CUDA_INCLUDE cuda_runtime_api.h HINTS ${TENGEN_CUDA_HINTS} PATHS /usr/local/cuda
            PATH_SUFFIXES include)
  find_library(TENGEN_LIB_cudart NAMES libcudart.so.13 libcudart.so.12 libcudart.so
               HINTS ${TENGEN_CUDA_HINTS} PATHS /usr/local/cuda PATH_SUFFIXES lib lib64)
  if(TENGEN_CUDA_INCLUDE AND TENGEN_LIB_cudart)
    set(TENGEN_CUDA_LINK ${TENGEN_LIB_cudart})
  else()
    message(WARNING "This LibTorch has CUDA, but cuda_runtime_api.h or libcudart was not found: "
                    "networks will run on the CPU only. CUDA's toolkit or the package "
                    "nvidia-cuda-runtime of PyPI has them.")
  endif()
endif()

# A wheel carries headers of other libraries (fmt, glog, pybind11), which would hide the system's
# from whoever includes LibTorch too. Only LibTorch's own folders are shown.
set(TENGEN_TORCH_HEADERS ${TENGEN_TORCH_INCLUDE})
if(NOT TENGEN_TORCH_INCLUDE IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
  set(TENGEN_TORCH_HEADERS ${CMAKE_BINARY_DIR}/torch_include)
  file(MAKE_DIRECTORY ${TENGEN_TORCH_HEADERS})
  foreach(folder torch ATen c10 caffe2)
    file(CREATE_LINK ${TENGEN_TORCH_INCLUDE}/${folder} ${TENGEN_TORCH_HEADERS}/${folder} SYMBOLIC)
  endforeach()
endif()

add_library(tengen::torch INTERFACE IMPORTED GLOBAL)
set_target_properties(tengen::torch PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES
  "${TENGEN_TORCH_HEADERS};${TENGEN_TORCH_HEADERS}/torch/csrc/api/include"
  INTERFACE_LINK_LIBRARIES "${TENGEN_TORCH_LINK}")
set(TORCH_LIBRARIES tengen::torch)

# Old wheels use the C++ ABI from before C++11, which nothing else here links against.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_LIBRARIES tengen::torch)
check_cxx_source_compiles(
  "#include <c10/core/Device.h>
   #include <torch/version.h>
   #if TORCH_VERSION_MAJOR * 100 + TORCH_VERSION_MINOR < 113
   #error LibTorch is too old
   #endif
   int main() { return static_cast<int>(c10::Device(std::string(\"cpu\")).index()) + 1; }"
  TENGEN_TORCH_LINKS)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT TENGEN_TORCH_LINKS)
  message(FATAL_ERROR "LibTorch in ${TENGEN_TORCH_PREFIX} does not build a test program. Wanted is "
                      "LibTorch 1.13 or newer with the C++11 ABI: the distribution's, or a current "
                      "2.x. The compiler's words are in ${CMAKE_BINARY_DIR}/CMakeFiles.")
endif()
message(STATUS "LibTorch: ${TENGEN_LIB_torch}")
