#pragma once

// Boost 1.74's coroutines use std::exchange without including it.
#include <utility>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>

namespace tengen {

namespace asio = boost::asio;

}  // namespace tengen
