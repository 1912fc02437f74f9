"""Numbers too near zero for the fast path of the processor are taken as zero.

Adam's mean of the gradients shrinks by a tenth at every step while a gradient is exactly zero, as
that of a pixel's weights is where the pixel stays black, or that of a unit that is off. After some
hundred steps it is below 1e-38 and no longer a normal float32: a processor may take a hundred
times as long over such a denormal number. None of them can change a weight.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

_NORMAL, _SMALL = 2.0**-120, 2.0**-20  # their product, 2**-140, is not a normal float32


def are_flushed() -> bool:
    """Tell whether torch takes denormal numbers as zero in this thread."""
    return not bool(torch.tensor(_NORMAL) * _SMALL)


@contextmanager
def flushed_denormals() -> Iterator[None]:
    """Take denormal numbers as zero in this thread, where the processor can; then as before."""
    before = are_flushed()
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
