"""Networks on disk, as dicts of NumPy arrays."""

from __future__ import annotations

import json
import os
import struct
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_TYPES = {
    "F64": np.float64, "F32": np.float32, "F16": np.float16, "I64": np.int64, "I32": np.int32,
    "I16": np.int16, "I8": np.int8, "U8": np.uint8, "BOOL": np.bool_,
}  # fmt: skip


def read_safetensors(data: bytes, name: str = "safetensors") -> dict[str, np.ndarray]:
    """Reads the tensors of a file in the safetensors format.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What errors call it.

    Returns
    -------
    dict of str to numpy.ndarray
        Copies; bfloat16, which NumPy lacks, becomes float32.

    Raises
    ------
    ValueError
        The file is cut short, its header makes no sense, or its tensors do not fill it.
    """
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length])
        body = memoryview(data)[8 + length :]
        header.pop("__metadata__", None)
        tensors = {key: _tensor(entry, body) for key, entry in header.items()}
        _check_layout([entry["data_offsets"] for entry in header.values()], len(body))
        return tensors
    except (struct.error, KeyError, TypeError, AttributeError, ValueError, OverflowError,
            RecursionError) as error:
        raise ValueError(f"{name} is no safetensors file, or was cut short: {error}") from error


def _tensor(entry, body):
    (begin, end), shape = entry["data_offsets"], entry["shape"]
    if not all(type(n) is int and n >= 0 for n in (begin, end, *shape)):
        raise ValueError(f"shape {shape} at bytes {begin} to {end}, wanted whole numbers from 0")
    if not begin <= end <= len(body):
        raise ValueError(f"data at {begin} to {end} of {len(body)} bytes")
    raw = body[begin:end]
    if entry["dtype"] == "BF16":
        wide = np.frombuffer(raw, np.uint16).astype(np.uint32) << 16
        return wide.view(np.float32).reshape(shape)
    return np.frombuffer(raw, _TYPES[entry["dtype"]]).reshape(shape).copy()


# The format knows neither gaps nor overlaps, nor bytes behind the last tensor.
def _check_layout(offsets, size):
    last = 0
    for begin, end in sorted(offsets):
        if begin != last:
            raise ValueError(f"a tensor begins at byte {begin}, wanted {last}")
        last = end
    if last != size:
        raise ValueError(f"{size} bytes of data, wanted {last}")


@dataclass(frozen=True)
class Network:
    """A network of Tengen as it lies on disk.

    `python/examples/network_forward.py` computes its answers in plain PyTorch.

    Attributes
    ----------
    config : dict
        Its shape: encoder, channels, blocks, heads, ...
    weights : dict of str to numpy.ndarray
        All parameters and buffers by name.
    step : int
        Learner steps behind these weights.
    facts : dict
        Of its training, for people.
    """

    config: dict
    weights: dict
    step: int = 0
    facts: dict = field(default_factory=dict)

    @classmethod
    def load(cls, folder: str | os.PathLike[str]) -> Network:
        """Reads a checkpoint: a folder with `model.json` and `model.safetensors`.

        Parameters
        ----------
        folder : path-like
            Of a checkpoint, or of a run, whose newest checkpoint is taken.

        Returns
        -------
        Network

        Raises
        ------
        FileNotFoundError
            No network there.
        ValueError
            A file is damaged (its checksum differs) or of another format.
        """
        folder = _network_folder(Path(folder))
        text = _description(folder / "model.json")
        file = folder / text["weights"]["file"]
        data = file.read_bytes()
        if f"{zlib.crc32(data):08x}" != text["weights"]["crc32"]:
            raise ValueError(f"{file} is damaged: its checksum differs from model.json's")
        return cls(
            config=text["config"],
            weights=read_safetensors(data, str(file)),
            step=text["step"],
            facts=text.get("facts", {}),
        )


def _description(file):
    try:
        text = json.loads(file.read_text())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file} is no JSON: {error}") from error
    if not isinstance(text, dict):
        raise ValueError(f"{file} holds a {type(text).__name__}, wanted an object")
    if text.get("format") != "tengen-network" or text.get("version") != 1:
        raise ValueError(
            f"{file} has format {text.get('format')!r}, version {text.get('version')!r}, wanted "
            "'tengen-network', version 1"
        )
    for fields, wanted in (
        (text, {"weights": dict, "config": dict, "step": int}),
        (text.get("weights"), {"file": str, "crc32": str}),
    ):
        for key, kind in wanted.items():
            if not isinstance(fields.get(key), kind):
                raise ValueError(f"{file}: {key} is {fields.get(key)!r}, wanted {kind.__name__}")
    return text


def _network_folder(folder):
    if (folder / "model.json").exists():
        return folder
    from tengen.run import checkpoints

    found = checkpoints(folder)
    if not found:
        raise FileNotFoundError(
            f"{folder} holds no model.json and no checkpoints, wanted a checkpoint or a run"
        )
    return found[-1]
