"""Networks on disk."""

import json
import pathlib
import shutil
import struct

import numpy as np
import pytest
import tengen
from tengen.network import read_safetensors

RUN = pathlib.Path(__file__).parent / "data" / "run"


def test_a_run_gives_its_newest_checkpoint():
    network = tengen.Network.load(RUN)
    assert network.step == 353
    assert network.config["channels"] == 8 and network.config["encoder"] == "board/1"
    assert network.facts["selfplay_games"] == "2143"
    assert network.weights["input.conv.weight"].shape == (8, 3, 3, 3)
    assert network.weights["input.conv.weight"].dtype == np.float32
    assert all(np.isfinite(w).all() for w in network.weights.values())
    first = tengen.Network.load(RUN / "checkpoints" / "00000000")
    assert first.step == 0
    assert (first.weights["hidden.weight"] != network.weights["hidden.weight"]).any()


def test_arrays_can_be_written_to():
    network = tengen.Network.load(RUN)
    network.weights["hidden.weight"][:] = 0


# The format as its own description has it: 8 bytes length, JSON, data, little-endian.
def safetensors(tensors):
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, (dtype, shape, raw) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape,
                        "data_offsets": [len(data), len(data) + len(raw)]}  # fmt: skip
        data += raw
    return with_header(json.dumps(header).encode(), data)


def with_header(text, data=b""):
    return struct.pack("<Q", len(text)) + text + data


def test_all_types_are_read():
    tensors = read_safetensors(
        safetensors({
            "f": ("F32", [2], struct.pack("<2f", 1.5, -2)),
            "b": ("BF16", [2, 1], bytes([0x80, 0x3F, 0x20, 0xC1])),  # 1 and -10
            "i": ("I64", [], struct.pack("<q", -7)),
            "t": ("BOOL", [3], b"\1\0\1"),
        })
    )
    assert tensors["f"].tolist() == [1.5, -2]
    assert tensors["b"].tolist() == [[1], [-10]] and tensors["b"].dtype == np.float32
    assert tensors["i"].shape == () and tensors["i"] == -7
    assert tensors["t"].tolist() == [True, False, True]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 20,
        safetensors({"f": ("F32", [2], b"\0" * 8)})[:-1],
        safetensors({"f": ("F32", [3], b"\0" * 8)}),
        safetensors({"f": ("F8", [2], b"\0" * 8)}),
        safetensors({"f": ("F32", [-1], b"\0" * 8)}),
        safetensors({"f": ("F32", [2.0], b"\0" * 8)}),
        safetensors({"f": ("F32", [0, 2**70], b"")}),
        safetensors({"f": ("F32", [2], b"\0" * 8)}) + b"\0",
        with_header(b'{"f": {"dtype": "I8", "shape": [1], "data_offsets": [1, 2]}}', b"\0\0"),
        with_header(b'{"f": {"dtype": "I8", "shape": [2], "data_offsets": [0, 2]}, '
                    b'"g": {"dtype": "I8", "shape": [2], "data_offsets": [1, 3]}}', b"\0\0\0"),
        with_header(b'{"f": 3}'),
        with_header(b"[]"),
        with_header(b"[" * 100000),
        with_header(b"\xff"),
    ],
    ids=range(15),
)
def test_damaged_files_are_refused(data):
    with pytest.raises(ValueError, match="is no safetensors file, or was cut short"):
        read_safetensors(data)


def test_a_flipped_byte_is_found(tmp_path):
    shutil.copytree(RUN / "checkpoints" / "00000353", tmp_path / "net")
    file = tmp_path / "net" / "model.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    with pytest.raises(ValueError, match="is damaged: its checksum differs"):
        tengen.Network.load(tmp_path / "net")
    (tmp_path / "net" / "model.json").write_text('{"format": "tengen-network", "version": 2}')
    with pytest.raises(ValueError, match="version 2, wanted 'tengen-network', version 1"):
        tengen.Network.load(tmp_path / "net")
    good = {"format": "tengen-network", "version": 1, "config": {}, "step": 0,
            "weights": {"file": "model.safetensors", "crc32": "0"}}  # fmt: skip
    for text, words in (
        ("[" * 100000, "model.json is no JSON"),
        ("[]", "model.json holds a list, wanted an object"),
        (json.dumps({**good, "weights": None}), "weights is None, wanted dict"),
        (json.dumps({**good, "weights": {}}), "file is None, wanted str"),
        (json.dumps({**good, "step": "3"}), "step is '3', wanted int"),
    ):
        (tmp_path / "net" / "model.json").write_text(text)
        with pytest.raises(ValueError, match=words):
            tengen.Network.load(tmp_path / "net")
    with pytest.raises(FileNotFoundError, match="no model.json and no checkpoints"):
        tengen.Network.load(tmp_path)
