"""Chapters side by side: each starts as soon as those are done whose files it may read.

A chapter keeps one core busy or several, by turns. Of two at a time, one works while the other
starts its kernel, draws a figure or trains a single model.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from joblib import effective_n_jobs

from gmvae.paper.chapter import Chapter

FEW = 20_000
"""Of more images each chapter fills the cores by itself, and two would need twice the memory."""
# Seconds until it is looked again, as a signal may come just before a wait begins, and between
# calls of `stop`, as a kernel may just be starting.
_PATIENCE = 0.2


def at_once(n_jobs: int, n_images: int) -> int:
    """Return how many chapters run at a time, 1 or 2."""
    cores = min(effective_n_jobs(n_jobs), os.cpu_count() or 1)
    return 2 if cores > 1 and n_images <= FEW else 1


def run_chapters(
    chapters: Sequence[Chapter], run: Callable[[Chapter], None], n: int, stop: Callable[[], None]
) -> None:
    """Call `run` with each chapter, `n` at a time, those that are ready in the book's order.

    Parameters
    ----------
    chapters : sequence of Chapter
        In the book's order.
    run : callable
        With `n` above 1 it is called in threads.
    n : int
    stop : callable
        Called when this is interrupted, until no chapter runs: ends what `run` waits for.

    Raises
    ------
    Exception
        What `run` raised first. Chapters that were running by then have ended, no other has
        started.
    """
    if n == 1:
        for chapter in chapters:
            run(chapter)
        return
    left, running = list(chapters), dict[Future[None], Chapter]()
    with ThreadPoolExecutor(n) as pool:
        try:
            while left or running:
                for chapter in ready(left, list(running.values()))[: n - len(running)]:
                    running[pool.submit(run, chapter)] = chapter
                    left.remove(chapter)
                for future in wait(running, _PATIENCE, FIRST_COMPLETED).done:
                    failed = running.pop(future).name
                    future.result()
        except Exception:
            others = ", ".join(chapter.name for chapter in running.values())
            if others:
                print(f"{failed}: failed; waiting for {others}", flush=True)
            raise
        except BaseException:
            while wait(running, timeout=_PATIENCE).not_done:
                stop()
            raise


def ready(left: Sequence[Chapter], running: Sequence[Chapter]) -> list[Chapter]:
    """Return those of the chapters `left` that follow none that is running or left before them."""
    return [
        chapter
        for i, chapter in enumerate(left)
        if not any(chapter.follows(other) for other in [*running, *left[:i]])
    ]
