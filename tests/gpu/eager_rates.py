#!/usr/bin/env python3
"""Forward passes of networks of tengen's shape in PyTorch, as its users write them.

    eager_rates.py --device cuda --net 6x96 --board 9 --batch 256 --seconds 1

Channels-last, in inference mode; bfloat16 on a GPU, float32 on the CPU. Eager and, where it works,
torch.compile. One JSON object on the last line.
"""

import argparse
import json
import sys
import time

import torch
from torch import nn


def conv_norm(inputs, outputs, kernel):
    conv = nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


class Block(nn.Module):
    def __init__(self, channels, pools):
        super().__init__()
        self.first = conv_norm(channels, channels, 3)
        self.second = conv_norm(channels, channels, 3)
        self.part = channels // 4
        self.pool = nn.Linear(2 * self.part, channels, bias=False) if pools else None

    def forward(self, x):
        h = self.first(x)
        if self.pool is not None:
            part = h[:, : self.part].relu()
            pooled = torch.cat([part.mean((2, 3)), part.amax((2, 3))], 1)
            h = h + self.pool(pooled)[:, :, None, None]
        return (self.second(h.relu()) + x).relu()


class Network(nn.Module):
    """Go's: nets/model.h draws it."""

    def __init__(self, blocks, channels, planes=13, inputs=16, head=32, hidden=64):
        super().__init__()
        self.input = conv_norm(planes, channels, 3)
        self.globals = nn.Linear(inputs, channels, bias=False)
        self.blocks = nn.Sequential(*(Block(channels, i % 2 == 1) for i in range(blocks)))
        self.head = conv_norm(channels, head, 1)
        self.hidden = nn.Linear(3 * head, hidden)
        self.outputs = nn.Linear(hidden, 5)
        self.bias = nn.Linear(hidden, head, bias=False)
        self.points = nn.Conv2d(head, 2, 1)

    def forward(self, planes, globals_):
        x = (self.input(planes) + self.globals(globals_)[:, :, None, None]).relu()
        map_ = self.head(self.blocks(x)).relu()
        mean = map_.mean((2, 3))
        vector = self.hidden(torch.cat([mean, 0.1 * mean, map_.amax((2, 3))], 1)).relu()
        active = (map_ + self.bias(vector)[:, :, None, None]).relu()
        return self.outputs(vector), self.points(active).flatten(2)


def rate(network, planes, globals_, seconds):
    def synchronize():
        if planes.is_cuda:
            torch.cuda.synchronize()

    with torch.inference_mode():
        for _ in range(5):
            network(planes, globals_)
        synchronize()
        passes = 0
        begin = time.perf_counter()
        while (elapsed := time.perf_counter() - begin) < seconds:
            for _ in range(4):
                network(planes, globals_)
            passes += 4
            synchronize()
    return passes * len(planes) / elapsed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--net", default="6x96")
    parser.add_argument("--board", type=int, default=9)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()
    if options.device == "cpu":
        torch.set_num_threads(1)
    torch.backends.cudnn.benchmark = True
    dtype = torch.float32 if options.device == "cpu" else torch.bfloat16
    blocks, channels = map(int, options.net.split("x"))
    network = Network(blocks, channels).eval().to(options.device, dtype)
    network = network.to(memory_format=torch.channels_last)
    planes = torch.rand(options.batch, 13, options.board, options.board)
    planes = planes.to(options.device, dtype).to(memory_format=torch.channels_last)
    globals_ = torch.rand(options.batch, 16).to(options.device, dtype)
    result = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if planes.is_cuda else "cpu, 1 thread",
        "net": options.net,
        "board": options.board,
        "batch": options.batch,
        "eager": rate(network, planes, globals_, options.seconds),
    }
    if not options.no_compile:
        try:
            compiled = torch.compile(network, mode="max-autotune")
            result["compiled"] = rate(compiled, planes, globals_, options.seconds)
        except Exception as error:  # no compiler on the machine, for one
            print(f"torch.compile: {error}", file=sys.stderr)
            result["compiled"] = None
    print(json.dumps(result))


if __name__ == "__main__":
    main()
