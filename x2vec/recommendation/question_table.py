"""Questions from a table: a row an event, or a row a query with a column of lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt
from numpy.typing import NDArray

from x2vec.adapters import Place, normalise_ids, read_table, read_weights
from x2vec.corpus.blocks import offsets_of
from x2vec.embeddings import Embeddings
from x2vec.errors import SourceError, UsageError
from x2vec.recommendation.questions import Questions

__all__ = ["questions_of_table"]

_WHERE = "the histories"


def questions_of_table(
    embeddings: Embeddings,
    table: Any,
    *,
    item: str | None,
    query: str | None = None,
    time: str | None = None,
    weight: str | None = None,
    segment: str | None = None,
    preferences: Mapping[str, str] | None = None,
) -> Questions:
    """Write the histories of a table in rows of the items of embeddings.

    Args:
        embeddings: Whose items are asked.
        table: Anything with ``__arrow_c_stream__``: Arrow, pandas, polars, DuckDB.
        item: The column of items; where it holds lists, a row is a query.
        query: The column of query ids; where a row is a query it may be left out, and the queries
            are called 0, 1, 2 ...
        time: What orders the rows of a query, numbers or times; the order of the rows unless given.
            Times, not numbers, also say how old an event is.
        weight: What each row weighs, for embeddings that are asked by weight; a row without a
            weight has 1.
        segment: The column of the queries' segments; the first value of each query counts.
        preferences: From columns of the item table to those that hold what queries like of them:
            a value, a list, or text such as ``"Action|Comedy"``. The first row of each query
            counts.

    Returns:
        The questions, in the order in which the queries first occur.

    Raises:
        UsageError: A column that is needed is not named, or ``time`` or ``weight`` given beside
            lists.
        SourceError: There is no such column, a query has no id, a value can be no id, or times
            are missing or cannot be ordered, or a weight is no number from 0 on.
        UnknownItemError: The histories hold text where the items are integers, or the other way.

    Example:
        >>> embeddings = Embeddings(["tea", "jam"], [[1.0], [2.0]], counts=[3, 1])
        >>> table = pa.table({"who": [7, 8, 7], "what": ["tea", "jam", "jam"], "at": [2, 5, 1]})
        >>> asked = questions_of_table(embeddings, table, query="who", item="what", time="at")
        >>> asked.ids.to_pylist(), asked.histories.rows.tolist()
        ([7, 8], [1, 0, 1])
    """
    if item is None:
        raise UsageError(
            'histories: a table needs names of columns: item = "...", and query = "..." where a '
            "row is an event."
        )
    likings = dict(preferences or {})
    named = (item, query, time, weight, segment, *likings.values())
    wanted = [name for name in named if name is not None]
    read = read_table(table, columns=list(dict.fromkeys(wanted)))
    items = read[item].combine_chunks()
    segments = None if segment is None else _ids(read, segment)
    liked = {column: read[name].combine_chunks() for column, name in likings.items()}
    if pt.is_list(items.type) or pt.is_large_list(items.type) or pt.is_fixed_size_list(items.type):
        for role, column in (("time", time), ("weight", weight)):
            if column is not None:
                raise UsageError(
                    f"histories: '{item}' holds lists, whose order counts, and '{column}' a value "
                    f"a row; leave {role} out, or give a table with a row an event"
                )
        ids = pa.array(np.arange(len(items))) if query is None else _queries(read, query)
        lengths = np.asarray(pc.list_value_length(items).fill_null(0), dtype=np.int64)
        flat = normalise_ids(pc.list_flatten(items), name=item, place=Place(_WHERE, 1))
        questions = Questions.written(embeddings, ids, flat, offsets_of(lengths), segments)
        return replace(questions, liked=liked)
    if query is None:
        raise UsageError(
            f"histories: '{item}' holds an item a row; name the column that says whose it is: "
            'query = "..."'
        )
    owners = _queries(read, query).dictionary_encode()
    codes = np.asarray(owners.indices)
    order = np.lexsort((codes,) if time is None else (_ranks(read, time), codes))
    times = None if time is None else _moments(read, time)
    weights = None if weight is None else _weights(read, weight)
    lengths = np.bincount(codes, minlength=len(owners.dictionary))
    firsts = pa.array(np.unique(codes, return_index=True)[1])
    questions = Questions.written(
        embeddings,
        owners.dictionary,
        _ids(read, item).take(pa.array(order)),
        offsets_of(lengths),
        None if segments is None else segments.take(firsts),
        times=None if times is None else times[order],
        weights=None if weights is None else weights[order],
    )
    return replace(questions, liked={name: held.take(firsts) for name, held in liked.items()})


def _ids(table: pa.Table, name: str) -> pa.Array:
    return normalise_ids(table[name].combine_chunks(), name=name, place=Place(_WHERE, 1))


def _queries(table: pa.Table, name: str) -> pa.Array:
    ids = _ids(table, name)
    if ids.null_count:
        row = pc.index(ids.is_null(), True).as_py()
        raise SourceError(
            f"{_WHERE}: {ids.null_count} of {len(ids)} rows have no {name}, the first of them row "
            f"{row + 1}; remove them."
        )
    return ids


def _ranks(table: pa.Table, name: str) -> NDArray[Any]:
    """Return what orders the rows, (n_rows,) uint64."""
    column = table[name].combine_chunks()
    kind = column.type
    if not (
        pt.is_timestamp(kind) or pt.is_date(kind) or pt.is_integer(kind) or pt.is_floating(kind)
    ):
        raise SourceError(
            f"{_WHERE}: {name} is of type {kind}; expected times or numbers, to order rows by."
        )
    n_missing = pc.is_null(column, nan_is_null=True).true_count
    if n_missing:
        raise SourceError(
            f"{_WHERE}: {n_missing} of {len(column)} rows have no {name}; fill it in."
        )
    return np.asarray(pc.rank(column, tiebreaker="dense"))


def _moments(table: pa.Table, name: str) -> NDArray[np.int64] | None:
    """Return the times in microseconds since 1970, (n_rows,); None where they are numbers."""
    column = table[name].combine_chunks()
    if not (pt.is_timestamp(column.type) or pt.is_date(column.type)):
        return None
    zone = column.type.tz if pt.is_timestamp(column.type) else None
    moments = column.cast(pa.timestamp("us", zone), safe=False)
    return np.asarray(moments.cast(pa.int64()))


def _weights(table: pa.Table, name: str) -> NDArray[np.float32]:
    weights = read_weights(table[name].combine_chunks(), Place(_WHERE, 1))
    return np.asarray(weights.fill_null(1), dtype=np.float32)
