"""Neighbours: how often the nearest items are of one kind, and how cosine agrees with people.

    python benchmarks/neighbours.py build/yes_playlists --column artist --half odd
    python benchmarks/neighbours.py build/brown --group "january february march april may june"
    python benchmarks/neighbours.py build/brown --pairs wordsim353.tsv --half odd

With ``--column``, the share of the k nearest items that have the query's value in that column of
the store, over all queries whose value another item has; with ``--group``, the share of the k
nearest of some items that are among these. Chance is what items drawn at random would reach. With
``--pairs``, Spearman's correlation of cosine with the third column of a file of word pairs.

``--half`` takes values, or pairs, whose CRC-32 is even or odd alone: settings chosen on one half
can be judged on the other.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.stats import spearmanr

import x2vec
from x2vec import Embeddings

__all__ = ["agreement", "main", "share_of_group", "share_of_value"]


def share_of_value(
    embeddings: Embeddings, column: str, *, k: int, half: str | None
) -> tuple[float, float, int]:
    """Return the share of the k nearest with the query's value, that by chance, and the queries."""
    values = np.array([str(value) for value in embeddings.metadata[column].to_pylist()])
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    others = counts[which] - 1
    is_asked = (others > 0) & np.array([_is_in(value, half) for value in values])
    items = np.array(embeddings.items.to_pylist())
    value_of = dict(zip(items, values, strict=True))
    found = embeddings.similar(items[is_asked].tolist(), k=k).to_pandas()
    is_same = found.query_id.map(value_of) == found.item_id.map(value_of)
    chance = others[is_asked].mean() / (len(items) - 1)
    return float(is_same.mean()), float(chance), int(is_asked.sum())


def share_of_group(embeddings: Embeddings, group: Sequence[str], *, k: int) -> tuple[float, float]:
    """Return the share of the k nearest of a group's items that are in it, and that by chance."""
    found = embeddings.similar(list(group), k=k).to_pandas()
    chance = (len(group) - 1) / (len(embeddings) - 1)
    return float(found.item_id.isin(group).mean()), chance


def agreement(embeddings: Embeddings, path: Path, *, half: str | None) -> tuple[float, int]:
    """Return Spearman's correlation of cosine with people's judgement, and the pairs known."""
    judged, cosines = [], []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            if len(row) < 3 or row[0].startswith("#"):
                continue
            pair = [word.lower() for word in row[:2]]
            if _is_in(" ".join(pair), half) and all(word in embeddings for word in pair):
                one, other = (embeddings[word] for word in pair)
                cosines.append(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
                judged.append(float(row[2]))
    return float(spearmanr(judged, cosines).statistic), len(judged)


def _is_in(text: str, half: str | None) -> bool:
    return half is None or crc32(text.encode()) % 2 == ("even", "odd").index(half)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("store")
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--column")
    asked.add_argument("--group")
    asked.add_argument("--pairs", type=Path)
    parser.add_argument("--half", choices=["even", "odd"])
    parser.add_argument("-k", type=int, default=10)
    chosen = parser.parse_args()
    embeddings = x2vec.load(chosen.store)
    if chosen.pairs is not None:
        figure, n = agreement(embeddings, chosen.pairs, half=chosen.half)
        print(f"Spearman {figure:.3f} on {n} pairs")
    elif chosen.group is not None:
        share, chance = share_of_group(embeddings, chosen.group.split(), k=chosen.k)
        print(f"{share:.2%} of the {chosen.k} nearest are in the group; by chance {chance:.3%}")
    else:
        share, chance, n = share_of_value(embeddings, chosen.column, k=chosen.k, half=chosen.half)
        print(
            f"{share:.2%} of the {chosen.k} nearest of {n:,} items have their {chosen.column}; "
            f"by chance {chance:.3%}, {share / chance:.0f} times"
        )


if __name__ == "__main__":
    main()
