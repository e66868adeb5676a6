# `cmake --install` puts the libraries where find_package(tengen) finds them, and the command
# beside them when it is built.
include(CMakePackageConfigHelpers)
set(TENGEN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tengen)
set(TENGEN_LIBRARIES envs search)
set(TENGEN_FOLDERS envs search)
if(TENGEN_WITH_TORCH)
  list(APPEND TENGEN_LIBRARIES files kernels formats nets gtp records agents learners)
  list(APPEND TENGEN_FOLDERS nets agents)
  install(FILES cmake/find_torch.cmake DESTINATION ${TENGEN_CMAKE_DIR})
endif()
if(TARGET tengen)
  install(TARGETS tengen RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET tengen-nets)
  # Found beside tengen.
  install(TARGETS tengen-nets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY experiments/networks/ DESTINATION share/tengen/networks)
endif()

foreach(library ${TENGEN_LIBRARIES})
  install(TARGETS tengen_${library} EXPORT tengen-targets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
foreach(folder ${TENGEN_FOLDERS})
  install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tengen/${folder}
          FILES_MATCHING PATTERN "*.h")
endforeach()
install(EXPORT tengen-targets NAMESPACE tengen:: DESTINATION ${TENGEN_CMAKE_DIR})

configure_package_config_file(cmake/tengen-config.cmake.in
                              ${PROJECT_BINARY_DIR}/tengen-config.cmake
                              INSTALL_DESTINATION ${TENGEN_CMAKE_DIR})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tengen-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tengen-config.cmake
              ${PROJECT_BINARY_DIR}/tengen-config-version.cmake
        DESTINATION ${TENGEN_CMAKE_DIR})
