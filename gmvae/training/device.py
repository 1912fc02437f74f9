"""Where to compute, and in what precision."""

from contextlib import AbstractContextManager

import torch


def best_device() -> torch.device:
    """Return the GPU if there is one, else the CPU."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def has_bf16(device: torch.device) -> bool:
    """Tell whether `device` multiplies bfloat16 matrices in hardware.

    A CPU does with the instruction sets AVX512_BF16 or AMX; on others bfloat16 is emulated and
    slower than float32. Whether it pays is another question, see :mod:`gmvae.training.precision`.
    """
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    capabilities = torch.cpu.get_capabilities()
    return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def autocast(device: torch.device, precision: str) -> AbstractContextManager:
    """Return a context in which matrix products have the `precision`, float32 or bfloat16."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16")
