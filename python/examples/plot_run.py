"""Draws the curves of a run.

    python plot_run.py runs/go9 --out curves.png
"""

import argparse

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

import tengen


def flat(line, prefix=""):
    """The numbers of a line; those of an inner object with its name and a dot before."""
    for name, value in line.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{name}.")
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield prefix + name, value


def series(metrics, name):
    """The learner steps and values of a number, where it was reported.

    Parameters
    ----------
    metrics : list of dict
        From `tengen.read_metrics`.
    name : str
        "loss.total" is `total` in the object `loss`.

    Returns
    -------
    tuple of list
    """
    found = [(line["step"], dict(flat(line))[name]) for line in metrics
             if "step" in line and name in dict(flat(line))]  # fmt: skip
    return [step for step, _ in found], [value for _, value in found]


def numbers(metrics):
    """Names of all numbers that come with a step and change."""
    values = {}
    for line in metrics:
        if "step" in line:
            for name, value in flat(line):
                values.setdefault(name, set()).add(value)
    return sorted(name for name, met in values.items() if len(met) > 1 and name != "step")


def draw(run, out, names=None):
    """Writes a picture with one curve for each number.

    Parameters
    ----------
    run : path-like
    out : path-like
        Such as curves.png; matplotlib knows the format by its ending.
    names : sequence of str, optional
        All numbers by default.

    Returns
    -------
    list of str
        What was drawn.
    """
    metrics = tengen.read_metrics(run)
    names = list(names or numbers(metrics))
    if not names:
        raise ValueError(f"{run} has no number that was reported twice")
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 2.6 * rows), squeeze=False)
    for axis, name in zip(axes.flat, names):
        axis.plot(*series(metrics, name), marker=".")
        axis.set_title(name, fontsize=9)
        axis.set_xlabel("learner step", fontsize=8)
    for axis in axes.flat[len(names) :]:
        axis.remove()
    figure.tight_layout()
    figure.savefig(out)
    plt.close(figure)
    return names


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run")
    parser.add_argument("--out", default="curves.png")
    parser.add_argument("--numbers", nargs="*", help="names in metrics.jsonl; default: all")
    arguments = parser.parse_args()
    print("drew", ", ".join(draw(arguments.run, arguments.out, arguments.numbers)))
