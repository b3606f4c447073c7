"""Categories, hierarchies and tags: the attributes that items have or have not.

A value of a hierarchy brings all the levels above it: ``"Drinks > Tea"`` has the attributes
``Drinks`` and ``Drinks > Tea``, so an item of an unknown kind of tea still is a drink. A column of
very many values keeps the most frequent ones; the others share one attribute, so that the width
stays bounded whatever the column holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from numpy.typing import NDArray

from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.items import ItemTable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Attributes"]

_BETWEEN: Final = " > "
_REST: Final = "(others)"


class _Said(NamedTuple):
    """What a column says: which item has which value; the values, each once."""

    name: str
    rows: NDArray[np.int64]
    codes: NDArray[np.int64]
    values: pa.Array


class _Pieces(NamedTuple):
    """What texts were cut into: how many pieces each gave; all pieces, text by text."""

    lengths: NDArray[np.int64]
    flat: pa.Array

    @property
    def starts(self) -> NDArray[np.int64]:
        return np.cumsum(self.lengths) - self.lengths


@dataclass(frozen=True, eq=False)
class _Known:
    """The values of a column that are told apart, and whether there were more than that."""

    values: pa.Array
    has_rest: bool

    @property
    def width(self) -> int:
        return len(self.values) + self.has_rest


@dataclass(frozen=True, eq=False)
class Attributes:
    """The attributes that there are, by column.

    Attributes:
        known: What is told apart, by the name of the column.
        notes: A sentence for each column that has more values than are told apart.
    """

    known: dict[str, _Known]
    notes: tuple[str, ...]

    @classmethod
    def fit(cls, items: ItemTable, columns: ItemColumns) -> Attributes:
        """Find the values of each column, the most frequent first, ties by value."""
        known, notes = {}, []
        for said in _said(items, columns):
            counts = np.bincount(said.codes, minlength=len(said.values))
            by_value = np.asarray(pc.array_sort_indices(said.values))
            order = by_value[np.argsort(-counts[by_value], kind="stable")]
            kept = order[: columns.most_values]
            if len(kept) < len(order):  # a value that is called as the rest is, is of the rest
                is_rest = np.asarray(pc.equal(said.values, _REST))
                kept = kept[~is_rest[kept]]
            n_rest = len(order) - len(kept)
            known[said.name] = _Known(said.values.take(pa.array(kept)), n_rest > 0)
            if n_rest:
                notes.append(
                    f"{said.name!r} has {len(order):,} values; the {len(kept):,} most frequent are "
                    f"told apart, the other {n_rest:,} are one. Raise most_values to tell more."
                )
        return cls(known, tuple(notes))

    @property
    def widths(self) -> dict[str, int]:
        """Return how many attributes each column has, in the order of the matrix."""
        return {column: known.width for column, known in self.known.items()}

    @property
    def values(self) -> list[str]:
        """Return the value that each column of the matrix stands for, such as ``"Drama"``."""
        return [
            value
            for known in self.known.values()
            for value in [*known.values.to_pylist(), *[_REST] * known.has_rest]
        ]

    @cached_property
    def pairs(self) -> pa.Array:
        """Return the same as embeddings name their attributes, such as ``"genre=Drama"``."""
        columns = np.repeat(np.array([*self.known], object), [*self.widths.values()])
        both = [f"{column}={value}" for column, value in zip(columns, self.values, strict=True)]
        return pa.array(both, pa.string())

    @property
    def names(self) -> list[str]:
        """Return what each column of the matrix stands for, such as ``"genres: Drama"``."""
        return [
            f"{column}: {value}"
            for column, known in self.known.items()
            for value in [*known.values.to_pylist(), *[_REST] * known.has_rest]
        ]

    def matrix(self, items: ItemTable, columns: ItemColumns) -> csr_matrix:
        """Return (n_items, n_attributes) sparse float32, 1 where an item has the attribute.

        A value that was not there at fit is none of those; where a column has a rest, it is rest.
        """
        from scipy.sparse import csr_matrix

        rows, places, start = [np.empty(0, np.int64)], [np.empty(0, np.int64)], 0
        for said in _said(items, columns):
            known = self.known[said.name]
            found = pc.index_in(said.values, value_set=known.values)
            if known.has_rest:
                found = found.fill_null(len(known.values))
            is_known = np.asarray(found.is_valid())[said.codes]
            place = np.asarray(found.fill_null(0)).astype(np.int64)[said.codes]
            rows.append(said.rows[is_known])
            places.append(start + place[is_known])
            start += known.width
        row, place = np.concatenate(rows), np.concatenate(places)
        shape = (len(items), start)
        made = csr_matrix((np.ones(len(row), np.float32), (row, place)), shape=shape)
        made.sum_duplicates()
        made.data[:] = 1
        return made


def _said(items: ItemTable, columns: ItemColumns) -> Iterator[_Said]:
    for levels in columns.hierarchies():
        if len(levels) == 1:
            yield _of_column(levels[0], items[levels[0]], _prefixes(columns.levels))
        else:
            yield from _of_levels(levels, items)
    for name in columns.tags:
        column = items[name]
        if pt.is_list(column.type) or pt.is_large_list(column.type):
            yield _of_lists(name, column)
        elif pt.is_fixed_size_list(column.type):
            yield _of_lists(name, column.cast(pa.list_(column.type.value_type)))
        else:
            yield _of_column(name, column, _parts(columns.between_tags))


def _of_levels(levels: Sequence[str], items: ItemTable) -> Iterator[_Said]:
    """Say the levels of a hierarchy that stands in several columns; a null ends it."""
    path: pa.Array | None = None
    for depth, name in enumerate(levels):
        value = _text(items[name])
        path = value if path is None else pc.binary_join_element_wise(path, value, _BETWEEN)
        yield _of_column(_BETWEEN.join(levels[: depth + 1]), path, _whole)


def _of_column(name: str, column: pa.Array, cut: Callable[[pa.Array], _Pieces]) -> _Said:
    """Say a column of single values, each different one of which is cut once."""
    encoded = _text(column).dictionary_encode()
    rows = np.flatnonzero(np.asarray(encoded.indices.is_valid()))
    codes = np.asarray(encoded.indices.drop_null()).astype(np.int64)
    pieces = cut(encoded.dictionary)
    flat = pieces.flat.dictionary_encode()
    each = pieces.lengths[codes]
    inside = np.arange(each.sum()) - np.repeat(np.cumsum(each) - each, each)
    places = np.repeat(pieces.starts[codes], each) + inside
    values = np.asarray(flat.indices).astype(np.int64)[places]
    return _Said(name, np.repeat(rows, each), values, flat.dictionary)


def _of_lists(name: str, column: pa.Array) -> _Said:
    """Say a column of lists."""
    rows = np.asarray(pc.list_parent_indices(column)).astype(np.int64)
    values = _text(pc.list_flatten(column))
    full = values.is_valid()
    encoded = values.filter(full).dictionary_encode()
    codes = np.asarray(encoded.indices).astype(np.int64)
    return _Said(name, rows[np.asarray(full)], codes, encoded.dictionary)


def _text(column: pa.Array) -> pa.Array:
    """Return values as text without blanks around it, null where nothing is left."""
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(pc.binary_length(text), 0), None, text)


def _whole(text: pa.Array) -> _Pieces:
    return _Pieces(np.ones(len(text), np.int64), text)


def _prefixes(separator: str) -> Callable[[pa.Array], _Pieces]:
    """Return what gives the levels of paths, from the top.

    Example:
        >>> _prefixes(">")(pa.array(["Drinks > Tea >"])).flat.to_pylist()
        ['Drinks', 'Drinks > Tea']
    """

    def cut(text: pa.Array) -> _Pieces:
        parts = _parts(separator)(text)
        deep = np.flatnonzero(parts.lengths)
        at = parts.starts[deep]
        path = parts.flat.take(pa.array(at))
        paths, places = [path], [at]
        for depth in range(1, parts.lengths.max(initial=0)):
            is_deeper = parts.lengths[deep] > depth
            deep, path = deep[is_deeper], path.filter(pa.array(is_deeper))
            at = parts.starts[deep] + depth
            path = pc.binary_join_element_wise(path, parts.flat.take(pa.array(at)), _BETWEEN)
            paths.append(path)
            places.append(at)
        in_order = np.argsort(np.concatenate(places))
        return _Pieces(parts.lengths, pa.concat_arrays(paths).take(pa.array(in_order)))

    return cut


def _parts(separator: str) -> Callable[[pa.Array], _Pieces]:
    """Return what cuts text at a separator, without the blanks around what is between.

    Example:
        >>> _parts("|")(pa.array(["Action| Comedy||"])).flat.to_pylist()
        ['Action', 'Comedy']
    """

    def cut(text: pa.Array) -> _Pieces:
        lists = pc.split_pattern(text, separator)
        flat = pc.utf8_trim_whitespace(pc.list_flatten(lists))
        is_full = pc.greater(pc.binary_length(flat), 0)
        parents = np.asarray(pc.list_parent_indices(lists).filter(is_full))
        return _Pieces(np.bincount(parents, minlength=len(text)), flat.filter(is_full))

    return cut
