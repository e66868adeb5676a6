#pragma once

#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "nets/device.h"

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace tengen {

struct ParallelGames;

inline constexpr const char* kDeviceHelp = "cpu, cuda or cuda:N";

// For options that must be above a bound; whole numbers from 0 are above -1.
CLI::Validator NumberAbove(double bound);
// The same for one that may be as small as `least` and as large as `most`.
CLI::Validator NumberFrom(double least, double most);
// For --seed: whole numbers from 0 to 2^63 - 1, none of which is taken for another.
CLI::Validator SeedNumber();

// Where a command's answer for people goes: stdout, or stderr where stdout is for --json.
std::FILE* AnswerStream(bool json);

// Writes to stdout at once. Throws WorldError if nobody reads it any more or the disk is full.
void WriteOutput(std::string_view text);

// One JSON object on one line of stdout, as WriteOutput.
void PrintJsonLine(const nlohmann::ordered_json& json);

// The device of that name (kDeviceHelp). Throws UsageError for a name that is none, WorldError for
// a device that is not there.
Device DeviceOption(const std::string& name);

// True after the first Ctrl-C, SIGTERM or SIGHUP (a terminal that went away; ignored under nohup).
// A second Ctrl-C or SIGTERM ends the process at once. Installs the handlers at the first call.
const std::atomic<bool>& StopRequested();

// `wanted`, or one per processor if that is 0.
int ThreadCount(int wanted);

// --threads, --parallel and --deterministic.
void AddParallelOptions(CLI::App& command, ParallelGames& wanted);

}  // namespace tengen
