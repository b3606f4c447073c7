"""Merging: evidence of older sequences and of newer ones becomes one, without the older sequences.

Counts are summed. A partner that one of the two has not kept counts with what the other one says,
so after a merger counts are what is known at least.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec.corpus.blocks import offsets_of
from x2vec.embeddings import Evidence, HeldPairs, Pairs
from x2vec.errors import UsageError
from x2vec.similarity.counting import N_EXAMPLES, N_OFTEN, N_SELDOM
from x2vec.similarity.lifts import surprise

__all__ = ["merge"]


def merge(
    old: Evidence,
    new: Evidence,
    *,
    old_rows: NDArray[np.integer],
    new_rows: NDArray[np.integer],
    n_items: int,
    n_often: int = N_OFTEN,
    n_seldom: int = N_SELDOM,
) -> Evidence:
    """Merge evidence of different sequences.

    Args:
        old: Evidence.
        new: Evidence of other sequences, of the same reach.
        old_rows: The row, in what comes back, of each item of ``old``.
        new_rows: The same of ``new``.
        n_items: How many rows there are then.
        n_often: As in ``count_together``: so many partners of an item are kept.
        n_seldom: And so many of those that it seldom meets.

    Raises:
        UsageError: The two call different distances together.
    """
    if old.reach != new.reach:
        raise UsageError(
            f"Two items were together up to {old.reach} steps apart, and are up to {new.reach} "
            "now, so the counts do not add up. Count both alike."
        )
    both = ((old, old_rows), (new, new_rows))
    sequences, meetings, cut, at_most = (
        _summed([(getattr(one, name), rows) for one, rows in both], n_items)
        for name in ("sequences", "meetings", "cut", "at_most")
    )
    numbers = Evidence(
        old.n_sequences + new.n_sequences, old.reach, sequences, meetings, cut, at_most, old.source
    )
    sides = [_Side.of(one, rows, n_items) for one, rows in both]
    keys = np.union1d(*(side.keys for side in sides))
    counts = np.zeros(len(keys), np.int64)
    for side in sides:
        counts[np.searchsorted(keys, side.keys)] += side.counts
    rows, others = np.divmod(keys, n_items)
    tells = surprise(counts, numbers.expected(rows, others))
    stay = _among_first(rows, -tells, n_often) | (_among_first(rows, tells, n_seldom) & (tells < 0))
    stay |= stay[np.argsort(others, kind="stable")]  # the other direction of each pair
    lost = np.bincount(rows[~stay], minlength=n_items)
    most = np.zeros(n_items, np.int64)
    np.maximum.at(most, rows[~stay], counts[~stay])
    pairs = Pairs(
        offsets_of(np.bincount(rows[stay], minlength=n_items)),
        others[stay].astype(np.int32),
        counts[stay],
    )
    return Evidence(
        n_sequences=numbers.n_sequences,
        reach=old.reach,
        sequences=sequences,
        meetings=meetings,
        cut=cut + lost,
        at_most=np.maximum(at_most, most),
        source=HeldPairs(pairs, _examples(sides, keys[stay])),
    )


class _Side(NamedTuple):
    """The pairs of one evidence, by ``row * n_items + other`` in the rows of the merger."""

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]
    examples: pa.Array

    @classmethod
    def of(cls, evidence: Evidence, rows: NDArray[np.integer], n_items: int) -> _Side:
        pairs, rows = evidence.pairs, rows.astype(np.int64)
        owners = np.repeat(rows, np.diff(pairs.offsets))
        keys = owners * n_items + rows[pairs.others]
        order = np.argsort(keys)
        lists = evidence.source.examples(0, len(pairs)).take(pa.array(order))
        return cls(keys[order], pairs.counts[order], lists)


def _summed(
    parts: list[tuple[NDArray[np.int64], NDArray[np.integer]]], n_items: int
) -> NDArray[np.int64]:
    total = np.zeros(n_items, np.int64)
    for numbers, rows in parts:
        total[rows] += numbers
    return total


def _among_first(
    groups: NDArray[np.int64], values: NDArray[np.float64], n: int
) -> NDArray[np.bool_]:
    """Return which values are among the ``n`` lowest of their group; groups ascend."""
    order = np.lexsort((values, groups))
    places = np.arange(len(order)) - np.searchsorted(groups, groups, side="left")
    first = np.zeros(len(order), np.bool_)
    first[order] = places < n
    return first


def _examples(sides: list[_Side], keys: NDArray[np.int64]) -> pa.LargeListArray:
    """Return the examples of pairs, those of the first side first, up to three each."""
    owners, ids = [], []
    for side in sides:
        place = np.minimum(np.searchsorted(keys, side.keys), max(len(keys) - 1, 0))
        stays = keys[place] == side.keys if len(keys) else np.zeros(len(side.keys), np.bool_)
        lists = side.examples.filter(pa.array(stays))
        owners.append(np.repeat(place[stays], np.asarray(lists.value_lengths(), np.int64)))
        values = lists.flatten()
        if pa.types.is_dictionary(values.type):
            values = values.dictionary_decode()
        ids.append(values)
    kind = ids[0].type if ids[0].type == ids[1].type else pa.string()
    owner, names = np.concatenate(owners), pa.concat_arrays([one.cast(kind) for one in ids])
    order = np.argsort(owner, kind="stable")
    owner = owner[order]
    places = np.arange(len(owner)) - np.searchsorted(owner, owner, side="left")
    kept = order[places < N_EXAMPLES]
    lengths = np.bincount(owner[places < N_EXAMPLES], minlength=len(keys))
    return pa.LargeListArray.from_arrays(pa.array(offsets_of(lengths)), names.take(pa.array(kept)))
