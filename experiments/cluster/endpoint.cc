#include "experiments/cluster/endpoint.h"

#include <charconv>

namespace tengen {

Result<Endpoint> ParseEndpoint(std::string_view text) {
  const Error error = {
      StrCat("'", text, "', wanted ADDRESS:PORT, such as 127.0.0.1:4711 or [::1]:4711")};
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return error;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return error;
  }
  Endpoint endpoint = {std::string(host), 0};
  const auto [end, code] =
      std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
  if (host.empty() || code != std::errc() || end != digits.data() + digits.size()) return error;
  return endpoint;
}

}  // namespace tengen
