#include "experiments/cluster/tls.h"

#include <cstring>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "envs/core/check.h"

namespace tengen {
namespace {

// The only suite that goes with an external key whose hash is SHA-256.
constexpr unsigned char kAes128GcmSha256[] = {0x13, 0x01};

// Where a context keeps the address of its key. Not the application's data of OpenSSL: Asio deletes
// what is there.
int KeyIndex() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

const WorkerKey& KeyOf(SSL* ssl) {
  return *static_cast<const WorkerKey*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), KeyIndex()));
}

SSL_SESSION* MakeSession(SSL* ssl) {
  const WorkerKey& key = KeyOf(ssl);
  SSL_SESSION* session = SSL_SESSION_new();
  const SSL_CIPHER* cipher = SSL_CIPHER_find(ssl, kAes128GcmSha256);
  if (session == nullptr || cipher == nullptr ||
      SSL_SESSION_set1_master_key(session, key.secret.data(), key.secret.size()) != 1 ||
      SSL_SESSION_set_cipher(session, cipher) != 1 ||
      SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) != 1) {
    SSL_SESSION_free(session);
    return nullptr;
  }
  return session;
}

// Learner: an identity that is not this run's has no session, and the handshake fails.
int FindSession(SSL* ssl, const unsigned char* identity, size_t length, SSL_SESSION** session) {
  const std::string& run = KeyOf(ssl).run;
  *session = nullptr;
  if (length != run.size() || std::memcmp(identity, run.data(), length) != 0) return 1;
  *session = MakeSession(ssl);
  return *session != nullptr ? 1 : 0;
}

// Worker.
int UseSession(SSL* ssl, const EVP_MD* digest, const unsigned char** identity, size_t* length,
               SSL_SESSION** session) {
  *session = nullptr;
  if (digest != nullptr && EVP_MD_get_type(digest) != NID_sha256) return 1;
  const WorkerKey& key = KeyOf(ssl);
  *session = MakeSession(ssl);
  *identity = reinterpret_cast<const unsigned char*>(key.run.data());
  *length = key.run.size();
  return *session != nullptr ? 1 : 0;
}

}  // namespace

TlsContext::TlsContext(TlsSide side, const WorkerKey& key)
    : key_(std::make_unique<WorkerKey>(key)),
      context_(side == TlsSide::kLearner ? asio::ssl::context::tls_server
                                         : asio::ssl::context::tls_client) {
  SSL_CTX* tls = context_.native_handle();
  const bool ready = SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION) == 1 &&
                     SSL_CTX_set_max_proto_version(tls, TLS1_3_VERSION) == 1 &&
                     SSL_CTX_set_ciphersuites(tls, "TLS_AES_128_GCM_SHA256") == 1 &&
                     SSL_CTX_set_num_tickets(tls, 0) == 1;
  TENGEN_CHECK(ready, "this OpenSSL has no TLS 1.3 with AES-128-GCM and SHA-256");
  SSL_CTX_set_options(tls, SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);  // a thousand idle workers need little memory
  SSL_CTX_set_ex_data(tls, KeyIndex(), const_cast<WorkerKey*>(key_.get()));
  if (side == TlsSide::kLearner) {
    SSL_CTX_set_psk_find_session_callback(tls, &FindSession);
  } else {
    SSL_CTX_set_psk_use_session_callback(tls, &UseSession);
  }
}

std::string HandshakeErrorText(TlsSide side, const boost::system::error_code& error) {
  const std::string text = error.message();
  const auto has = [&text](const char* part) { return text.find(part) != std::string::npos; };
  const std::string from = " (" + text + ")";
  if (side == TlsSide::kLearner) {
    if (has("binder does not verify")) return "its key is not this run's" + from;
    if (has("no suitable signature") || has("no shared cipher") || has("no certificate")) {
      return "it has no key, or that of another run" + from;
    }
    if (has("unsupported protocol")) return "it speaks an older TLS, wanted TLS 1.3" + from;
    if (has("http request")) return "it speaks plain HTTP, wanted TLS 1.3" + from;
    if (has("wrong version number") || has("packet length") || has("unexpected message") ||
        has("record")) {
      return "it does not speak TLS, wanted TLS 1.3" + from;
    }
    return "the handshake failed" + from;
  }
  if (has("illegal parameter") || has("decrypt error")) {
    return "the learner refused the key: it is another than the run's worker.key" + from;
  }
  if (has("handshake failure")) {
    return "the learner knows no such run: the key file is of another run" + from;
  }
  if (has("wrong version number") || has("packet length") || has("record")) {
    return "what listens there does not speak TLS, wanted a learner" + from;
  }
  if (has("protocol version")) return "what listens there has no TLS 1.3, wanted a learner" + from;
  return "the handshake failed" + from;
}

bool IsKeyRefusal(const boost::system::error_code& error) {
  const std::string text = error.message();
  for (const char* alert : {"illegal parameter", "decrypt error", "handshake failure"}) {
    if (text.find(alert) != std::string::npos) return true;
  }
  return false;
}

}  // namespace tengen
