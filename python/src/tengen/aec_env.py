"""Games for PettingZoo: ``tengen.aec_env.env("connect4")``."""

import gymnasium
import numpy as np
from pettingzoo import AECEnv
from pettingzoo.utils import wrappers

from tengen._core import game as make_game


def env(game, render_mode=None):
    """A game of two players as a PettingZoo environment, in its usual wrappers.

    Parameters
    ----------
    game : str
        As for `tengen.game`.
    render_mode : str, optional
        "ansi": `render` gives text.

    Returns
    -------
    pettingzoo.AECEnv
        An illegal action loses, as in PettingZoo's own games.
    """
    made = wrappers.TerminateIllegalWrapper(GameAecEnv(game, render_mode), illegal_reward=-1)
    made = wrappers.AssertOutOfBoundsWrapper(made)
    return wrappers.OrderEnforcingWrapper(made)


class GameAecEnv(AECEnv):
    """A game of two players who alternate.

    Observations are dicts: "observation", int8 [rows, columns, 2], has the stones of the agent who
    looks and those of the other; "action_mask", int8 [num_actions], is zero unless it is their
    turn.

    Parameters
    ----------
    game : str
        As for `tengen.game`.
    render_mode : str, optional
        "ansi" or None.
    """

    metadata = {"name": "tengen_game_v0", "is_parallelizable": False, "render_modes": ["ansi"]}

    def __init__(self, game, render_mode=None):
        if render_mode not in (None, *self.metadata["render_modes"]):
            raise ValueError(f"render_mode is {render_mode!r}, wanted 'ansi' or None")
        self.game = make_game(game)
        if self.game.num_players != 2:
            raise ValueError(f"{self.game.name} has one player, wanted a game of two")
        self.metadata = {**type(self).metadata, "name": f"tengen_{self.game.name}_v0"}
        self.render_mode = render_mode
        self.possible_agents = ["player_0", "player_1"]
        rows, columns = self.game.board_shape
        actions = self.game.num_actions
        self.observation_spaces = {
            agent: gymnasium.spaces.Dict({
                "observation": gymnasium.spaces.Box(0, 1, (rows, columns, 2), np.int8),
                "action_mask": gymnasium.spaces.Box(0, 1, (actions,), np.int8),
            })
            for agent in self.possible_agents
        }
        self.action_spaces = {
            agent: gymnasium.spaces.Discrete(actions) for agent in self.possible_agents
        }
        self._state = self.game.new_state()

    def observation_space(self, agent):
        return self.observation_spaces[agent]

    def action_space(self, agent):
        return self.action_spaces[agent]

    @property
    def state_of_game(self):
        """The position, a `tengen.State`."""
        return self._state

    def reset(self, seed=None, options=None):
        """Starts a new game. Nothing is drawn at random."""
        self._state = self.game.new_state()
        self.agents = self.possible_agents[:]
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos = {agent: {} for agent in self.agents}
        self.agent_selection = self.possible_agents[self._state.to_move]

    def observe(self, agent):
        """What an agent sees; see the class."""
        me = self.possible_agents.index(agent)
        board = self._state.board()
        stones = np.stack([board == 1 + me, board == 2 - me], axis=-1).astype(np.int8)
        mask = np.zeros(self.game.num_actions, np.int8)
        if not self._state.is_over and self._state.to_move == me:
            mask[self._state.legal_actions()] = 1
        return {"observation": stones, "action_mask": mask}

    def step(self, action):
        """Plays an action of the agent whose turn it is. ValueError if it is illegal."""
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            return self._was_dead_step(action)
        self._cumulative_rewards[agent] = 0.0
        self._state.apply(int(action))
        other = self.possible_agents[1 - self.possible_agents.index(agent)]
        if self._state.is_over:
            self.rewards = dict(zip(self.possible_agents, self._state.returns()))
            self.terminations = dict.fromkeys(self.agents, True)
        else:
            self.rewards = dict.fromkeys(self.agents, 0.0)
        self.agent_selection = other
        self._accumulate_rewards()

    def render(self):
        """The position as text."""
        return str(self._state)

    def close(self):
        """Nothing to close."""
