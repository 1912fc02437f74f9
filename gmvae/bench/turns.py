"""Durations taken in turns: a moment in which the machine is slow meets all that is compared."""

import logging
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import torch
from scipy.stats import iqr

TURN_SECONDS = 0.2  # each work runs at least so long a turn: one call of milliseconds is chance
_FEWEST = 4  # values whose quartiles say anything


def in_turns(works: Mapping[str, Callable[[], object]], turns: int) -> pd.DataFrame:
    """Return the seconds that a call of each work takes: a column each, a median for each turn.

    Every turn runs each work once for nothing, and then for `TURN_SECONDS`. Work on a GPU is
    waited for.
    """
    # the module of the timer imports one that warns of a CUDA that is not there
    logging.getLogger("torch.utils.cpp_extension").setLevel(logging.ERROR)
    from torch.utils.benchmark import Timer

    threads = torch.get_num_threads()  # Timer's default is one
    timers = [Timer("work()", globals={"work": f}, num_threads=threads) for f in works.values()]
    taken = [
        [timer.blocked_autorange(min_run_time=TURN_SECONDS).median for timer in timers]
        for _ in range(turns)
    ]
    return pd.DataFrame(taken, columns=list(works))


def spread(values: np.ndarray) -> float | None:
    """Return the interquartile range of `values` (T,) over their median; None of fewer than 4."""
    return float(iqr(values) / np.median(values)) if len(values) >= _FEWEST else None
