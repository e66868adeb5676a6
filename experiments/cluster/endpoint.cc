#include "experiments/cluster/endpoint.h"

#include <charconv>

#include "experiments/cluster/asio.h"

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

Result<Endpoint> ParseListenEndpoint(std::string_view text) {
  Result<Endpoint> endpoint = ParseEndpoint(text);
  if (!endpoint) return endpoint;
  boost::system::error_code error;
  asio::ip::make_address(endpoint->host, error);
  if (!error) return endpoint;
  return Error{StrCat("'", text,
                      "' names no IP address, wanted one of this machine and a port, "
                      "such as 127.0.0.1:4711, or 0.0.0.0:4711 for all of its addresses")};
}

std::string EndpointText(std::string_view host, std::string_view port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  return is_v6 ? StrCat("[", host, "]:", port) : StrCat(host, ":", port);
}

std::string EndpointText(std::string_view host, std::uint16_t port) {
  return EndpointText(host, std::to_string(port));
}

}  // namespace tengen
