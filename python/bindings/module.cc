#include <exception>
#include <nanobind/nanobind.h>

#include "envs/core/check.h"
#include "python/bindings/bindings.h"

NB_MODULE(_core, m) {
  m.doc() = "What tengen's Python package is made of; use the names of `tengen` itself.";
  nanobind::register_exception_translator(
      [](const std::exception_ptr& error, void*) {
        try {
          std::rethrow_exception(error);
        } catch (const tengen::WorldError& world) {
          PyErr_SetString(PyExc_OSError, world.what());
        }
      },
      nullptr);
  tengen::BindGames(m);
  tengen::BindGameBatch(m);
  tengen::BindVecEnv(m);
  tengen::BindSearch(m);
  tengen::BindRecords(m);
}
