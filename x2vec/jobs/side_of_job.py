"""The side information of a job: from ``[items]``, or what the adapter knows of the items."""

from __future__ import annotations

import pyarrow as pa

from x2vec.coldstart import as_item_table, read_item_table
from x2vec.errors import ConfigError
from x2vec.jobs.config import Job
from x2vec.jobs.items import ItemTable, read_items
from x2vec.jobs.side import SideSource
from x2vec.progress import Listener, silent

__all__ = ["items_for_side", "refuse_side", "side_of_job"]


def items_for_side(job: Job, *, listen: Listener = silent) -> ItemTable | None:
    """Read a job's item table where its side information looks at it; None elsewhere.

    Raises:
        X2VecError: The item table is none, or lacks a column.
    """
    how = job.side_information
    if how is None or how.all_columns is None:
        return None
    items = read_items(job, listen=listen)
    refuse_side(job, items)
    return items


def refuse_side(job: Job, items: ItemTable | None) -> None:
    """Refuse side information for which the item table is none, before anything is trained.

    Raises:
        ConfigError: There is no item table.
        SourceError: It lacks a column, or has it in another type.
    """
    how = job.side_information
    if how is None or how.all_columns is None:
        return
    if items is None:
        raise ConfigError(
            "[side_information] looks at columns of an item table, and nothing is known of the "
            "items. Add a section [items], or leave it out."
        )
    read_item_table(_as_table(items), how.all_columns)


def side_of_job(
    job: Job, items: ItemTable | None, kind: pa.DataType, *, listen: Listener = silent
) -> SideSource | None:
    """Return where the side information of a job comes from; None where there is none.

    Args:
        job: The job.
        items: What it knows about its items.
        kind: The type of the events' items.
        listen: Hears that ids were converted.
    """
    how = job.side_information
    if how is None:
        return None
    if items is None or how.all_columns is None:
        return SideSource(how)
    return SideSource(how, _as_table(items.like(kind, listen=listen)))


def _as_table(items: ItemTable) -> pa.Table:
    return as_item_table(items.ids, items.table.drop_columns([items.item]), "item_id")
