"""The adapter ``baskets``: a long table, one row a thing in a basket, in no order inside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from x2vec.adapters.long_table import LongTableOptions, read_long_table

__all__ = ["BasketsAdapter", "BasketsOptions"]


@dataclass(frozen=True)
class BasketsOptions(LongTableOptions):
    """The options of the adapter ``baskets``; see ``LongTableOptions``.

    >>> BasketsOptions("orders.parquet", sequence="order_id", item="product_id").format
    'auto'
    """


class BasketsAdapter:
    """Reads orders, invoices, collections: together says something, before and after nothing."""

    name = "baskets"
    options = BasketsOptions
    ordered = False

    def read(self, options: BasketsOptions) -> Iterator[pa.RecordBatch]:
        """Yield the rows; see ``read_long_table``."""
        return read_long_table(options)
