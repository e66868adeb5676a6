#!/usr/bin/env python3
"""Training in one process against a learner and its workers, on the same two processors.

    compare_workers.py build/experiments/tengen --preset go5 --seconds 120 --rounds 2 --match 100

Each round trains a new run both ways, each for the same budget, the other one first in every second
round. The one process plays on two threads; the learner listens on loopback and its two workers play
on one thread each. Prints games, evaluations and learner steps per second of both and their ratios,
and with --match how the two networks of the last round play against each other and against pure
search. The last line is one JSON object.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

WORKERS = 2


def last_status(run):
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["kind"] == "status"][-1]


def wait_for(process, limit_s, what):
    try:
        code = process.wait(limit_s)
    except subprocess.TimeoutExpired:
        sys.exit(f"{what} did not end by itself")
    if code != 0:
        sys.exit(f"{what} ended with {code}")


def common(options, run):
    return [options.preset, "--budget", f"{options.seconds}s", "--run-dir", str(run), "--seed",
            str(options.seed), "--set", "progress.share=0"]


def train_alone(options, run):
    log = open(run.with_suffix(".txt"), "w")
    process = subprocess.Popen(
        [options.tengen, "train", *common(options, run), "--threads", str(WORKERS), "--no-forecast"],
        stdout=log, stderr=log)
    wait_for(process, 2 * options.seconds + 60, "train")


def invitation(process, log, limit_s):
    """The address that the learner tells."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end and process.poll() is None:
        for line in log.read_text().splitlines():
            if line.startswith("workers join with: tengen worker "):
                return line.split()[5]
        time.sleep(0.05)
    sys.exit(f"the learner did not listen: {log.read_text()}")


def train_apart(options, run):
    log = run.with_suffix(".txt")
    with open(log, "w") as out:
        learner = subprocess.Popen(
            [options.tengen, "learner", *common(options, run), "--listen", "127.0.0.1:0"],
            stdout=out, stderr=out)
    address = invitation(learner, log, 60)
    workers = []
    for number in range(WORKERS):
        with open(run.with_suffix(f".worker{number}.txt"), "w") as out:
            workers.append(subprocess.Popen(
                [options.tengen, "worker", address, "--key", str(run / "worker.key"), "--threads",
                 "1"], stdout=out, stderr=out))
    wait_for(learner, 2 * options.seconds + 60, "the learner")
    for worker in workers:
        wait_for(worker, 60, "a worker")


def match(options, a, b):
    output = subprocess.run(
        [options.tengen, "match", a, b, "--game", options.preset, "--games", str(options.match),
         "--json"], capture_output=True, text=True, check=True).stdout
    return json.loads(output.splitlines()[-1])["score"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tengen", help="the program")
    parser.add_argument("--preset", default="go5")
    parser.add_argument("--seconds", type=int, default=120, help="budget of each run")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--match", type=int, default=0, help="games of each match, 0 = none")
    options = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    ways = {"one process": train_alone, "learner and workers": train_apart}
    sums = {way: {"games": 0, "evaluations": 0, "step": 0, "seconds": 0.0} for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(options.rounds):
            order = list(ways) if number % 2 == 0 else list(reversed(ways))
            for way in order:
                run = pathlib.Path(folder) / f"{way.split()[0]}-{number}"
                ways[way](options, run)
                status = last_status(run)
                for name in sums[way]:
                    sums[way][name] += status[name]
                print(f"round {number + 1}, {way}: {status['games']} games, "
                      f"{status['evaluations']} evaluations, {status['step']} learner steps in "
                      f"{status['seconds']:.1f} s", flush=True)
        rates = {way: {name: row[name] / row["seconds"] for name in ("games", "evaluations", "step")}
                 for way, row in sums.items()}
        ratios = {name: rates["learner and workers"][name] / max(1e-9, rates["one process"][name])
                  for name in rates["one process"]}
        print("  per second        one process   learner and workers   ratio")
        for name, ratio in ratios.items():
            print(f"  {name:<12} {rates['one process'][name]:>16.2f} "
                  f"{rates['learner and workers'][name]:>21.2f} {ratio:>7.3f}")
        result = {"preset": options.preset, "rates": rates, "ratios": ratios}
        if options.match > 0:
            alone, apart = (f"run:{folder}/{name}-{options.rounds - 1},visits=100"
                            for name in ("one", "learner"))
            result["scores"] = {"workers against one process": match(options, apart, alone),
                                "workers against mcts:200": match(options, apart, "mcts:200"),
                                "one process against mcts:200": match(options, alone, "mcts:200")}
            for name, score in result["scores"].items():
                print(f"  {name}: {score}")
        print(json.dumps(result))


if __name__ == "__main__":
    main()
