"""Monte Carlo tree search with an evaluator written in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tengen._core import Game, MctsConfig, State, TreeSearch
from tengen._seeds import checked_seed


class Leaves:
    """The positions that one call of an evaluator is asked about; N rows.

    Arrays are made when they are asked for. Ask while the evaluator runs: later the positions are
    gone, which is a RuntimeError. Arrays that were made stay.
    """

    def __init__(self, search: TreeSearch, game: Game, batch: int, size: int) -> None:
        self._search = search
        self._game = game
        self._batch = batch
        self._size = size
        self._inputs = None

    def __len__(self) -> int:
        return self._size

    @property
    def game(self) -> Game:
        """The `Game` that all positions are of."""
        return self._game

    @property
    def planes(self) -> np.ndarray:
        """float32 [N, rows, columns, planes], as `State.observation`."""
        return self._encoded()[0]

    @property
    def globals(self) -> np.ndarray:
        """float32 [N, globals], as `State.observation`."""
        return self._encoded()[1]

    @property
    def legal_mask(self) -> np.ndarray:
        """bool [N, num_actions]."""
        return self._search.legal_mask(self._batch)

    @property
    def boards(self) -> np.ndarray:
        """int8 [N, rows, columns], as `State.board`."""
        return self._search.boards(self._batch)

    @property
    def to_move(self) -> np.ndarray:
        """int8 [N], 0 or 1."""
        return self._search.to_move(self._batch)

    def _encoded(self):
        if self._inputs is None:
            self._inputs = self._search.encode(self._batch)
        return self._inputs


def uniform(leaves: Leaves) -> tuple[np.ndarray, np.ndarray]:
    """An evaluator that knows nothing: every legal move is as likely, every value 0.

    Parameters
    ----------
    leaves : Leaves

    Returns
    -------
    logits : numpy.ndarray
        float32 [N, num_actions], zeros.
    values : numpy.ndarray
        float32 [N], zeros.
    """
    shape = (len(leaves), leaves.game.num_actions)
    return np.zeros(shape, np.float32), np.zeros(shape[0], np.float32)


@dataclass(frozen=True)
class SearchResult:
    """What a search found. A search of a list of B states has a first axis B in every array.

    Attributes
    ----------
    policy : numpy.ndarray
        float32 [num_actions]: the improved policy, a training target. Illegal actions have 0 in
        every array.
    visits : numpy.ndarray
        int32 [num_actions]: simulations through each action.
    q : numpy.ndarray
        float32 [num_actions]: mean return of each action, view of the player to move.
    prior : numpy.ndarray
        float32 [num_actions]: the evaluator's, before noise.
    best : int or numpy.ndarray
        The action to play.
    root_value, raw_value : float or numpy.ndarray
        What the position is worth after the search, and to the evaluator alone.
    simulations : int or numpy.ndarray
        Spent on this search.
    principal_variation : list
        Actions: the best one and what is expected to follow.
    """

    policy: np.ndarray
    visits: np.ndarray
    q: np.ndarray
    prior: np.ndarray
    best: int | np.ndarray
    root_value: float | np.ndarray
    raw_value: float | np.ndarray
    simulations: int | np.ndarray
    principal_variation: list


class Mcts:
    """Search trees, one for each of the states that are searched together.

    Leaves of all trees are evaluated as one batch, so a batch has as many rows as there are states,
    times `leaf_batch`. The GIL is released while trees are searched. Tree i is kept from call to
    call: where state i lies in it, its part goes on.

    Parameters
    ----------
    config : MctsConfig, optional
        How to search.
    seed : int
        Of all noise; tree i draws from a stream of its own.
    threads : int
        That walk through the trees. Results do not depend on it.
    encoder : str
        Of `Leaves.planes`; "" is the game's own.
    **settings
        Fields of `MctsConfig`, instead of `config` or on top of it.

    Examples
    --------
    >>> state = tengen.game("connect4").new_state()
    >>> result = tengen.Mcts(leaf_batch=8).search(state, tengen.uniform, simulations=200)
    >>> state.apply(result.best)
    """

    def __init__(
        self,
        config: MctsConfig | None = None,
        *,
        seed: int = 0,
        threads: int = 1,
        encoder: str = "",
        **settings: object,
    ) -> None:
        self._config = _copy(MctsConfig() if config is None else config, **settings)
        self._search = TreeSearch(self._config, checked_seed(seed), threads)
        self._encoder = encoder

    @property
    def config(self) -> MctsConfig:
        """A copy of the settings, which are those of `__init__` for good."""
        return _copy(self._config)

    def search(
        self,
        states: State | Sequence[State],
        evaluator: Callable[[Leaves], tuple[object, object]],
        simulations: int,
        explore: bool = False,
    ) -> SearchResult:
        """Searches from one state or from many of one game.

        Parameters
        ----------
        states : State or sequence of State
            None of them may be over (`State.is_over`). They are copied.
        evaluator : callable
            Called with `Leaves` of N positions; returns logits [N, num_actions] and values [N] as
            arrays: NumPy's, or others on the CPU that NumPy can read, such as PyTorch tensors that
            need no gradient. Values are from the view of the player to move, in [-1, 1] with two
            players. Logits of illegal actions are not looked at.
        simulations : int
            For each state.
        explore : bool
            With the noise of self-play.

        Returns
        -------
        SearchResult

        Raises
        ------
        ValueError
            A state that is over, states of different games, an answer of another shape or with a
            number that is not finite or a value out of range.
        RuntimeError
            Another search was begun meanwhile, by the evaluator or by another thread.

        Whatever the evaluator raises comes out; the next search starts clean.
        """
        single = isinstance(states, State)
        states = [states] if single else list(states)
        batch = self._search.begin(states, simulations, explore, self._encoder)
        game = states[0].game
        batch, size = self._search.gather(batch)
        while size > 0:
            logits, values = evaluator(Leaves(self._search, game, batch, size))
            batch = self._search.backup(batch, _array(logits), _array(values))
            batch, size = self._search.gather(batch)
        arrays = self._search.results(batch)
        if single:
            arrays = {
                name: rows[0].item() if getattr(rows, "ndim", 2) == 1 else rows[0]
                for name, rows in arrays.items()
            }
        return SearchResult(**arrays)

    def clear(self) -> None:
        """Forgets all trees; their noise begins again."""
        self._search.clear()


def _copy(config, **settings):
    fields = {name: getattr(config, name) for name in MctsConfig._fields}
    return MctsConfig(**{**fields, **settings})


def _array(answer):
    if hasattr(answer, "__array__") or not hasattr(answer, "__dlpack__"):
        return np.asarray(answer)
    return np.from_dlpack(answer)
