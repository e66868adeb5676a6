#pragma once

#include <nanobind/nanobind.h>

// Each part of tengen._core, in the order in which they are bound.

namespace tengen {

void BindGames(nanobind::module_& m);
void BindGameBatch(nanobind::module_& m);
void BindVecEnv(nanobind::module_& m);
void BindSearch(nanobind::module_& m);
void BindRecords(nanobind::module_& m);

}  // namespace tengen
