"""What the games of a run look like: who wins, how long they are, how they open.

    python record_statistics.py runs/connect4 --games 1000
"""

import argparse
from collections import Counter

import numpy as np

import tengen


def statistics(run, games=None, opening_plies=2):
    """Counts over the newest games of a run.

    Parameters
    ----------
    run : path-like
    games : int, optional
        At most so many, the newest.
    opening_plies : int

    Returns
    -------
    dict
        `games`, `first_wins`, `draws`, `second_wins`, `mean_plies`, `surprise` (mean absolute
        difference between what the search thought of a position and what came of it) and
        `openings`, a Counter of tuples of actions.
    """
    records = tengen.read_records(run, games=games, all_plies=True)
    returns = records.games["return_first"]
    openings = Counter()
    bounds = np.searchsorted(records.game, np.arange(len(returns) + 1))  # games lie in order
    for begin, end in zip(bounds, bounds[1:]):
        actions = records.action[begin : min(begin + opening_plies, end)]
        openings[tuple(int(a) for a in actions)] += 1
    searched = records.visits > 0
    error = np.abs(records.root_value[searched] - records.result[searched])
    return {
        "games": len(returns),
        "first_wins": int((returns > 0).sum()),
        "draws": int((returns == 0).sum()),
        "second_wins": int((returns < 0).sum()),
        "mean_plies": float(records.games["plies"].mean()),
        "surprise": float(error.mean()) if error.size else 0.0,
        "openings": openings,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--games", type=int)
    arguments = parser.parse_args()
    found = statistics(arguments.run, arguments.games)
    for fact in ("games", "first_wins", "draws", "second_wins", "mean_plies", "surprise"):
        print(f"{fact:12s} {found[fact]:.6g}")
    for opening, count in found["openings"].most_common(5):
        print(f"{count:6d} x", *opening)
