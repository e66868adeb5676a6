"""Says in a sentence that the module was built for another processor."""

from pathlib import Path

# What /proc/cpuinfo calls the compiler's names, where it is not just the same in small letters.
_KERNEL_NAMES = {
    "AVX512BF16": "avx512_bf16", "AVX512BITALG": "avx512_bitalg", "AVX512FP16": "avx512_fp16",
    "AVX512VBMI2": "avx512_vbmi2", "AVX512VNNI": "avx512_vnni",
    "AVX512VPOPCNTDQ": "avx512_vpopcntdq", "AVXVNNI": "avx_vnni", "BMI": "bmi1", "LZCNT": "abm",
}  # fmt: skip


def missing_features(wanted, cpuinfo):
    """Names the instruction sets that a processor lacks.

    Parameters
    ----------
    wanted : iterable of str
        Instruction sets as the compiler names them, such as "AVX2".
    cpuinfo : str
        Text of Linux's /proc/cpuinfo. Without a line of flags nothing counts as missing.

    Returns
    -------
    list of str
    """
    for line in cpuinfo.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            present = set(value.split())
            return [w for w in wanted if _KERNEL_NAMES.get(w, w.lower()) not in present]
    return []


def check(cpuinfo_file="/proc/cpuinfo"):
    """Raises ImportError if this processor cannot run what the module was built with."""
    from tengen._built_for import FEATURES

    try:
        cpuinfo = Path(cpuinfo_file).read_text()
    except OSError:
        return
    missing = missing_features(FEATURES, cpuinfo)
    if missing:
        raise ImportError(
            f"this build of tengen uses {', '.join(missing)}, which this processor lacks; build it "
            "here, or for any processor: pip install ./python --config-settings=cmake.define.TENGEN_NATIVE=OFF"
        )
