"""The adapter ``sql``: the rows of a query become events."""

from x2vec.adapters.sql.adapter import SqlAdapter
from x2vec.adapters.sql.options import SqlOptions

__all__ = ["SqlAdapter", "SqlOptions"]
