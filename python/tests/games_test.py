"""Games against their rules' own words, against sgfmill and against counts of the C++ program."""

import copy
import gc
import json
import pathlib
import pickle

import numpy as np
import pytest
import tengen

GOLDEN = pathlib.Path(__file__).parents[2] / "tests" / "golden"


def perft(state, depth):
    """Legal sequences of `depth` actions, the slow way through Python."""
    actions = state.legal_actions()
    if depth == 1:
        return len(actions)
    total = 0
    for action in actions:
        child = state.clone()
        child.apply(action)
        total += perft(child, depth - 1)
    return total


def test_a_typo_names_the_nearest_game():
    with pytest.raises(ValueError, match="did you mean 'connect4'"):
        tengen.game("conect4")
    with pytest.raises(ValueError, match="size"):
        tengen.game("go:size=20")


def test_facts_of_a_game():
    game = tengen.game("go:size=9,komi=7")
    assert (game.name, game.num_actions, game.num_players) == ("go", 82, 2)
    assert game.board_shape == (9, 9)
    assert game.observation_shape == ((9, 9, 13), (16,))
    assert game == tengen.game(game.id) and hash(game) == hash(tengen.game(game.id))
    assert game != tengen.game("go:size=9,komi=6.5")
    assert game.action_text(0) == "A9"  # GTP's names: row 9 is the top one
    assert game.parse_action("j1") == 80
    assert game.parse_action("pass") == 81
    assert set(tengen.games()) >= {"tictactoe", "connect4", "go", "othello", "hex", "gomoku"}


# tests/golden/games.json, whose sources it names: OEIS A212693 for Connect Four, Bik for Othello.
@pytest.mark.parametrize(
    ("game_id", "counts"),
    [
        ("tictactoe", [9, 72, 504, 3024, 15120]),
        ("connect4", [7, 49, 343, 2401, 16807]),
        ("othello", [4, 12, 56, 244, 1396, 8200]),
    ],
)
def test_counts_of_sequences_are_the_published_ones(game_id, counts):
    state = tengen.game(game_id).new_state()
    assert [perft(state, d + 1) for d in range(len(counts))] == counts


# tests/golden/go_oracles.json: two or three independent programs that agree.
GO_ORACLES = json.loads((GOLDEN / "go_oracles.json").read_text())["perft_empty_board"]["entries"]


@pytest.mark.parametrize(
    "entry", [e for e in GO_ORACLES if 2 <= e["rows"] <= 5], ids=lambda e: str(list(e.values())[:3])
)
def test_counts_of_go_are_the_published_ones(entry):
    state = tengen.game(
        f"go:rows={entry['rows']},columns={entry['columns']},{entry['rules']}"
    ).new_state()
    counts = [count for count in entry["counts"] if count <= 6000]
    assert [perft(state, d + 1) for d in range(len(counts))] == counts


def random_go_game(board_size, rng, moves):
    """Yields (state, action) before each move of a random game."""
    state = tengen.game(f"go:size={board_size}").new_state()
    for _ in range(moves):
        if state.is_terminal:
            return
        action = int(rng.choice(state.legal_actions()))
        yield state, action
        state.apply(action)


@pytest.mark.parametrize("size", [5, 9])
def test_captures_are_those_of_sgfmill(size):
    boards = pytest.importorskip("sgfmill.boards")
    rng = np.random.default_rng(size)
    for _ in range(5):
        board = boards.Board(size)
        for state, action in random_go_game(size, rng, 200):
            if action < size * size:
                row, column = size - 1 - action // size, action % size  # sgfmill's row 0 is below
                board.play(row, column, "bw"[state.to_move])
            after = state.clone()
            after.apply(action)
            ours = {
                (size - 1 - r, c): " bw"[after.board()[r, c]] for r, c in np.argwhere(after.board())
            }
            assert ours == {point: colour for colour, point in board.list_occupied_points()}


def test_what_cannot_be_played_is_a_value_error_and_changes_nothing():
    state = tengen.game("tictactoe").new_state()
    state.apply(4)
    for action in (4, 9, -1, 10**12):
        with pytest.raises(ValueError, match=f"action {action}"):
            state.apply(action)
    with pytest.raises(TypeError):
        state.apply(1.5)
    assert state.ply == 1 and list(state.moves) == [4]
    assert not state.is_legal(4) and not state.is_legal(-1) and state.is_legal(0)


def test_numpy_integers_are_actions():
    state = tengen.game("tictactoe").new_state()
    state.apply(np.int64(4))
    state.apply(np.uint8(0))
    assert list(state.moves) == [4, 0]


def finished_tictactoe():
    state = tengen.game("tictactoe").new_state()
    for action in (0, 3, 1, 4, 2):  # the first player fills the top row
        state.apply(action)
    return state


def test_a_finished_game():
    state = finished_tictactoe()
    assert state.is_terminal and state.is_over
    assert state.returns() == [1.0, -1.0] and state.reward == 1.0
    assert state.legal_actions().size == 0 and not state.legal_mask().any()
    assert state.board().tolist() == [[1, 1, 1], [2, 2, 0], [0, 0, 0]]
    for ask in (lambda: state.apply(8), lambda: state.to_move, lambda: state.observation()):
        with pytest.raises(ValueError, match="over"):
            ask()


def test_clones_go_on_alone():
    state = tengen.game("connect4").new_state()
    for copied in (state.clone(), copy.copy(state), copy.deepcopy(state)):
        copied.apply(3)
        assert copied.ply == 1 and state.ply == 0


def test_pickles_hold_game_and_history():
    for state, action in random_go_game(5, np.random.default_rng(1), 40):
        again = pickle.loads(pickle.dumps(state))
        assert again.game == state.game and list(again.moves) == list(state.moves)
        # Ko and superko depend on the history.
        assert list(again.legal_actions()) == list(state.legal_actions())
        again.apply(action)
    assert state.ply > 20
    assert pickle.loads(pickle.dumps(state.game)) == state.game
    exact = tengen.game("cartpole:discount=0.123456789")
    assert pickle.loads(pickle.dumps(exact)).discount == 0.123456789
    assert exact != tengen.game("cartpole:discount=0.123457")


@pytest.mark.parametrize(
    ("saved", "error", "words"),
    [
        (("tictactoe", np.array([4, 4], np.int32)), ValueError, "action 4"),
        (("tictactoe", np.array([2**32 + 4])), ValueError, "action 4294967300, wanted 0 to 8"),
        (("tictactoe", 4), ValueError, r"moves has shape \(\), wanted \(1,\)"),
        (("nothing", [4]), ValueError, "unknown game 'nothing'"),
        ((3, [4]), TypeError, "wanted .id of its game, moves"),
        (("tictactoe",), TypeError, "wanted .id of its game, moves"),
        ((), TypeError, "wanted .id of its game, moves"),
    ],
)
def test_a_pickle_with_illegal_moves_is_refused(saved, error, words):
    state = tengen.State.__new__(tengen.State)
    with pytest.raises(error, match=words):
        state.__setstate__(saved)


def test_a_state_keeps_its_game_alive():
    states = [tengen.game("go:size=7").new_state() for _ in range(20)]
    gc.collect()
    for state in states:
        for action in (0, 1, 48):
            state.apply(action)
        assert state.game.id.startswith("go:size=7")


def test_arrays_outlive_their_state():
    state = tengen.game("go:size=7").new_state()
    planes, _ = state.observation()
    legal = state.legal_actions()
    del state
    gc.collect()
    assert planes[..., 0].sum() == 49 and legal.sum() == 49 * 50 / 2


# "board/1": ones, stones of the mover, stones of the other; whether the mover is the first player.
def test_observations_are_from_the_view_of_the_mover():
    state = tengen.game("tictactoe").new_state()
    state.apply(0)
    state.apply(4)
    state.apply(8)  # the second player is to move
    planes, globals_ = state.observation()
    assert planes.shape == (3, 3, 3) and planes.dtype == np.float32
    assert planes[..., 1].tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert planes[..., 2].tolist() == [[1, 0, 0], [0, 0, 0], [0, 0, 1]]
    assert globals_.tolist() == [0.0]


def test_observations_turn_with_the_board():
    game = tengen.game("go:size=5")
    state = game.new_state()
    state.apply(1)
    for symmetry in game.symmetries:
        planes, _ = state.observation(symmetry=symmetry)
        point = game.map_action(symmetry, 1)
        assert np.argwhere(planes[..., 2]).tolist() == [[point // 5, point % 5]]
    with pytest.raises(ValueError, match="symmetry 8"):
        state.observation(symmetry=8)


def test_arrays_are_written_in_place():
    state = tengen.game("go:size=9").new_state()
    state.apply(40)
    planes, globals_ = np.full((9, 9, 13), 7, np.float32), np.full(16, 7, np.float32)
    result = state.observation(out=(planes, globals_))
    assert result[0] is planes and result[1] is globals_
    for written, fresh in zip(result, state.observation()):
        np.testing.assert_array_equal(written, fresh)
    board = np.full((9, 9), 7, np.int8)
    assert state.board(out=board) is board and board.sum() == 1
    mask = np.zeros(82, bool)
    assert state.legal_mask(out=mask) is mask and mask.sum() == 81 and not mask[40]
    # A row of a batch, as a learner has it.
    batch = np.zeros((2, 9, 9), np.int8)
    state.board(out=batch[1])
    assert batch[0].sum() == 0 and batch[1, 4, 4] == 1


@pytest.mark.parametrize(
    ("out", "words"),
    [
        (np.zeros((9, 8), np.int8), r"shape \(9, 8\), wanted \(9, 9\)"),
        (np.zeros((9, 9), np.float32), "another dtype, wanted int8"),
        (np.zeros((9, 18), np.int8)[:, ::2], "C order"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(out, words):
    with pytest.raises(ValueError, match=words):
        tengen.game("go:size=9").new_state().board(out=out)


def test_read_only_arrays_are_refused():
    board = np.zeros((9, 9), np.int8)
    board.flags.writeable = False
    with pytest.raises(TypeError):
        tengen.game("go:size=9").new_state().board(out=board)


def test_sgf_is_read_by_sgfmill():
    sgf = pytest.importorskip("sgfmill.sgf")
    state = tengen.game("go:size=9,komi=7.5").new_state()
    for text in ("E5", "C3", "pass", "pass"):
        state.apply(state.game.parse_action(text))
    game = sgf.Sgf_game.from_string(state.sgf())
    moves = [node.get_move() for node in game.get_main_sequence()[1:]]
    assert moves == [("b", (4, 4)), ("w", (2, 2)), ("b", None), ("w", None)]
    assert game.get_size() == 9 and game.get_komi() == 7.5
    # One stone each: nobody's area but the two points, White has the komi.
    assert game.get_root().get("RE") == "W+7.5" and game.get_winner() == "w"
    with pytest.raises(ValueError, match="wanted a game of go"):
        tengen.game("connect4").new_state().sgf()


def test_final_area_counts_stones_territory_and_komi():
    state = tengen.game("go:size=5,komi=6.5").new_state()
    for text in ("C3", "pass", "pass"):
        state.apply(state.game.parse_action(text))
    score, owner = state.final_area()
    assert score == 25 - 6.5
    assert (owner == 1).all()
    assert tengen.game("tictactoe").new_state().final_area() is None


def test_control_tasks_are_games_of_one_player():
    game = tengen.game("cartpole:limit=10")
    started = game.with_start(3)
    assert started.id != game.id
    state = started.new_state()
    for ply in range(10):
        state.apply(ply % 2)
    assert state.returns() == [10.0]
    assert state.is_over and not state.is_terminal
    with pytest.raises(ValueError, match="one start position"):
        tengen.game("go").with_start(3)
