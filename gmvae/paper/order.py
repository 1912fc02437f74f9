"""Chapters side by side: each as soon as nothing that it reads is still to be written.

With few images a chapter is short and leaves cores idle most of the time, while it starts, draws
figures or trains a single model. With many, one chapter fills the cores and the memory by itself.
"""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from fnmatch import fnmatch

from gmvae.paper.chapter import Chapter

FEW = 5_000  # images; up to so many, chapters go side by side
AT_ONCE = 2


def in_turn(chapters: Sequence[Chapter], run: Callable[[Chapter], None]) -> None:
    """Run `chapters` one after the other."""
    for chapter in chapters:
        run(chapter)


def side_by_side(chapters: Sequence[Chapter], run: Callable[[Chapter], None]) -> None:
    """Run `chapters`, at most `AT_ONCE` at a time, each after those whose files it reads.

    After a chapter has failed none is begun any more; those that run go on to their end. If this
    process is told to stop, the kernels of the chapters that run are killed.

    Raises
    ------
    Exception
        What the first chapter that failed has raised.
    """
    left, running = list(chapters), dict[Future[None], Chapter]()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        try:
            while left or running:
                ready = [chapter for chapter in left if not _must_wait(chapter, left, running)]
                for chapter in ready[: AT_ONCE - len(running)]:
                    running[threads.submit(run, chapter)] = chapter
                    left.remove(chapter)
                ended, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    del running[future]
                for future in ended:
                    future.result()
        except BaseException as error:
            if not isinstance(error, Exception):  # the others would be waited for
                for kernel in multiprocessing.active_children():
                    kernel.kill()
            raise


def _must_wait(
    chapter: Chapter, left: Sequence[Chapter], running: dict[Future[None], Chapter]
) -> bool:
    """Tell whether an earlier chapter, begun or not, has still to write what this one reads."""
    earlier = [*running.values(), *left[: left.index(chapter)]]
    return any(_reads_from(chapter, other) for other in earlier)


def _reads_from(chapter: Chapter, other: Chapter) -> bool:
    """Tell whether a file can be among what `chapter` reads and what `other` writes."""
    written = (*other.writes, f"results/{other.name}.json")
    return any(fnmatch(a, b) or fnmatch(b, a) for a in chapter.reads for b in written)
