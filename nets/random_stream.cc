#include "nets/random_stream.h"

#include <optional>

#include "nets/torch_compat.h"

namespace tengen {

struct RandomStream::Impl {
  // Made at the first use, of the device that it is used on.
  at::Generator& GeneratorOn(const at::Device& device) {
    if (!generator) {
      generator = at::globalContext().defaultGenerator(device).clone();
      generator->set_current_seed(seed);
    }
    if (saved.defined()) {
      generator->set_state(saved);
      saved = at::Tensor();
    }
    return *generator;
  }

  std::uint64_t seed = 0;
  std::optional<at::Generator> generator;
  at::Tensor saved;  // loaded, and not taken by the generator yet
};

RandomStream::RandomStream(std::uint64_t seed) : impl_(std::make_unique<Impl>()) {
  impl_->seed = seed;
}
RandomStream::~RandomStream() = default;

at::Tensor RandomStream::Dropout(const at::Tensor& x, double p) {
  TENGEN_CHECK(p >= 0.0 && p < 1.0, "dropout of ", p);
  if (p == 0.0) return x;
  const at::Tensor kept =
      at::empty_like(x.detach()).bernoulli_(1.0 - p, impl_->GeneratorOn(x.device()));
  return x * kept.div_(1.0 - p);
}

at::Tensor RandomStream::State() const {
  if (impl_->saved.defined()) return impl_->saved.clone();
  if (!impl_->generator) return at::empty({0}, at::kByte);
  return impl_->generator->get_state().clone();
}

Status RandomStream::Load(const at::Tensor& state) {
  if (state.scalar_type() != at::kByte || state.dim() != 1) {
    return Error{StrCat("random state is ", state.toString(), " ", state.sizes(),
                        ", wanted a row of bytes")};
  }
  if (state.numel() == 0) {  // nothing had been drawn
    impl_->generator.reset();
    impl_->saved = at::Tensor();
    return Ok{};
  }
  if (impl_->generator && impl_->generator->get_state().numel() != state.numel()) {
    return Error{StrCat("random state of ", state.numel(), " bytes, wanted ",
                        impl_->generator->get_state().numel(), ": it is of another device")};
  }
  impl_->saved = state.clone();
  return Ok{};
}

}  // namespace tengen
