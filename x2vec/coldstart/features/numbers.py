"""Numbers, booleans and dates: how far from the mean, and in which range.

The distance is for models that draw lines, the range for those that ask who shares what: Airbnb
compares prices by range.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.items import ItemTable

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

__all__ = ["Numbers"]

_FARTHEST: Final = 5.0
"""Standard deviations beyond which a number is no more telling: a wrong decimal point is one."""

_LARGEST: Final = 1e100
"""Numbers beyond are taken for this one, so that squares and sums of them are numbers too."""

_DAY: Final = 86_400


@dataclass(frozen=True, eq=False)
class _Scale:
    """How a column of numbers is read."""

    mean: float
    deviation: float
    edges: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Numbers:
    """The scales of the columns of numbers, booleans and dates.

    Attributes:
        scales: By the name of the column.
    """

    scales: dict[str, _Scale]

    @classmethod
    def fit(cls, items: ItemTable, columns: ItemColumns) -> Numbers:
        """Find mean, deviation and ranges of each column."""
        scales = {}
        for name, values in _values(items, columns).items():
            known = values[~np.isnan(values)]
            bins = columns.bins if name in columns.numbers else 0
            inside = np.arange(1, bins) / bins if bins else np.empty(0)
            edges = np.unique(np.quantile(known, inside)) if len(known) else np.empty(0)
            mean = float(known.mean()) if len(known) else 0.0
            deviation = float(known.std()) if len(known) else 0.0
            scales[name] = _Scale(mean, deviation or 1.0, edges)
        return cls(scales)

    def matrices(
        self, items: ItemTable, columns: ItemColumns
    ) -> tuple[NDArray[np.float32], csr_matrix, NDArray[np.bool_]]:
        """Return numbers, ranges, and which items have any; see ``Features``."""
        n_items = len(items)
        numbers, blocks = [], []
        known = np.zeros(n_items, np.bool_)
        for name, values in _values(items, columns).items():
            scale = self.scales[name]
            missing = np.isnan(values)
            known |= ~missing
            distance = (np.where(missing, scale.mean, values) - scale.mean) / scale.deviation
            numbers.append(np.clip(distance, -_FARTHEST, _FARTHEST))
            if name in columns.numbers and columns.bins:
                place = np.searchsorted(scale.edges, values, side="right")
                blocks.append(_one_of(place, missing, len(scale.edges) + 1))
        for name in columns.booleans:
            column = items[name].cast(pa.bool_())
            place = np.asarray(column.fill_null(False)).astype(np.int64)
            missing = np.asarray(column.is_null())
            known |= ~missing
            blocks.append(_one_of(place, missing, 2))
        for name in columns.dates:
            blocks += _parts_of_dates(items[name])
        dense = np.column_stack([np.empty((n_items, 0)), *numbers]).astype(np.float32)
        return dense, _beside(blocks, n_items), known


def _values(items: ItemTable, columns: ItemColumns) -> dict[str, NDArray[np.float64]]:
    """Return the columns that have an order as float64, NaN where a value is missing."""
    found = {}
    for name in columns.numbers:
        values = _floats(items[name].cast(pa.float64()))
        values[~np.isfinite(values)] = np.nan
        values = np.clip(values, -_LARGEST, _LARGEST)
        if name in columns.log:
            values = np.sign(values) * np.log1p(np.abs(values))
        found[name] = values
    for name in columns.dates:
        found[name] = _floats(_seconds(items[name])) / _DAY
    return found


def _floats(column: pa.Array) -> NDArray[np.float64]:
    return np.array(column.to_numpy(zero_copy_only=False), dtype=np.float64)


def _seconds(column: pa.Array) -> pa.Array:
    """Return dates as seconds since 1970."""
    return _moments(column).cast(pa.int64()).cast(pa.float64())


def _moments(column: pa.Array) -> pa.Array:
    if pa.types.is_null(column.type):
        return column.cast(pa.timestamp("s"))
    if pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp(column.type.unit))  # in UTC, without a zone
    return column.cast(pa.timestamp("s"), safe=False)


def _parts_of_dates(column: pa.Array) -> list[csr_matrix]:
    """Return month of the year and day of the week."""
    moments = _moments(column)
    missing = np.asarray(moments.is_null())
    months = np.asarray(pc.month(moments).fill_null(1)) - 1
    days = np.asarray(pc.day_of_week(moments).fill_null(0))
    return [_one_of(months, missing, 12), _one_of(days, missing, 7)]


def _one_of(places: NDArray[Any], missing: NDArray[np.bool_], width: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    rows = np.flatnonzero(~missing)
    ones = np.ones(len(rows), np.float32)
    return csr_matrix((ones, (rows, places[rows])), shape=(len(places), width))


def _beside(blocks: list[csr_matrix], n_items: int) -> csr_matrix:
    from scipy.sparse import csr_matrix, hstack

    if not blocks:
        return csr_matrix((n_items, 0), dtype=np.float32)
    return hstack(blocks, format="csr", dtype=np.float32)
