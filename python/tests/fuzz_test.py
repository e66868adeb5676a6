"""Random calls, right and wrong, in random order: nothing may crash, only known errors come out.

A second by default. For long runs under AddressSanitizer:

    pip install ./python --config-settings=cmake.define.SANITIZE=address
    LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libstdc++.so)" \
      ASAN_OPTIONS=detect_leaks=0 TENGEN_FUZZ_SECONDS=3600 python -m pytest tests/fuzz_test.py
"""

import gc
import os
import pickle
import random
import signal
import time

import numpy as np
import tengen
from tengen import _core

SECONDS = float(os.environ.get("TENGEN_FUZZ_SECONDS", "1"))
GAMES = ["tictactoe", "connect4", "go:size=5", "go:size=9", "othello", "hex:size=4",
         "gomoku:size=5,k=4", "cartpole:limit=20", "go:size=nine", "gomuku", ""]  # fmt: skip
KNOWN = (ValueError, TypeError, IndexError, RuntimeError, KeyboardInterrupt, OSError, ZeroDivisionError)


class Fuzzer:
    """Objects that are alive, and random things to do to them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.alive = {"game": [], "state": [], "batch": [], "mcts": [], "env": [], "leaves": []}
        self.calls = self.errors = 0

    def pick(self, kind):
        return self.random.choice(self.alive[kind])

    def keep(self, kind, thing):
        self.alive[kind].append(thing)
        if len(self.alive[kind]) > 8:
            self.alive[kind].pop(self.random.randrange(9))

    def number(self):
        return self.random.choice([-1, 0, 1, 2, 3, 7, 24, 81, 82, 2**31, 2**63, -(2**70), 1.5, None])

    def array(self):
        shape = self.random.choice([(), (3,), (9, 9), (0,), (4, 7), (2, 82), (9, 9, 13), (16,)])
        kind = self.random.choice([np.int8, np.int64, np.float32, np.float64, bool, object])
        values = np.full(shape, self.random.choice([0, 1, 5, -3]), dtype=kind)
        if self.random.random() < 0.2:
            values = values[..., ::2] if values.ndim else values
        if self.random.random() < 0.2:
            values.flags.writeable = False
        return values

    # --- Things to do ---

    def make(self):
        game = tengen.game(self.random.choice(GAMES))
        self.keep("game", game)
        self.keep("state", game.new_state())
        self.keep("batch", tengen.GameBatch(game, self.random.choice([0, 1, 3, 9])))

    def drop(self):
        kind = self.random.choice(list(self.alive))
        if self.alive[kind]:
            self.alive[kind].pop(self.random.randrange(len(self.alive[kind])))
        if self.random.random() < 0.1:
            gc.collect()

    def game_call(self):
        game = self.pick("game")
        name = self.random.choice(["action_text", "parse_action", "with_start", "map_action",
                                   "new_state", "id", "observation_shape"])  # fmt: skip
        if name == "map_action":
            return game.map_action(self.number(), self.number())
        if name == "parse_action":
            return game.parse_action(self.random.choice(["A1", "pass", "", "Z99", "3"]))
        member = getattr(game, name)
        return member(self.number()) if name in ("action_text", "with_start") else member

    def state_call(self):
        state = self.pick("state")
        choice = self.random.randrange(10)
        if choice < 3 and not state.is_terminal:
            state.apply(int(self.random.choice(state.legal_actions().tolist())))
        elif choice == 3:
            state.apply(self.number())
        elif choice == 4:
            self.keep("state", self.random.choice([state.clone, lambda: pickle.loads(pickle.dumps(state))])())
        elif choice == 5:
            state.board(out=self.array())
        elif choice == 6:
            state.observation(out=(self.array(), self.array()), symmetry=self.random.randrange(-1, 9))
        elif choice == 7:
            state.observation(encoder=self.random.choice(["", "board/1", "go/1", "nothing"]))
        elif choice == 8:
            saved = self.random.choice([(), (3, []), ("othello", self.array()), state.__getstate__()])
            tengen.State.__new__(tengen.State).__setstate__(saved)
        else:
            return state.sgf(), str(state), state.returns(), state.final_area()

    def batch_call(self):
        batch = self.pick("batch")
        choice = self.random.randrange(5)
        if choice < 2:
            mask = batch.legal_mask()
            batch.apply([self.random.choice(np.flatnonzero(row).tolist() or [-1]) for row in mask])
        elif choice == 2:
            batch.apply(self.array())
        elif choice == 3:
            batch.reset(self.random.choice([None, self.array()]))
        else:
            self.keep("state", batch[self.random.randrange(-9, 9)])
            return batch.observations(), batch.boards(), batch.returns(), batch.done

    def make_mcts(self):
        self.keep("mcts", tengen.Mcts(
            root=self.random.choice(["puct", "gumbel", "none"]), seed=self.random.randrange(5),
            threads=self.random.choice([0, 1, 3, 2**20]), leaf_batch=self.random.choice([0, 1, 4]),
            max_nodes=self.random.choice([1, 50, 1000]),
        ))  # fmt: skip

    def evaluator(self, leaves):
        self.keep("leaves", leaves)
        choice = self.random.randrange(15)
        if choice == 0:
            raise ZeroDivisionError
        if choice == 1:
            return self.array(), self.array()
        if choice == 2:
            return leaves.planes.sum((1, 2)), leaves.globals
        if choice == 3:
            shape = (len(leaves), leaves.game.num_actions)
            return np.full(shape, np.nan), np.zeros(len(leaves))
        if choice == 4:
            self.search()  # perhaps with the search that is waiting
        if choice == 5:
            self.drop()
        if choice == 6:
            shape = (len(leaves), leaves.game.num_actions)
            return np.zeros(shape), np.full(len(leaves), self.random.choice([-1.0, 1.0, 30.0]))
        return tengen.uniform(leaves)

    def search(self):
        count = self.random.choice([None, 1, 1, 3])
        states = self.pick("state") if count is None else [self.pick("state") for _ in range(count)]
        if count == 3 and self.random.random() < 0.1:
            states[1] = None
        self.pick("mcts").search(states, self.evaluator, self.random.choice([-1, 1, 5, 20]),
                                 explore=self.random.random() < 0.5)  # fmt: skip

    def old_leaves(self):
        leaves = self.pick("leaves")
        return len(leaves), leaves.planes, leaves.legal_mask

    def make_env(self):
        self.keep("env", _core.VecEnv(
            self.random.choice(["cartpole", "pendulum", "acrobot:limit=3", "nothing"]),
            self.random.choice([-1, 0, 1, 3]),
            self.random.choice(["NextStep", "SameStep", "Disabled", "x"]),
            self.random.choice([0, 1, 2]),
        ))  # fmt: skip

    def env_call(self):
        env = self.pick("env")
        choice = self.random.randrange(4)
        if choice == 0:
            env.reset(self.random.choice([None, self.array()]))
        elif choice == 1:
            env.seed([self.random.choice([1, 2, 3])] * self.random.choice([0, 1, 3]),
                     self.random.choice([None, self.array()]))
        elif choice == 2:
            env.step(self.array())
        else:
            for n in (1, 3):
                try:
                    env.step(np.zeros(n if env.spec["num_actions"] else (n, 1), np.float32).astype(
                        np.int64 if env.spec["num_actions"] else np.float32))  # fmt: skip
                except ValueError:
                    pass

    def files(self):
        path = self.random.choice(["/nothing", __file__, os.path.dirname(__file__)])
        tengen.read_records(path, games=self.number())

    def step(self):
        things = [self.make, self.drop, self.game_call, self.state_call, self.state_call,
                  self.batch_call, self.make_mcts, self.search, self.search, self.old_leaves,
                  self.make_env, self.env_call, self.files]  # fmt: skip
        self.calls += 1
        try:
            self.random.choice(things)()
        except KNOWN:
            self.errors += 1


def test_random_calls_do_not_crash():
    signal.signal(signal.SIGALRM, signal.default_int_handler)  # as Ctrl-C, now and then
    fuzzer = Fuzzer(seed=int(os.environ.get("TENGEN_FUZZ_SEED", "1")))
    end = time.monotonic() + SECONDS
    try:
        while time.monotonic() < end:
            try:
                signal.setitimer(signal.ITIMER_REAL, fuzzer.random.choice([0.0005, 0.003, 0.02]))
                for _ in range(20):
                    fuzzer.step()
                signal.setitimer(signal.ITIMER_REAL, 0)
                time.sleep(0)  # one that came meanwhile is caught here
            except KeyboardInterrupt:
                pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    # Both kinds of calls were made: those that work and those that are refused.
    assert fuzzer.calls > 100 and 0.05 < fuzzer.errors / fuzzer.calls < 0.95


def test_ctrl_c_ends_a_search():
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    state = tengen.game("go:size=9").new_state()
    mcts = tengen.Mcts(leaf_batch=8)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        begin = time.monotonic()
        try:
            mcts.search(state, tengen.uniform, simulations=10**8)
            raise AssertionError("the search was not interrupted")
        except KeyboardInterrupt:
            assert time.monotonic() - begin < 5
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert mcts.search(state, tengen.uniform, simulations=10).simulations == 10
