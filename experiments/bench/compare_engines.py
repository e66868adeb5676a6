#!/usr/bin/env python3
"""Visits per second of programs that search with the same network, in turns on the same processors.

    compare_engines.py --size 9 --visits 400 \\
        --program "tengen=tengen gtp katago:NET.bin.gz,visits=400,threads=2 --size 9" \\
        --program "katago=katago gtp -model NET.bin.gz -config gtp_example.cfg -override-config ..."

One tree at a time, by GTP: a program has to choose a move at each position, from nothing; the visits
are those that its command line asks for, which --visits repeats. With --analysis the programs speak
KataGo's JSON protocol, get all positions of a round at once, and the visits are those that they
report. Positions are different in every round, so that no program finds answers in its cache, and
the same for all. Prints a line a round, and last one JSON object: visits per second of each program,
the median over rounds, and its ratio to the last one named.
"""

import argparse
import json
import random
import shlex
import statistics
import subprocess
import sys
import time

COLUMNS = "ABCDEFGHJKLMNOPQRSTUVWXYZ"


def make_positions(size, count, seed):
    """Black and White in turns on points of which no two touch: nothing is ever captured."""
    points = [(x, y) for x in range(size) for y in range(size) if (x + y) % 2 == 0]
    rng = random.Random(seed)
    positions = []
    for _ in range(count):
        rng.shuffle(points)
        stones = 4 + rng.randrange(size)
        positions.append([("BW"[i % 2], f"{COLUMNS[x]}{y + 1}")
                          for i, (x, y) in enumerate(points[:stones])])
    return positions


class Program:
    def __init__(self, text):
        self.name, _, command = text.partition("=")
        if not command:
            sys.exit(f"--program '{text}', wanted NAME=COMMAND")
        self.process = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                        text=True, bufsize=1)
        self.rates = []

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.name} has ended")
        return line.rstrip("\n")

    def gtp(self, command):
        self.process.stdin.write(command + "\n")
        lines = []
        while not lines or lines[-1]:
            line = self.read()
            if line or lines:
                lines.append(line)
        if not lines[0].startswith("="):
            sys.exit(f"{self.name} answered '{lines[0]}' to '{command}'")

    def search_one_by_one(self, size, positions, visits):
        """Seconds of all searches, and visits."""
        spent = 0.0
        self.gtp(f"boardsize {size}")
        self.gtp("komi 7")
        for moves in positions:
            self.gtp("clear_board")
            for colour, point in moves:
                self.gtp(f"play {colour} {point}")
            begin = time.monotonic()
            self.gtp("genmove " + "BW"[len(moves) % 2])
            spent += time.monotonic() - begin
        return spent, visits * len(positions)

    def analyse_together(self, size, positions, visits):
        queries = [{"id": str(i), "moves": moves, "rules": "tromp-taylor", "komi": 7,
                    "boardXSize": size, "boardYSize": size, "maxVisits": visits}
                   for i, moves in enumerate(positions)]
        begin = time.monotonic()
        for query in queries:
            self.process.stdin.write(json.dumps(query) + "\n")
        done = 0
        total = 0
        while done < len(queries):
            answer = json.loads(self.read())
            if "error" in answer:
                sys.exit(f"{self.name} answered {answer}")
            if "warning" in answer:
                continue
            done += 1
            total += answer["rootInfo"]["visits"]
        return time.monotonic() - begin, total


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", action="append", required=True, metavar="NAME=COMMAND")
    parser.add_argument("--analysis", action="store_true", help="KataGo's JSON protocol, not GTP")
    parser.add_argument("--size", type=int, default=9)
    parser.add_argument("--visits", type=int, default=400)
    parser.add_argument("--positions", type=int, default=16, help="of a round")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    programs = [Program(text) for text in options.program]

    def measure(program, count, seed):
        search = program.analyse_together if options.analysis else program.search_one_by_one
        positions = make_positions(options.size, count, seed)
        return search(options.size, positions, options.visits)

    for program in programs:
        measure(program, 2, -1)  # loads the network
    for number in range(options.rounds):
        for program in programs[number % 2:] + programs[:number % 2]:
            seconds, visits = measure(program, options.positions, number)
            program.rates.append(visits / seconds)
        print(f"round {number}: " + ", ".join(f"{p.name} {p.rates[-1]:.0f} visits/s"
                                              for p in programs), flush=True)
    for program in programs:
        program.process.stdin.close()
        program.process.wait(60)
    rates = {program.name: round(statistics.median(program.rates), 1) for program in programs}
    beside = rates[programs[-1].name]
    print(json.dumps({"size": options.size, "visits": options.visits, "visits_per_second": rates,
                      "ratio": {name: round(rate / beside, 3) for name, rate in rates.items()}}))


if __name__ == "__main__":
    main()
