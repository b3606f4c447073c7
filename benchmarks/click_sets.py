"""Sequences with a fixed test part, or a validation part cut from training, as plain rows."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.csv as pc
from numpy.typing import NDArray

from x2vec.corpus import Corpus
from x2vec.recommend import Histories, Ranker

__all__ = ["SETS", "Asked", "Figures", "figures", "test_part", "validation_part"]

BLOCK = 512  # queries scored at once


@dataclass(frozen=True, eq=False)
class Asked:
    """What is learnt from, what is asked, and what came next.

    Attributes:
        name: Of the data set.
        corpus: The sequences that train.
        histories: The queries that hold an item of the corpus.
        targets: (n_queries,) int32, -1 where training never saw the target.
        n_queries: With those that no item is known of: they are misses.
    """

    name: str
    corpus: Corpus
    histories: Histories
    targets: NDArray[np.int32]
    n_queries: int

    @classmethod
    def of(
        cls, name: str, train: Sequence[Sequence[str]], asked: Iterable[tuple[Sequence[str], str]]
    ) -> Asked:
        """Write training sequences, and pairs of a history and a target, in rows."""
        rows: dict[str, int] = {}
        lists = [[rows.setdefault(item, len(rows)) for item in one] for one in train]
        flat = Histories.of(lists, n_items=len(rows))
        corpus = Corpus(flat.rows, flat.offsets, len(rows), name, ordered=True)
        known = [([rows[i] for i in past if i in rows], rows.get(to, -1)) for past, to in asked]
        useful = [(past, target) for past, target in known if past]
        histories = Histories.of([past for past, _ in useful], n_items=len(rows))
        targets = np.array([target for _, target in useful], np.int32)
        return cls(name, corpus, histories, targets, len(known))


@dataclass(frozen=True)
class Figures:
    """Hit rate, mean reciprocal rank and NDCG, all at 20 and against the whole catalogue."""

    hr: float
    mrr: float
    ndcg: float


def figures(ranker: Ranker, asked: Asked) -> Figures:
    """Ask every query; those without an answer, or without a known target, are misses."""
    chosen = np.flatnonzero(ranker.answers(asked.histories) & (asked.targets >= 0))
    ranks = np.concatenate(
        [
            _ranks(ranker.scores(asked.histories.take(some)), asked.targets[some])
            for some in np.split(chosen, range(BLOCK, len(chosen), BLOCK))
        ]
    )
    hits = ranks[ranks <= 20]
    sums = (len(hits), (1 / hits).sum(), (1 / np.log2(1 + hits)).sum())
    return Figures(*(float(one / asked.n_queries) for one in sums))


def _ranks(scores: NDArray[np.float32], targets: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return how many items score at least as high as each query's target, which is one of them."""
    of_target = np.take_along_axis(scores, targets[:, None], axis=1)
    return np.asarray(np.count_nonzero(scores >= of_target, axis=1))


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


def test_part(data: Path) -> Asked:
    """Train on all sessions of yoochoose-1_64, and ask all of its published test prefixes."""
    folder = data / "yoochoose-1_64"
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
