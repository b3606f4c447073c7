"""Preferences: what people say that they like, by columns of the item table, as vectors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from numpy.typing import NDArray

from x2vec._text import closest
from x2vec.embeddings import Embeddings
from x2vec.errors import UsageError
from x2vec.recommendation.embedding import EmbeddingRanker
from x2vec.recommendation.tastes import as_events, sides

__all__ = ["Preferences", "columns_named", "listed"]

_BETWEEN: Final = "|"
"""What separates several values that are written as one text, such as ``"Action|Comedy"``."""


@dataclass(frozen=True, eq=False)
class Preferences:
    """From what is liked to the vector that asks for it.

    A value that is liked is the mean of the items that have it, by their events; a query is the
    mean of its values, each at the same length. A column of lists has a value that one of the list
    is; text such as ``"Action|Comedy"`` has both.

    Attributes:
        embeddings: Their metadata say which items have a value.
        ranker: Asks the vectors.

    Example:
        >>> films = pa.table({"genres": ["Comedy", "Comedy|Drama", "War"]})
        >>> shop = Embeddings([1, 2, 3], [[1, 0], [1, 0], [0, 1]], counts=[5, 5, 5], metadata=films)
        >>> ranker = EmbeddingRanker(vectors=shop.vectors, counts=shop.counts)
        >>> liked = Preferences(shop, ranker)
        >>> liked.by_query(pa.array(["ann", "bob"]), {"ann": {"genres": ["Comedy"]}}).tolist()
        [[1.0, 0.0], [0.0, 0.0]]
        >>> liked.by_column({"genres": pa.array(["War|Comedy", None])}, 2).tolist() == [
        ...     [np.float32(np.sqrt(0.5))] * 2, [0.0, 0.0]
        ... ]
        True
    """

    embeddings: Embeddings
    ranker: EmbeddingRanker
    _made: dict[tuple[str, str], NDArray[np.float32]] = field(default_factory=dict, repr=False)

    def by_query(self, ids: pa.Array, preferences: Mapping[Any, Any]) -> NDArray[np.float32]:
        """Return the vector of what each query prefers.

        Args:
            ids: (n_queries,) the queries.
            preferences: From query to ``{column: value}`` or ``{column: [value, ...]}``.

        Returns:
            (n_queries, vector_size) float32; zeros for queries that prefer nothing.

        Raises:
            UsageError: There is no such query or column, no item has such a value, or they are no
                mappings.
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
                f"preferences: {len(strange):,} queries are not among the histories, such as "
                f"{some}. Give each an empty history where nothing is known: {{...: []}}."
            )
        found = np.zeros((len(ids), self.embeddings.vector_size), np.float32)
        for query, liked in preferences.items():
            for column, value in _pairs(query, liked):
                found[places[query]] += self._vector(column, value)
        return as_events(found, self.ranker)

    def by_column(self, columns: Mapping[str, pa.Array], n_queries: int) -> NDArray[np.float32]:
        """Return the vector of what each query prefers, of columns of a table of queries.

        Args:
            columns: From a column of the item table to what each query likes of it: a value, a
                list, or text such as ``"Action|Comedy"``; null and empty for nothing.
            n_queries: How many queries there are.

        Returns:
            (n_queries, vector_size) float32; zeros for queries that prefer nothing.

        Raises:
            UsageError: There is no such column, or values that no item has: all of them are told.
        """
        found = np.zeros((n_queries, self.embeddings.vector_size), np.float32)
        problems = []
        for column, liked in columns.items():
            self._held(column)
            owners, values = _flat(liked)
            encoded = values.dictionary_encode()
            vectors = np.zeros((len(encoded.dictionary), found.shape[1]), np.float32)
            for code, value in enumerate(encoded.dictionary.to_pylist()):
                try:
                    vectors[code] = self._vector(column, value)
                except UsageError as error:
                    problems.append(str(error))
            np.add.at(found, owners, vectors[np.asarray(encoded.indices)])
        if problems:
            more = [f"... and {len(problems) - 5:,} more"] if len(problems) > 5 else []
            raise UsageError("\n".join([*problems[:5], *more]))
        return as_events(found, self.ranker)

    def check_columns(self, names: Iterable[str]) -> None:
        """Refuse columns that the embeddings do not keep of their items.

        Raises:
            UsageError: The first of them, with the closest one.
        """
        for name in names:
            self._held(name)

    def _vector(self, column: str, value: Any) -> NDArray[np.float32]:
        """Return the vector of one value, (vector_size,)."""
        pair = str(column), str(value)
        if pair not in self._made:
            weights = np.maximum(self.embeddings.counts, 1) * self._having(column, value)
            mean = weights.astype(np.float32)[None] @ sides(self.ranker)
            self._made[pair] = as_events(mean, self.ranker)[0]
        return self._made[pair]

    def _held(self, column: str) -> pa.Array:
        table = self.embeddings.metadata
        names = [] if table is None else table.column_names
        if table is None or column not in names:
            close = closest(str(column), names)
            hint = f" Did you mean {close!r}?" if close else ""
            raise UsageError(
                f"preferences: the embeddings keep no column {column!r} of their items; they have "
                f"{', '.join(map(repr, names)) or 'none'}.{hint}"
            )
        return table[column].combine_chunks()

    def _having(self, column: str, value: Any) -> NDArray[np.bool_]:
        """Return which items have a value, (n_items,) bool."""
        owners, values = _flat(self._held(column))
        has = np.zeros(len(self.embeddings), np.bool_)
        has[owners[_equal(values, value)]] = True
        if not has.any():
            is_text = _is_text(values.type)
            close = closest(str(value), values.unique().to_pylist()) if is_text else None
            hint = f" Did you mean {close!r}?" if close else ""
            raise UsageError(f"preferences: no item has {column} = {value!r}.{hint}")
        return has


def columns_named(preferences: Any) -> dict[str, str] | None:
    """Return preferences that name columns of a table of queries; None where they are by query.

    Example:
        >>> columns_named({"genres": "liked_genres"}), columns_named({"ann": {"genres": "War"}})
        ({'genres': 'liked_genres'}, None)
    """
    if not isinstance(preferences, Mapping) or not preferences:
        return None
    is_named = all(isinstance(one, str) for both in preferences.items() for one in both)
    return dict(preferences) if is_named else None


def listed(column: pa.Array) -> pa.ListArray:
    """Return what a column says is liked as lists of text, none of it null or empty.

    Example:
        >>> listed(pa.array(["War|Comedy", None])).to_pylist(), listed(pa.array([1990])).to_pylist()
        ([['War', 'Comedy'], []], [['1990']])

    Raises:
        UsageError: The column holds structures, or lists of lists.
    """
    owners, values = _flat(column)
    offsets = np.searchsorted(owners, np.arange(len(column) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values.cast(pa.string()))


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


def _flat(column: pa.Array) -> tuple[NDArray[np.int64], pa.Array]:
    """Return the values of a column, none of them null or empty, and the row of each."""
    held = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    held = held.dictionary_decode() if pt.is_dictionary(held.type) else held
    owners = np.arange(len(held))
    if _is_text(held.type):
        held = pc.split_pattern(held.cast(pa.string()), _BETWEEN)
    if pt.is_fixed_size_list(held.type) or pt.is_list_view(held.type):
        held = pa.array(held.to_pylist(), pa.list_(held.type.value_type))  # casts keep what is null
    if pt.is_list(held.type) or pt.is_large_list(held.type):
        owners = np.asarray(pc.list_parent_indices(held))
        held = pc.list_flatten(held)
    if pt.is_nested(held.type):
        raise UsageError(
            f"preferences: a column of {column.type} says nothing that is liked; expected a value "
            "in each row, a list of them, or text such as Action|Comedy"
        )
    there = held.is_valid()
    if _is_text(held.type):
        held = pc.utf8_trim_whitespace(held.cast(pa.string()))
        there = pc.not_equal(held, "").fill_null(False)
    return owners[np.asarray(there)], held.filter(there)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pt.is_string(kind) or pt.is_large_string(kind) or pt.is_string_view(kind))


def _equal(held: pa.Array, value: Any) -> NDArray[np.bool_]:
    """Return which values are a value, read as one of their type: 1.0 is 1, True is true."""
    try:
        wanted = pa.scalar(str(value) if _is_text(held.type) else value).cast(held.type)
        return np.asarray(pc.equal(held, wanted).fill_null(False))
    except pa.ArrowException:  # it cannot be read so, or such values cannot be compared
        return np.zeros(len(held), np.bool_)
