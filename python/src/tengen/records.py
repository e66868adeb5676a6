"""Game records as NumPy arrays."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tengen import _core


@dataclass(frozen=True)
class Records:
    """Games and positions of a run, as columns.

    Attributes
    ----------
    games : dict
        Columns of length G: `game_id` and `end` (lists of str; "rules", "resign", "truncated" or
        "adjudicated"), `return_first` float32 (of the first player: +1, 0 or -1 with two),
        `score_first` float32 (points, komi included, where the rules ended a game with area),
        `plies` int32, `seed` and `stream` uint64.
    game, ply : numpy.ndarray
        int32 [P]: row in `games`, and actions before the position.
    to_move : numpy.ndarray
        int8 [P]: 0 or 1.
    board : numpy.ndarray
        int8 [P, rows, columns], as `State.board`.
    action : numpy.ndarray
        int32 [P]: what was played.
    policy : numpy.ndarray
        float32 [P, num_actions]: the search's policy, the training target; zeros at positions that
        are no training positions.
    visits : numpy.ndarray
        int32 [P]: simulations spent.
    root_value, raw_value : numpy.ndarray
        float32 [P]: of the search and of the evaluator, view of the player to move.
    result : numpy.ndarray
        float32 [P]: return of the game, view of the player to move.
    planes, globals : numpy.ndarray or None
        float32 [P, rows, columns, planes] and [P, globals], as `State.observation`, if an encoder
        was asked for.
    problems : list of str
        Stretches of files and games that could not be read, a sentence each.
    """

    games: dict
    game: np.ndarray
    ply: np.ndarray
    to_move: np.ndarray
    board: np.ndarray
    action: np.ndarray
    policy: np.ndarray
    visits: np.ndarray
    root_value: np.ndarray
    raw_value: np.ndarray
    result: np.ndarray
    problems: list
    planes: np.ndarray | None = None
    globals: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.game)


def read_records(
    run: str | os.PathLike[str],
    *,
    games: int | None = None,
    all_plies: bool = False,
    encoder: str | None = None,
    board_shape: tuple[int, int] | None = None,
) -> Records:
    """Reads the game records of a run.

    Parameters
    ----------
    run : path-like
        A run folder, a folder of `games-*.shard`, or one such file.
    games : int, optional
        At most so many, the newest.
    all_plies : bool
        All positions, not only those that are for training.
    encoder : str, optional
        Also what a network sees: "default" for the game's own encoder, or a name.
    board_shape : tuple of int, optional
        (rows, columns): games on other boards are left out. Needed where a run has several shapes.

    Returns
    -------
    Records

    Raises
    ------
    FileNotFoundError
        No records there.
    ValueError
        Boards of several shapes, or games of several encoders where one was asked for; an encoder
        that does not fit the games.
    """
    run = Path(run)
    files = [str(run)]
    if not run.is_file():
        files = _core.list_shards(str(run / "games")) or _core.list_shards(str(run))
    if not files:
        raise FileNotFoundError(
            f"{run} holds no game records, wanted a run or a folder of games-*.shard"
        )
    if games is not None and games < 1:
        raise ValueError(f"games is {games}, wanted at least 1")
    most = (1 << 63) if games is None else games
    facts, positions, problems = _core.read_records(
        files, most, all_plies, encoder or "", board_shape
    )
    return Records(games=facts, problems=problems, **positions)
