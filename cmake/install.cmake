# `cmake --install` puts the library where find_package(tengen) finds it.
include(CMakePackageConfigHelpers)
set(TENGEN_INSTALLED tengen_envs tengen_search)
set(TENGEN_HEADER_FOLDERS envs search)
if(TENGEN_WITH_TORCH)
  list(APPEND TENGEN_INSTALLED tengen_nets tengen_agents)
  list(APPEND TENGEN_HEADER_FOLDERS nets agents)
endif()
install(TARGETS ${TENGEN_INSTALLED} EXPORT tengen-targets)
foreach(folder ${TENGEN_HEADER_FOLDERS})
  install(DIRECTORY ${folder}/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tengen/${folder}
          FILES_MATCHING PATTERN "*.h")
endforeach()
install(EXPORT tengen-targets NAMESPACE tengen:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tengen)
configure_package_config_file(cmake/tengen-config.cmake.in
                              ${PROJECT_BINARY_DIR}/tengen-config.cmake
                              INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tengen)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/tengen-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tengen-config.cmake
              ${PROJECT_BINARY_DIR}/tengen-config-version.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/tengen)
if(TENGEN_WITH_TORCH)
  install(TARGETS tengen RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
