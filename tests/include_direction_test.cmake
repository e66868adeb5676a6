# Includes point one way: envs <- search <- nets <- agents <- experiments. Each folder's line says
# what its files may include. All of LibTorch costs every file that sees it half a minute, so no
# header brings it in.
set(envs "^\"envs/|^<([a-z_0-9]+|iconv\\.h)>$")
set(search "^\"(envs|search)/|^<[a-z_0-9]+>$")
set(nets "^\"(envs/|search/evaluator.h\"|nets/)|^<")
set(agents "^\"(envs|search|nets|agents)/|^<")
set(experiments "^\"(envs|search|nets|agents|experiments)/|^<")

foreach(folder envs search nets agents experiments)
  file(GLOB_RECURSE files RELATIVE ${SOURCE_DIR} ${SOURCE_DIR}/${folder}/*.h
       ${SOURCE_DIR}/${folder}/*.cc)
  if(NOT files)
    message(SEND_ERROR "${folder}/ has no sources below ${SOURCE_DIR}")
  endif()
  foreach(file ${files})
    file(STRINGS ${SOURCE_DIR}/${file} lines REGEX "^ *# *include ")
    foreach(line ${lines})
      string(REGEX REPLACE "^ *# *include +([<\"][^>\"]*[>\"]).*" "\\1" included "${line}")
      if(NOT included MATCHES "${${folder}}")
        message(SEND_ERROR "${file} includes ${included}; ${folder}/ may include ${${folder}}")
      elseif(file MATCHES "\\.h$" AND NOT file STREQUAL "nets/torch_compat.h" AND
             included MATCHES "torch/torch.h|nets/torch_compat.h")
        message(SEND_ERROR "the header ${file} includes ${included}; only a .cc file may")
      endif()
    endforeach()
  endforeach()
endforeach()
