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
        One for each line, oldest first; `pandas.DataFrame` takes it as it is. A line that is no
        JSON object, such as one whose writer was stopped in the middle of it, is left out.
    """
    file = Path(run)
    if file.is_dir():
        file = file / "metrics.jsonl"
    metrics = []
    for line in file.read_bytes().split(b"\n"):
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            metrics.append(entry)
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
