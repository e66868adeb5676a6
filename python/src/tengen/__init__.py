"""Exact simulators, Monte Carlo tree search and game records of Tengen.

Start with `tengen.game` for games.
"""

from tengen import _processor

_processor.check()

from tengen._core import Game, GameBatch, State, game, games  # noqa: E402

__version__ = "0.1.0"

__all__ = [
    "Game",
    "GameBatch",
    "State",
    "game",
    "games",
]
