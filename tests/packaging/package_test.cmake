# Builds what needs no LibTorch, installs it below WORK_DIR, there runs the installed program, and
# builds and runs consumer/, which knows of the libraries only by find_package(tengen).
file(REMOVE_RECURSE ${WORK_DIR})
set(common -G ${GENERATOR} -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=${CXX_COMPILER}
    -DCMAKE_CXX_COMPILER_LAUNCHER=${CXX_COMPILER_LAUNCHER})

function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} -S ${SOURCE_DIR} -B ${WORK_DIR}/build ${common}
    -DTENGEN_WITH_TORCH=OFF -DTENGEN_TESTS=OFF)
run(${CMAKE_COMMAND} --build ${WORK_DIR}/build)
run(${CMAKE_COMMAND} --install ${WORK_DIR}/build --prefix ${WORK_DIR}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/consumer -B ${WORK_DIR}/consumer ${common}
    -DCMAKE_PREFIX_PATH=${WORK_DIR}/prefix)
run(${CMAKE_COMMAND} --build ${WORK_DIR}/consumer)
run(${WORK_DIR}/consumer/consumer)

set(tengen ${WORK_DIR}/prefix/bin/tengen)
run(${tengen} perft tictactoe --depth 3)
# The program with networks belongs beside it; this build has none.
execute_process(COMMAND ${tengen} train go5 RESULT_VARIABLE code ERROR_VARIABLE error)
if(NOT code EQUAL 1 OR NOT error MATCHES "needs networks, but ${WORK_DIR}/prefix/bin/tengen-nets")
  message(FATAL_ERROR "tengen train ended with ${code}: ${error}")
endif()
