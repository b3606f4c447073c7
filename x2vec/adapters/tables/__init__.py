"""Tables: files of several formats, SQL over them, and objects in memory, all opened one way."""

from x2vec.adapters.tables.opening import FORMATS, Format, Table, gather, open_tables, read_table
from x2vec.adapters.tables.sql import QueryTable

__all__ = [
    "FORMATS",
    "Format",
    "QueryTable",
    "Table",
    "gather",
    "open_tables",
    "read_table",
]
