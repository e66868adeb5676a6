#include "envs/core/game_options.h"

#include <algorithm>
#include <charconv>
#include <numeric>

namespace tengen {

Result<GameOptions> GameOptions::Parse(std::string_view text) {
  GameOptions options;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Error{StrCat("option '", part, "', wanted key=value")};
    }
    Option option{std::string(part.substr(0, equals)), std::string(part.substr(equals + 1))};
    for (const Option& other : options.options_) {
      if (other.key == option.key) return Error{StrCat("option '", option.key, "' is given twice")};
    }
    options.options_.push_back(std::move(option));
  }
  return options;
}

bool GameOptions::Has(std::string_view key) const {
  return std::any_of(options_.begin(), options_.end(),
                     [key](const Option& option) { return option.key == key; });
}

const std::string* GameOptions::Take(std::string_view key) {
  known_.emplace_back(key);
  for (Option& option : options_) {
    if (option.key == key) {
      option.taken = true;
      return &option.value;
    }
  }
  return nullptr;
}

void GameOptions::Fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

int GameOptions::Int(std::string_view key, int fallback, int low, int high) {
  const std::string* text = Take(key);
  if (text == nullptr) return fallback;
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < low || value > high) {
    Fail(StrCat(key, "=", *text, ", wanted a whole number from ", low, " to ", high));
    return fallback;
  }
  return value;
}

double GameOptions::Double(std::string_view key, double fallback, double low, double high) {
  const std::string* text = Take(key);
  if (text == nullptr) return fallback;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() ||
      !(value >= low && value <= high)) {
    Fail(StrCat(key, "=", *text, ", wanted a number from ", low, " to ", high));
    return fallback;
  }
  return value;
}

std::string GameOptions::Choice(std::string_view key, std::string_view fallback,
                                const std::vector<std::string>& allowed) {
  const std::string* text = Take(key);
  if (text == nullptr) return std::string(fallback);
  if (std::find(allowed.begin(), allowed.end(), *text) == allowed.end()) {
    std::string list;
    for (const std::string& choice : allowed) list += (list.empty() ? "" : " or ") + choice;
    Fail(StrCat(key, "=", *text, ", wanted ", list));
    return std::string(fallback);
  }
  return *text;
}

std::string GameOptions::Text(std::string_view key, std::string_view fallback) {
  const std::string* text = Take(key);
  return text == nullptr ? std::string(fallback) : *text;
}

Status GameOptions::Finish(std::string_view game) const {
  for (const Option& option : options_) {
    if (option.taken) continue;
    const std::string nearest = NearestName(option.key, known_);
    std::string known;
    for (const std::string& key : known_) known += (known.empty() ? "" : ", ") + key;
    return Error{StrCat("game ", game, ": unknown option '", option.key, "'",
                        nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                        known.empty() ? " (it has none)" : " (known: " + known + ")")};
  }
  if (!error_.empty()) return Error{StrCat("game ", game, ": ", error_)};
  return Ok{};
}

namespace {

int EditDistance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearestName(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  // A third of the letters may differ, two at least: enough for typos, too little for other words.
  int best_distance = std::max(2, static_cast<int>(word.size()) / 3) + 1;
  for (const std::string& candidate : candidates) {
    const int distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace tengen
