#!/usr/bin/env python3
"""Runs a network that `tengen nets export --onnx` wrote in ONNX Runtime and in OpenVINO, on the CPU.

    compare_nets.py FILE.onnx --batch 16 64 --seconds 2 --threads 1
        one JSON object on the last line: program: evaluations per second, at the best batch size
    compare_nets.py FILE.onnx --check FILE.safetensors
        exits with 1 where answers differ by 1e-4 or more from those that the export wrote

Programs that are not installed are left out (pip install onnxruntime openvino numpy). float32.
"""

import argparse
import json
import struct
import sys
import time

import numpy as np


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    tensors = {}
    for name, entry in header.items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            tensors[name] = np.frombuffer(data[begin:end], np.float32).reshape(entry["shape"])
    return tensors


class OnnxRuntime:
    name = "ONNX Runtime"

    def __init__(self, path, threads, batch):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
        self.outputs = [output.name for output in self.session.get_outputs()]
        self.shapes = {i.name: i.shape[1:] for i in self.session.get_inputs()}

    def run(self, feed):
        return dict(zip(self.outputs, self.session.run(None, feed)))


class OpenVino:
    name = "OpenVINO"

    def __init__(self, path, threads, batch):
        import openvino

        core = openvino.Core()
        model = core.read_model(path)
        # A fixed batch: faster than a free one.
        model.reshape({i.any_name: [batch, *list(i.partial_shape)[1:]] for i in model.inputs})
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "INFERENCE_PRECISION_HINT": "f32",
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
        }
        self.request = core.compile_model(model, "CPU", settings).create_infer_request()

    def run(self, feed):
        return {output.any_name: value for output, value in self.request.infer(feed).items()}


def programs(path, threads, batch):
    for kind in (OnnxRuntime, OpenVino):
        try:
            yield kind(path, threads, batch)
        except ImportError as error:
            print(f"{kind.name} is left out: {error}", file=sys.stderr)


def rate(program, feed, batch, seconds):
    for _ in range(3):
        program.run(feed)
    passes = 0
    begin = time.perf_counter()
    while (elapsed := time.perf_counter() - begin) < seconds:
        program.run(feed)
        passes += 1
    return passes * batch / elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("onnx")
    parser.add_argument("--batch", type=int, nargs="+", default=[16, 64, 256])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check", metavar="FILE.safetensors")
    options = parser.parse_args()
    if options.check:
        sample = read_safetensors(options.check)
        feed = {name: sample[name] for name in ("planes", "globals")}
        worst = {}
        for program in programs(options.onnx, options.threads, len(feed["planes"])):
            answers = program.run(feed)
            worst[program.name] = max(
                float(np.abs(answers[name] - sample[name]).max())
                for name in sample
                if name not in feed
            )
        print(json.dumps(worst))
        sys.exit(0 if worst and all(error < 1e-4 for error in worst.values()) else 1)
    random = np.random.default_rng(1)
    shapes = OnnxRuntime(options.onnx, 1, 1).shapes
    rates = {}
    for batch in options.batch:
        feed = {
            name: random.random((batch, *shape), dtype=np.float32) for name, shape in shapes.items()
        }
        for program in programs(options.onnx, options.threads, batch):
            now = rate(program, feed, batch, options.seconds / len(options.batch))
            rates[program.name] = max(now, rates.get(program.name, 0.0))
    print(json.dumps(rates))


if __name__ == "__main__":
    main()
