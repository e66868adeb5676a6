"""Batches do what their games do alone."""

import numpy as np
import pytest
import tengen


@pytest.mark.parametrize("game_id", ["tictactoe", "connect4", "go:size=4"])
def test_a_batch_is_its_games(game_id):
    game = tengen.game(game_id)
    rng = np.random.default_rng(2)
    batch = tengen.GameBatch(game, 8)
    alone = [game.new_state() for _ in range(8)]
    while not batch.done.all():
        masks = batch.legal_mask()
        np.testing.assert_array_equal(masks, [s.legal_mask() for s in alone])
        np.testing.assert_array_equal(batch.boards(), [s.board() for s in alone])
        planes, globals_ = batch.observations()
        for i, state in enumerate(alone):
            if state.is_over:
                assert not planes[i].any() and batch.to_move[i] == -1
                continue
            np.testing.assert_array_equal(planes[i], state.observation()[0])
            np.testing.assert_array_equal(globals_[i], state.observation()[1])
            assert batch.to_move[i] == state.to_move
        actions = np.array([rng.choice(np.flatnonzero(m)) if m.any() else -1 for m in masks])
        rewards = batch.apply(actions)
        for i, state in enumerate(alone):
            played = actions[i] >= 0
            if played:
                state.apply(actions[i])
            assert rewards[i] == (state.reward if played else 0)
    np.testing.assert_array_equal(batch.returns(), [s.returns() for s in alone])
    np.testing.assert_array_equal(batch.ply, [s.ply for s in alone])


def test_an_illegal_action_changes_no_game():
    batch = tengen.GameBatch(tengen.game("tictactoe"), 3)
    batch.apply([0, 1, 2])
    with pytest.raises(ValueError, match=r"game 2: action 2 \(C1\) is illegal"):
        batch.apply([3, 3, 2])
    assert batch.ply.tolist() == [1, 1, 1]


def test_some_games_start_over():
    batch = tengen.GameBatch(tengen.game("tictactoe"), 3)
    batch.apply([0, 1, 2])
    batch.reset(np.array([False, True, False]))
    assert batch.ply.tolist() == [1, 0, 1]
    batch.reset()
    assert batch.ply.tolist() == [0, 0, 0]


def test_a_game_at_its_time_limit_is_finished():
    batch = tengen.GameBatch(tengen.game("mountain_car:limit=2"), 2)
    batch.apply([0, 1])
    batch.reset(np.array([True, False]))
    batch.apply([0, 1])
    assert batch.done.tolist() == [False, True]
    assert batch.to_move.tolist() == [0, -1]
    assert batch.legal_mask().tolist() == [[True] * 3, [False] * 3]
    globals_ = batch.observations()[1]
    assert globals_[0].any() and not globals_[1].any()
    state = batch[1]
    assert state.is_over and not state.is_terminal
    with pytest.raises(ValueError, match="state 0: the game is over"):
        tengen.Mcts().search(state, tengen.uniform, simulations=1)
    # A state can go on behind the limit.
    state.apply(0)
    assert state.ply == 3 and state.legal_actions().tolist() == [0, 1, 2]


def test_rows_are_copies():
    batch = tengen.GameBatch(tengen.game("connect4"), 2)
    state = batch[-1]
    state.apply(3)
    assert batch.ply.tolist() == [0, 0] and len(batch) == 2
    with pytest.raises(IndexError, match="game 2 of 2"):
        batch[2]


def test_arrays_that_do_not_fit_are_refused_in_numpys_words():
    batch = tengen.GameBatch(tengen.game("connect4"), 2)
    with pytest.raises(ValueError, match=r"actions has shape \(3,\), wanted \(2,\)"):
        batch.apply([1, 2, 3])
    with pytest.raises(ValueError, match=r"actions has shape \(\), wanted \(1,\)"):
        tengen.GameBatch(tengen.game("connect4"), 1).apply(3)
    batch.apply(np.array([[1, 2], [3, 4]], np.int32)[:, 0])
    assert batch.boards()[:, -1].argmax(1).tolist() == [1, 3]
    with pytest.raises(TypeError, match="Cannot cast array data from dtype..float64"):
        batch.apply([0.5, 1.5])
    with pytest.raises(ValueError, match="size is 0"):
        tengen.GameBatch(tengen.game("connect4"), 0)
