"""What a run folder says of itself."""

from __future__ import annotations

import json
import os
from pathlib import Path


def read_metrics(run: str | os.PathLike[str]) -> list[dict]:
    """Reads the metrics of a run.

    Parameters
    ----------
    run : path-like
        A run folder, or its `metrics.jsonl`.

    Returns
    -------
    list of dict
        One for each line, oldest first; `pandas.DataFrame` takes it as it is. A last line that is
        still being written is left out.

    Raises
    ------
    ValueError
        A line before the last is no JSON object.
    """
    file = Path(run)
    if file.is_dir():
        file = file / "metrics.jsonl"
    lines = file.read_text().split("\n")
    metrics = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            metrics.append(json.loads(line))
        except json.JSONDecodeError as error:
            if number == len(lines):
                break
            raise ValueError(f"{file}, line {number} is no JSON: {error}") from error
    return metrics


def read_config(run: str | os.PathLike[str]) -> dict:
    """The settings that a run was made with, as in its `config.json`.

    Parameters
    ----------
    run : path-like

    Returns
    -------
    dict
    """
    return json.loads((Path(run) / "config.json").read_text())


def checkpoints(run: str | os.PathLike[str]) -> list[Path]:
    """The checkpoints of a run.

    Parameters
    ----------
    run : path-like

    Returns
    -------
    list of pathlib.Path
        Folders for `tengen.Network.load`, oldest first; their names are learner steps.
    """
    folder = Path(run) / "checkpoints"
    if not folder.is_dir():
        return []
    return sorted(c for c in folder.iterdir() if c.name.isdigit() and (c / "model.json").exists())
