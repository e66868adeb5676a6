"""Control tasks as Gymnasium sees them: its own checks, its own tasks beside ours."""

import gymnasium
import numpy as np
import pytest
import tengen
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

TASKS = ["CartPole-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Pendulum-v1", "Acrobot-v1"]
MODES = list(AutoresetMode)


@pytest.mark.parametrize("task", TASKS)
def test_gymnasiums_checker_passes(task):
    env = gymnasium.make(f"tengen/{task}")
    check_env(env.unwrapped, skip_render_check=True)


@pytest.mark.parametrize("task", TASKS)
def test_spaces_and_limit_are_gymnasiums(task):
    ours, theirs = gymnasium.make(f"tengen/{task}"), gymnasium.make(task)
    assert ours.action_space == theirs.action_space
    assert ours.observation_space == theirs.observation_space
    assert ours.spec.max_episode_steps == theirs.spec.max_episode_steps
    vector = gymnasium.make_vec(f"tengen/{task}", num_envs=3)
    reference = gymnasium.make_vec(task, num_envs=3, vectorization_mode="sync")
    assert vector.observation_space == reference.observation_space
    assert vector.action_space == reference.action_space


# From the same state each of Gymnasium's own environments goes to the same next one.
@pytest.mark.parametrize("task", ["CartPole-v1", "MountainCar-v0", "Acrobot-v1", "Pendulum-v1"])
def test_transitions_are_gymnasiums(task):
    ours, theirs = gymnasium.make(f"tengen/{task}"), gymnasium.make(task)
    theirs.reset(seed=0)
    theirs.action_space.seed(0)
    for seed in range(3):
        observation, _ = ours.reset(seed=seed)
        theirs.reset(seed=seed)
        theirs.unwrapped.state = STATE_OF[task](observation)
        for _ in range(30):
            action = theirs.action_space.sample()
            got, want = ours.step(action), theirs.step(action)
            # Observations are float32; the start state was read back from one.
            np.testing.assert_allclose(got[0], want[0], rtol=0, atol=1e-3)
            np.testing.assert_allclose(got[1], want[1], rtol=0, atol=1e-3)
            assert got[2] == want[2] and got[3] == want[3]
            if got[2]:
                break


STATE_OF = {
    "CartPole-v1": lambda o: np.asarray(o, np.float64),
    "MountainCar-v0": lambda o: np.asarray(o, np.float64),
    "Acrobot-v1": lambda o: np.array(
        [np.arctan2(o[1], o[0]), np.arctan2(o[3], o[2]), o[4], o[5]], np.float64
    ),
    "Pendulum-v1": lambda o: np.array([np.arctan2(o[1], o[0]), o[2]], np.float64),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("task", TASKS)
def test_a_row_is_the_single_environment_of_its_seed(task, mode):
    """Gymnasium's SyncVectorEnv of our single environments is what our vector one must be."""
    ours = gymnasium.make_vec(
        f"tengen/{task}", num_envs=5, autoreset_mode=mode, max_episode_steps=12
    )
    reference = gymnasium.make_vec(
        f"tengen/{task}", num_envs=5, vectorization_mode="sync", max_episode_steps=12,
        vector_kwargs={"autoreset_mode": mode},
    )
    assert ours.metadata["autoreset_mode"] is mode
    first, info = ours.reset(seed=40)
    np.testing.assert_array_equal(first, reference.reset(seed=40)[0])
    assert info == {}
    ours.action_space.seed(1)
    ends = 0
    for _ in range(40):
        actions = ours.action_space.sample()
        got, want = ours.step(actions), reference.step(actions)
        for ours_part, reference_part in zip(got[:4], want[:4]):
            np.testing.assert_array_equal(ours_part, reference_part)
            assert ours_part.dtype == reference_part.dtype
        ended = got[2] | got[3]
        ends += ended.sum()
        assert set(got[4]) == {key for key in want[4] if "final" in key}
        if mode is AutoresetMode.SAME_STEP and ended.any():
            np.testing.assert_array_equal(got[4]["_final_obs"], want[4]["_final_obs"])
            for mine, other in zip(got[4]["final_obs"], want[4]["final_obs"]):
                assert (mine is None) == (other is None)
                assert mine is None or (mine == other).all()
        if mode is AutoresetMode.DISABLED and ended.any():
            mine = ours.reset(options={"reset_mask": ended})[0]
            np.testing.assert_array_equal(mine, reference.reset(options={"reset_mask": ended})[0])
    assert ends >= 5


def test_seeds_decide_and_lists_of_seeds_too():
    env = gymnasium.make_vec("tengen/CartPole-v1", num_envs=3)
    first, _ = env.reset(seed=5)
    np.testing.assert_array_equal(env.reset(seed=[5, 6, 7])[0], first)
    assert not (env.reset()[0] == first).any()
    other = gymnasium.make_vec("tengen/CartPole-v1", num_envs=3)
    assert not (other.reset()[0] == gymnasium.make_vec("tengen/CartPole-v1", 3).reset()[0]).any()
    with pytest.raises(ValueError, match="2 seeds, wanted 3"):
        env.reset(seed=[1, 2])
    np.testing.assert_array_equal(env.reset(seed=np.int64(5))[0], first)
    np.testing.assert_array_equal(env.reset(seed=np.array([5, 6, 7]))[0], first)


@pytest.mark.parametrize(
    ("seed", "error", "words"),
    [
        (-1, ValueError, "seed is -1, wanted a number from 0 to 2.64 - 1"),
        (2**64, ValueError, "seed is 18446744073709551616, wanted a number from 0"),
        ("1", TypeError, "cannot be interpreted as an integer"),
        (1.9, TypeError, "cannot be interpreted as an integer"),
    ],
)
def test_what_is_no_seed_is_refused(seed, error, words):
    env = gymnasium.make_vec("tengen/CartPole-v1", num_envs=1)
    for asked in (seed, [seed]):
        with pytest.raises(error, match=words):
            env.reset(seed=asked)
    with pytest.raises(error, match=words):
        gymnasium.make("tengen/CartPole-v1").unwrapped.reset(seed=seed)
    with pytest.raises(error, match=words):
        tengen.Mcts(seed=seed)


def test_a_mask_seeds_whom_it_resets():
    ours = gymnasium.make_vec("tengen/CartPole-v1", num_envs=3)
    reference = gymnasium.make_vec("tengen/CartPole-v1", num_envs=3, vectorization_mode="sync")
    for env in (ours, reference):
        env.reset(seed=1)
    for mask in ([True, False, True], [False, True, False]):
        options = {"reset_mask": np.array(mask)}
        np.testing.assert_array_equal(
            *(env.reset(seed=[7, 8, 9], options=dict(options))[0] for env in (ours, reference))
        )
        np.testing.assert_array_equal(*(env.reset()[0] for env in (ours, reference)))


def test_a_mask_that_is_refused_seeds_nobody():
    env, same = (gymnasium.make_vec("tengen/CartPole-v1", num_envs=3) for _ in range(2))
    with pytest.raises(ValueError, match="reset_mask before the first reset"):
        env.reset(seed=1, options={"reset_mask": np.ones(3, bool)})
    for e in (env, same):
        e.reset(seed=1)
    with pytest.raises(ValueError, match="reset_mask has shape"):
        env.reset(seed=5, options={"reset_mask": np.ones(2, bool)})
    np.testing.assert_array_equal(env.reset()[0], same.reset()[0])


def test_results_do_not_depend_on_threads():
    runs = []
    for threads in (1, 3):
        env = gymnasium.make_vec("tengen/Acrobot-v1", num_envs=7, threads=threads)
        env.reset(seed=2)
        env.action_space.seed(2)
        runs.append([env.step(env.action_space.sample())[0] for _ in range(50)])
        env.close()
    np.testing.assert_array_equal(*runs)


@pytest.mark.parametrize(
    ("actions", "error", "words"),
    [
        ([0, 1, 2], ValueError, "environment 2: action is 2, wanted an index from 0 to 1"),
        ([0, 1, 1 << 32], ValueError, "environment 2: action is 4294967296, wanted an index"),
        ([0, 1], ValueError, r"actions has shape \(2,\), wanted \(3,\)"),
        ([0.0, 1.0, 1.0], TypeError, "Cannot cast array data from dtype..float64"),
    ],
)
def test_wrong_actions_are_refused(actions, error, words):
    env = gymnasium.make_vec("tengen/CartPole-v1", num_envs=3)
    env.reset(seed=0)
    with pytest.raises(error, match=words):
        env.step(np.array(actions))
    env.step(np.array([0, 1, 1]))


def test_wrong_use_is_refused():
    env = gymnasium.make_vec("tengen/Pendulum-v1", num_envs=2, autoreset_mode="Disabled",
                             max_episode_steps=1)
    with pytest.raises(ValueError, match="step before reset"):
        env.step(np.zeros((2, 1), np.float32))
    env.reset(seed=0)
    with pytest.raises(ValueError, match="finite"):
        env.step(np.array([[0.0], [np.nan]], np.float32))
    env.step(np.zeros((2, 1), np.float32))
    with pytest.raises(ValueError, match="environment 0: its episode has ended, wanted Reset"):
        env.step(np.zeros((2, 1), np.float32))
    with pytest.raises(ValueError, match="number of environments is 0"):
        gymnasium.make_vec("tengen/CartPole-v1", num_envs=0)
    with pytest.raises(ValueError, match="number of threads is 1025, wanted 1 to 1024"):
        gymnasium.make_vec("tengen/CartPole-v1", num_envs=2000, threads=1025)
    single = gymnasium.make("tengen/CartPole-v1").unwrapped
    with pytest.raises(ValueError, match="wanted reset first"):
        single.step(0)


def test_vector_wrappers_work():
    wrappers = gymnasium.wrappers.vector
    env = gymnasium.make_vec("tengen/CartPole-v1", num_envs=4)
    env = wrappers.RecordEpisodeStatistics(env)
    env = wrappers.NormalizeObservation(wrappers.ClipReward(env, 0, 0.5))
    observation, _ = env.reset(seed=0)
    assert env.observation_space.contains(observation.astype(np.float32))
    lengths = []
    for _ in range(100):
        _, rewards, _, _, info = env.step(env.action_space.sample())
        assert set(rewards) <= {0.0, 0.5}  # 0 in the step that resets
        if "episode" in info:
            lengths += list(info["episode"]["l"][info["_episode"]])
    # A pole that is pushed at random falls after 9 to about 60 steps.
    assert lengths and 8 <= min(lengths) and np.mean(lengths) < 60


def test_wrappers_that_want_same_step_work():
    env = gymnasium.make_vec("tengen/CartPole-v1", num_envs=4, autoreset_mode="SameStep")
    env = gymnasium.wrappers.vector.DictInfoToList(env)
    env.reset(seed=0)
    finals = []
    for _ in range(40):
        infos = env.step(env.action_space.sample())[4]
        finals += [info["final_obs"] for info in infos if "final_obs" in info]
    assert finals and all(np.abs(final).max() > 0.2 for final in finals)


def test_wrappers_of_single_environments_work():
    env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make("tengen/MountainCar-v0"))
    env.reset(seed=0)
    for step in range(200):
        _, _, terminated, truncated, info = env.step(env.action_space.sample())
    assert truncated and not terminated and info["episode"]["l"] == 200
