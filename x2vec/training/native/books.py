"""The books of a training: what is done of the epoch under way, so that it can go on from there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from x2vec.training.control import State
from x2vec.training.native.task import Pair

__all__ = ["Book", "Rest", "Run", "open_book"]


@dataclass(frozen=True, eq=False)
class Book:
    """One epoch.

    Attributes:
        epoch: Its number, from 0.
        losses: Mean losses of the epochs before it.
        before: Steps that were done before this training took it up.
        tally: Their summed loss and pairs.
        steps: Summed loss and pairs of each further step. A step is added at once, by whoever did
            it, so that no interrupt comes between the work and its entry.
    """

    epoch: int = 0
    losses: tuple[float, ...] = ()
    before: int = 0
    tally: tuple[float, float] = (0.0, 0.0)
    steps: list[tuple[float, float]] = field(default_factory=list)

    @property
    def done(self) -> int:
        """The number of steps that are done."""
        return self.before + len(self.steps)

    def sum(self, done: int) -> tuple[float, float]:
        """Add up loss and pairs of the first steps, in their order."""
        loss, pairs = self.tally
        for step in self.steps[: done - self.before]:
            loss, pairs = loss + step[0], pairs + step[1]
        return loss, pairs

    def next(self) -> Book:
        """Close this epoch, and open the next one."""
        loss, pairs = self.sum(self.done)
        return Book(self.epoch + 1, (*self.losses, loss / max(pairs, 1.0)))


def open_book(start: State | None) -> Book:
    """Open the book where a training starts."""
    if start is None:
        return Book()
    losses = start.matrices.losses or ()
    return Book(start.epoch, losses, start.steps, (start.loss, start.pairs))


class Rest(NamedTuple):
    """The matrices after the first ``done`` steps of an epoch, no more and no less."""

    book: Book
    done: int
    matrices: Pair


class Run(Protocol):
    """A way to train an epoch."""

    def train(self, book: Book, is_due: Callable[[], bool]) -> Iterator[bool]:
        """Train the steps that are not in the book.

        Gives back control now and then, and says whether nothing is running then; it comes to that
        soon where ``is_due`` says so.
        """
        ...

    def rest(self) -> Rest:
        """Return where it stands, when nothing is running."""
        ...

    def token(self, done: int) -> int:
        """Return the token at which step ``done`` starts."""
        ...
