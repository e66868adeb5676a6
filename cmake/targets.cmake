# Warnings, processor and sanitizer options, the same for every target of the project.
include(CheckCXXCompilerFlag)
if(NOT SANITIZE MATCHES "^(address|thread|)$")
  message(FATAL_ERROR "SANITIZE is '${SANITIZE}', wanted address, thread or nothing")
endif()
if(TENGEN_NATIVE)
  check_cxx_compiler_flag(-march=native TENGEN_HAS_MARCH_NATIVE)
endif()

# GCC 12 sees overlapping copies in "literal" + std::string, a page of them for each file (its bug
# 105651, mended in 13).
set(TENGEN_FALSE_WARNINGS "")
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 12
   AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  set(TENGEN_FALSE_WARNINGS -Wno-restrict)
endif()

# For code that runs once and not in loops: up to a third less time to compile.
set(TENGEN_COLD_OPTIONS $<$<CONFIG:Release>:-O1>)

function(tengen_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                         $<$<BOOL:${TENGEN_WERROR}>:-Werror>
                         ${TENGEN_FALSE_WARNINGS}
                         $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>)
  if(TENGEN_HAS_MARCH_NATIVE AND NOT SANITIZE)
    target_compile_options(${target} PRIVATE -march=native)
  endif()
  if(SANITIZE STREQUAL "address")
    # What is left out takes as long to compile as all the rest: AddressSanitizer meets bad pointers
    # by itself, and no code here casts between siblings.
    target_compile_options(${target} PUBLIC -fsanitize=address,undefined
                           -fno-sanitize=null,alignment,object-size,vptr -fno-omit-frame-pointer
                           -fno-sanitize-recover=all)
    target_link_options(${target} PUBLIC -fsanitize=address,undefined)
  elseif(SANITIZE STREQUAL "thread")
    target_compile_options(${target} PUBLIC -fsanitize=thread)
    target_link_options(${target} PUBLIC -fsanitize=thread)
  endif()
  if(TENGEN_FUZZ)
    target_compile_options(${target} PUBLIC -fsanitize=fuzzer-no-link)
    target_link_options(${target} PUBLIC -fsanitize=fuzzer-no-link)
  endif()
  if(SANITIZE)
    # Sanitized code checks its DCHECKs too.
    target_compile_options(${target} PRIVATE -UNDEBUG)
  endif()
endfunction()

# tengen_library(NAME sources...): the library of one folder, tengen::NAME to those who link it.
function(tengen_library name)
  add_library(tengen_${name} STATIC ${ARGN})
  add_library(tengen::${name} ALIAS tengen_${name})
  set_target_properties(tengen_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(tengen_${name} PUBLIC
                             $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
                             $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/tengen>)
  tengen_options(tengen_${name})
endfunction()
