"""Free running: threads take slice after slice and write to the same matrices without locks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import pairwise
from queue import SimpleQueue

from x2vec.training.native.books import Book, Rest
from x2vec.training.native.slices import cut
from x2vec.training.native.task import Task

__all__ = ["FreeRun"]

_WORK = 3e8  # numbers multiplied in a slice: some 50 ms, so that an interrupt is heard soon
_AT_LEAST = 16  # slices, so that threads end an epoch together


class FreeRun:
    """A step is a slice; as a rule the next one starts before the last one has ended."""

    def __init__(self, task: Task, pool: ThreadPoolExecutor, book: Book) -> None:
        workers = task.control.workers
        self._task, self._pool, self._workers, self._book = task, pool, workers, book
        self._borders = cut(task.corpus, task.parameters, work=_WORK, multiple=_AT_LEAST).tolist()
        self._matrices = task.start(spare=workers)
        self._nobodies: SimpleQueue[int] = SimpleQueue()
        for worker in range(workers):
            self._nobodies.put(task.n_rows + worker)

    def train(self, book: Book, is_due: Callable[[], bool]) -> Iterator[bool]:
        """Train the slices that are not in the book."""
        self._book = book
        running: set[Future[None]] = set()
        for borders in list(pairwise(self._borders))[book.done :]:
            while len(running) == self._workers or (running and is_due()):
                running = _wait_for_one(running)
                yield not running
            running.add(self._pool.submit(self._train, book, borders))
        while running:
            running = _wait_for_one(running)
            yield not running

    def rest(self) -> Rest:
        """Return the matrices as they are, when nothing is running."""
        return Rest(self._book, self._book.done, self._matrices)

    def token(self, done: int) -> int:
        """Return the token at which slice ``done`` starts."""
        return int(self._borders[done])

    def _train(self, book: Book, borders: tuple[int, int]) -> None:
        nobody = self._nobodies.get()
        book.steps.append(
            self._task.train(self._matrices, borders, epoch=book.epoch, nobody=nobody)
        )
        self._nobodies.put(nobody)


def _wait_for_one(running: set[Future[None]]) -> set[Future[None]]:
    """Wait until one has ended, raise what it raised, and return the others."""
    ended, others = wait(running, return_when=FIRST_COMPLETED)
    for future in ended:
        future.result()
    return others
