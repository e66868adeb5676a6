# Writes OUTPUT, a C++ file that holds PARTS, a list of four files: chart.css, page.css, charts.js and
# boards.js.
set(text "// Made from experiments/ by pictures/embed_parts.cmake.\n")
string(APPEND text "#include \"experiments/pictures/embedded_parts.h\"\n\nnamespace tengen {\n\n")
string(APPEND text "const EmbeddedParts& PageParts() {\n")
string(APPEND text "  static const EmbeddedParts parts = {\n")
foreach(file ${PARTS})
  file(READ ${file} part)
  string(APPEND text "      R\"part(${part})part\",\n")
endforeach()
string(APPEND text "  };\n  return parts;\n}\n\n}  // namespace tengen\n")
file(WRITE ${OUTPUT} "${text}")
