# A tournament that an outside referee runs over GTP between `tengen gtp` and GNU Go at its levels 1
# to 10: 20 games of 9x9, no protocol error, and both programs agree on every result. The referee is
# gogui-twogtp of GoGui (https://github.com/Remi-Coulom/gogui), found on the path or by the command
# in the environment variable TENGEN_TWOGTP. Without it or gnugo nothing is checked.
cmake_minimum_required(VERSION 3.22)
find_program(GNUGO gnugo PATHS /usr/games)
find_program(TWOGTP gogui-twogtp)
set(referee $ENV{TENGEN_TWOGTP})
if(NOT referee AND TWOGTP)
  set(referee ${TWOGTP})
endif()
if(NOT GNUGO OR NOT referee)
  message("NOT RUN: no gnugo or no gogui-twogtp on this machine")
  return()
endif()
separate_arguments(referee UNIX_COMMAND "${referee}")
file(REMOVE_RECURSE ${WORK_DIR})
file(MAKE_DIRECTORY ${WORK_DIR})

# Nobody resigns, so that final_score is asked for. A network plays where there is one.
set(agent mcts:1000)
if(DEFINED ENV{TENGEN_KATAGO_DATA})
  set(agent katago:$ENV{TENGEN_KATAGO_DATA}/g170-b6c96-s175395328-d26788732.bin.gz,visits=20)
endif()
string(APPEND agent " --size 9 --rules chinese --resign-below -1")
set(gnugo_rules "--chinese-rules --positional-superko")
set(games 0)
set(wins 0)
foreach(level RANGE 1 10)
  # Two games with colours swapped. The results of both programs' final_score are in the table.
  execute_process(
    COMMAND ${referee} -auto -alternate -games 2 -size 9 -komi 7.5 -force
            -black "${TENGEN} gtp ${agent} --seed ${level}"
            -white "${GNUGO} --mode gtp --level ${level} ${gnugo_rules} --seed ${level}"
            -sgffile level${level}
    WORKING_DIRECTORY ${WORK_DIR} RESULT_VARIABLE failed OUTPUT_VARIABLE output
    ERROR_VARIABLE errors)
  if(failed)
    message(FATAL_ERROR "the referee stopped at level ${level}: ${output}${errors}")
  endif()
  file(STRINGS ${WORK_DIR}/level${level}.dat rows REGEX "^[0-9]")
  foreach(row IN LISTS rows)
    # GAME RES_B RES_W RES_R ALT DUP LEN TIME_B TIME_W CPU_B CPU_W ERR ERR_MSG, where B is tengen
    # also in the games in which it has White.
    string(REPLACE "\t" ";" fields "${row}")
    list(GET fields 1 ours)
    list(GET fields 2 theirs)
    list(GET fields 4 swapped)
    list(GET fields 6 length)
    list(GET fields 11 error)
    message("level ${level}: ${ours} (GNU Go says ${theirs}), swapped ${swapped}, ${length} moves")
    if(error)
      message(SEND_ERROR "protocol error at level ${level}: ${row}")
    elseif(NOT ours STREQUAL theirs)
      message(SEND_ERROR "no agreement on the result at level ${level}: ${row}")
    endif()
    math(EXPR games "${games} + 1")
    if(ours MATCHES "^B")
      math(EXPR wins "${wins} + 1")
    endif()
  endforeach()
endforeach()
message("${wins} of ${games} games won against GNU Go")
if(NOT games EQUAL 20)
  message(SEND_ERROR "${games} games were played, wanted 20")
endif()
