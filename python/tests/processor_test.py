"""The sentence for a processor that the module was not built for."""

import pytest
from tengen import _built_for, _processor

CPUINFO = "processor\t: 0\nflags\t\t: fpu sse2 avx avx2 bmi1 abm\n"


def test_missing_instruction_sets_are_named():
    assert _processor.missing_features(["AVX", "AVX2", "BMI", "LZCNT"], CPUINFO) == []
    assert _processor.missing_features(["AVX2", "AVX512F"], CPUINFO) == ["AVX512F"]
    assert _processor.missing_features(["AVX2"], "no such line\n") == []


def test_the_import_says_what_to_do(tmp_path, monkeypatch):
    file = tmp_path / "cpuinfo"
    file.write_text("flags : fpu\n")
    monkeypatch.setattr(_built_for, "FEATURES", ["AVX2", "FMA"])
    with pytest.raises(ImportError, match="uses AVX2, FMA, which this processor lacks; build it"):
        _processor.check(file)
    _processor.check(tmp_path / "missing")
