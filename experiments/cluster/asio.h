#pragma once

// Boost 1.74's coroutines use std::exchange without including it, and it knows Clang's only from
// the time of their draft.
#include <utility>

#if defined(__clang__) && __clang_major__ >= 15
#define BOOST_ASIO_HAS_CO_AWAIT
#define BOOST_ASIO_HAS_STD_COROUTINE
#endif

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>

namespace tengen {

namespace asio = boost::asio;

}  // namespace tengen
