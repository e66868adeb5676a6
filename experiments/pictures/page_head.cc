#include "experiments/pictures/page_head.h"

#include "envs/core/check.h"
#include "experiments/pictures/chart.h"
#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"

namespace tengen {

std::string PageHead(std::string_view title, std::string_view style) {
  return StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n"
      "<title>",
      Escaped(title), "</title>\n<style>\n", ChartStyle(), PageParts().page_style, style,
      "</style>\n</head>\n");
}

}  // namespace tengen
