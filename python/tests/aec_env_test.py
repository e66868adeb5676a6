"""PettingZoo's own test of games, and what it does not look at."""

import subprocess
import sys

import pytest

pytest.importorskip("pettingzoo")
from pettingzoo.test import api_test  # noqa: E402
from tengen import aec_env  # noqa: E402


@pytest.mark.parametrize("game", ["tictactoe", "connect4", "go:size=5", "hex:size=4", "othello"])
def test_pettingzoos_api_test_passes(game):
    api_test(aec_env.env(game), num_cycles=300)


def test_a_game_by_hand():
    env = aec_env.env("tictactoe")
    env.reset()
    for action in (0, 3, 1, 4, 2):
        observation, reward, terminated, truncated, _ = env.last()
        assert not terminated and reward == 0
        assert observation["action_mask"][action]
        env.step(action)
    assert env.rewards == {"player_0": 1.0, "player_1": -1.0}
    assert all(env.terminations.values())
    observation = env.observe("player_1")
    assert observation["observation"][..., 0].tolist() == [[0, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert not observation["action_mask"].any()


def test_a_game_is_rendered_as_text():
    env = aec_env.env("tictactoe", render_mode="ansi")
    env.reset()
    env.step(4)
    assert env.render_mode == "ansi" and "X" in env.render()
    with pytest.raises(ValueError, match="render_mode is 'human', wanted 'ansi' or None"):
        aec_env.env("tictactoe", render_mode="human")


def test_the_module_is_there_when_it_is_asked_for():
    program = """
import sys, tengen
assert "pettingzoo" not in sys.modules
tengen.aec_env.env("connect4"), tengen.vector_env.ControlVectorEnv("cartpole")
assert not hasattr(tengen, "aec_enw")
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_only_whose_turn_it_is_has_actions():
    env = aec_env.env("connect4")
    env.reset()
    assert env.observe("player_0")["action_mask"].tolist() == [1] * 7
    assert not env.observe("player_1")["action_mask"].any()


def test_an_illegal_action_loses():
    env = aec_env.env("tictactoe")
    env.reset()
    env.step(4)
    env.step(4)
    assert env.rewards == {"player_0": 0, "player_1": -1} and all(env.terminations.values())


def test_one_player_is_too_few():
    with pytest.raises(ValueError, match="one player"):
        aec_env.env("cartpole")
