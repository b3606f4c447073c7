"""What inferred vectors are worth: next item, asked for items that training never saw.

    python -m benchmarks.cold_start_quality online_retail movielens yes_playlists complete_journey

A fifth of the items leaves training with all its events. The ladder is fitted to the others, infers
the fifth from what the item table says of them, and each query asks for one of them, given the
known items of its sequence. Candidates are the held-out items, as of a shelf of new arrivals, or
with ``--among all`` the whole catalogue.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

import x2vec
from x2vec.coldstart.items import read_item_table
from x2vec.corpus import Vocabulary
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.jobs import read_job
from x2vec.jobs.items import read_items
from x2vec.jobs.reading import read_parts
from x2vec.progress import silent
from x2vec.recommendation import EmbeddingRanker, Histories, Popularity

PIPELINES = Path(__file__).parents[1] / "pipelines"
DATA = Path(__file__).parents[1] / "data"
METRICS = ("ndcg@20", "hr@20")
MODELS = {"softmax": x2vec.SessionSoftmax(), "elsa": x2vec.Elsa(), "job": None}


@dataclass(frozen=True)
class DataSet:
    """What of an item table is read, and how it is made of that of the job."""

    columns: dict[str, Any]
    table: Callable[[pa.Table], pa.Table] = lambda table: table


def with_film_tags(films: pa.Table) -> pa.Table:
    tags = DATA / "ml-latest-small" / "tags.csv"
    with duckdb.connect() as database:
        database.register("films", films)
        return database.sql(
            f"""SELECT films.*, tagged.tags FROM films LEFT JOIN (
                SELECT movieId::VARCHAR AS id, list(DISTINCT lower(tag) ORDER BY lower(tag)) AS tags
                FROM read_csv('{tags}') GROUP BY ALL) AS tagged
                ON films.item_id::VARCHAR = tagged.id ORDER BY item_id"""
        ).to_arrow_table()


def with_song_tags(songs: pa.Table) -> pa.Table:
    folder = DATA / "yes-playlists"
    names = dict(line.split(", ", 1) for line in (folder / "tag_hash.txt").read_text().splitlines())
    lines = (folder / "tags.txt").read_text().splitlines()
    tags = [[names[tag] for tag in line.split() if tag in names] for line in lines]
    rows = [int(item) for item in songs["item_id"].to_pylist()]
    return songs.append_column("tags", pa.array([tags[row] for row in rows], pa.list_(pa.string())))


SETS = {
    "online_retail": DataSet({"text": "description"}),
    "movielens": DataSet({"text": "title", "tags": ["genres", "tags"]}, with_film_tags),
    "yes_playlists": DataSet(
        {"text": "title", "categories": "artist", "tags": "tags"}, with_song_tags
    ),
    "complete_journey": DataSet(
        {"categories": [["department", "product_category", "product_type"], "brand"]}
    ),
}


@dataclass(frozen=True, eq=False)
class Around:
    """A ranker around another one, whose name and answers it has."""

    inner: Any

    @property
    def name(self) -> str:
        """What reports call it."""
        return self.inner.name

    @property
    def n_items(self) -> int:
        """Rows of the vocabulary."""
        return self.inner.n_items

    def answers(self, histories: Histories):
        """Answer what the inner ranker answers."""
        return self.inner.answers(histories)


@dataclass(frozen=True, eq=False)
class Shelf(Around):
    """A ranker that shows some items alone: all the others come last, whatever their score."""

    shown: np.ndarray

    def scores(self, histories: Histories):
        """Score every item, (n_queries, n_items) float32."""
        scores = np.array(self.inner.scores(histories), dtype=np.float32)
        scores[:, ~self.shown] = scores.min() - 1
        return scores


@dataclass(frozen=True)
class Random:
    """Scores at random, the same for the same histories."""

    n_items: int
    seed: int
    name: str = "random"

    def answers(self, histories: Histories):
        """Answer every query."""
        return np.ones(len(histories), dtype=np.bool_)

    def scores(self, histories: Histories):
        """Draw the scores, (n_queries, n_items) float32."""
        draws = np.random.default_rng((self.seed, int(histories.rows.sum()), len(histories)))
        return draws.random((len(histories), self.n_items), dtype=np.float32)


def read(name: str, **rules: Any):
    """Return the job, its sequences, and the item table with the ids as item_id."""
    job = read_job(PIPELINES / f"{name}.toml").located(PIPELINES.resolve())
    sequences, _, _ = read_parts(job, hear=silent)
    items = read_items(job)
    names = ["item_id" if one == items.item else one for one in items.table.column_names]
    table = SETS[name].table(items.table.rename_columns(names))
    return job, sequences.clean(dataclasses.replace(job.sequences, **rules)), table


def measure(name: str, seed: int, options: argparse.Namespace) -> None:
    job, sequences, table = read(name)
    train, asked = x2vec.split(
        sequences, by="items", test=0.2, ask="each", seed=seed, max_queries=options.queries
    )
    model = MODELS[options.model] or job.model
    trained = x2vec.train(train, model, workers=job.training.workers, seed=seed)
    start = perf_counter()
    cold = x2vec.ColdStart(**SETS[name].columns, seed=seed)
    ladder = cold.fit(trained, table)
    seconds = perf_counter() - start
    is_new = np.isin(np.asarray(table["item_id"]), np.asarray(trained.items), invert=True)
    left = sequences.items.filter(pa.array(sequences.counts() > 0))
    is_new &= np.isin(np.asarray(table["item_id"]), np.asarray(left))
    everything = trained.with_inferred(ladder.embed(table.filter(pa.array(is_new))))
    shown = everything.counts == 0
    print(
        f"\n{name}, seed {seed}: {len(trained):,} known and {shown.sum():,} new items, "
        f"{len(asked):,} queries; fitted in {seconds:.0f} s\n{ladder.report}"
    )
    errors = ladder.report.to_pandas().query("chosen")[["evidence", "calibration_error"]]
    print(errors.to_string(index=False))
    content = content_of(ladder, table, everything)
    vocabulary = Vocabulary(everything.items, np.maximum(everything.counts, 1))
    queries = NextItemQueries.of(asked, vocabulary)
    rankers = [
        *embedding_rankers(everything, options.forms),
        Random(len(everything), seed),
        Popularity(everything.counts),
        EmbeddingRanker(vectors=content, name="content cosine"),
    ]
    if options.among == "new":
        rankers = [Shelf(ranker, shown) for ranker in rankers]
    report = evaluate_next_item(
        rankers, queries, exclude_history=not sequences.ordered, ks=(20,), seed=seed
    )
    for ranker in rankers:
        found = [report.measurement(metric, model=ranker.name) for metric in METRICS]
        cells = [f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})" for one in found]
        verdicts = "" if ranker is rankers[0] else compared(report, rankers[0], ranker)
        print(f"| {name} | {seed} | {ranker.name} | {' | '.join(cells)} | {verdicts} |", flush=True)


def compared(report: Any, first: Any, other: Any) -> str:
    """Return whether the first is better than another, by either metric, query by query."""
    found = [report.compare(first.name, other.name, metric=metric).verdict for metric in METRICS]
    return ", ".join(dict.fromkeys(found))


def content_of(ladder: Any, table: pa.Table, everything: Any) -> np.ndarray:
    """Return the content vector of every item, zeros for those that the table lacks."""
    items = read_item_table(table, ladder.columns)
    found = ladder.base.cold(items).content
    rows = dict(zip(items.ids.to_pylist(), range(len(items)), strict=True))
    vectors = np.zeros((len(everything), found.shape[1]), np.float32)
    for place, item in enumerate(everything):
        if item in rows:
            vectors[place] = found[rows[item]]
    return vectors


def embedding_rankers(everything: Any, forms: list[str]) -> list[EmbeddingRanker]:
    known = {
        "in-in": {"scoring": "in-in"},
        "in-out": {
            "scoring": "in-out",
            "context_vectors": everything.context_vectors,
            "query_matrix": everything.query_matrix,
        },
    }
    return [
        EmbeddingRanker(vectors=everything.vectors, name=f"inferred {form}", **known[form])
        for form in forms
        if form == "in-in" or everything.context_vectors is not None
    ]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("names", nargs="+", choices=SETS)
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options.add_argument("--queries", type=int, default=4_000)
    options.add_argument("--among", choices=["new", "all"], default="new")
    options.add_argument("--forms", nargs="+", default=["in-in", "in-out"])
    options.add_argument("--model", choices=MODELS, default="softmax")
    asked = options.parse_args()
    for name in asked.names:
        for seed in asked.seeds:
            measure(name, seed, asked)


if __name__ == "__main__":
    main()
