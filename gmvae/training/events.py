"""A training's history as TensorBoard event files, on request (extra: tensorboard)."""

import time
from pathlib import Path
from typing import Any

import pandas as pd

from gmvae.errors import InputError

_FILES = "events.out.tfevents.*"
_TAGS = {  # column of the history: its name in TensorBoard, which groups by what is before the /
    "elbo": "elbo",
    "total": "loss/total",
    "reconstruction": "loss/reconstruction",
    "kl_z": "loss/kl_z",
    "kl_c": "loss/kl_c",
    "learning_rate": "learning_rate",
}


def summary_writer() -> Any:
    """Return the class that writes event files; raise InputError where it is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise InputError(
            'tensorboard=true needs the package tensorboard: pip install "gmvae[tensorboard]".'
        ) from None
    return SummaryWriter


class HistoryEvents:
    """What :func:`gmvae.training.trainer.train` calls ``on_epoch`` with the history so far.

    Every epoch becomes one step. A training that was interrupted goes on from a checkpoint,
    which may be older than what an earlier attempt has written, so the first call removes the
    event files in `directory` and starts with the whole history; later calls add what is new.

    Parameters
    ----------
    directory : str or Path
        Made at the first call.

    Raises
    ------
    InputError
        If tensorboard is not installed.
    """

    def __init__(self, directory: str | Path):
        self._directory = Path(directory)
        self._class = summary_writer()
        self._writer: Any = None
        self._written = 0  # epochs

    def __call__(self, history: pd.DataFrame) -> None:
        """Write the epochs of `history` that have not been written, and flush."""
        if self._writer is None:
            for path in self._directory.glob(_FILES):
                path.unlink()
            # purge_step: a TensorBoard that has been watching forgets what it has read
            self._writer = self._class(str(self._directory), purge_step=1)
        now = time.time()
        for row in history.iloc[self._written :].to_dict("records"):
            # TensorBoard's clock runs with the seconds of training, without interruptions
            at = now - (history["seconds"].iloc[-1] - row["seconds"])
            for column, tag in _TAGS.items():
                self._writer.add_scalar(tag, row[column], int(row["epoch"]), walltime=at)
        self._written = len(history)
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()
