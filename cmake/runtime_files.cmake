# Puts lib/libduckdb.so and extensions/*.duckdb_extension into the build folder, where the executable looks for them.
# Defines the targets duckdb (the library) and stedi_runtime (these files).
set(runtime_files "")

foreach(file lib/libduckdb.so extensions/avro.duckdb_extension extensions/aws.duckdb_extension
             extensions/httpfs.duckdb_extension extensions/iceberg.duckdb_extension)
  set(from "${STEDI_DEPS}/${file}")
  set(to "${CMAKE_BINARY_DIR}/${file}")
  get_filename_component(folder "${to}" DIRECTORY)
  # A hard link saves time and disk space; a build folder on another file system gets a copy.
  add_custom_command(OUTPUT "${to}" DEPENDS "${from}" VERBATIM
                     COMMAND ${CMAKE_COMMAND} -E make_directory "${folder}"
                     COMMAND sh -c "ln -f \"$1\" \"$2\" 2>/dev/null || cp -f \"$1\" \"$2\"" link "${from}" "${to}"
                     COMMENT "Linking ${file}")
  list(APPEND runtime_files "${to}")
endforeach()
add_custom_target(stedi_runtime DEPENDS ${runtime_files})
# The machine that a cross build is for need not have these. The compiler knows where the last two are.
if(CMAKE_CROSSCOMPILING)
  foreach(name libfmt.so.9 libyaml-cpp.so.0.7 libsqlite3.so.0 libz.so.1 libzstd.so.1 libstdc++.so.6 libgcc_s.so.1)
    file(GLOB found "${CMAKE_FIND_ROOT_PATH}/lib/*/${name}" "${CMAKE_FIND_ROOT_PATH}/usr/lib/*/${name}")
    if(NOT found)
      execute_process(COMMAND ${CMAKE_CXX_COMPILER} -print-file-name=${name} OUTPUT_VARIABLE found
                      OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
    endif()
    file(REAL_PATH "${found}" found)
    file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
    file(COPY_FILE "${found}" "${CMAKE_BINARY_DIR}/lib/${name}" ONLY_IF_DIFFERENT)
  endforeach()
endif()

add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES IMPORTED_LOCATION "${CMAKE_BINARY_DIR}/lib/libduckdb.so"
                                        IMPORTED_SONAME libduckdb.so)
target_include_directories(duckdb SYSTEM INTERFACE "${STEDI_DEPS}/include")
add_dependencies(duckdb stedi_runtime)
