"""The sentence for a processor that the module was not built for."""

import pytest
from tengen import _built_for, _processor

CPUINFO = "processor\t: 0\nflags\t\t: fpu sse2 avx avx2 bmi1 abm\n"


def test_missing_instruction_sets_are_named():
    assert _processor.missing_features(["AVX", "AVX2", "BMI", "LZCNT"], CPUINFO) == []
    assert _processor.missing_features(["AVX2", "AVX512F"], CPUINFO) == ["AVX512F"]
    assert _processor.missing_features(["AVX2"], "no such line\n") == []


def test_the_kernels_names_are_known():
    """As Linux 6 writes them, arch/x86/include/asm/cpufeatures.h."""
    names = {
        "SSE4_1": "sse4_1", "SSE4_2": "sse4_2", "POPCNT": "popcnt", "MOVBE": "movbe",
        "FMA4": "fma4", "XOP": "xop", "TBM": "tbm", "GFNI": "gfni", "AVXVNNI": "avx_vnni",
        "AVX512CD": "avx512cd", "AVX512IFMA": "avx512ifma", "AVX512VBMI": "avx512vbmi",
        "AVX512VBMI2": "avx512_vbmi2", "AVX512BITALG": "avx512_bitalg",
        "AVX512VPOPCNTDQ": "avx512_vpopcntdq", "AVX512FP16": "avx512_fp16",
        "AMX_TILE": "amx_tile", "AMX_BF16": "amx_bf16",
    }  # fmt: skip
    for compilers, kernels in names.items():
        assert _processor.missing_features([compilers], f"flags : fpu {kernels}\n") == []


def test_the_import_says_what_to_do(tmp_path, monkeypatch):
    file = tmp_path / "cpuinfo"
    file.write_text("flags : fpu\n")
    monkeypatch.setattr(_built_for, "FEATURES", ["AVX2", "FMA"])
    with pytest.raises(ImportError, match="uses AVX2, FMA, which this processor lacks; build it"):
        _processor.check(file)
    _processor.check(tmp_path / "missing")
