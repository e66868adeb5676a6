#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "envs/core/result.h"
#include "experiments/cluster/asio.h"
#include "experiments/cluster/channel.h"
#include "experiments/cluster/tls.h"

// How channels between workers, relays and learners begin.

namespace tengen {

inline constexpr Channel::Seconds kConnectLimit{10};  // for each step of a worker's way in

// Binds and listens. The port: `port`, or a free one for 0. Throws WorldError: port in use, address
// that is not this machine's.
std::uint16_t ListenAt(asio::ip::tcp::acceptor& acceptor, const std::string& address,
                       std::uint16_t port);

// The next connection. None where the acceptor was closed, or, after a while, where this process
// may open no more files: those who are there are served first.
asio::awaitable<std::optional<asio::ip::tcp::socket>> AcceptNext(asio::ip::tcp::acceptor& acceptor);

// Lets this process have that many connections, if it may. How many it may have, at least one.
// REQUIRES: connections > 0.
int RaiseFileLimit(int connections);
// The sentence for those who wanted more.
std::string FewFilesText(int wanted, int have);

// A connection to a learner or a relay, its handshake made. Throws WorldError: no machine of that
// name, nobody answers, the handshake failed.
asio::awaitable<std::shared_ptr<Channel>> ConnectTo(asio::io_context& io, TlsContext& tls,
                                                    const std::string& host,
                                                    const std::string& port);

// The answer to a hello. Throws RefusedError where it is that the key is another's, WorldError
// where the connection closed.
asio::awaitable<Frame> ReadAnswer(Channel& channel);

}  // namespace tengen
