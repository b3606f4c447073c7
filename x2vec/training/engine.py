"""What an engine is: it takes an integer corpus and parameters, and gives matrices back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from x2vec._plugins import ENGINES, find
from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DivergedError, NothingLeftError
from x2vec.progress import Listener, Notice, silent
from x2vec.training.parameters import SkipGram

__all__ = ["Engine", "Matrices", "fit", "keep_chances", "refuse_divergence"]


@dataclass(frozen=True, eq=False)
class Matrices:
    """What training makes: two rows for each item.

    Attributes:
        vectors: (n_items, vector_size) float32, the in-vectors.
        context_vectors: (n_items, vector_size) float32, the out-vectors; an in-vector times an
            out-vector is the log-odds that the second item stands near the first.
        losses: Mean loss of a pair in each epoch, in nats, or None where the engine does not
            know it truly.
    """

    vectors: NDArray[np.float32]
    context_vectors: NDArray[np.float32]
    losses: tuple[float, ...] | None = None

    @property
    def is_finite(self) -> bool:
        """Whether every number of both matrices is finite."""
        return bool(np.isfinite(self.vectors).all() and np.isfinite(self.context_vectors).all())


class Engine(Protocol):
    """One way to train. An engine is found by its name, through an entry point."""

    name: str

    def fit(
        self, corpus: Corpus, parameters: SkipGram, *, seed: int, workers: int, listen: Listener
    ) -> Matrices:
        """Train on a corpus of at least one pair.

        Same corpus, parameters and seed with one worker give the same bytes. Progress in tokens
        goes to ``listen``. Numbers that stop being finite raise ``DivergedError``.
        """
        ...


def fit(
    corpus: Corpus,
    parameters: SkipGram,
    *,
    engine: str = "native",
    seed: int = 1,
    workers: int = 1,
    listen: Listener = silent,
) -> Matrices:
    """Train with the engine of that name.

    Args:
        corpus: What to learn from.
        parameters: How.
        engine: ``native``, ``gensim``, ``reference``, or the name of a plug-in.
        seed: Same seed and one worker: same bytes.
        workers: Threads.
        listen: Hears the progress.

    Raises:
        ConfigError: ``seed`` or ``workers`` is out of bounds.
        NothingLeftError: The corpus holds no pair, or subsampling would leave none.
        DivergedError: The vectors stopped being finite.
        PluginError: No such engine.
    """
    if workers < 1:
        raise ConfigError(f"workers is {workers}; it must be at least 1")
    if not 0 <= seed < 2**32:
        raise ConfigError(f"seed is {seed}; it must lie between 0 and {2**32 - 1}")
    if not (np.diff(corpus.offsets) >= 2).any():
        raise NothingLeftError("No pairs to train on: every sequence holds one event.")
    _report_subsampling(corpus, parameters, listen)
    trainer: Engine = find(ENGINES, engine)()
    matrices = trainer.fit(corpus, parameters, seed=seed, workers=workers, listen=listen)
    refuse_divergence(matrices, None, epoch=parameters.epochs, alpha=parameters.min_alpha)
    return matrices


def keep_chances(counts: NDArray[np.int64], sample: float) -> NDArray[np.float64]:
    """Return the chance of each item's events to be trained on, (n_items,) float64, at most 1.

    The word2vec program's formula: with ``x = share of the item / sample``,
    ``(sqrt(x) + 1) / x``.
    """
    if sample == 0:
        return np.ones(len(counts))
    excess = counts / (sample * counts.sum())
    chances: NDArray[np.float64] = np.minimum(1.0, (np.sqrt(excess) + 1) / excess)
    return chances


def _report_subsampling(corpus: Corpus, parameters: SkipGram, listen: Listener) -> None:
    """Refuse a threshold that leaves no pair, and say so where it takes most events."""
    counts = corpus.counts()
    kept = float(counts @ keep_chances(counts, parameters.sample))
    advice = f"sample = {parameters.sample} keeps {kept / corpus.n_tokens:.0%} of the events"
    if kept * parameters.epochs < 2:
        raise NothingLeftError(f"No pairs to train on: {advice}. Set a higher sample, or 0.")
    if kept < corpus.n_tokens / 2:
        listen(Notice("train", advice))


def refuse_divergence(
    matrices: Matrices, last_good: Matrices | None, *, epoch: int, alpha: float
) -> None:
    """Raise ``DivergedError`` unless all numbers are finite."""
    if not matrices.is_finite:
        raise DivergedError(
            f"Training diverged: vectors are no longer finite after epoch {epoch}, learning rate "
            f"{alpha:.4g}. Set a lower alpha.",
            epoch=epoch,
            alpha=alpha,
            last_good=last_good,
        )
