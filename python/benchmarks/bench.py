"""How fast the package is beside others, each pair measured in turns within one run.

    python bench.py cartpole        # against Gymnasium's vector environment, EnvPool if installed
    python bench.py go              # random moves of 9x9 Go through Python, checked by sgfmill
    python bench.py search          # simulations a second with a Python evaluator
"""

import argparse
import statistics
import time

import gymnasium
import numpy as np

import tengen


def rate(step, count, seconds=1.0):
    """Units a second of step(), which does `count` of them."""
    step()
    done, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for _ in range(10):
            step()
        done += 10 * count
    return done / (time.perf_counter() - begin)


def in_turns(steps, count, rounds):
    """Median rate of each entry; the entries take turns."""
    rates = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            rates[name].append(rate(step, count))
    return {name: statistics.median(found) for name, found in rates.items()}


def cartpole(num_envs, rounds):
    actions = np.random.default_rng(0).integers(2, size=num_envs)
    steps = {}
    ours = gymnasium.make_vec("tengen/CartPole-v1", num_envs=num_envs)
    ours.reset(seed=0)
    steps["tengen"] = lambda: ours.step(actions)
    theirs = gymnasium.make_vec("CartPole-v1", num_envs=num_envs)
    theirs.reset(seed=0)
    steps["gymnasium"] = lambda: theirs.step(actions)
    try:
        import envpool
    except ImportError:
        pass
    else:
        pool = envpool.make_gymnasium("CartPole-v1", num_envs=num_envs, num_threads=1)
        pool.reset()
        narrow = actions.astype(np.int32)
        steps["envpool"] = lambda: pool.step(narrow)
    rates = in_turns(steps, num_envs, rounds)
    for name, found in rates.items():
        print(f"{name:10s} {found / 1e6:8.2f} million steps/s  {rates['tengen'] / found:6.1f} : 1")


def go(moves):
    """Plays random games of 9x9 Go; every board is compared with sgfmill's."""
    from sgfmill import boards

    rng = np.random.default_rng(1)
    game = tengen.game("go:size=9")
    played, games, seconds = 0, 0, 0.0
    while played < moves:
        state, board = game.new_state(), boards.Board(9)
        games += 1
        while not state.is_terminal and played < moves:
            player = "bw"[state.to_move]
            begin = time.perf_counter()
            legal = state.legal_actions()
            action = int(legal[rng.integers(len(legal))])
            state.apply(action)
            seconds += time.perf_counter() - begin
            played += 1
            if action < 81:
                board.play(8 - action // 9, action % 9, player)
            ours = state.board()
            theirs = np.array([[" bw".index(board.get(8 - r, c) or " ") for c in range(9)]
                               for r in range(9)])  # fmt: skip
            if not (ours == theirs).all():
                raise SystemExit(f"move {len(state.moves)} of game {games} differs:\n{state}")
    print(f"{played} moves in {games} games, every board as sgfmill's; "
          f"{played / seconds / 1e3:.0f} thousand moves/s")


def search(simulations):
    state = tengen.game("go:size=9").new_state()
    for states, leaf_batch in ((1, 1), (64, 1), (256, 1), (1, 16)):
        mcts = tengen.Mcts(root="puct", leaf_batch=leaf_batch, reuse_tree=False)
        batch = [state] * states

        def step(mcts=mcts, batch=batch):
            mcts.search(batch, tengen.uniform, simulations)

        rates = [rate_once(step, simulations * states) for _ in range(3)]
        print(f"{states:4d} trees, {leaf_batch:2d} leaves each: "
              f"{statistics.median(rates) / 1e3:8.1f} thousand simulations/s")


def rate_once(step, count):
    begin = time.perf_counter()
    step()
    return count / (time.perf_counter() - begin)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=("cartpole", "go", "search"))
    parser.add_argument("--num-envs", type=int, default=1024)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--moves", type=int, default=1_000_000)
    parser.add_argument("--simulations", type=int, default=200)
    arguments = parser.parse_args()
    if arguments.part == "cartpole":
        cartpole(arguments.num_envs, arguments.rounds)
    elif arguments.part == "go":
        go(arguments.moves)
    else:
        search(arguments.simulations)
