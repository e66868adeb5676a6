"""What a network of Tengen computes, in plain PyTorch.

    python network_forward.py experiments/networks/go9 --game go:size=9

Reads a checkpoint, shows the network a position and prints its answer. `forward` is the whole
network; nets/model.h in the C++ tree draws it.
"""

import argparse
import math

import torch
import torch.nn.functional as F

import tengen


class TengenNetwork:
    """A checkpoint as a function of PyTorch tensors, in evaluation mode.

    Parameters
    ----------
    network : tengen.Network
    """

    def __init__(self, network):
        self.config = network.config
        trunk = network.config.get("trunk", "residual")
        if trunk not in ("residual", "bottleneck"):
            raise ValueError(f"the network's trunk is {trunk!r}, wanted 'residual' or 'bottleneck'")
        self.block = self._bottleneck if trunk == "bottleneck" else self._residual
        self.weights = {name: torch.from_numpy(w) for name, w in network.weights.items()}

    def forward(self, planes, globals_):
        """Computes the answers of the network.

        Parameters
        ----------
        planes : torch.Tensor
            float32 [N, rows, columns, planes], as `State.observation` gives them.
        globals_ : torch.Tensor
            float32 [N, globals].

        Returns
        -------
        dict of str to torch.Tensor
            From the view of the player to move: `policy` logits [N, A], `value` [N]; where the
            network has them `outcome` logits of win, draw and loss [N, 3], `score` in points [N]
            and `ownership` in [-1, 1] [N, points].
        """
        c = self.config
        x = self._conv("input", planes.permute(0, 3, 1, 2))
        x = (x + self._linear("input_globals", globals_)[..., None, None]).relu()
        for i in range(c["blocks"]):
            x = self.block(f"block{i}", x)
        map_ = self._conv("head", x).relu()
        mean = map_.mean((2, 3))
        size = (math.sqrt(map_.shape[2] * map_.shape[3]) - 10) / 10
        pooled = torch.cat([mean, mean * size, map_.amax((2, 3))], 1)
        vector = self._linear("hidden", pooled).relu()
        outputs = self._linear("outputs", vector)
        if "map_bias.weight" in self.weights:
            map_ = (map_ + self._linear("map_bias", vector)[..., None, None]).relu()
        return self._heads(outputs, map_)

    def _heads(self, outputs, map_):
        """Takes the raw outputs apart: outcome or value, then score, then pass or dense policy."""
        c = self.config
        answers = {}
        if c["value"] == "outcome":
            answers["outcome"], rest = outputs[:, :3], outputs[:, 3:]
            win, _, loss = answers["outcome"].softmax(1).unbind(1)
            answers["value"] = win - loss
        else:
            answers["value"], rest = outputs[:, 0], outputs[:, 1:]
        if c["area_heads"]:
            answers["score"], rest = rest[:, 0] * c["score_scale"], rest[:, 1:]
        points = None
        if "points.weight" in self.weights:
            points = F.conv2d(map_, self.weights["points.weight"], self.weights["points.bias"])
            points = points.flatten(2)
        if c["policy"] == "columns":
            answers["policy"] = F.conv2d(map_, self.weights["columns.weight"]).flatten(1)
        elif c["policy"] == "dense":
            answers["policy"] = rest
        elif c["policy"] == "points":
            answers["policy"] = points[:, 0]
        else:  # points_and_pass
            answers["policy"] = torch.cat([points[:, 0], rest], 1)
        if c["area_heads"]:
            answers["ownership"] = (points[:, -1] / 2).tanh()
        return answers

    def _residual(self, name, x):
        """x -> relu(x + second(relu(first(x) + pooled bias)))."""
        h = self._conv(f"{name}.first", x)
        if f"{name}.pool.weight" in self.weights:
            part = h[:, : max(1, h.shape[1] // 4)].relu()
            pooled = torch.cat([part.mean((2, 3)), part.amax((2, 3))], 1)
            h = h + self._linear(f"{name}.pool", pooled)[..., None, None]
        return (self._conv(f"{name}.second", h.relu()) + x).relu()

    def _bottleneck(self, name, x):
        """x -> relu(x + expand(inner1(inner0(relu(reduce(x)))))), half as wide inside."""
        h = self._conv(f"{name}.reduce", x).relu()
        h = self._residual(f"{name}.inner1", self._residual(f"{name}.inner0", h))
        return (self._conv(f"{name}.expand", h) + x).relu()

    def _conv(self, name, x):
        """Convolution without bias and the BatchNorm behind it."""
        weight = self.weights[f"{name}.conv.weight"]
        x = F.conv2d(x, weight, padding=weight.shape[-1] // 2)
        norm = [self.weights[f"{name}.norm.{part}"]
                for part in ("running_mean", "running_var", "weight", "bias")]  # fmt: skip
        return F.batch_norm(x, *norm, eps=1e-5)

    def _linear(self, name, x):
        return F.linear(x, self.weights[f"{name}.weight"], self.weights.get(f"{name}.bias"))

    def evaluate(self, leaves):
        """An evaluator for `tengen.Mcts(encoder=config["encoder"])`."""
        with torch.no_grad():
            answers = self.forward(
                torch.from_numpy(leaves.planes), torch.from_numpy(leaves.globals)
            )
        return answers["policy"], answers["value"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", help="a checkpoint, or a run")
    parser.add_argument("--game", default="go:size=9")
    parser.add_argument("--simulations", type=int, default=100)
    arguments = parser.parse_args()

    network = TengenNetwork(tengen.Network.load(arguments.network))
    state = tengen.game(arguments.game).new_state()
    mcts = tengen.Mcts(encoder=network.config["encoder"], leaf_batch=8)
    result = mcts.search(state, network.evaluate, arguments.simulations)
    print(state)
    print(f"value {result.raw_value:+.3f}, after {result.simulations} simulations "
          f"{result.root_value:+.3f}")
    line = " ".join(state.game.action_text(a) for a in result.principal_variation)
    print(f"best {state.game.action_text(result.best)}, expected {line}")


if __name__ == "__main__":
    main()
