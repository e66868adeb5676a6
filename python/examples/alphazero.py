"""AlphaZero for Connect Four: a small PyTorch network on Tengen's search.

    python alphazero.py --rounds 12

Each round plays games side by side, all their leaves in one batch, and trains on what the search
found. At the end the network's search plays against one that knows nothing.
"""

import argparse

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import tengen


class Network(nn.Module):
    """Two convolutions, a policy and a value.

    Parameters
    ----------
    game : tengen.Game
    channels : int
    """

    def __init__(self, game, channels=32):
        super().__init__()
        (rows, columns, planes), (globals_,) = game.observation_shape
        self.first = nn.Conv2d(planes, channels, 3, padding=1)
        self.globals = nn.Linear(globals_, channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.hidden = nn.Linear(channels * rows * columns, 64)
        self.policy = nn.Linear(64, game.num_actions)
        self.value = nn.Linear(64, 1)

    def forward(self, planes, globals_):
        """planes [N, rows, columns, planes] -> logits [N, A], values [N]."""
        x = self.first(planes.permute(0, 3, 1, 2)) + self.globals(globals_)[..., None, None]
        x = self.second(x.relu()).relu()
        x = self.hidden(x.flatten(1)).relu()
        return self.policy(x), self.value(x).squeeze(1).tanh()

    def evaluate(self, leaves):
        """The evaluator for `tengen.Mcts`."""
        with torch.no_grad():
            return self(torch.from_numpy(leaves.planes), torch.from_numpy(leaves.globals))


def play(game, network, games, simulations, seed):
    """Plays games side by side. The first moves of most, up to five, are drawn at random and not
    learned from: games that all begin alike teach nothing about what else there is.

    Returns
    -------
    list of tuple
        (planes, globals, policy, result for the player to move) of every position.
    """
    rng = np.random.default_rng(seed)
    batch = tengen.GameBatch(game, games)
    # A tenth of the paper's scale: at few simulations and young values, sharp targets learn noise.
    mcts = tengen.Mcts(root="gumbel", gumbel_c_scale=0.1, seed=seed)
    positions = [[] for _ in range(games)]
    while not batch.done.all():
        going = np.flatnonzero(~batch.done)
        states = [batch[int(i)] for i in going]
        found = mcts.search(states, network.evaluate, simulations, explore=True)
        actions = np.full(games, -1)
        for row, i in enumerate(going):
            if states[row].ply < i % 6:
                actions[i] = rng.choice(states[row].legal_actions())
                continue
            positions[i].append((*states[row].observation(), found.policy[row], states[row].to_move))
            early = states[row].ply < 8
            policy = found.policy[row].astype(float)
            actions[i] = (rng.choice(len(policy), p=policy / policy.sum()) if early
                          else found.best[row])  # fmt: skip
        batch.apply(actions)
    returns = batch.returns()
    return [(planes, globals_, policy, returns[i, player])
            for i, game_positions in enumerate(positions)
            for planes, globals_, policy, player in game_positions]  # fmt: skip


def learn(network, optimizer, positions, steps, batch_size=128):
    """Trains on random positions and their mirror images; gives the mean loss."""
    planes, globals_, policy, result = (
        torch.from_numpy(np.stack(column).astype(np.float32)) for column in zip(*positions)
    )
    losses = []
    for step in range(steps):
        rows = torch.randint(len(result), (batch_size,))
        shown, wanted = planes[rows], policy[rows]
        if step % 2 == 1:
            shown, wanted = shown.flip(2), wanted.flip(1)  # columns change places
        logits, values = network(shown, globals_[rows])
        loss = F.cross_entropy(logits, wanted) + F.mse_loss(values, result[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return float(np.mean(losses))


def match(game, ours, theirs, games, simulations, seed):
    """Points of the first evaluator out of `games`, a draw counting half; colours change.

    The first two moves of each pair of games are drawn at random.
    """
    rng = np.random.default_rng(seed)
    score = 0.0
    for number in range(games):
        if number % 2 == 0:
            opening = rng.integers(game.num_actions, size=2)
        state = game.new_state()
        for action in opening:
            state.apply(action)
        players = [tengen.Mcts(root="puct"), tengen.Mcts(root="puct")]
        evaluators = [ours, theirs] if number % 2 == 0 else [theirs, ours]
        while not state.is_over:
            side = state.to_move
            state.apply(players[side].search(state, evaluators[side], simulations).best)
        score += (state.returns()[number % 2] + 1) / 2
    return score


def train(rounds, games=128, simulations=32, seed=1, report=print):
    """Trains a network from nothing.

    Returns
    -------
    Network
    """
    torch.manual_seed(seed)
    torch.set_flush_denormal(True)  # decayed weights of dead units make steps five times slower
    game = tengen.game("connect4")
    network = Network(game)
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3, weight_decay=1e-4)
    window = []
    for number in range(rounds):
        window = (window + play(game, network, games, simulations, seed + number))[-12000:]
        loss = learn(network, optimizer, window, steps=100)
        report(f"round {number + 1:3d}  positions {len(window):5d}  loss {loss:.3f}")
    return network


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    trained = train(arguments.rounds, seed=arguments.seed)
    points = match(tengen.game("connect4"), trained.evaluate, tengen.uniform, 20, 64, seed=1)
    print(f"{points} of 20 points against a search without network, 64 simulations each")
