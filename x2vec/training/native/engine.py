"""The native engine: epochs of steps, trained by threads.

Free running, the threads share the matrices and write without locks, as in Hogwild (Niu et al.
2011): with one worker the same seed gives the same bytes, with more the outcome depends on who was
first. ``deterministic`` trains shards apart and merges them: the same bytes for any number of
workers.
"""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from numba import config

from x2vec.corpus import Corpus
from x2vec.errors import X2VecError
from x2vec.progress import Notice, Progress
from x2vec.training.control import Control, Matrices, State
from x2vec.training.elsa import Elsa
from x2vec.training.elsa.engine import fit_elsa
from x2vec.training.engine import Model, refuse_divergence
from x2vec.training.native.books import Book, Rest, Run, open_book
from x2vec.training.native.free import FreeRun
from x2vec.training.native.rounds import Rounds
from x2vec.training.native.task import Task
from x2vec.training.parameters import SkipGram
from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.side import finished
from x2vec.training.softmax import fit_session_softmax

__all__ = ["NativeEngine"]


class NativeEngine:
    """Train by kernels compiled on this machine."""

    name = "native"
    can = frozenset({"deterministic", "start", "keep", "is_enough", "side information"})
    models = (SkipGram, SessionSoftmax, Elsa)

    def fit(self, corpus: Corpus, parameters: Model, control: Control) -> Matrices:
        """Train; the same seed gives the same bytes with one worker, or where deterministic.

        The other models give the same bytes with any number of workers.
        """
        if isinstance(parameters, SessionSoftmax):
            return fit_session_softmax(corpus, parameters, control)
        if isinstance(parameters, Elsa):
            return fit_elsa(corpus, parameters, control)
        task = Task.of(corpus, parameters, control)
        _tell_of_compiling(task)
        pool = ThreadPoolExecutor(control.workers, thread_name_prefix="x2vec-train")
        book = open_book(control.start)
        run: Run = (Rounds if control.deterministic else FreeRun)(task, pool, book)
        try:
            return _train(task, run, book)
        except (X2VecError, MemoryError):
            raise  # a slice may have ended half way: there is no state to go on from
        except BaseException:
            pool.shutdown(cancel_futures=True)  # once what is running has ended
            if control.keep is not None:
                control.keep(_state(task, run.rest()))
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _train(task: Task, run: Run, book: Book) -> Matrices:
    """Train the epochs that are left."""
    parameters, control = task.parameters, task.control
    matrices: Matrices | None = None
    alarm = _Alarm(control)
    while book.epoch < parameters.epochs:
        start, pairs = monotonic(), book.tally[1]
        for is_at_rest in run.train(book, alarm.rings):
            _tell(task, book.epoch * task.corpus.n_tokens + run.token(book.done), {})
            if control.keep is not None and is_at_rest and alarm.rings():
                control.keep(_state(task, run.rest()))
                alarm = _Alarm(control)
        pace = (book.sum(book.done)[1] - pairs) / max(monotonic() - start, 1e-9)
        book = book.next()
        trained = task.matrices(run.rest().matrices, book.losses)
        alpha = parameters.alpha_at((book.epoch - 1) / parameters.epochs)
        refuse_divergence(trained, matrices, epoch=book.epoch, alpha=alpha)
        matrices = None  # the last good state goes before the next one is copied
        matrices = finished(trained, control.side)
        figures = {"epoch": book.epoch, "alpha": alpha, "loss": book.losses[-1], "pairs/s": pace}
        _tell(task, book.epoch * task.corpus.n_tokens, figures)
        if control.is_enough is not None and control.is_enough(matrices):
            break
    if matrices is None:
        matrices = finished(task.matrices(run.rest().matrices, book.losses), control.side)
    return matrices


class _Alarm:
    """Says whether it is time to hand out the state again."""

    def __init__(self, control: Control) -> None:
        self._at = monotonic() + (math.inf if control.keep is None else control.keep_every)

    def rings(self) -> bool:
        return monotonic() >= self._at


def _state(task: Task, rest: Rest) -> State:
    book = rest.book
    loss, pairs = book.sum(rest.done)
    return State(task.matrices(rest.matrices, book.losses), book.epoch, rest.done, loss, pairs)


def _tell(task: Task, tokens: int, figures: dict[str, float]) -> None:
    total = task.corpus.n_tokens * task.parameters.epochs
    task.control.listen(Progress("train", tokens, total, "tokens", figures))


def _tell_of_compiling(task: Task) -> None:
    if not config.DISABLE_JIT and not getattr(task.kernel, "signatures", None):
        text = "loading the kernel; the first time on a machine compiles it"
        task.control.listen(Notice("train", text))
