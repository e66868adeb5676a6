"""The examples run and do what they say."""

import os
import pathlib
import sys

import numpy as np
import pytest
import tengen

ROOT = pathlib.Path(__file__).parents[2]
DATA = pathlib.Path(__file__).parent / "data"


# data/*_outputs.npz: what the C++ program says of six positions of random games, written by
# `tengen nets export NETWORK --onnx X --game GAME --sample Y`; nets/head_layout.h lays it out.
@pytest.mark.parametrize(
    ("folder", "file", "points"),
    [
        (ROOT / "experiments" / "networks" / "go9", "go9_outputs.npz", 81),
        (DATA / "run", "run_outputs.npz", 9),
    ],
    ids=["go9", "tictactoe"],
)
def test_the_network_in_pytorch_answers_as_the_program_does(folder, file, points):
    torch = pytest.importorskip("torch")
    from network_forward import TengenNetwork

    network = TengenNetwork(tengen.Network.load(folder))
    sample = np.load(DATA / file)
    planes = torch.from_numpy(sample["planes"]).permute(0, 2, 3, 1)
    with torch.no_grad():
        answers = network.forward(planes, torch.from_numpy(sample["globals"]))
    outcome = sample["outputs"][:, :3]
    win = np.exp(outcome) / np.exp(outcome).sum(1, keepdims=True)
    wanted = {"outcome": outcome, "value": win[:, 0] - win[:, 2], "policy": sample["points"][:, 0]}
    if network.config["area_heads"]:
        wanted["score"] = sample["outputs"][:, 3] * network.config["score_scale"]
        wanted["policy"] = np.concatenate([wanted["policy"], sample["outputs"][:, 4:]], axis=1)
        wanted["ownership"] = np.tanh(sample["points"][:, 1] / 2)
    assert set(answers) == set(wanted) and answers["policy"].shape[1] >= points
    for name, values in wanted.items():
        # Scores are points times 40.5.
        scale = network.config["score_scale"] if name == "score" else 1
        np.testing.assert_allclose(answers[name], values, rtol=0, atol=1e-5 * scale, err_msg=name)


def test_the_network_in_pytorch_evaluates_for_a_search():
    pytest.importorskip("torch")
    from network_forward import TengenNetwork

    network = TengenNetwork(tengen.Network.load(DATA / "run"))
    state = tengen.game("tictactoe").new_state()
    result = tengen.Mcts(leaf_batch=4).search(state, network.evaluate, simulations=50)
    assert len(result.prior) == 9 and -1 <= result.raw_value <= 1
    # Trained for seconds, but the middle is what it likes best.
    assert result.prior.argmax() == 4


@pytest.mark.slow
def test_ppo_learns_cartpole():
    torch = pytest.importorskip("torch")
    import ppo

    torch.set_num_threads(1)
    _, history = ppo.train("tengen/CartPole-v1", steps=60_000, report=lambda line: None)
    assert np.mean(history[:3]) < 40  # a pole that is pushed at random
    assert np.mean(history[-5:]) > 150


# Schulman et al. 2016, by hand: rewards 1, 2; values 0.5, 0.25, 4; discount 0.9, decay 0.5; the
# second step ends an episode.
def test_advantages_by_hand():
    torch = pytest.importorskip("torch")
    import ppo

    rewards = torch.tensor([[1.0], [2.0]])
    values = torch.tensor([[0.5], [0.25], [4.0]])
    ended = torch.tensor([[0.0], [1.0]])
    result = ppo.advantages(rewards, values, ended, discount=0.9, decay=0.5)
    second = 2 - 0.25
    first = 1 + 0.9 * 0.25 - 0.5 + 0.45 * second
    np.testing.assert_allclose(result.flatten(), [first, second], rtol=1e-6)


@pytest.mark.slow
def test_alphazero_learns_connect_four():
    torch = pytest.importorskip("torch")
    import alphazero

    torch.set_num_threads(1)
    game = tengen.game("connect4")
    network = alphazero.train(rounds=12, report=lambda line: None)
    points = alphazero.match(game, network.evaluate, tengen.uniform, 40, 64, seed=1)
    # 20 would be no better than knowing nothing, and 30 happens by luck once in a thousand times.
    assert points >= 30


def test_alphazero_plays_whole_games():
    torch = pytest.importorskip("torch")
    import alphazero

    game = tengen.game("connect4")
    network = alphazero.Network(game, channels=4)
    positions = alphazero.play(game, network, games=3, simulations=4, seed=1)
    assert all(abs(result) in (0, 1) for *_, result in positions)
    assert all(policy.sum() == pytest.approx(1, abs=1e-4) for _, _, policy, _ in positions)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    before = alphazero.learn(network, optimizer, positions, steps=1)
    alphazero.learn(network, optimizer, positions, steps=60)
    assert alphazero.learn(network, optimizer, positions, steps=5) < 0.8 * before


def test_curves_are_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    import plot_run

    out = tmp_path / "curves.png"
    drawn = plot_run.draw(DATA / "run", out)
    assert {"loss.total", "loss.policy", "mean_plies"} <= set(drawn)
    assert out.read_bytes().startswith(b"\x89PNG") and out.stat().st_size > 10_000
    steps, values = plot_run.series(tengen.read_metrics(DATA / "run"), "loss.total")
    assert steps == sorted(steps) and values[-1] == 2.356557
    (tmp_path / "metrics.jsonl").write_text('{"step": 1}\n')
    with pytest.raises(ValueError, match="no number that was reported twice"):
        plot_run.draw(tmp_path, out)


def test_statistics_of_games():
    import record_statistics

    found = record_statistics.statistics(DATA / "run", opening_plies=1)
    assert found["games"] == 50
    assert found["first_wins"] + found["draws"] + found["second_wins"] == 50
    assert sum(found["openings"].values()) == 50
    records = tengen.read_records(DATA / "run", all_plies=True)
    middle = ((records.ply == 0) & (records.action == 4)).sum()
    assert found["openings"][(4,)] == middle


FAKE_ENGINE = """
import json, sys
for line in sys.stdin:
    q = json.loads(line)
    if q["maxVisits"] < 1:
        print(json.dumps({"id": q["id"], "error": "maxVisits"}), flush=True)
        continue
    print(json.dumps({"id": q["id"], "isDuringSearch": True, "moveInfos": []}), flush=True)
    print(json.dumps({"id": q["id"], "moveInfos": [], "rootInfo": {"moves": q["moves"]}}), flush=True)
"""


def test_questions_to_an_engine(tmp_path):
    from ask_analysis import AnalysisEngine

    program = tmp_path / "engine.py"
    program.write_text(FAKE_ENGINE)
    with AnalysisEngine(f"{sys.executable} {program}") as engine:
        answer = engine.ask(["E5", "C3"])
        assert answer["rootInfo"]["moves"] == [["B", "E5"], ["W", "C3"]]
        with pytest.raises(RuntimeError, match="maxVisits"):
            engine.ask([], visits=0)
    with AnalysisEngine(f"{sys.executable} -c pass") as engine:
        with pytest.raises((RuntimeError, BrokenPipeError)):
            engine.ask([])


@pytest.mark.skipif("TENGEN_PROGRAM" not in os.environ, reason="TENGEN_PROGRAM names no program")
def test_questions_to_tengen():
    from ask_analysis import AnalysisEngine

    with AnalysisEngine(f"{os.environ['TENGEN_PROGRAM']} analysis --net net:go9") as engine:
        answer = engine.ask(["E5"], visits=30)
    assert answer["rootInfo"]["visits"] >= 30
    assert answer["moveInfos"][0]["pv"][0] == answer["moveInfos"][0]["move"]
