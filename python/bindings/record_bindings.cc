#include <deque>
#include <filesystem>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <utility>

#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "nets/encoder.h"
#include "python/bindings/bindings.h"
#include "python/bindings/record_columns.h"

namespace tengen {
namespace {

// The vector itself becomes the array's memory.
template <typename T>
NumpyArray<T> AsArray(std::vector<T>& column, const Shape& shape) {
  auto* const owned = new std::vector<T>(std::move(column));
  nb::capsule owner(owned, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return NumpyArray<T>(owned->data(), shape.size(), shape.data(), owner);
}

nb::dict GameColumns(RecordColumns& columns) {
  const Shape games = {columns.game_ids.size()};
  nb::dict dict;
  dict["game_id"] = nb::cast(columns.game_ids);
  dict["end"] = nb::cast(columns.ends);
  dict["return_first"] = AsArray(columns.return_first, games);
  dict["score_first"] = AsArray(columns.score_first, games);
  dict["plies"] = AsArray(columns.plies, games);
  dict["seed"] = AsArray(columns.seeds, games);
  dict["stream"] = AsArray(columns.streams, games);
  return dict;
}

nb::dict PositionColumns(RecordColumns& columns) {
  const std::size_t count = columns.game.size();
  const Shape rows = {count};
  const Shape& board = columns.board_shape;
  nb::dict dict;
  dict["game"] = AsArray(columns.game, rows);
  dict["ply"] = AsArray(columns.ply, rows);
  dict["to_move"] = AsArray(columns.to_move, rows);
  dict["action"] = AsArray(columns.action, rows);
  dict["visits"] = AsArray(columns.visits, rows);
  dict["root_value"] = AsArray(columns.root_value, rows);
  dict["raw_value"] = AsArray(columns.raw_value, rows);
  dict["result"] = AsArray(columns.result, rows);
  dict["board"] = AsArray(columns.board, {count, board[0], board[1]});
  dict["policy"] = AsArray(columns.policy, {count, columns.num_actions});
  if (columns.encoder == nullptr) return dict;
  const auto planes = static_cast<std::size_t>(columns.encoder->planes());
  const auto globals = static_cast<std::size_t>(columns.encoder->globals());
  dict["planes"] = AsArray(columns.planes, {count, board[0], board[1], planes});
  dict["globals"] = AsArray(columns.globals, {count, globals});
  return dict;
}

std::vector<std::filesystem::path> ShardsOf(const std::vector<std::string>& files) {
  return {files.begin(), files.end()};
}

bool IsOfShape(const GameRecord& record, const std::optional<std::pair<int, int>>& shape) {
  if (!shape) return true;
  const auto game = MakeGame(record.game_id);
  if (!game) return true;  // RecordColumns::Add says what is wrong with it
  const BoardShape met = (*game)->spec().shape;
  return met.rows == shape->first && met.columns == shape->second;
}

// The newest `games` records of a shape, and what was wrong with others.
std::deque<std::pair<GameRecord, std::string>> NewestRecords(
    RecordShardReader& reader, std::size_t games, const std::optional<std::pair<int, int>>& shape) {
  std::deque<std::pair<GameRecord, std::string>> newest;
  while (auto record = reader.Next()) {
    const std::string place = StrCat(reader.file().string(), ", byte ", reader.offset());
    if (!IsOfShape(*record, shape)) continue;
    newest.emplace_back(std::move(*record), place);
    if (newest.size() > games) newest.pop_front();
  }
  return newest;
}

nb::tuple ReadRecords(const std::vector<std::string>& files, std::uint64_t games, bool all_plies,
                      const std::string& encoder, const std::optional<std::pair<int, int>>& shape) {
  if (!encoder.empty() && encoder != "default") {
    // Also where no game is left that it could be asked for.
    if (const auto made = MakeEncoder(encoder); !made) throw nb::value_error(made.error().c_str());
  }
  RecordColumns columns(all_plies ? WantedPlies::kAll : WantedPlies::kSamples, encoder);
  std::vector<std::string> problems;
  {
    const nb::gil_scoped_release release;
    RecordShardReader reader(ShardsOf(files));
    for (const auto& [record, place] : NewestRecords(reader, games, shape)) {
      const Status status = columns.Add(record);
      if (!status.ok()) problems.push_back(place + ": " + status.error());
    }
    for (const ShardProblem& problem : reader.problems()) problems.push_back(problem.Text());
  }
  return nb::make_tuple(GameColumns(columns), PositionColumns(columns), nb::cast(problems));
}

}  // namespace

void BindRecords(nb::module_& m) {
  m.def(
      "list_shards",
      [](const std::string& folder) {
        std::vector<std::string> files;
        for (const auto& file : ListShards(folder)) files.push_back(file.string());
        return files;
      },
      nb::arg("folder"), "The files with game records of a folder, in writing order.");
  m.def("read_records", ReadRecords, nb::arg("files"), nb::arg("games"), nb::arg("all_plies"),
        nb::arg("encoder"), nb::arg("board_shape"),
        "(columns of games, columns of positions, problems); see `tengen.read_records`.");
}

}  // namespace tengen
