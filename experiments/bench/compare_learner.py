#!/usr/bin/env python3
"""Learner steps of a Tengen network in PyTorch, for `tengen bench train --compare`.

    compare_learner.py --blocks 6 --channels 64 --rows 9 --columns 9 --batch 128 --threads 1 --seconds 5

One step: forward, the losses of policy, outcome, score and ownership, backward, gradient norm clipped
at 4, AdamW, averaged weights. The network is the residual one of docs/networks.md for Go; the batch lies
ready in memory, channels-last float32. The last line is one JSON object: {"PyTorch VERSION": steps/s}.
"""

import argparse
import json
import math
import time

import torch
import torch.nn.functional as F
from torch import nn


class ConvNorm(nn.Module):
    def __init__(self, inputs, outputs, kernel):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return self.norm(self.conv(x))


class Block(nn.Module):
    def __init__(self, channels, pools):
        super().__init__()
        self.first = ConvNorm(channels, channels, 3)
        self.second = ConvNorm(channels, channels, 3)
        self.pooled = max(1, channels // 4)
        self.pool = nn.Linear(2 * self.pooled, channels, bias=False) if pools else None

    def forward(self, x):
        h = self.first(x)
        if self.pool is not None:
            part = h[:, : self.pooled].relu()
            pooled = torch.cat([part.mean((2, 3)), part.amax((2, 3))], 1)
            h = h + self.pool(pooled)[..., None, None]
        return (self.second(h.relu()) + x).relu()


class Network(nn.Module):
    def __init__(self, options, planes=13, globals_=16, head=32, hidden=64):
        super().__init__()
        self.input = ConvNorm(planes, options.channels, 3)
        self.input_globals = nn.Linear(globals_, options.channels, bias=False)
        self.blocks = nn.Sequential(
            *(Block(options.channels, (i + 1) % 2 == 0) for i in range(options.blocks))
        )
        self.head = ConvNorm(options.channels, head, 1)
        self.hidden = nn.Linear(3 * head, hidden)
        self.outputs = nn.Linear(hidden, 5)  # win, draw, loss, score, pass
        self.map_bias = nn.Linear(hidden, head, bias=False)
        self.points = nn.Conv2d(head, 2, 1)  # policy, ownership

    def forward(self, planes, globals_):
        x = (self.input(planes) + self.input_globals(globals_)[..., None, None]).relu()
        map_ = self.head(self.blocks(x)).relu()
        mean = map_.mean((2, 3))
        size = (math.sqrt(map_.shape[2] * map_.shape[3]) - 10) / 10
        vector = self.hidden(torch.cat([mean, mean * size, map_.amax((2, 3))], 1)).relu()
        outputs = self.outputs(vector)
        points = self.points((map_ + self.map_bias(vector)[..., None, None]).relu()).flatten(2)
        policy = torch.cat([points[:, 0], outputs[:, 4:]], 1)
        return policy, outputs[:, :3], outputs[:, 3], points[:, 1]


def random_batch(options):
    n, points = options.batch, options.rows * options.columns
    planes = torch.randint(0, 2, (n, 13, options.rows, options.columns)).float()
    return {
        "planes": planes.contiguous(memory_format=torch.channels_last),
        "globals": torch.rand(n, 16),
        "policy": torch.rand(n, points + 1).softmax(1),
        "outcome": F.one_hot(torch.randint(0, 3, (n,)), 3).float(),
        "score": torch.randn(n),
        "ownership": torch.randint(0, 2, (n, points)).float(),
    }


def loss_of(network, batch):
    policy, outcome, score, ownership = network(batch["planes"], batch["globals"])
    return (
        -(batch["policy"] * policy.log_softmax(1)).sum(1).mean()
        - (batch["outcome"] * outcome.log_softmax(1)).sum(1).mean()
        + 0.1 * F.smooth_l1_loss(score, batch["score"])
        + 0.5 * F.binary_cross_entropy_with_logits(ownership, batch["ownership"])
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("blocks", "channels", "rows", "columns", "batch", "threads"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    network = Network(options).to(memory_format=torch.channels_last)
    averaged = [p.detach().clone() for p in network.parameters()]
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=1e-4)
    batch = random_batch(options)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss_of(network, batch).backward()
        nn.utils.clip_grad_norm_(network.parameters(), 4.0)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averaged, list(network.parameters()), 0.002)

    for _ in range(2):
        step()
    steps, begin = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < options.seconds:
        step()
        steps += 1
    print(json.dumps({f"PyTorch {torch.__version__}": steps / elapsed}))


if __name__ == "__main__":
    main()
