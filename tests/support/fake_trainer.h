#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"

namespace tengen {

// A program that trains and plays as `tengen` does, but does not learn: `train` writes networks of
// steps 0, 50 and 100 after 0, 500 and 1000 evaluations, `match` knows what they score:
//
//   step      0     50     100
//   score     0     .25    .5     against the anchor, 20 pairs; with --set fast=1 .5 at step 50
//
// --set crash=SEED fails with that seed as long as no file "mended" lies beside the program,
// --set wait=1 trains until it gets SIGTERM or "mended" is there, --set early=1 ends after half of
// the budget, --set game=NAME trains another game, --set komi=K with another komi, silent=1 is
// killed, and unknown=1 refused. Each call is a line of calls.txt beside it.
class FakeTrainer {
 public:
  explicit FakeTrainer(const TempFolder& temp) : folder_(temp.path() / "fake") {
    std::filesystem::create_directories(folder_);
    std::ofstream(program()) << kScript;
    std::filesystem::permissions(program(), std::filesystem::perms::owner_all);
  }

  std::filesystem::path program() const { return folder_ / "tengen"; }
  void Mend() const { std::ofstream(folder_ / "mended") << "yes"; }

  // Calls that begin with a word, without those for --print-config.
  int Calls(const std::string& command) const {
    std::ifstream in(folder_ / "calls.txt");
    int count = 0;
    for (std::string line; std::getline(in, line);) {
      count += line.starts_with(command + " ") && line.find("--print-config") == std::string::npos;
    }
    return count;
  }

 private:
  static constexpr const char* kScript = R"SCRIPT(#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$here/calls.txt"
command=$1; a=$2; dir=; seed=0; fast=0; crash=-1; wait=0; game=tictactoe; komi=; early=0; print=0
while [ $# -gt 0 ]; do
  case $1 in
    --run-dir) dir=$2; shift;;
    --seed) seed=$2; shift;;
    --print-config) print=1;;
    fast=1) fast=1;;
    wait=1) wait=1;;
    crash=*) crash=${1#crash=};;
    game=*) game=${1#game=};;
    komi=*) komi=", \"komi\": [${1#komi=}]";;
    early=1) early=1;;
    silent=1) kill -9 $$;;
    unknown=1) echo "tengen: config unknown, did you mean 'known'?" >&2; exit 2;;
  esac
  shift
done
if [ "$command" = train ]; then
  if [ $print = 1 ]; then echo "{\"selfplay\": {\"games\": [\"$game\"]$komi}}"; exit 0; fi
  if [ "$crash" = "$seed" ] && [ ! -e "$here/mended" ]; then echo "out of luck" >&2; exit 3; fi
  mkdir -p "$dir/checkpoints/00000000"
  if [ $wait = 1 ]; then
    trap 'exit 0' TERM
    while [ ! -e "$here/mended" ]; do sleep 0.05; done
  fi
  mkdir -p "$dir/checkpoints/00000050"
  echo "{\"kind\":\"status\",\"step\":50,\"evaluations\":500,\"seconds\":5.0}" > "$dir/metrics.jsonl"
  echo $fast > "$dir/fast"
  if [ $early = 1 ] && [ ! -e "$here/mended" ]; then exit 0; fi
  mkdir -p "$dir/checkpoints/00000100"
  echo "{\"kind\":\"status\",\"step\":100,\"evaluations\":1000,\"seconds\":9.0}" >> "$dir/metrics.jsonl"
  exit 0
fi
step=${a#*@}; step=${step%%,*}
run=${a#run:}; run=${run%%@*}; run=$(echo "$run" | tr -d '"')
case $step-$(cat "$run/fast") in
  0-*) pairs=20,0,0,0,0;;
  50-0) pairs=10,0,10,0,0;;
  *) pairs=0,0,20,0,0;;
esac
echo "a table for people"
echo "{\"pairs\": [$pairs]}"
)SCRIPT";

  std::filesystem::path folder_;
};

}  // namespace tengen
