#include "experiments/analysis/analysis_service.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>
#include <variant>

#include <nlohmann/json.hpp>

#include "agents/gtp/position_search.h"
#include "envs/core/check.h"
#include "envs/go/go_game.h"
#include "experiments/analysis/analysis_answer.h"

namespace tengen {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kCacheShare = 8;  // of the cache, for each profile beside it

GameSpec LargestGame() {
  GoSetup setup;
  setup.shape = {GoBoard::kMaxSide, GoBoard::kMaxSide};
  return GoGame::Make(std::move(setup)).value()->spec();
}

// How deep brackets nest, those inside of strings left out.
int Depth(std::string_view line) {
  int depth = 0;
  int deepest = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++i;
    if (in_string) continue;
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if (c == ']' || c == '}') --depth;
  }
  return deepest;
}

// Turns named by an action: all of them where the field is missing; nothing if it is malformed.
std::optional<std::vector<std::int64_t>> TurnNumbers(const Json& json, bool* all) {
  std::vector<std::int64_t> turns;
  const auto field = json.find("turnNumbers");
  *all = field == json.end();
  if (*all) return turns;
  if (!field->is_array()) return std::nullopt;
  for (const Json& turn : *field) {
    if (!turn.is_number_integer()) return std::nullopt;
    turns.push_back(turn.get<std::int64_t>());
  }
  return turns;
}

}  // namespace

AnalysisService::Opened::Opened(const AnalysisNetwork& opened,
                                const AnalysisServiceOptions& options)
    : network(opened),
      batching(network.evaluator, options.lanes, options.max_batch),
      cache(batching, LargestGame(), options.cache_bytes, CachedAnswer::kDetailsToo) {}

AnalysisService::AnalysisService(const AnalysisNetwork& network,
                                 const AnalysisServiceOptions& options, Write write)
    : options_(options), own_(network, options), write_(std::move(write)) {
  TENGEN_CHECK(options.threads > 0, "threads ", options.threads, ", wanted at least 1");
  for (int i = 0; i < options.threads; ++i) {
    threads_.emplace_back([this] { Serve(); });
  }
}

AnalysisService::~AnalysisService() {
  stopping_ = true;
  {
    MutexLock lock(mutex_);
    waiting_.clear();
    closed_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void AnalysisService::Finish() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) thread.join();
  MutexLock lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

bool AnalysisService::HandleLine(std::string_view line) {
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) return !stopping_;
  try {
    if (line.size() >= kMaxLine) {
      WriteLine(
          Json::object({{"error", StrCat("a line of ", kMaxLine,
                                         " bytes or more, wanted less: ", line.substr(0, 60))}}));
      return !stopping_;
    }
    Json json;
    if (Depth(line) <= kMaxDepth) json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    const auto id = json.is_object() ? json.find("id") : json.end();
    if (!json.is_object()) {
      WriteLine(Json::object({{"error", StrCat("the line is no JSON object (nested at most ",
                                               kMaxDepth, " deep): ", line.substr(0, 60))}}));
    } else if (id == json.end() || !id->is_string()) {
      WriteLine({{"error", "a query needs the field id, a string"}, {"field", "id"}});
    } else if (json.contains("action")) {
      HandleAction(id->get<std::string>(), json);
    } else {
      HandleQuery(id->get<std::string>(), json);
    }
  } catch (...) {
    Fail(std::current_exception());
  }
  return !stopping_;
}

Result<Evaluator*> AnalysisService::EvaluatorFor(const std::string& profile) {
  if (profile.empty()) return &own_.cache;
  if (const auto found = imitating_.find(profile); found != imitating_.end()) {
    return &found->second->cache;
  }
  if (!own_.network.imitating) {
    return Error{StrCat("humanSLProfile: ", own_.network.name,
                        " takes no profile, wanted a network that imitates people")};
  }
  const auto network = own_.network.imitating(profile);
  if (!network) return Error{"humanSLProfile: " + network.error()};
  AnalysisServiceOptions options = options_;
  options.cache_bytes /= kCacheShare;
  auto& opened = imitating_[profile];
  opened = std::make_unique<Opened>(*network, options);
  return &opened->cache;
}

void AnalysisService::HandleQuery(const std::string& id, const Json& json) {
  auto read = ReadAnalysisQuery(json, options_.defaults, own_.network);
  if (const auto* problem = std::get_if<QueryProblem>(&read)) return Problem("error", id, *problem);
  auto& query = std::get<AnalysisQuery>(read);
  const auto evaluator = EvaluatorFor(query.settings.profile);
  if (!evaluator) return Problem("error", id, {"overrideSettings", evaluator.error()});
  for (const QueryProblem& warning : query.warnings) Problem("warning", id, warning);
  const auto settings = std::make_shared<const AnalysisSettings>(std::move(query.settings));
  MutexLock lock(mutex_);
  for (AnalysisTurn& turn : query.turns) {
    auto task = std::make_shared<Task>();
    task->id = id;
    task->turn = turn.number;
    task->priority = turn.priority;
    task->arrival = arrivals_++;
    task->settings = settings;
    task->evaluator = *evaluator;
    task->position = std::move(turn.position);
    waiting_.insert(std::move(task));
  }
  changed_.NotifyAll();
}

void AnalysisService::HandleAction(const std::string& id, Json json) {
  const std::string action = json["action"].is_string() ? json["action"].get<std::string>() : "";
  if (action == "query_version") {
    json["version"] = options_.version;
    json["git_hash"] = options_.git_hash;
  } else if (action == "query_models") {
    json["models"] = Json::array({Json::object({{"name", own_.network.file},
                                                {"internalName", own_.network.name},
                                                {"maxBatchSize", options_.max_batch},
                                                {"usesHumanSLProfile", own_.network.takes_profile},
                                                {"version", own_.network.version},
                                                {"usingFP16", "false"}})});
  } else if (action == "clear_cache") {
    own_.cache.Clear();
    for (auto& [profile, opened] : imitating_) opened->cache.Clear();
  } else if (action == "terminate" || action == "terminate_all") {
    if (!Terminate(id, json)) return;
  } else {
    return Problem("error", id,
                   {"action",
                    "wanted query_version, query_models, clear_cache, terminate or "
                    "terminate_all"});
  }
  WriteLine(json);
}

bool AnalysisService::Terminate(const std::string& id, const Json& json) {
  const bool every_id = json["action"] == "terminate_all";
  const auto terminated_id = json.find("terminateId");
  if (!every_id && (terminated_id == json.end() || !terminated_id->is_string())) {
    Problem("error", id, {"terminateId", "wanted the id of a query, a string"});
    return false;
  }
  bool every_turn = false;
  const auto turns = TurnNumbers(json, &every_turn);
  if (!turns) {
    Problem("error", id, {"turnNumbers", "wanted a list of whole numbers"});
    return false;
  }
  const std::string meant_id = every_id ? "" : terminated_id->get<std::string>();
  const auto meant = [&](const Task& task) {
    return (every_id || task.id == meant_id) &&
           (every_turn || std::count(turns->begin(), turns->end(), task.turn) > 0);
  };
  std::vector<std::shared_ptr<Task>> dropped;
  {
    MutexLock lock(mutex_);
    for (auto task = waiting_.begin(); task != waiting_.end();) {
      if (meant(**task)) {
        dropped.push_back(*task);
        task = waiting_.erase(task);
      } else {
        ++task;
      }
    }
    for (const std::shared_ptr<Task>& task : running_) {
      if (meant(*task)) task->terminated = true;
    }
  }
  for (const std::shared_ptr<Task>& task : dropped) AnswerNothing(*task);
  return true;
}

std::shared_ptr<AnalysisService::Task> AnalysisService::NextTask() {
  MutexLock lock(mutex_);
  while (waiting_.empty() && !closed_) changed_.Wait(mutex_);
  if (waiting_.empty()) return nullptr;
  std::shared_ptr<Task> task = *waiting_.begin();
  waiting_.erase(waiting_.begin());
  running_.push_back(task);
  return task;
}

void AnalysisService::Serve() {
  while (const std::shared_ptr<Task> task = NextTask()) {
    try {
      Search(*task);
    } catch (...) {
      Fail(std::current_exception());
    }
    MutexLock lock(mutex_);
    running_.erase(std::find(running_.begin(), running_.end(), task));
  }
}

// Every search begins with an empty tree, so that an answer does not depend on earlier queries.
void AnalysisService::Search(const Task& task) {
  const AnalysisSettings& settings = *task.settings;
  const GoState& root = *task.position.state;
  const std::int64_t simulations =
      std::min<std::int64_t>(settings.visits - 1, std::numeric_limits<int>::max() / 2);
  // The cache outlives the search.
  const std::shared_ptr<Evaluator> evaluator(std::shared_ptr<Evaluator>(), task.evaluator);
  MctsConfig mcts = own_.network.SearchConfig(simulations);
  mcts.fpu_reduction = settings.fpu_reduction;
  mcts.root_fpu_reduction = settings.root_fpu_reduction;
  PositionSearch search(evaluator, mcts, options_.seed + task.arrival);
  PositionSearchRequest request;
  request.root = &root;
  request.visits = static_cast<int>(simulations);
  request.limits = settings.limits;
  request.seconds = settings.seconds;
  request.root_temperature = settings.root_temperature;
  request.ownership = settings.ownership || settings.ownership_spread;
  request.moves_ownership = settings.moves_ownership || settings.moves_ownership_spread;
  request.stop = [&] { return task.terminated || stopping_; };
  if (settings.first_report_s) {
    request.first_s = *settings.first_report_s;
    request.interval_s = settings.report_every_s;
    request.report = [&](const SearchResult&) {
      Answer(task, /*during_search=*/true, AnalysisJson(settings, root, search.Analysis()));
    };
  }
  if (task.terminated) return AnswerNothing(task);
  (void)search.Run(request);
  if (stopping_) return;
  Answer(task, /*during_search=*/false, AnalysisJson(settings, root, search.Analysis()));
}

void AnalysisService::Answer(const Task& task, bool during_search, Json json) {
  json["id"] = task.id;
  json["turnNumber"] = task.turn;
  json["isDuringSearch"] = during_search;
  WriteLine(json);
}

void AnalysisService::AnswerNothing(const Task& task) {
  Answer(task, /*during_search=*/false, Json::object({{"noResults", true}}));
}

void AnalysisService::Problem(const char* kind, const std::string& id,
                              const QueryProblem& problem) {
  WriteLine({{kind, problem.message}, {"field", problem.field}, {"id", id}});
}

void AnalysisService::WriteLine(const Json& json) {
  const std::string line = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  MutexLock lock(write_mutex_);
  write_(line);
}

void AnalysisService::Fail(std::exception_ptr error) {
  stopping_ = true;
  MutexLock lock(mutex_);
  if (!failure_) failure_ = std::move(error);
  waiting_.clear();
  changed_.NotifyAll();
}

}  // namespace tengen
