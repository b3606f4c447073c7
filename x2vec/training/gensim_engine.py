"""The gensim engine: ``gensim.models.Word2Vec`` behind our protocol, kept away from its traps.

Rows go in as text, because gensim trains a NumPy array for ever and a plain string on its
characters. Long sequences go in by pieces, because gensim cuts them at 10,000 tokens and says
nothing. An iterable that raises would hang it, so ours never does. Its running loss is known to
be wrong, so none is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from x2vec.corpus import Corpus
from x2vec.progress import Listener, Notice, Progress
from x2vec.training.control import Control, Matrices
from x2vec.training.engine import refuse_divergence
from x2vec.training.parameters import SkipGram

__all__ = ["GensimEngine"]

_LONGEST = 10_000  # tokens: MAX_SENTENCE_LEN, compiled into gensim
_REPORT_EVERY = 50_000  # tokens between two reports of progress


class GensimEngine:
    """Train with gensim, reading the corpus as a stream."""

    name = "gensim"

    can: frozenset[str] = frozenset()

    def fit(self, corpus: Corpus, parameters: SkipGram, control: Control) -> Matrices:
        """Train; more than one worker gives other bytes each time, as gensim's threads race."""
        from gensim.models import Word2Vec

        whole = parameters.window == "whole" or not corpus.ordered
        sentences = _Sentences(corpus, parameters, control.listen)
        model = Word2Vec(
            sg=1,
            hs=0,
            vector_size=parameters.vector_size,
            window=_LONGEST if whole else parameters.window,
            shrink_windows=parameters.shrink_windows and not whole,
            negative=parameters.negative,
            ns_exponent=parameters.ns_exponent,
            sample=parameters.sample,
            alpha=parameters.alpha,
            min_alpha=parameters.min_alpha,
            min_count=1,
            seed=control.seed,
            workers=control.workers,
        )
        counts = corpus.counts()
        model.build_vocab_from_freq(
            {str(row): int(count) for row, count in enumerate(counts)},
            corpus_count=sentences.n_pieces,
        )
        model.train(
            sentences,
            total_words=corpus.n_tokens,
            epochs=parameters.epochs,
            callbacks=[_epoch_watch(parameters)],
        )
        if sentences.failure is not None:
            raise sentences.failure
        return _matrices(model)


class _Sentences:
    """The corpus as lists of row names, again in each epoch.

    Runs in a thread of gensim's, which never wakes up after an exception here: a listener that
    raises ends the stream, and the exception waits in ``failure``.
    """

    def __init__(self, corpus: Corpus, parameters: SkipGram, listen: Listener) -> None:
        self.failure: BaseException | None = None
        self._corpus = corpus
        self._listen = listen
        self._total = corpus.n_tokens * parameters.epochs
        self._done = 0
        self._names = [str(row) for row in range(corpus.n_items)]
        lengths = np.diff(corpus.offsets)
        self.n_pieces = int((-(-lengths // _LONGEST)).sum())
        if self.n_pieces > len(corpus):
            listen(
                Notice(
                    "train",
                    f"{int((lengths > _LONGEST).sum()):,} sequences of more than {_LONGEST:,} "
                    "events go to gensim in pieces; pairs across the cuts are not trained",
                )
            )

    def __iter__(self) -> Iterator[list[str]]:
        if self.failure is not None:
            return
        names, offsets, reported = self._names, self._corpus.offsets, self._done
        try:
            for start, end in pairwise(offsets):
                for piece in range(start, end, _LONGEST):
                    rows = self._corpus.rows[piece : min(piece + _LONGEST, end)]
                    yield [names[row] for row in rows.tolist()]
                self._done += int(end - start)
                if self._done - reported >= _REPORT_EVERY:
                    reported = self._done
                    self._listen(Progress("train", self._done, self._total, "tokens"))
            self._listen(Progress("train", self._done, self._total, "tokens"))
        except GeneratorExit:
            raise
        except BaseException as error:
            self.failure = error


def _epoch_watch(parameters: SkipGram) -> Any:
    """Make a callback that stops the training after an epoch with numbers that are not finite."""
    from gensim.models.callbacks import CallbackAny2Vec

    class EpochWatch(CallbackAny2Vec):  # type: ignore[misc] # gensim has no types
        epoch = 0
        last_good: Matrices | None = None

        def on_epoch_end(self, model: Any) -> None:
            done = self.epoch / parameters.epochs
            alpha = parameters.alpha_at(done)
            self.epoch += 1
            matrices = _matrices(model)
            refuse_divergence(matrices, self.last_good, epoch=self.epoch, alpha=alpha)
            self.last_good = matrices

    return EpochWatch()


def _matrices(model: Any) -> Matrices:
    """Copy the matrices, in the order of our rows."""
    places = model.wv.key_to_index
    order = [places[str(row)] for row in range(len(places))]
    return Matrices(model.wv.vectors[order], model.syn1neg[order])
