"""Rounds: the engines take turns, so that what slows the machine slows all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.engines import Engine, Trained
from benchmarks.workload import Workload
from x2vec import Sequences, SkipGram
from x2vec.corpus import Corpus, Vocabulary

__all__ = ["feeding", "play", "train_once", "warm_up"]


@contextmanager
def feeding(
    engines: Sequence[Engine], corpus: Corpus, model: SkipGram
) -> Iterator[Mapping[str, Any]]:
    """Give what each engine reads, by its name; files are gone afterwards."""
    with TemporaryDirectory() as folder:
        fed = {}
        for engine in engines:
            own = Path(folder) / engine.name
            own.mkdir()
            fed[engine.name] = engine.feed(corpus, model, own)
        yield fed


def warm_up(engines: Sequence[Engine], model: SkipGram, *, ordered: bool) -> None:
    """Train each engine on next to nothing: packages are loaded and kernels compiled after it."""
    sequences = Sequences.from_lists(
        [[item, item + 1, item + 2] for item in range(20)], ordered=ordered
    )
    scrap = Corpus.of(sequences, Vocabulary.of(sequences))
    with feeding(engines, scrap, model) as fed:
        for engine in engines:
            train_once(engine, fed[engine.name], model, seed=1, workers=1)


def train_once(
    engine: Engine, fed: Any, model: SkipGram, *, seed: int, workers: int
) -> tuple[Trained, float]:
    """Train, and return the seconds beside what was made.

    An engine starts ``workers`` threads of its own, so BLAS must not start more in each of them.
    """
    with threadpool_limits(1):
        start = perf_counter()
        trained = engine.train(fed, model, seed=seed, workers=workers)
        return trained, perf_counter() - start


def play(
    engines: Sequence[Engine],
    fed: Mapping[str, Any],
    workload: Workload,
    models: Mapping[str, SkipGram],
    *,
    workers: int,
    rounds: int,
) -> dict[str, NDArray[np.float64]]:
    """Train all engines in turn, once a round, each round with a seed of its own.

    Args:
        engines: Who plays.
        fed: What each reads, by its name.
        workload: What they learn, and are asked.
        models: The parameters of each, by its name.
        workers: Threads of each.
        rounds: How many.

    Returns:
        By name (rounds, 3): seconds, NDCG@20 in-out, NDCG@20 by cosine.
    """
    runs: dict[str, list[tuple[float, float, float]]] = {engine.name: [] for engine in engines}
    for seed in range(1, rounds + 1):
        for engine in engines:
            model = models[engine.name]
            trained, seconds = train_once(
                engine, fed[engine.name], model, seed=seed, workers=workers
            )
            runs[engine.name].append((seconds, *workload.quality(engine, trained, model)))
    return {name: np.array(figures) for name, figures in runs.items()}
