"""Sequences with a fixed test part, or a validation part cut from training, as plain rows."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.csv as pc

from x2vec.corpus import Corpus, Sequences, Vocabulary
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.recommendation import Histories, Ranker

__all__ = ["SETS", "Asked", "Figures", "figures", "published_part", "validation_part"]


@dataclass(frozen=True, eq=False)
class Asked:
    """What is learnt from, what is asked, and what came next.

    Attributes:
        name: Of the data set.
        corpus: The sequences that train.
        queries: What is asked; items that training never saw leave the histories, not the queries.
    """

    name: str
    corpus: Corpus
    queries: NextItemQueries

    @classmethod
    def of(
        cls, name: str, lists: Iterable[Sequence[str]], asked: Sequence[tuple[Sequence[str], str]]
    ) -> Asked:
        """Write training sequences, and pairs of a history and a target, in rows."""
        train = Sequences.from_lists(lists)
        vocabulary = Vocabulary.of(train)
        row_of = {item: row for row, item in enumerate(vocabulary.items.to_pylist())}
        histories = [[row_of[item] for item in past if item in row_of] for past, _ in asked]
        queries = NextItemQueries(
            Histories.of(histories, n_items=len(row_of)),
            known=np.array([target in row_of for _, target in asked]),
            targets=np.array([row_of[to] for _, to in asked if to in row_of], np.int32),
        )
        return cls(name, Corpus.of(train, vocabulary), queries)


@dataclass(frozen=True)
class Figures:
    """Hit rate, mean reciprocal rank and NDCG, all at 20 and against the whole catalogue."""

    hr: float
    mrr: float
    ndcg: float


def figures(ranker: Ranker, asked: Asked) -> Figures:
    """Ask every query; those without an answer, or without a known target, are misses."""
    report = evaluate_next_item(
        [ranker], asked.queries, exclude_history=False, ks=(20,), resamples=0
    )
    return Figures(*(report.value(metric) for metric in ("hr@20", "mrr@20", "ndcg@20")))


def validation_part(name: str, data: Path, *, most: int, seed: int = 1) -> Asked:
    """Hold the last tenth of the training sequences out, and ask what follows each prefix.

    Args:
        name: One of ``SETS``.
        data: The folder with the data sets.
        most: So many queries at most, drawn by the seed.
        seed: Of that draw.
    """
    sequences = SETS[name](data / name)
    cut = len(sequences) - len(sequences) // 10
    pairs = [(one[:i], one[i]) for one in sequences[cut:] for i in range(1, len(one))]
    if len(pairs) > most:
        drawn = np.random.default_rng(seed).choice(len(pairs), most, replace=False)
        pairs = [pairs[i] for i in sorted(drawn)]
    return Asked.of(name, sequences[:cut], pairs)


def published_part(folder: Path) -> Asked:
    """Train on the sessions of a published split, and ask all of its test prefixes.

    ``train_sessions.txt.gz`` holds a session a line; ``test_prefix_target.tsv.gz`` a prefix, a tab
    and its target.
    """
    with gzip.open(folder / "test_prefix_target.tsv.gz", "rt", encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    return Asked.of(folder.name, _lines(folder), [(past.split(), to) for past, to in lines])


def _lines(folder: Path) -> list[list[str]]:
    with gzip.open(folder / "train_sessions.txt.gz", "rt", encoding="utf-8") as file:
        return [line.split() for line in file]


def _clicks(folder: Path) -> list[list[str]]:
    """Read sessions in the order of their ids, which is that of time."""
    options = pc.ParseOptions(delimiter="\t")
    table = pc.read_csv(folder / "yoochoose-clicks-100k_train_full.txt", parse_options=options)
    table = table.sort_by([("SessionId", "ascending"), ("Time", "ascending")])
    items = table["ItemId"].to_numpy().astype(str)
    starts = np.flatnonzero(np.diff(table["SessionId"].to_numpy())) + 1
    return [part.tolist() for part in np.split(items, starts)]


def _playlists(folder: Path) -> list[list[str]]:
    text = (folder / "train.txt").read_text(encoding="utf-8")
    lists = [line.split() for line in text.splitlines()[2:]]
    return [one for one in lists if len(one) >= 2]


SETS = {"yoochoose-1_64": _lines, "yoochoose-100k": _clicks, "yes-playlists": _playlists}
"""From the name of a set's folder to what reads its training sequences."""
