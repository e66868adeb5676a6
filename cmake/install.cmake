# `cmake --install` puts the libraries where find_package(tengen) finds them, and the command
# beside them when it is built.
include(CMakePackageConfigHelpers)
set(TENGEN_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/tengen)
set(TENGEN_FOLDERS envs search)
if(TENGEN_WITH_TORCH)
  list(APPEND TENGEN_FOLDERS nets agents)
  install(TARGETS tengen_gtp EXPORT tengen-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES cmake/find_torch.cmake DESTINATION ${TENGEN_CMAKE_DIR})
  if(TARGET tengen)
    install(TARGETS tengen RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
    install(DIRECTORY experiments/networks/ DESTINATION share/tengen/networks)
  endif()
endif()

foreach(folder ${TENGEN_FOLDERS})
  install(TARGETS tengen_${folder} EXPORT tengen-targets
          ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
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
