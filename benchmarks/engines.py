"""Engines to compare: each is fed the same corpus and gives matrices in the order of its rows.

Here are x2vec's own and gensim's two modes, which every installation has; see also ``peers``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec import SkipGram
from x2vec.corpus import Corpus
from x2vec.training import fit

__all__ = [
    "Engine",
    "GensimFile",
    "GensimIterable",
    "Native",
    "Trained",
    "in_row_order",
    "sequences_of",
    "write_lines",
]

_LONGEST = 10_000  # tokens; gensim leaves out what a line or list holds beyond them


class Trained(NamedTuple):
    """What an engine makes.

    Attributes:
        vectors: (n_items, vector_size) float32, in the order of the corpus' rows.
        context_vectors: Of the same shape, or None where the engine has no second matrix.
    """

    vectors: NDArray[np.float32]
    context_vectors: NDArray[np.float32] | None


class Engine(ABC):
    """One way to train, as the benchmark sees it.

    Attributes:
        name: What the tables call it.
        module: What it imports, where that is no dependency of x2vec.
        requirement: What to ``pip install`` for that module.
        has_alpha: Whether it has a learning rate.
        noise_exponent: Noise items are drawn from ``count`` to the power of this; None where the
            model decides.
        most_workers: Threads that it can use; None for any number.
    """

    name: str
    module: str | None = None
    requirement: str | None = None
    has_alpha: bool = True
    noise_exponent: float | None = None
    most_workers: int | None = None

    @property
    def is_installed(self) -> bool:
        """Whether what it imports is there."""
        return self.module is None or find_spec(self.module) is not None

    def feed(self, corpus: Corpus, model: SkipGram, folder: Path) -> Any:
        """Bring the corpus into the form that ``train`` reads; this is not timed."""
        return corpus

    @abstractmethod
    def train(self, fed: Any, model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Train on what ``feed`` gave; this is timed."""


class Native(Engine):
    """x2vec's native engine, free running or the same bytes for any number of threads."""

    def __init__(self, *, deterministic: bool = False) -> None:
        self.deterministic = deterministic
        self.name = "native, deterministic" if deterministic else "native"

    def train(self, fed: Corpus, model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Train as a user does."""
        matrices = fit(
            fed,
            model,
            engine="native",
            seed=seed,
            workers=workers,
            deterministic=self.deterministic,
        )
        return Trained(matrices.vectors, matrices.context_vectors)


class GensimIterable(Engine):
    """gensim fed with lists of strings, by x2vec's ``gensim`` engine."""

    name = "gensim iterable"

    def train(self, fed: Corpus, model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Train as a user does."""
        matrices = fit(fed, model, engine="gensim", seed=seed, workers=workers)
        return Trained(matrices.vectors, matrices.context_vectors)


class GensimFile(Engine):
    """gensim fed by a text file, its fastest mode."""

    name = "gensim file"

    def feed(self, corpus: Corpus, model: SkipGram, folder: Path) -> Path:
        """Write a line a sequence, or several where gensim would cut it."""
        pieces = (
            rows[at : at + _LONGEST]
            for rows in sequences_of(corpus)
            for at in range(0, len(rows), _LONGEST)
        )
        return write_lines(folder / "gensim.txt", pieces)

    def train(self, fed: Path, model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Count the items of the file, then train."""
        from gensim.models import Word2Vec

        is_whole = model.window == "whole"
        word2vec = Word2Vec(
            sg=1,
            vector_size=model.vector_size,
            window=_LONGEST if is_whole else model.window,
            shrink_windows=model.shrink_windows and not is_whole,
            negative=model.negative,
            ns_exponent=model.ns_exponent,
            sample=model.sample,
            alpha=model.alpha,
            min_alpha=model.min_alpha,
            min_count=1,
            seed=seed,
            workers=workers,
            epochs=model.epochs,
            corpus_file=str(fed),
        )
        wv = word2vec.wv
        return Trained(*in_row_order(wv.index_to_key, wv.vectors, word2vec.syn1neg))


def sequences_of(corpus: Corpus) -> Iterator[NDArray[np.int32]]:
    """Give the rows of each sequence."""
    return (corpus.rows[start:end] for start, end in pairwise(corpus.offsets.tolist()))


def write_lines(path: Path, lines: Iterable[NDArray[np.int32]]) -> Path:
    """Write rows as text, one space between two; return the path."""
    with path.open("w", encoding="ascii") as file:
        file.writelines(" ".join(map(str, rows.tolist())) + "\n" for rows in lines)
    return path


def in_row_order(
    names: Sequence[str], *matrices: NDArray[np.float32]
) -> tuple[NDArray[np.float32], ...]:
    """Bring matrices whose rows are called by their row in the corpus into its order."""
    order = np.argsort([int(name) for name in names])
    return tuple(matrix[order] for matrix in matrices)
