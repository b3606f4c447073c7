"""A condition in SQL over the item table: which items it holds for, evaluated by DuckDB.

The condition comes from whoever asks. It is parsed as one expression, and runs on a connection
that reads no file, fetches nothing and cannot be set otherwise.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec._text import closest
from x2vec.adapters.tables.duck import connect
from x2vec.errors import UsageError

if TYPE_CHECKING:
    from x2vec.embeddings.value import Embeddings

__all__ = ["items_where"]

_ROW: Final = "row of the item"
"""A column of our own; no metadata column has its name but for the case, which is refused."""


def items_where(embeddings: Embeddings, condition: str) -> NDArray[np.bool_]:
    """Return for which items a condition holds; where it is NULL it does not.

    Args:
        embeddings: Whose items.
        condition: SQL, over the metadata columns, ``item_id``, ``count`` and ``origin``.

    Returns:
        (n_items,) bool.

    Raises:
        UsageError: The condition is no expression that DuckDB can parse, names a column that is
            not there, or is neither true nor false; or two columns differ in their case alone.

    Example:
        >>> from x2vec.embeddings import Embeddings
        >>> prices = pa.table({"price": [3, None, 9]})
        >>> shop = Embeddings(["tea", "jam", "pot"], [[1], [2], [3]], counts=[5, 2, 1],
        ...                   metadata=prices)
        >>> items_where(shop, "price < 5 OR count < 2").tolist()
        [True, False, True]
    """
    import duckdb

    if not isinstance(condition, str):
        raise UsageError(f"where: got {type(condition).__name__}; expected a condition as text.")
    table, connection = _opened(embeddings)
    items = connection.cursor().from_arrow(table)
    try:
        kind = str(items.select(duckdb.SQLExpression(condition)).types[0])
        if kind != "BOOLEAN":
            raise UsageError(
                f"where: {condition!r} is of type {kind}; expected a condition, true or false, "
                "such as price < 5."
            )
        chosen = items.filter(duckdb.SQLExpression(condition)).select(duckdb.ColumnExpression(_ROW))
        rows = np.asarray(chosen.to_arrow_table()[_ROW])
    except duckdb.Error as error:
        raise UsageError(f"where: {_explained(str(error), embeddings, table)}") from error
    holds = np.zeros(len(embeddings), dtype=np.bool_)
    holds[rows] = True
    return holds


_OPENED: Final[WeakKeyDictionary[Embeddings, tuple[pa.Table, Any]]] = WeakKeyDictionary()
"""The item table of embeddings that were asked, and its connection: opening one takes longer than
most conditions, and a person waits for the answer."""


def _opened(embeddings: Embeddings) -> tuple[pa.Table, Any]:
    if embeddings not in _OPENED:
        connection = connect()
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        table = _item_table(embeddings)
        read = [name for name in table.column_names if _can_read(connection, table.select([name]))]
        _OPENED[embeddings] = table.select(read), connection
    return _OPENED[embeddings]


def _can_read(connection: Any, column: pa.Table) -> bool:
    """Return whether DuckDB takes the type of a column; it takes no half floats, for one."""
    import duckdb

    try:
        connection.from_arrow(column.slice(0, 0)).fetchall()
    except duckdb.Error:
        return False
    return True


def _item_table(embeddings: Embeddings) -> pa.Table:
    ours = {
        _ROW: pa.array(np.arange(len(embeddings))),
        "item_id": embeddings.items,
        "count": pa.array(embeddings.counts),
        "origin": embeddings.origin,
    }
    theirs = embeddings.metadata
    columns = {} if theirs is None else dict(zip(theirs.column_names, theirs.columns, strict=True))
    table = pa.table(ours | columns)
    known: dict[str, str] = {}
    for name in table.column_names:
        if name.lower() in known:
            raise UsageError(
                f"where: the columns {known[name.lower()]!r} and {name!r} differ in their case "
                "alone, and SQL takes them for one; rename one."
            )
        known[name.lower()] = name
    return table


def _explained(message: str, embeddings: Embeddings, table: pa.Table) -> str:
    """Say in one line what DuckDB says in several."""
    missing = re.search(r'Referenced column "(.+?)" not found', message)
    if missing is None:
        line = message.strip().splitlines()[0].rstrip("!.")
        return f"{line}. A condition is one expression, such as category = 'snacks' AND price < 5."
    name, columns = missing[1], table.column_names[1:]
    if embeddings.metadata is not None and name in embeddings.metadata.column_names:
        kind = embeddings.metadata.schema.field(name).type
        return f"the column '{name}' is of type {kind}, which DuckDB does not take; cast it."
    near = closest(name, columns)
    meant = f"did you mean '{near}'?" if near else f"there are: {', '.join(columns)}."
    return f"no column '{name}'; {meant} Text stands in 'single quotes'."
