"""Records of a small run of tic-tac-toe. What is expected was said by the program itself:
`tengen records verify data/run` and `tengen records inspect data/run --game 49 --json`.
"""

import pathlib
import shutil
import struct
import zlib

import numpy as np
import pytest
import tengen

RUN = pathlib.Path(__file__).parent / "data" / "run"


@pytest.fixture(scope="module")
def records():
    return tengen.read_records(RUN)


def test_the_counts_are_the_programs(records):
    assert len(records.games["game_id"]) == 50
    assert len(records) == 291
    assert records.problems == []
    assert set(records.games["game_id"]) == {"tictactoe"}
    assert set(records.games["end"]) == {"rules"}


def test_a_game_is_what_the_program_shows(records):
    rows = records.game == 49
    assert records.games["plies"][49] == 9 and records.games["return_first"][49] == 0
    # The first move of the game, 4, was an opening move and is no training position.
    assert records.action[rows].tolist() == [8, 2, 6, 7, 1, 3, 5, 0]
    assert records.ply[rows].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    assert records.to_move[rows].tolist() == [1, 0, 1, 0, 1, 0, 1, 0]
    first = np.flatnonzero(rows)[0]
    np.testing.assert_array_equal(
        records.policy[first],
        np.float32([0.4108409285545349, 0.003300489392131567, 0.11141625046730042,
                    0.07237964868545532, 0, 0.20586036145687103, 0.06036911532282829,
                    0.08297649025917053, 0.05285671725869179]),
    )  # fmt: skip
    assert records.raw_value[first] == np.float32(-0.6673224568367004)
    assert records.board[first].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


def test_positions_are_those_of_their_games(records):
    everything = tengen.read_records(RUN, all_plies=True)
    assert len(everything) == records.games["plies"].sum()
    state = None
    for row in range(len(everything)):
        if everything.ply[row] == 0:
            state = tengen.game("tictactoe").new_state()
        np.testing.assert_array_equal(everything.board[row], state.board())
        assert everything.to_move[row] == state.to_move
        state.apply(everything.action[row])
        if state.is_over:
            game = everything.game[row]
            assert state.returns()[0] == everything.games["return_first"][game]
            sign = 1 if everything.to_move[row] == 0 else -1
            assert everything.result[row] == sign * state.returns()[0]
    sampled = everything.policy.sum(1) > 0
    assert sampled.sum() == 291
    np.testing.assert_allclose(records.policy.sum(1), 1, atol=1e-5)


def test_an_encoder_gives_what_networks_see():
    records = tengen.read_records(RUN, encoder="default", games=3)
    assert records.planes.shape == (len(records), 3, 3, 3)
    assert records.globals.shape == (len(records), 1)
    mover = records.board == (1 + records.to_move)[:, None, None]
    np.testing.assert_array_equal(records.planes[..., 1], mover)
    with pytest.raises(ValueError, match="encoder"):
        tengen.read_records(RUN, encoder="go/9")


def cbor(value):
    """As RFC 8949 has it, so far as records need it."""
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, int):
        kind, number = (0, value) if value >= 0 else (1, -1 - value)
        return bytes([kind << 5 | 26]) + struct.pack(">I", number)
    if isinstance(value, str):
        return b"\x7a" + struct.pack(">I", len(value)) + value.encode()
    if isinstance(value, list):
        return b"\x9a" + struct.pack(">I", len(value)) + b"".join(map(cbor, value))
    pairs = b"".join(cbor(key) + cbor(item) for key, item in value.items())
    return b"\xba" + struct.pack(">I", len(value)) + pairs


def one_ply_game(game):
    """A frame of a shard (agents/records/record_shard.h): a control task that ends by its limit."""
    record = cbor({
        "format": 1, "game": game, "seed": 0, "role": 0, "stream": 0, "net_plies": [],
        "net_batches": [], "net_steps": [], "net_hashes": [], "actions": [1], "visits": [0],
        "flags": [0], "root_values": [0.0], "raw_values": [0.0], "raw_scores": [0.0],
        "policy_sizes": [0], "policy_actions": [], "policy_probabilities": [], "end": "truncated",
        "return_first": -1.0, "owner": "", "score_first": 0.0, "plays_on": False,
        "resign_ply": [-1, -1],
    })  # fmt: skip
    payload = zlib.compress(record)
    head = b"TGR1" + struct.pack("<3I", len(payload), len(record), zlib.crc32(payload))
    return head + struct.pack("<I", zlib.crc32(head)) + payload


def test_games_of_several_encoders_have_no_common_planes(tmp_path):
    shard = tmp_path / "games-000001.shard"
    cars, links = one_ply_game("mountain_car:limit=1"), one_ply_game("acrobot:limit=1")
    shard.write_bytes(cars + links)
    assert tengen.read_records(shard, all_plies=True).action.tolist() == [1, 1]
    with pytest.raises(ValueError, match="of acrobot:limit=1, whose encoder is .*, wanted one"):
        tengen.read_records(shard, all_plies=True, encoder="default")
    shard.write_bytes(links)
    alone = tengen.read_records(shard, all_plies=True, encoder="default")
    state = tengen.game("acrobot").new_state()
    np.testing.assert_array_equal(alone.globals[0], state.observation()[1])


def test_the_newest_games_are_the_last(records):
    newest = tengen.read_records(RUN, games=4)
    assert newest.games["stream"].tolist() == records.games["stream"][-4:].tolist()
    with pytest.raises(ValueError, match="games is 0"):
        tengen.read_records(RUN, games=0)


def test_boards_of_a_shape_can_be_chosen(records):
    assert len(tengen.read_records(RUN, board_shape=(3, 3))) == 291
    assert len(tengen.read_records(RUN, board_shape=(9, 9))) == 0
    with pytest.raises(ValueError, match="encoder 'bord/1', wanted"):
        tengen.read_records(RUN, board_shape=(9, 9), encoder="bord/1")


def test_a_record_of_an_unknown_game_is_a_problem(tmp_path):
    shard = tmp_path / "games-000001.shard"
    shard.write_bytes(one_ply_game("checkers") + one_ply_game("acrobot:limit=1"))
    for shape in (None, (1, 1)):
        records = tengen.read_records(shard, all_plies=True, board_shape=shape)
        assert len(records) == 1
        assert len(records.problems) == 1 and "unknown game 'checkers'" in records.problems[0]


def test_damage_is_told_and_passed_over(tmp_path):
    shard = tmp_path / "games-000001.shard"
    data = bytearray((RUN / "games" / "games-000001.shard").read_bytes())
    data[700] ^= 255  # in the second of twenty games
    shard.write_bytes(data[:-5])  # and the last one is cut
    records = tengen.read_records(shard)
    assert len(records.games["game_id"]) == 18
    assert len(records.problems) == 2 and all(str(shard) in p for p in records.problems)


def test_a_missing_run_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no game records, wanted a run"):
        tengen.read_records(tmp_path)


def test_metrics_are_dicts(tmp_path):
    metrics = tengen.read_metrics(RUN)
    assert len(metrics) == 19
    assert metrics[0]["kind"] == "session"
    assert metrics[-1]["games"] == 2143 and metrics[-1]["loss"]["total"] == 2.356557
    # A line that is being written.
    file = tmp_path / "metrics.jsonl"
    file.write_text('{"step": 1}\n{"step": 2}\n{"st')
    assert tengen.read_metrics(tmp_path) == [{"step": 1}, {"step": 2}]
    # Lines of writers that were stopped, one in the middle of a letter.
    file.write_bytes(b'{"step": 1}\n{"st\n{"name": "\xc3\n\n[3]\n{"step": 2}\n')
    assert tengen.read_metrics(file) == [{"step": 1}, {"step": 2}]


def test_settings_and_checkpoints(tmp_path):
    assert tengen.read_config(RUN)["name"] == "tictactoe"
    assert [c.name for c in tengen.checkpoints(RUN)] == ["00000000", "00000353"]
    shutil.copytree(RUN / "checkpoints", tmp_path / "checkpoints")
    (tmp_path / "checkpoints" / "00000353.tmp").mkdir()
    assert len(tengen.checkpoints(tmp_path)) == 2
    assert tengen.checkpoints(tmp_path / "none") == []
