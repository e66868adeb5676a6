#include "experiments/cluster/worker_status_json.h"

#include <cstdio>
#include <ctime>

#include <nlohmann/json.hpp>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr double kLongWait_s = 60.0;

double Rate(double count, double seconds) { return seconds > 0.0 ? count / seconds : 0.0; }

nlohmann::json WorkerToJson(const ConnectedWorker& worker, std::int64_t step) {
  return {{"name", worker.hello.name},
          {"address", worker.address},
          {"threads", worker.hello.threads},
          {"device", worker.hello.device},
          {"program", worker.hello.program},
          {"games", worker.games},
          {"games_per_s", Rate(static_cast<double>(worker.games), worker.seconds)},
          {"evaluations_per_s", worker.status.evaluations_per_s},
          {"network_step", worker.status.network_step},
          {"steps_behind", step - worker.status.network_step},
          {"waiting_games", worker.status.waiting_games},
          {"oldest_waiting_s", worker.status.oldest_waiting_s},
          {"dropped_games", worker.status.dropped_games},
          {"connected_s", worker.seconds},
          {"silent_s", worker.silent_s},
          {"waits_for", worker.status.waits_for}};
}

std::string Rounded(double number) {
  char text[32];
  std::snprintf(text, sizeof text, number < 10.0 ? "%.1f" : "%.0f", number);
  return text;
}

// Why nothing moves, or "".
std::string WhyIdle(const nlohmann::json& status) {
  const double age_s = static_cast<double>(std::time(nullptr)) - status.value("time", 0.0);
  if (age_s > kLongWait_s) {
    return StrCat("the learner has written nothing for ", Rounded(age_s),
                  " s: it does not run, or it hangs");
  }
  if (status.at("workers").empty()) {
    const std::string refusal = status.value("last_refusal", "");
    return "no worker is there" + (refusal.empty() ? "" : "; the last one was refused, " + refusal);
  }
  return "";
}

// Quotes, backslashes and line ends as the format wants them.
std::string Label(const std::string& text) {
  std::string quoted;
  for (const char c : text) {
    if (c == '\\' || c == '"') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted;
}

std::string MakeText(const nlohmann::json& status) {
  std::string text = StrCat("step ", status.at("step").get<std::int64_t>(), ", ",
                            status.at("games").get<std::uint64_t>(), " games received, ",
                            status.at("repeated_games").get<std::uint64_t>(), " came twice, ",
                            status.at("stale_games").get<std::uint64_t>(), " too old, ",
                            status.at("queued_games").get<std::uint64_t>(), " queued, ",
                            status.at("refused").get<std::uint64_t>(), " refusals\n");
  const auto unknown = status.value("unknown_games", std::uint64_t{0});
  if (unknown > 0) text += StrCat("  ", unknown, " games named networks that nobody knows\n");
  for (const nlohmann::json& w : status.at("workers")) {
    text +=
        StrCat("  ", w.at("name").get<std::string>(), " ", w.at("address").get<std::string>(), ": ",
               w.at("threads").get<int>(), " threads, ", Rounded(w.at("games_per_s").get<double>()),
               " games/s, ", Rounded(w.at("evaluations_per_s").get<double>()), " evals/s, ",
               w.at("steps_behind").get<std::int64_t>(), " steps behind, ",
               w.at("waiting_games").get<std::uint64_t>(), " games wait");
    if (w.at("dropped_games") > 0) {
      text += StrCat(", ", w.at("dropped_games").get<std::uint64_t>(), " dropped");
    }
    const std::string waits = w.at("waits_for").get<std::string>();
    text += waits.empty() ? "\n" : "; waits for " + waits + "\n";
  }
  const std::string why = WhyIdle(status);
  return why.empty() ? text : text + why + "\n";
}

std::string MakeMetrics(const nlohmann::json& status) {
  std::string text;
  const auto head = [&text](const char* name, const char* type, const char* help) {
    text += StrCat("# HELP ", name, " ", help, "\n# TYPE ", name, " ", type, "\n");
  };
  const auto plain = [&](const char* name, const char* type, const char* help, const char* key) {
    head(name, type, help);
    text += StrCat(name, " ", status.at(key).dump(), "\n");
  };
  plain("tengen_learner_steps", "gauge", "Learner steps behind the newest network.", "step");
  plain("tengen_games_received_total", "counter", "Games that workers sent.", "games");
  plain("tengen_games_repeated_total", "counter", "Games that came again.", "repeated_games");
  plain("tengen_games_stale_total", "counter", "Games dropped as too old.", "stale_games");
  plain("tengen_games_queued", "gauge", "Games that the learner has not taken.", "queued_games");
  plain("tengen_refusals_total", "counter", "Connections refused or broken off.", "refused");
  plain("tengen_received_bytes_total", "counter", "Bytes from workers that left.", "bytes_in");
  plain("tengen_sent_bytes_total", "counter", "Bytes to workers that left.", "bytes_out");
  head("tengen_workers", "gauge", "Workers that are connected.");
  text += StrCat("tengen_workers ", status.at("workers").size(), "\n");
  const auto each = [&](const char* name, const char* help, const char* key) {
    head(name, "gauge", help);
    for (const nlohmann::json& w : status.at("workers")) {
      text += StrCat(name, "{worker=\"", Label(w.at("name").get<std::string>()), "\",address=\"",
                     Label(w.at("address").get<std::string>()), "\"} ", w.at(key).dump(), "\n");
    }
  };
  each("tengen_worker_evaluations_per_second", "Network evaluations.", "evaluations_per_s");
  each("tengen_worker_steps_behind", "Learner steps since the worker's network.", "steps_behind");
  each("tengen_worker_waiting_games", "Games not yet acknowledged.", "waiting_games");
  each("tengen_worker_oldest_waiting_seconds", "Age of the oldest of them.", "oldest_waiting_s");
  return text;
}

// What people, or another program, may have done to the file.
Result<std::string> Checked(std::string (*make)(const nlohmann::json&),
                            const nlohmann::json& status) {
  try {
    return make(status);
  } catch (const nlohmann::json::exception& error) {
    return Error{StrCat("not the status of a learner's workers (", error.what(), ")")};
  }
}

}  // namespace

nlohmann::json WorkersToJson(const std::vector<ConnectedWorker>& workers, const DoorCounts& door,
                             const LearnerCounts& learner) {
  nlohmann::json list = nlohmann::json::array();
  for (const ConnectedWorker& worker : workers) list.push_back(WorkerToJson(worker, learner.step));
  return {{"time", static_cast<double>(std::time(nullptr))},
          {"step", learner.step},
          {"games", door.games},
          {"repeated_games", learner.repeated_games},
          {"stale_games", learner.stale_games},
          {"unknown_games", learner.unknown_games},
          {"queued_games", learner.queued_games},
          {"refused", door.refused},
          {"last_refusal", door.last_refusal},
          {"bytes_in", door.bytes_in},
          {"bytes_out", door.bytes_out},
          {"sessions", door.sessions},
          {"workers", std::move(list)}};
}

Result<std::string> WorkersText(const nlohmann::json& status) { return Checked(MakeText, status); }

Result<std::string> WorkersMetrics(const nlohmann::json& status) {
  return Checked(MakeMetrics, status);
}

}  // namespace tengen
