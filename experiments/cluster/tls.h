#pragma once

#include <memory>
#include <string>

#include "experiments/cluster/asio.h"
#include "experiments/cluster/worker_key.h"

namespace tengen {

enum class TlsSide { kLearner, kWorker };

// TLS 1.3 (RFC 8446) with the key as an external pre-shared key and X25519 in each handshake
// (psk_dhe_ke), so that old sessions stay secret when the key is lost. No certificates, no tickets,
// no session cache, no older version. Handshakes have no time limit of their own.
class TlsContext {
 public:
  TlsContext(TlsSide side, const WorkerKey& key);

  asio::ssl::context& context() { return context_; }

 private:
  const std::unique_ptr<const WorkerKey> key_;  // the callbacks hold its address
  asio::ssl::context context_;
};

// TLS carries no reasons, only alerts. What a failed handshake probably means, for each side.
std::string HandshakeErrorText(TlsSide side, const boost::system::error_code& error);
// Whether a worker's handshake failed because of its key, which trying again does not change.
bool IsKeyRefusal(const boost::system::error_code& error);

}  // namespace tengen
