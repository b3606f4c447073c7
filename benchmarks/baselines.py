"""Every registered baseline, fitted and asked: seconds, queries a second, and how much it finds.

    python -m benchmarks.baselines --data ../data/yoochoose-1_64
    python -m benchmarks.baselines --data ../data/yoochoose-1_64 --baselines item-knn markov

Sessions of RecSys Challenge 2015, the published split "1/64": every prefix of the test sessions
is asked, the target is ranked against the whole catalogue, and a target that training never saw is
a miss. HR@20 is what that literature calls P@20. The published figures are those that came with
the split, in Li et al., "Neural Attentive Session-based Recommendation", 2017. Only the time of
``scores`` counts as asking, not that of finding the target's rank.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from benchmarks.click_sets import published_part
from benchmarks.tables import heading, row
from x2vec.errors import DataError
from x2vec.evaluation import evaluate_next_item
from x2vec.recommendation import BASELINES, Histories, Ranker

__all__ = ["PUBLISHED", "Timed", "main"]

PUBLISHED = {"session-popularity": (30.44, 18.35), "item-knn": (51.60, 21.81)}
"""P@20 and MRR@20 on yoochoose-1_64, in percent."""


@dataclass
class Timed:
    """A ranker, and how long its scores took."""

    ranker: Ranker
    seconds: float = field(default=0.0, init=False)
    queries: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.ranker.name

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return self.ranker.n_items

    def answers(self, histories: Histories) -> NDArray[np.bool_]:
        """Answer what the ranker answers."""
        return self.ranker.answers(histories)

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Score, and take the time."""
        start = perf_counter()
        scores = self.ranker.scores(histories)
        self.seconds += perf_counter() - start
        self.queries += len(histories)
        return scores


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the split")
    parser.add_argument("--baselines", nargs="+", choices=BASELINES, default=list(BASELINES))
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    part = published_part(arguments.data)
    corpus, queries = part.corpus, part.queries
    print(
        f"{corpus.n_tokens:,} events, {len(corpus):,} sequences, {corpus.n_items:,} items; "
        f"{len(queries):,} queries, {1 - queries.known.mean():.1%} of their targets never seen"
    )
    names = ("HR@20", "MRR@20", "published", "unanswered")
    heading("baseline", "fit, s", "queries a second", *names)
    for name in arguments.baselines:
        start = perf_counter()
        try:
            ranker = Timed(BASELINES[name](corpus, arguments.seed))
        except DataError as error:
            row(name, f"refused: {error}", *[""] * 5)
            continue
        seconds = perf_counter() - start
        report = evaluate_next_item([ranker], queries, exclude_history=False, ks=(20,))
        found = [f"{100 * report.value(metric, model=name):.2f}" for metric in ("hr@20", "mrr@20")]
        published = PUBLISHED.get(name)
        said = "-" if published is None else f"{published[0]:.2f} / {published[1]:.2f}"
        unanswered = report.measurements[0].unanswered
        speed = ranker.queries / ranker.seconds
        row(name, f"{seconds:.1f}", f"{speed:,.0f}", *found, said, f"{unanswered:.1%}")


if __name__ == "__main__":
    main()
