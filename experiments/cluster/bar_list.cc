#include "experiments/cluster/bar_list.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostBars = 1000;

}  // namespace

template <typename V>
void VisitFields(V& visit, BarredWorker& bar) {
  visit("address", bar.address);
  visit("name", bar.name);
  visit("device", bar.device);
  visit("instance", bar.instance);
  visit("why", bar.why);
}

fs::path BarFileOf(const fs::path& run) { return run / "barred.json"; }

std::string PlaceOf(const std::string& address, const HelloMessage& hello) {
  return StrCat(address, "\n", hello.name, "\n", hello.device);
}

BarList::BarList(fs::path file) : file_(std::move(file)) {
  if (!file_.empty() && fs::exists(file_)) Read();
}

void BarList::Read() {
  const Result<std::string> text = ReadWholeFile(file_);
  if (!text) throw WorldError(text.error());
  const auto list = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!list.is_array()) throw WorldError(StrCat(file_, " is no JSON list of barred workers"));
  for (const nlohmann::json& item : list) {
    BarredWorker bar;
    const Status read = ConfigFromJson(item, bar, StrCat("entry ", bars_.size()));
    if (!read) throw WorldError(StrCat(file_, ": ", read.error()));
    bars_.push_back(std::move(bar));
  }
}

bool BarList::Contains(const std::string& address, const HelloMessage& hello) const {
  return std::ranges::any_of(bars_, [&](const BarredWorker& bar) {
    if (!bar.instance.empty() && bar.instance == hello.instance) return true;
    return bar.address == address && bar.name == hello.name && bar.device == hello.device;
  });
}

Status BarList::Add(const std::string& address, const HelloMessage& hello, const std::string& why) {
  if (Contains(address, hello)) return Ok{};
  bars_.push_back({address, hello.name, hello.device, hello.instance, why});
  if (bars_.size() > kMostBars) bars_.pop_front();
  if (file_.empty()) return Ok{};
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const BarredWorker& bar : bars_) list.push_back(ConfigToJson(bar));
  try {
    const auto replace = nlohmann::ordered_json::error_handler_t::replace;  // what is no UTF-8
    WriteFileAtomically(file_, list.dump(2, ' ', /*ensure_ascii=*/false, replace) + "\n");
  } catch (const WorldError& error) {
    return Error{StrCat(error.what(), ": ", hello.name, " at ", address,
                        " is shut out only until the learner is started anew")};
  }
  return Ok{};
}

}  // namespace tengen
