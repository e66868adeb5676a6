"""Many control tasks at once: ``gymnasium.make_vec("tengen/CartPole-v1", num_envs=1024)``.

Row i of a vector environment that was reset with seed s does what the single environment
(control_env.py) does after a reset with seed s + i.
"""

import operator

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from tengen import _core
from tengen._seeds import checked_seed
from tengen.control_env import spaces_of, spec_of


class ControlVectorEnv(VectorEnv):
    """Many environments of one control task, stepped together by C++.

    Parameters
    ----------
    task : str
        Tengen's name of the task, such as "cartpole".
    num_envs : int
    max_episode_steps : int, optional
        Then an episode is truncated; None is the task's own limit, 0 none.
    autoreset_mode : gymnasium.vector.AutoresetMode or str
        As of `gymnasium.vector.SyncVectorEnv`. With SAME_STEP, `info` has "final_obs" and
        "final_info" of the episodes that ended; with DISABLED, reset them by
        ``reset(options={"reset_mask": mask})``.
    threads : int
        Results do not depend on it.
    """

    def __init__(self, task, num_envs=1, max_episode_steps=None,
                 autoreset_mode=AutoresetMode.NEXT_STEP, threads=1):
        spec = spec_of(task)
        if max_episode_steps is None:
            max_episode_steps = spec["max_episode_steps"]
        self.num_envs = num_envs
        self.render_mode = None
        self.autoreset_mode = AutoresetMode(autoreset_mode)
        self.metadata = {"render_modes": [], "autoreset_mode": self.autoreset_mode}
        self._env = _core.VecEnv(
            f"{task}:limit={max_episode_steps}", num_envs, self.autoreset_mode.value, threads
        )
        self.single_observation_space, self.single_action_space = spaces_of(spec)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._seeded = False

    def reset(self, *, seed=None, options=None):
        """Starts new episodes.

        Parameters
        ----------
        seed : int or sequence of int, optional
            Environment i begins the stream of seed + i, or of seed[i]. None goes on with the
            streams, from random seeds at first.
        options : dict, optional
            "reset_mask", bool [num_envs], names the environments to reset, and to seed; the others
            stay.

        Returns
        -------
        observations : numpy.ndarray
            float32 [num_envs, ...].
        info : dict
            Empty.
        """
        mask = (options or {}).get("reset_mask")
        if mask is not None:
            mask = np.asarray(mask)
        if seed is not None or not self._seeded:
            self._seed(seed, mask)
        return self._env.reset(mask), {}

    def step(self, actions):
        """One step of every environment.

        Parameters
        ----------
        actions : array
            Integers [num_envs], or numbers [num_envs, ...]. One out of range is a ValueError.

        Returns
        -------
        observations : numpy.ndarray
            float32 [num_envs, ...].
        rewards : numpy.ndarray
            float64 [num_envs].
        terminations, truncations : numpy.ndarray
            bool [num_envs].
        info : dict
            "final_obs", "final_info" and their masks where SAME_STEP ended an episode.
        """
        observations, rewards, terminated, truncated, final = self._env.step(actions)
        if final is None:
            return observations, rewards, terminated, truncated, {}
        ended = terminated | truncated
        final_obs = np.full(self.num_envs, None, dtype=object)
        for i in np.flatnonzero(ended):
            final_obs[i] = final[i]
        info = {"final_obs": final_obs, "_final_obs": ended, "final_info": {},
                "_final_info": ended.copy()}
        return observations, rewards, terminated, truncated, info

    def _seed(self, seed, mask):
        if seed is None:
            seeds = [int(s) for s in np.random.SeedSequence().generate_state(self.num_envs, np.uint64)]
        elif np.ndim(seed) == 0:
            seeds = [checked_seed(operator.index(seed) + i) for i in range(self.num_envs)]
        else:
            seeds = [checked_seed(s) for s in seed]
        self._env.seed(seeds, mask)
        self._seeded = True
