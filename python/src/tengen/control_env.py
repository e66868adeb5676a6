"""Control tasks for Gymnasium: ``gymnasium.make("tengen/CartPole-v1")``.

The tasks are those of Gymnasium with the same names and the same arithmetic; random numbers come
from Tengen's own streams.
"""

import gymnasium
import numpy as np

from tengen import _core
from tengen._seeds import checked_seed

SPECS = {spec["name"]: spec for spec in _core.env_specs()}


def register():
    """Registers all tasks as `tengen/NAME`, such as `tengen/CartPole-v1`."""
    for name, spec in SPECS.items():
        gymnasium.register(
            f"tengen/{spec['reference']}",
            entry_point="tengen.control_env:ControlEnv",
            vector_entry_point="tengen.vector_env:ControlVectorEnv",
            max_episode_steps=spec["max_episode_steps"],
            kwargs={"task": name},
        )


def spec_of(task):
    """The facts of a task. ValueError if there is none of that name."""
    if task not in SPECS:
        raise ValueError(f"unknown task {task!r}, wanted one of {', '.join(SPECS)}")
    return SPECS[task]


def spaces_of(spec):
    """The spaces of observations and actions of one environment."""
    observation = gymnasium.spaces.Box(
        np.array(spec["observation_low"], np.float32),
        np.array(spec["observation_high"], np.float32),
    )
    if spec["num_actions"] is not None:
        return observation, gymnasium.spaces.Discrete(spec["num_actions"])
    action = gymnasium.spaces.Box(
        np.array(spec["action_low"], np.float32), np.array(spec["action_high"], np.float32)
    )
    return observation, action


class ControlEnv(gymnasium.Env):
    """One environment of a control task; what `gymnasium.make` gives. It has no time limit of its
    own: Gymnasium's TimeLimit adds it.

    Parameters
    ----------
    task : str
        Tengen's name of the task, such as "cartpole".
    """

    metadata = {"render_modes": []}

    def __init__(self, task):
        self.observation_space, self.action_space = spaces_of(spec_of(task))
        self._env = _core.VecEnv(f"{task}:limit=0", 1, "NextStep", 1)
        self._row = self.action_space.shape
        self.render_mode = None
        self._over = True
        self._seeded = False

    def reset(self, *, seed=None, options=None):
        """Starts a new episode.

        Parameters
        ----------
        seed : int, optional
            Begins the stream of that seed; None goes on, from a random seed at first.
        options : dict, optional
            Not used.

        Returns
        -------
        observation : numpy.ndarray
        info : dict
        """
        if seed is not None:
            seed = checked_seed(seed)
        super().reset(seed=seed)
        if seed is not None or not self._seeded:
            self._env.seed([int(self.np_random.integers(1 << 63)) if seed is None else seed])
            self._seeded = True
        self._over = False
        return self._env.reset()[0], {}

    def step(self, action):
        """One step.

        Parameters
        ----------
        action : int or numpy.ndarray

        Returns
        -------
        observation : numpy.ndarray
        reward : float
        terminated, truncated : bool
        info : dict

        Raises
        ------
        ValueError
            The action is out of range, or the episode has not begun or has ended.
        """
        if self._over:
            raise ValueError("step of an episode that has ended or not begun, wanted reset first")
        actions = np.asarray(action).reshape((1, *self._row))
        observations, rewards, terminated, truncated, _ = self._env.step(actions)
        self._over = bool(terminated[0])
        return observations[0], float(rewards[0]), self._over, bool(truncated[0]), {}
