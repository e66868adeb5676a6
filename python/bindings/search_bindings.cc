#include <algorithm>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <utility>

#include "envs/core/game_options.h"
#include "envs/core/thread_team.h"
#include "python/bindings/bindings.h"
#include "python/bindings/tree_search.h"

namespace tengen {
namespace {

// ---- Settings ----

// Sets fields by name. An unknown name is a TypeError with the nearest one.
void SetFields(nb::handle config, const nb::dict& settings) {
  std::vector<std::string> names;
  for (nb::handle item : config.type().attr("_fields"))
    names.push_back(nb::cast<std::string>(item));
  for (const auto& [key, value] : settings) {
    const auto name = nb::cast<std::string>(key);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string nearest = NearestName(name, names);
      throw nb::type_error(StrCat("unknown setting '", name, "'",
                                  nearest.empty() ? "" : "; did you mean '" + nearest + "'?")
                               .c_str());
    }
    nb::setattr(config, key, value);
  }
}

std::string RootName(const MctsConfig& config) {
  return config.root == RootSelection::kPuct ? "puct" : "gumbel";
}

void SetRoot(MctsConfig& config, const std::string& name) {
  if (name != "puct" && name != "gumbel") {
    throw nb::value_error(StrCat("root is '", name, "', wanted puct or gumbel").c_str());
  }
  config.root = name == "puct" ? RootSelection::kPuct : RootSelection::kGumbel;
}

class ConfigFields {
 public:
  explicit ConfigFields(nb::class_<MctsConfig>& config) : config_(config) {}

  template <typename T>
  ConfigFields& Field(const char* name, T MctsConfig::*member, const char* doc) {
    config_.def_rw(name, member, doc);
    names_.append(name);
    return *this;
  }
  void Finish() { config_.attr("_fields") = nb::tuple(names_); }

 private:
  nb::class_<MctsConfig>& config_;
  nb::list names_;
};

void BindConfig(nb::module_& m) {
  nb::class_<MctsConfig> config(m, "MctsConfig", R"(How a tree searches; see `tengen.Mcts`.

Parameters
----------
**settings
    Values for the fields below. An unknown name is a TypeError.)");
  config.def("__init__", [](nb::pointer_and_handle<MctsConfig> self, const nb::kwargs& settings) {
    new (self.p) MctsConfig();
    nb::inst_mark_ready(self.h);
    SetFields(self.h, settings);
  });
  config.def_prop_rw("root", RootName, SetRoot,
                     "\"gumbel\" (Danihelka et al. 2022) or \"puct\" (Silver et al. 2018).");
  ConfigFields fields(config);
  fields.Field("c_init", &MctsConfig::c_init, "PUCT's constant for Q normalised to [0, 1].")
      .Field("c_factor", &MctsConfig::c_factor,
             "PUCT's constant grows by this times log((1 + visits + c_base) / c_base).")
      .Field("c_base", &MctsConfig::c_base, "See c_factor.")
      .Field("fpu_reduction", &MctsConfig::fpu_reduction,
             "An unvisited move is worth its parent's Q minus this times the root of the visited "
             "priors.")
      .Field("root_fpu_reduction", &MctsConfig::root_fpu_reduction, "The same at the root.")
      .Field("noise_total", &MctsConfig::noise_total,
             "Dirichlet noise at a PUCT root: alpha times the number of legal moves.")
      .Field("noise_fraction", &MctsConfig::noise_fraction, "Its share of the priors; 0 = none.")
      .Field("gumbel_considered", &MctsConfig::gumbel_considered,
             "Actions that a Gumbel root draws without replacement.")
      .Field("gumbel_c_visit", &MctsConfig::gumbel_c_visit,
             "sigma(q) = (c_visit + max N) c_scale q.")
      .Field("gumbel_c_scale", &MctsConfig::gumbel_c_scale,
             "sigma(q) = (c_visit + max N) c_scale q.")
      .Field("leaf_batch", &MctsConfig::leaf_batch,
             "Leaves of one tree that wait for one evaluation together.")
      .Field("virtual_loss", &MctsConfig::virtual_loss,
             "Visits without a value that a leaf under way counts for, if leaf_batch is above 1.")
      .Field("max_nodes", &MctsConfig::max_nodes, "Bound on the tree.")
      .Field("reuse_tree", &MctsConfig::reuse_tree, "Keep the subtree of the moves played.")
      .Finish();
  config.attr("_fields") = config.attr("_fields") + nb::make_tuple("root");
  config.def("__repr__", [](nb::handle self) {
    std::string text = "tengen.MctsConfig(";
    const char* before = "";
    for (nb::handle name : self.type().attr("_fields")) {
      text += StrCat(before, nb::cast<std::string>(name), "=",
                     nb::repr(nb::getattr(self, name)).c_str());
      before = ", ";
    }
    return text + ")";
  });
}

// ---- Results ----

// The results of all states as arrays over all actions.
nb::dict ResultArrays(const std::vector<SearchResult>& results, int num_actions) {
  const std::size_t n = results.size();
  const auto width = static_cast<std::size_t>(num_actions);
  NewArray<std::int32_t> visits({n, width}, 0), best({n}), simulations({n});
  NewArray<float> policy({n, width}, 0.0F), q({n, width}, 0.0F), prior({n, width}, 0.0F);
  NewArray<float> root_value({n}), raw_value({n});
  nb::list lines;
  for (std::size_t i = 0; i < n; ++i) {
    const SearchResult& result = results[i];
    for (std::size_t a = 0; a < result.actions.size(); ++a) {
      const std::size_t at = i * width + static_cast<std::size_t>(result.actions[a]);
      visits.span()[at] = result.visits[a];
      policy.span()[at] = result.policy[a];
      q.span()[at] = result.q[a];
      prior.span()[at] = result.priors[a];
    }
    best.span()[i] = result.best;
    simulations.span()[i] = result.simulations;
    root_value.span()[i] = result.root_value;
    raw_value.span()[i] = result.raw_value;
    lines.append(nb::cast(result.principal_variation));
  }
  nb::dict arrays;
  arrays["visits"] = visits.Release();
  arrays["policy"] = policy.Release();
  arrays["q"] = q.Release();
  arrays["prior"] = prior.Release();
  arrays["best"] = best.Release();
  arrays["simulations"] = simulations.Release();
  arrays["root_value"] = root_value.Release();
  arrays["raw_value"] = raw_value.Release();
  arrays["principal_variation"] = lines;
  return arrays;
}

// ---- Search ----

// TreeSearch with the GIL released where work is done. Every step of a search gives the number that
// the next one must name: neither a batch that is over nor a search that another one has replaced
// is taken for the present one.
class PyTreeSearch {
 public:
  PyTreeSearch(const MctsConfig& config, std::uint64_t seed, int threads)
      : search_(config, seed, threads) {}

  std::int64_t Begin(const std::vector<const PyState*>& states, int simulations, bool explore,
                     const std::string& encoder) {
    const InUse use(in_use_, kName);
    ++batch_;
    search_.Begin(states, simulations, explore ? Exploration::kOn : Exploration::kOff, encoder);
    return batch_;
  }

  std::pair<std::int64_t, int> Gather(std::int64_t batch) {
    const InUse use(in_use_, kName);
    RequireSameSearch(batch);
    ++batch_;
    const nb::gil_scoped_release release;
    return {batch_, search_.Gather()};
  }

  std::int64_t Backup(std::int64_t batch, nb::handle logits, nb::handle values) {
    RequireSameSearch(batch);
    RequirePresent(batch);
    const auto leaves = static_cast<std::size_t>(search_.leaves());
    const auto actions = static_cast<std::size_t>(search_.game()->spec().num_actions);
    const auto logit_array = ArrayOf<float>(logits, "float32");
    const auto value_array = ArrayOf<float>(values, "float32");
    const auto all_logits = InSpan(logit_array, {leaves, actions}, "the evaluator's logits");
    const auto all_values = InSpan(value_array, {leaves}, "the evaluator's values");
    const InUse use(in_use_, kName);
    // Converting may have run Python.
    RequireSameSearch(batch);
    ++batch_;
    const nb::gil_scoped_release release;
    search_.Backup(all_logits, all_values);
    return batch_;
  }

  nb::dict Results(std::int64_t batch) {
    const InUse use(in_use_, kName);
    RequireSameSearch(batch);
    if (search_.game() == nullptr || search_.leaves() > 0) {
      throw std::runtime_error("the search has not ended, wanted gather until it gives 0");
    }
    return ResultArrays(search_.Results(), search_.game()->spec().num_actions);
  }

  void Clear() {
    const InUse use(in_use_, kName);
    ++batch_;
    search_.Clear();
  }

  nb::tuple Encode(std::int64_t batch) {
    RequirePresent(batch);
    Shape shape = search_.game()->PlanesShape(search_.encoder());
    const auto leaves = static_cast<std::size_t>(search_.leaves());
    shape.insert(shape.begin(), leaves);
    NewArray<float> planes(shape);
    NewArray<float> globals({leaves, static_cast<std::size_t>(search_.encoder().globals())});
    {
      const InUse use(in_use_, kName);
      const nb::gil_scoped_release release;
      search_.Encode(planes.span(), globals.span());
    }
    return nb::make_tuple(planes.Release(), globals.Release());
  }

  NumpyArray<bool> LegalMask(std::int64_t batch) const {
    RequirePresent(batch);
    const auto leaves = static_cast<std::size_t>(search_.leaves());
    const auto width = static_cast<std::size_t>(search_.game()->spec().num_actions);
    NewArray<bool> mask({leaves, width}, false);
    for (std::size_t i = 0; i < leaves; ++i) {
      for (const Action a : search_.leaf(i).legal) {
        mask.span()[i * width + static_cast<std::size_t>(a)] = true;
      }
    }
    return mask.Release();
  }

  NumpyArray<std::int8_t> Boards(std::int64_t batch) const {
    RequirePresent(batch);
    const auto leaves = static_cast<std::size_t>(search_.leaves());
    Shape shape = search_.game()->BoardShape();
    const std::size_t points = SizeOf(shape);
    shape.insert(shape.begin(), leaves);
    NewArray<std::int8_t> boards(shape);
    for (std::size_t i = 0; i < leaves; ++i) {
      auto* const row = reinterpret_cast<Cell*>(boards.span().data() + i * points);
      search_.leaf(i).state->Board({row, points});
    }
    return boards.Release();
  }

  NumpyArray<std::int8_t> ToMove(std::int64_t batch) const {
    RequirePresent(batch);
    const auto leaves = static_cast<std::size_t>(search_.leaves());
    NewArray<std::int8_t> players({leaves});
    for (std::size_t i = 0; i < leaves; ++i) {
      players.span()[i] = static_cast<std::int8_t>(Index(search_.leaf(i).state->ToMove()));
    }
    return players.Release();
  }

 private:
  static constexpr const char* kName = "the search";

  void RequireSameSearch(std::int64_t batch) const {
    if (batch != batch_) {
      throw std::runtime_error("another search was begun meanwhile, wanted one call at a time");
    }
  }

  void RequirePresent(std::int64_t batch) const {
    if (batch == batch_) InUse::RequireFree(in_use_, kName);
    if (batch != batch_ || search_.leaves() == 0) {
      throw std::runtime_error(
          "this batch is over, wanted the one that the evaluator was called with last");
    }
  }

  TreeSearch search_;
  std::int64_t batch_ = 0;
  bool in_use_ = false;
};

}  // namespace

void BindSearch(nb::module_& m) {
  BindConfig(m);
  nb::class_<PyTreeSearch>(m, "TreeSearch", "What stands behind `tengen.Mcts`.")
      .def(
          "__init__",
          [](PyTreeSearch* self, const MctsConfig& config, std::uint64_t seed, int threads) {
            if (const Status status = CheckMctsConfig(config); !status) {
              throw nb::value_error(status.error().c_str());
            }
            if (threads < 1 || threads > ThreadTeam::kMost) {
              throw nb::value_error(
                  StrCat("threads is ", threads, ", wanted 1 to ", ThreadTeam::kMost).c_str());
            }
            new (self) PyTreeSearch(config, seed, threads);
          },
          nb::arg("config"), nb::arg("seed"), nb::arg("threads"))
      .def("begin", &PyTreeSearch::Begin, nb::arg("states"), nb::arg("simulations"),
           nb::arg("explore"), nb::arg("encoder"))
      .def("gather", &PyTreeSearch::Gather, nb::arg("batch"))
      .def("backup", &PyTreeSearch::Backup, nb::arg("batch"), nb::arg("logits"), nb::arg("values"))
      .def("results", &PyTreeSearch::Results, nb::arg("batch"))
      .def("clear", &PyTreeSearch::Clear)
      .def("encode", &PyTreeSearch::Encode, nb::arg("batch"))
      .def("legal_mask", &PyTreeSearch::LegalMask, nb::arg("batch"))
      .def("boards", &PyTreeSearch::Boards, nb::arg("batch"))
      .def("to_move", &PyTreeSearch::ToMove, nb::arg("batch"));
}

}  // namespace tengen
