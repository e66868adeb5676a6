# Writes OUTPUT, a C++ file that holds the files chart.css, page.css, charts.js and boards.js of
# FOLDER.
set(text "// Made from experiments/report/ by embed_parts.cmake.\n")
string(APPEND text "#include \"experiments/report/page_parts.h\"\n\nnamespace tengen {\n\n")
string(APPEND text "const EmbeddedPageParts& PageParts() {\n")
string(APPEND text "  static const EmbeddedPageParts parts = {\n")
foreach(file chart.css page.css charts.js boards.js)
  file(READ ${FOLDER}/${file} part)
  string(APPEND text "      R\"part(${part})part\",\n")
endforeach()
string(APPEND text "  };\n  return parts;\n}\n\n}  // namespace tengen\n")
file(WRITE ${OUTPUT} "${text}")
