"""Work in a process of its own: a new one each time, with its own memory."""

import os

import numpy as np

from gmvae.bench.own_process import in_own_process, peak_memory


def test_peak_memory_is_that_of_this_process():
    before = peak_memory()
    kept = np.ones(2**26, np.uint8)  # 64 MiB
    assert before > 2**25
    assert before <= peak_memory() <= before + 2 * kept.nbytes


def test_every_work_has_a_new_process():
    pids = {in_own_process(os.getpid) for _ in range(2)}
    assert len(pids) == 2
    assert os.getpid() not in pids
