"""Exact simulators, Monte Carlo tree search and game records of Tengen.

Start with `tengen.game` for games, ``gymnasium.make_vec("tengen/CartPole-v1")`` for control tasks,
`tengen.Mcts` for search, `tengen.read_records` and `tengen.Network` for what a run left behind.
"""

import importlib.util

from tengen import _processor

_processor.check()

from tengen._core import Game, GameBatch, MctsConfig, State, game, games  # noqa: E402
from tengen.mcts import Leaves, Mcts, SearchResult, uniform  # noqa: E402
from tengen.network import Network  # noqa: E402
from tengen.records import Records, read_records  # noqa: E402
from tengen.run import checkpoints, read_config, read_metrics  # noqa: E402

if importlib.util.find_spec("gymnasium") is not None:
    from tengen import control_env

    control_env.register()

__version__ = "0.1.0"

__all__ = [
    "Game",
    "GameBatch",
    "Leaves",
    "Mcts",
    "MctsConfig",
    "Network",
    "Records",
    "SearchResult",
    "State",
    "checkpoints",
    "game",
    "games",
    "read_config",
    "read_metrics",
    "read_records",
    "uniform",
]


# They need packages that the others do not.
def __getattr__(name):
    if name in ("aec_env", "control_env", "vector_env"):
        return importlib.import_module(f"tengen.{name}")
    raise AttributeError(f"module 'tengen' has no attribute {name!r}")
