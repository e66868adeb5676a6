#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "nets/model.h"

namespace tengen {

// A network on disk: a folder with
//   model.json         format, version, config, step, facts, name, size, checksum and hash of the
//                      weights
//   model.safetensors  the weights

struct NetworkFile {
  ModelSnapshot snapshot;
  std::map<std::string, std::string> facts;  // of its training, for people: game, seed, commit, ...
};

// What tells this network from every other: the SHA-256 of model.safetensors.
std::string WeightsHash(const ModelSnapshot& snapshot);

// The folder is written beside, synced and renamed; an existing one is replaced. After a crash at
// any moment LoadNetwork finds the old network or the new one, whole. Throws WorldError (disk full,
// no permission).
void SaveNetwork(const std::filesystem::path& folder, const NetworkFile& network);

// Errors, each with the file: missing, truncated, checksum or hash differs (networks of older
// versions have no hash), unknown format or version,
// config invalid, tensors that do not fit the config.
Result<NetworkFile> LoadNetwork(const std::filesystem::path& folder);

}  // namespace tengen
