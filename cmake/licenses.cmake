# Puts licenses/ into the build folder, where `stedi version --licenses` reads it. Target: stedi_licenses.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(OUTPUT "${CMAKE_BINARY_DIR}/licenses/index.tsv"
                   DEPENDS "${CMAKE_SOURCE_DIR}/tools/licenses.py" "${STEDI_DEPS}/licenses/duckdb.txt"
                           "${STEDI_DEPS}/licenses/duckdb_sources.tar.gz" stedi_runtime
                   COMMAND ${Python3_EXECUTABLE} "${CMAKE_SOURCE_DIR}/tools/licenses.py"
                           "${CMAKE_BINARY_DIR}/licenses" --deps "${STEDI_DEPS}"
                   COMMENT "Gathering licences" VERBATIM)
add_custom_target(stedi_licenses DEPENDS "${CMAKE_BINARY_DIR}/licenses/index.tsv")
