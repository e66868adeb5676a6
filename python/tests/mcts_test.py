"""Search with evaluators written in Python."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest
import tengen
from tengen import _core


def connect4():
    return tengen.game("connect4").new_state()


def about_to_win():
    """The first player has three in column 4 and is to move."""
    state = connect4()
    for action in (3, 0, 3, 0, 3, 1):
        state.apply(action)
    return state


@pytest.mark.parametrize("root", ["puct", "gumbel"])
def test_a_winning_move_is_found(root):
    result = tengen.Mcts(root=root).search(about_to_win(), tengen.uniform, simulations=200)
    assert result.best == 3
    assert result.q[3] == 1.0 and result.root_value > 0.5
    assert result.principal_variation[0] == 3
    np.testing.assert_allclose(result.policy.sum(), 1, atol=1e-5)
    assert result.simulations == 200


# PUCT by hand (search/puct.h, Silver et al. 2018): one simulation goes to the move with the
# highest prior, the evaluator's softmax: logits 0 and 1 give 1/(1+e) and e/(1+e).
def test_priors_are_the_softmax_over_legal_moves():
    state = tengen.game("tictactoe").new_state()
    for action in (0, 1, 2, 4, 3, 5, 7):
        state.apply(action)
    assert state.legal_actions().tolist() == [6, 8]

    def evaluator(leaves):
        logits = np.zeros((len(leaves), 9), np.float32)
        logits[:, 8] = 1
        logits[:, 0] = np.nan  # illegal, not looked at
        return logits, np.zeros(len(leaves))

    result = tengen.Mcts(root="puct").search(state, evaluator, simulations=1)
    np.testing.assert_allclose(result.prior[[6, 8]], [1 / (1 + np.e), np.e / (1 + np.e)], rtol=1e-6)
    assert result.visits.tolist() == [0] * 8 + [1]
    assert result.prior[0] == 0 and result.policy[0] == 0


def test_values_are_from_the_view_of_the_player_to_move():
    def first_player_wins(leaves):
        values = np.where(leaves.to_move == 0, 0.5, -0.5)
        return np.zeros((len(leaves), 7)), values

    state = connect4()
    for expected in (0.5, -0.5):
        result = tengen.Mcts(root="puct").search(state, first_player_wins, simulations=20)
        assert result.raw_value == expected and result.root_value == pytest.approx(expected)
        state.apply(0)


def hashed(leaves):
    """Answers that depend on the position alone, not on the batch it came in."""
    boards = leaves.boards.reshape(len(leaves), -1).astype(np.int64)
    keys = boards @ (1 + np.arange(boards.shape[1]) ** 3) + leaves.to_move
    actions = np.arange(leaves.game.num_actions)
    return np.sin(keys[:, None] + actions * 7.0), np.cos(keys) * 0.9


def test_many_states_are_searched_as_if_alone():
    rng = np.random.default_rng(3)
    states = []
    for _ in range(6):
        state = connect4()
        for _ in range(4):
            state.apply(rng.choice(state.legal_actions()))
        states.append(state)
    together = tengen.Mcts(root="puct").search(states, hashed, simulations=60)
    threaded = tengen.Mcts(root="puct", threads=3).search(states, hashed, simulations=60)
    for i, state in enumerate(states):
        alone = tengen.Mcts(root="puct").search(state, hashed, simulations=60)
        np.testing.assert_array_equal(together.visits[i], alone.visits)
        np.testing.assert_array_equal(threaded.visits[i], alone.visits)
        assert together.best[i] == alone.best
    assert together.policy.shape == (6, 7)


def test_batches_have_a_row_for_each_tree_and_leaf():
    sizes = []

    def evaluator(leaves):
        sizes.append(len(leaves))
        return hashed(leaves)

    states = [connect4() for _ in range(5)]
    tengen.Mcts(root="puct").search(states, evaluator, simulations=10)
    assert sizes == [5] * 11  # the roots, then ten simulations each
    sizes.clear()
    tengen.Mcts(root="puct", leaf_batch=8).search(connect4(), evaluator, simulations=64)
    assert max(sizes) > 3


def test_leaves_show_what_the_states_show():
    state = tengen.game("go:size=5").new_state()
    state.apply(12)

    def evaluator(leaves):
        if len(seen) == 0:  # the root
            seen.append((leaves.planes[0], leaves.globals[0], leaves.legal_mask[0],
                         leaves.boards[0], leaves.to_move[0]))
        return tengen.uniform(leaves)

    seen = []
    tengen.Mcts().search(state, evaluator, simulations=4)
    planes, globals_, mask, board, player = seen[0]
    np.testing.assert_array_equal(planes, state.observation()[0])
    np.testing.assert_array_equal(globals_, state.observation()[1])
    np.testing.assert_array_equal(mask, state.legal_mask())
    np.testing.assert_array_equal(board, state.board())
    assert player == 1


def test_encoders_are_a_choice():
    def evaluator(leaves):
        assert leaves.planes.shape[1:] == (5, 5, 3)
        return tengen.uniform(leaves)

    state = tengen.game("go:size=5").new_state()
    tengen.Mcts(encoder="board/1").search(state, evaluator, simulations=2)
    with pytest.raises(ValueError, match="encoder 'none/1', wanted"):
        tengen.Mcts(encoder="none/1").search(state, evaluator, simulations=2)


def test_a_tree_goes_on_where_its_game_does():
    asked = []

    def evaluator(leaves):
        asked.append(len(leaves))
        return hashed(leaves)

    state = connect4()
    mcts = tengen.Mcts(root="puct")
    result = mcts.search(state, evaluator, simulations=100)
    state.apply(result.best)
    kept = mcts.search(state, evaluator, simulations=100)
    assert kept.visits.sum() > 100
    mcts.clear()
    assert mcts.search(state, evaluator, simulations=100).visits.sum() == 100


def test_noise_comes_from_the_seed():
    def visits(seed):
        mcts = tengen.Mcts(root="puct", seed=seed, noise_fraction=0.5)
        return mcts.search(connect4(), hashed, simulations=50, explore=True).visits.tolist()

    assert visits(1) == visits(1)
    assert visits(1) != visits(2)


def test_what_the_evaluator_raises_reaches_the_caller_and_the_next_search_works():
    def fails(leaves):
        calls.append(1)
        if len(calls) == 5:
            raise KeyError("out of memory")
        return hashed(leaves)

    calls = []
    mcts = tengen.Mcts(root="puct", leaf_batch=4)
    with pytest.raises(KeyError, match="out of memory"):
        mcts.search(connect4(), fails, simulations=50)
    mcts.clear()
    after = mcts.search(connect4(), hashed, simulations=50)
    fresh = tengen.Mcts(root="puct", leaf_batch=4).search(connect4(), hashed, simulations=50)
    assert after.visits.tolist() == fresh.visits.tolist()


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (lambda n: (np.full((n, 7), np.nan), np.zeros(n)), ValueError,
         r"logits\[0, 0\] is nan, wanted a finite number"),
        (lambda n: (np.zeros((n, 7)), np.full(n, np.inf)), ValueError, r"values\[0\] is inf"),
        (lambda n: (np.zeros((n, 7)), np.full(n, -7)), ValueError,
         r"values\[0\] is -7, wanted -1 to 1 in a game of two players"),
        (lambda n: (np.zeros((n, 8)), np.zeros(n)), ValueError,
         r"logits has shape \(1, 8\), wanted \(1, 7\)"),
        (lambda n: (np.zeros((n, 7)), np.zeros((n, 1))), ValueError,
         r"values has shape \(1, 1\), wanted \(1,\)"),
        (lambda n: (np.array([["x"] * 7] * n), np.zeros(n)), TypeError, "Cannot cast array data"),
        (lambda n: np.zeros((n, 7)), ValueError, "not enough values to unpack"),
    ],
)  # fmt: skip
def test_answers_that_make_no_sense_are_refused(answer, error, words):
    mcts = tengen.Mcts()
    with pytest.raises(error, match=words):
        mcts.search(connect4(), lambda leaves: answer(len(leaves)), simulations=10)
    mcts.search(connect4(), tengen.uniform, simulations=10)


def test_a_batch_ends_with_its_evaluation():
    kept = []

    def evaluator(leaves):
        kept.append(leaves)
        return tengen.uniform(leaves)

    tengen.Mcts().search(connect4(), evaluator, simulations=3)
    with pytest.raises(RuntimeError, match="this batch is over"):
        kept[0].planes
    assert len(kept[0]) == 1


def test_a_search_inside_its_own_search_is_refused():
    mcts = tengen.Mcts()

    def evaluator(leaves):
        mcts.search(connect4(), tengen.uniform, simulations=1)
        return tengen.uniform(leaves)

    with pytest.raises(RuntimeError, match="another search was begun meanwhile"):
        mcts.search(connect4(), evaluator, simulations=3)


def test_no_search_gives_the_result_of_another():
    search = _core.TreeSearch(tengen.MctsConfig(), 0, 1)
    first = search.begin([connect4()], 1, False, "")
    second = search.begin([tengen.game("tictactoe").new_state()], 1, False, "")
    for step in (search.gather, search.results):
        with pytest.raises(RuntimeError, match="another search was begun meanwhile, wanted one"):
            step(first)
    batch, leaves = search.gather(second)
    assert leaves == 1
    while leaves > 0:
        batch = search.backup(batch, np.zeros((1, 9)), np.zeros(1))
        with pytest.raises(RuntimeError, match="this batch is over"):
            search.backup(batch, np.zeros((1, 9)), np.zeros(1))
        batch, leaves = search.gather(batch)
    assert search.results(batch)["visits"].shape == (1, 9)


def test_leaves_that_two_threads_read_are_in_use():
    said = []

    def read(leaves):
        try:
            leaves.planes
        except RuntimeError as error:
            said.append(str(error))

    def evaluator(leaves):
        threads = [threading.Thread(target=read, args=(leaves,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return tengen.uniform(leaves)

    states = [tengen.game("go:size=19").new_state() for _ in range(50)]
    tengen.Mcts().search(states, evaluator, simulations=1)
    assert set(said) <= {"the search is in use, wanted one call at a time"}


def test_other_threads_run_while_trees_are_searched():
    """The GIL is free inside: searches of several threads give what they give alone."""
    results = [None] * 4

    def work(i):
        mcts = tengen.Mcts(root="puct", leaf_batch=4)
        results[i] = mcts.search(tengen.game("go:size=5").new_state(), hashed, simulations=300)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((r.visits == results[0].visits).all() for r in results)


def test_wrong_use_is_refused():
    mcts = tengen.Mcts()
    over = tengen.game("tictactoe").new_state()
    for action in (0, 3, 1, 4, 2):
        over.apply(action)
    with pytest.raises(ValueError, match="state 0: the game is over"):
        mcts.search(over, tengen.uniform, simulations=1)
    with pytest.raises(ValueError, match="state 1 is of hex"):
        mcts.search([connect4(), tengen.game("hex").new_state()], tengen.uniform, simulations=1)
    with pytest.raises(TypeError, match="state 1 is None, wanted a State"):
        mcts.search([connect4(), None], tengen.uniform, simulations=1)
    with pytest.raises(ValueError, match="no states"):
        mcts.search([], tengen.uniform, simulations=1)
    with pytest.raises(ValueError, match="simulations is 0"):
        mcts.search(connect4(), tengen.uniform, simulations=0)
    with pytest.raises(TypeError, match="unknown setting 'leaf_bach'; did you mean 'leaf_batch'"):
        tengen.Mcts(leaf_bach=3)
    with pytest.raises(ValueError, match="leaf_batch 0, wanted 1 to 1e.06"):
        tengen.Mcts(leaf_batch=0)
    with pytest.raises(ValueError, match="root is 'uct', wanted puct or gumbel"):
        tengen.Mcts(root="uct")


@pytest.mark.parametrize(
    "settings",
    [{"c_base": 0.0}, {"noise_total": np.inf}, {"noise_total": 1e-9}, {"noise_fraction": 2.0},
     {"max_nodes": 0}, {"leaf_batch": 10**6, "virtual_loss": 5000}]
    + [{name: np.nan} for name in ("c_init", "c_factor", "c_base", "fpu_reduction", "root_fpu_reduction",
                                   "noise_total", "gumbel_c_visit", "gumbel_c_scale")],
    ids=str,
)  # fmt: skip
def test_settings_that_no_search_can_use_are_refused(settings):
    with pytest.raises(ValueError, match=f"^{list(settings)[0]}.* [0-9a-z.+-]+, wanted "):
        tengen.Mcts(**settings)


def test_too_many_threads_are_an_error():
    for threads in (0, 1025):
        with pytest.raises(ValueError, match=f"threads is {threads}, wanted 1 to 1024"):
            tengen.Mcts(threads=threads)


@pytest.mark.skipif("libasan" in os.environ.get("LD_PRELOAD", ""), reason="it needs more memory")
def test_threads_that_the_system_refuses_are_an_error():
    # A thousand stacks do not fit into 256 MB more.
    program = """
import pathlib, resource, tengen
pages = int(pathlib.Path("/proc/self/statm").read_text().split()[0])
most = pages * resource.getpagesize() + (1 << 28)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
try:
    tengen.Mcts(threads=1024)
except RuntimeError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0 and "unavailable" in done.stdout, done.stderr


def test_settings_are_seen():
    config = tengen.MctsConfig(root="puct", c_init=2.0)
    assert (config.root, config.c_init, config.leaf_batch) == ("puct", 2.0, 1)
    assert "c_init=2.0" in repr(config)
    mcts = tengen.Mcts(config, leaf_batch=4)
    assert (mcts.config.root, mcts.config.leaf_batch, config.leaf_batch) == ("puct", 4, 1)
    mcts.config.leaf_batch = 8  # of a copy
    assert mcts.config.leaf_batch == 4
    with pytest.raises(AttributeError):
        mcts.config = config


def test_tensors_are_answers():
    torch = pytest.importorskip("torch")

    def evaluator(leaves):
        logits = torch.zeros((len(leaves), 7), dtype=torch.float64)
        return logits, torch.zeros(len(leaves))

    result = tengen.Mcts().search(about_to_win(), evaluator, simulations=100)
    assert result.best == 3
    with pytest.raises(RuntimeError, match="requires grad"):
        tengen.Mcts().search(
            about_to_win(),
            lambda leaves: (torch.zeros((len(leaves), 7), requires_grad=True),
                            torch.zeros(len(leaves))),
            simulations=1,
        )
