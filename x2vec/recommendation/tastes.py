"""Tastes: what people say that they like, and what their segment does, as vectors of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from numpy.typing import NDArray

from x2vec._text import closest
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.fallback import SegmentCounts

__all__ = ["SegmentMeans", "preference_vectors"]

_BETWEEN: Final = "|"
"""What separates several values that are written as one text, such as ``"Action|Comedy"``."""


@dataclass(frozen=True, eq=False)
class SegmentMeans:
    """The mean vector of the events of each segment.

    Attributes:
        segments: (n_segments,) distinct, not null.
        vectors: (n_segments, vector_size) float32, as the queries of a ranker are.
    """

    segments: pa.Array
    vectors: NDArray[np.float32]

    @classmethod
    def of(cls, counted: SegmentCounts, ranker: EmbeddingRanker) -> Self:
        """Take the means of what is asked for in each segment."""
        shares = counted.counts.astype(np.float32)
        return cls(counted.segments, _scaled(np.asarray(shares @ _sides(ranker)), ranker))

    def __call__(self, segments: pa.Array) -> NDArray[np.float32]:
        """Return the mean of each query's segment, (n_queries, vector_size), or zeros."""
        rows = pc.index_in(segments, value_set=self.segments)
        known = np.asarray(rows.is_valid())
        found = np.zeros((len(segments), self.vectors.shape[1]), np.float32)
        found[known] = self.vectors[np.asarray(rows.drop_null())]
        return found


def preference_vectors(
    embeddings: Embeddings, ranker: EmbeddingRanker, ids: pa.Array, preferences: Mapping[Any, Any]
) -> NDArray[np.float32]:
    """Return the mean vector of what each query prefers.

    A preferred value is the mean of the items that have it, by their events; a query is the mean
    of its values, each at the same length.

    Args:
        embeddings: Their metadata say which items have a value.
        ranker: Asks them.
        ids: (n_queries,) the queries.
        preferences: From query to ``{column: value}`` or ``{column: [value, ...]}``. A column of
            lists has a value that one of them holds; text such as ``"Action|Comedy"`` has both.

    Returns:
        (n_queries, vector_size) float32; zeros for queries that prefer nothing.

    Raises:
        UsageError: There is no such query or column, no item has such a value, or they are no
            mappings.

    Example:
        >>> films = pa.table({"genres": ["Comedy", "Comedy|Drama", "War"]})
        >>> shop = Embeddings([1, 2, 3], [[1, 0], [1, 0], [0, 1]], counts=[5, 5, 5], metadata=films)
        >>> ranker = EmbeddingRanker(vectors=shop.vectors, counts=shop.counts)
        >>> liked = {"ann": {"genres": ["Comedy"]}}
        >>> preference_vectors(shop, ranker, pa.array(["ann", "bob"]), liked).tolist()
        [[1.0, 0.0], [0.0, 0.0]]
    """
    if not isinstance(preferences, Mapping):
        raise UsageError(
            f"preferences: got {type(preferences).__name__}; expected a mapping from query to "
            'what it prefers, such as {"ann": {"genres": ["Comedy"]}}.'
        )
    places: dict[Any, list[int]] = {}
    for place, one in enumerate(ids.to_pylist()):
        places.setdefault(one, []).append(place)
    strange = [one for one in preferences if one not in places]
    if strange:
        some = ", ".join(map(repr, strange[:5]))
        raise UsageError(
            f"preferences: {len(strange):,} queries are not among the histories, such as {some}. "
            "Give each an empty history where nothing is known: {...: []}."
        )
    known: dict[tuple[str, str], NDArray[np.float32]] = {}
    found = np.zeros((len(ids), embeddings.vector_size), np.float32)
    for query, liked in preferences.items():
        for column, value in _pairs(query, liked):
            pair = str(column), str(value)
            if pair not in known:
                weights = np.maximum(embeddings.counts, 1) * _having(embeddings, column, value)
                mean = weights.astype(np.float32)[None] @ _sides(ranker)
                known[pair] = _scaled(mean, ranker)[0]
            found[places[query]] += known[pair]
    return _scaled(found, ranker)


def _pairs(query: Any, liked: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(liked, Mapping):
        raise UsageError(
            f"preferences: those of {query!r} are {liked!r}; expected columns of the item table "
            'and values, such as {"genres": ["Comedy", "Drama"]}.'
        )
    for column, values in liked.items():
        is_one = isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable)
        for value in [values] if is_one else values:
            yield column, value.as_py() if isinstance(value, pa.Scalar) else value


def _having(embeddings: Embeddings, column: str, value: Any) -> NDArray[np.bool_]:
    """Return which items have a value, (n_items,) bool."""
    table = embeddings.metadata
    names = [] if table is None else table.column_names
    if column not in names:
        close = closest(str(column), names)
        hint = f" Did you mean {close!r}?" if close else ""
        raise UsageError(
            f"preferences: the embeddings keep no column {column!r} of their items; they have "
            f"{', '.join(map(repr, names)) or 'none'}.{hint}"
        )
    assert table is not None
    held = table[column].combine_chunks()
    held = held.dictionary_decode() if pt.is_dictionary(held.type) else held
    owners = np.arange(len(held))
    if _is_text(held.type):
        held = pc.split_pattern(held.cast(pa.string()), _BETWEEN)
    if pt.is_fixed_size_list(held.type):
        held = held.cast(pa.list_(held.type.value_type))
    if pt.is_list(held.type) or pt.is_large_list(held.type):
        owners = np.asarray(pc.list_parent_indices(held))
        held = pc.list_flatten(held)
    held = pc.utf8_trim_whitespace(held.cast(pa.string())) if _is_text(held.type) else held
    has = np.zeros(len(embeddings), np.bool_)
    has[owners[_equal(held, value)]] = True
    if not has.any():
        texts = [one for one in held.unique().to_pylist() if one] if _is_text(held.type) else []
        close = closest(str(value), texts)
        hint = f" Did you mean {close!r}?" if close else ""
        raise UsageError(f"preferences: no item has {column} = {value!r}.{hint}")
    return has


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def _equal(held: pa.Array, value: Any) -> NDArray[np.bool_]:
    """Return which values are a value, read as one of their type: 1.0 is 1, True is true."""
    try:
        wanted = pa.scalar(str(value) if _is_text(held.type) else value).cast(held.type)
        return np.asarray(pc.equal(held, wanted).fill_null(False))
    except pa.ArrowException:  # it cannot be read so, or such values cannot be compared
        return np.zeros(len(held), np.bool_)


def _sides(ranker: EmbeddingRanker) -> NDArray[np.float32]:
    """Return what an item of a history adds to a query, (n_items, vector_size)."""
    return ranker.targets if ranker.scoring == "in-in" else ranker.vectors


def _scaled(vectors: NDArray[np.float32], ranker: EmbeddingRanker) -> NDArray[np.float32]:
    """Return vectors at the mean length of an item, so that they weigh as an event does."""
    length = np.linalg.norm(_sides(ranker), axis=1).mean()
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * (length / np.where(lengths > 0, lengths, 1)), np.float32)
