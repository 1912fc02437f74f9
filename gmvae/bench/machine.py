"""Where something was measured."""

from typing import Any

import torch

from gmvae.runs.machine import machine
from gmvae.training.device import best_device


def where_measured() -> dict[str, Any]:
    """Return what computes, as plain values."""
    device = best_device()
    return {
        "machine": machine(),
        "device": str(device),
        "device_name": torch.cuda.get_device_name(device) if device.type == "cuda" else None,
        "threads": torch.get_num_threads(),
    }
