"""How an experiment is run: on this machine's cores or on a Dask cluster, with progress."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import joblib
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from gmvae.checks import named, one_of, whole
from gmvae.errors import InputError

PATIENCE = 10  # seconds that a Dask scheduler has to answer


@dataclass(frozen=True)
class Execution:
    """Where and how tasks run. Nothing here changes a result.

    Attributes
    ----------
    n_jobs : int
        Worker processes on this machine; -1 for one per core. A Dask cluster uses all its
        workers.
    backend : {"loky", "dask"}
        Processes on this machine, or the cluster at `scheduler` (extra ``cluster``).
    scheduler : str, optional
        Address of the Dask scheduler, such as ``tcp://node1:8786``.
    cache_dir : path, optional
        Where finished cells are kept; None keeps nothing.
    progress : bool
        Show a progress bar with the time left.
    """

    n_jobs: int = 1
    backend: Literal["loky", "dask"] = "loky"
    scheduler: str | None = None
    cache_dir: str | Path | None = None
    progress: bool = True

    @property
    def workers(self) -> int:
        """How many tasks can run at once; of a cluster, at least two."""
        return 2 if self.backend == "dask" else joblib.effective_n_jobs(self.n_jobs)

    def check(self) -> None:
        """Raise InputError, in one sentence, if tasks cannot run this way; a cluster is asked."""
        one_of("backend", self.backend, ("loky", "dask"))
        if self.n_jobs != -1:
            whole("n_jobs", self.n_jobs, 1, because=", or -1 for all cores")
        if self.backend == "dask" and not self.scheduler:
            raise InputError("backend='dask' needs scheduler=ADDRESS, such as tcp://node1:8786.")
        if self.backend == "dask" and self.scheduler:
            _check_answer(self.scheduler)


def run_tasks(
    function: Callable[..., Any],
    tasks: Sequence[tuple[Any, ...]],
    costs: Sequence[float],
    execution: Execution,
    label: str,
) -> Iterator[tuple[int, Any]]:
    """Call `function` on each task's arguments; yield positions and results as they finish.

    Parameters
    ----------
    function : callable
        A module-level function, so that another process can import it.
    tasks : sequence of tuple
        Arguments. Large arrays reach the workers of one machine as shared memory maps.
    costs : sequence of float
        Rough seconds of each task: the dearest start first, so that none is left for the end,
        and the time left is estimated from the share of the total that is done.
    execution : Execution
    label : str
        Shown beside the progress bar.

    Yields
    ------
    tuple of int and result
        In the order in which tasks finish.
    """
    order = sorted(range(len(tasks)), key=lambda i: -costs[i])
    bar = tqdm(
        total=sum(map(_units, costs)),
        desc=label,
        disable=not execution.progress or not tasks,
        mininterval=1,
        bar_format="{desc} {percentage:3.0f}%|{bar}| [{elapsed} gone, {remaining} left]",
    )
    with _workers(execution), bar:
        parallel = joblib.Parallel(return_as="generator_unordered")
        finished = parallel(joblib.delayed(_call)(i, function, tasks[i]) for i in order)
        for done, (i, result) in enumerate(finished, start=1):
            bar.set_description_str(f"{label}: {done} of {len(tasks)} cells", refresh=False)
            bar.update(_units(costs[i]))
            yield i, result


def results_of(
    function: Callable[..., Any],
    tasks: Sequence[tuple[Any, ...]],
    execution: Execution,
    label: str,
    costs: Sequence[float] | None = None,
) -> list[Any]:
    """Return what :func:`run_tasks` yields, in the order of the tasks; without costs all alike."""
    found = dict(run_tasks(function, tasks, costs or [1.0] * len(tasks), execution, label))
    return [found[i] for i in range(len(tasks))]


def _units(cost: float) -> int:
    return 1 + round(100 * cost)  # whole numbers, which add up to their total exactly


def _call(i: int, function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[int, Any]:
    """Run one task with one thread: workers share the cores, and sums keep their order."""
    with threadpool_limits(limits=1):
        return i, function(*arguments)


@contextmanager
def _workers(execution: Execution) -> Iterator[None]:
    """Make joblib's backend the one asked for."""
    if execution.backend == "loky":
        with joblib.parallel_config("loky", n_jobs=execution.n_jobs):
            yield
        return
    from distributed import Client

    try:
        client = Client(execution.scheduler, timeout=PATIENCE)
    except (OSError, ValueError):
        raise _no_answer(execution.scheduler) from None
    with client, joblib.parallel_config("dask", n_jobs=-1):
        yield


def _check_answer(scheduler: str) -> None:
    """Connect to a Dask scheduler and leave it again; a client that fails would leave threads."""
    try:
        from distributed.comm import connect
    except ImportError:
        raise InputError(
            "backend='dask' needs the package distributed: pip install 'gmvae[cluster]'."
        ) from None

    async def ask() -> None:
        await (await connect(scheduler, timeout=PATIENCE)).close()

    try:
        with ThreadPoolExecutor(1) as aside:  # a notebook has an event loop of its own already
            aside.submit(lambda: asyncio.run(ask())).result()
    except (OSError, ValueError):  # ValueError: no address at all
        raise _no_answer(scheduler) from None


def _no_answer(scheduler: str | None) -> InputError:
    return InputError(f"No Dask scheduler answers at {named(scheduler)}.")
