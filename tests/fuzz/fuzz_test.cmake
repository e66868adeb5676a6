# Builds the libFuzzer targets below WORK_DIR and runs each for a minute, or the SECONDS in the
# environment variable TENGEN_FUZZ_SECONDS, from its seeds and what earlier runs found. Inputs that
# fail stay in WORK_DIR. Without clang nothing is checked.
find_program(CLANG NAMES clang++ clang++-14 clang++-16 clang++-18 clang++-19)
if(NOT CLANG)
  message("NOT RUN: no clang++ on this machine")
  return()
endif()
set(seconds 60)
if(DEFINED ENV{TENGEN_FUZZ_SECONDS})
  set(seconds $ENV{TENGEN_FUZZ_SECONDS})
endif()

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${WORK_DIR}/build -G ${GENERATOR}
    -DCMAKE_BUILD_TYPE=RelWithDebInfo -DCMAKE_CXX_COMPILER=${CLANG}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER} -DSANITIZE=address -DTENGEN_FUZZ=ON
    -DTENGEN_WITH_TORCH=OFF)
run(${CMAKE_COMMAND} --build ${WORK_DIR}/build --target analysis_fuzz gtp_fuzz katago_fuzz record_fuzz
    sgf_fuzz)
foreach(format analysis gtp katago record sgf)
  file(MAKE_DIRECTORY ${WORK_DIR}/${format}_found)
  # Standard error is libFuzzer's log; its last lines tell the runs and the coverage.
  run(${WORK_DIR}/build/tests/fuzz/${format}_fuzz -max_total_time=${seconds} -timeout=30
      -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -verbosity=1
      -dict=${SOURCE_DIR}/tests/fuzz/seeds/${format}.dict -artifact_prefix=${WORK_DIR}/${format}_
      ${WORK_DIR}/${format}_found ${SOURCE_DIR}/tests/fuzz/seeds/${format})
endforeach()
