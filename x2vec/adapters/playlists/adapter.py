"""The adapter ``playlists``: lists of songs, or of anything, one of which is a sequence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, cast

import pyarrow as pa

from x2vec.adapters.base import ITEM_ID, SEQUENCE_ID
from x2vec.adapters.files.paths import find_files
from x2vec.adapters.playlists.columns import read_list_columns
from x2vec.adapters.playlists.lines import read_lines
from x2vec.adapters.playlists.m3u import read_m3u
from x2vec.adapters.playlists.options import PlaylistsOptions, format_of_all
from x2vec.adapters.playlists.songs import read_songs
from x2vec.adapters.playlists.spotify import read_spotify
from x2vec.adapters.playlists.xspf import read_xspf
from x2vec.adapters.tables.opening import Format, open_tables

__all__ = ["PlaylistsAdapter"]

_COMPACTED_ROWS: Final = 1_000_000
"""Entries that may gather before only one of each item is kept."""


class PlaylistsAdapter:
    """Reads playlists: what stands beside what in a list, in the order of the list."""

    name = "playlists"
    options = PlaylistsOptions
    ordered = True

    def read(self, options: PlaylistsOptions) -> Iterator[pa.RecordBatch]:
        """Yield the entries of the lists, list by list; empty lists are counted as left out.

        Raises:
            SourceError: A file is missing, damaged, or not of its format.
            UsageError: An option that the format does not take.
        """
        for batch in _entries(options):
            yield batch.select([SEQUENCE_ID, ITEM_ID])

    def items(self, options: PlaylistsOptions) -> pa.Table | None:
        """Return titles, artists, albums and tags of the items, as far as the source tells.

        The files are read for it once more. Where an item is described in several ways, the first
        that is not null counts.

        Raises:
            SourceError: As ``read``.
        """
        if options.songs is not None or options.tags is not None:
            return read_songs(options.songs, options.tags, options.tag_names)
        known: pa.Table | None = None
        gathered: list[pa.RecordBatch] = []
        n_rows = 0
        for batch in _entries(options):
            if set(batch.schema.names) == {SEQUENCE_ID, ITEM_ID}:
                return None
            gathered.append(batch.drop_columns([SEQUENCE_ID]).replace_schema_metadata(None))
            n_rows += batch.num_rows
            if n_rows > _COMPACTED_ROWS:
                known, gathered, n_rows = _first_of_each(known, gathered), [], 0
        return _first_of_each(known, gathered) if gathered else known


def _entries(options: PlaylistsOptions) -> Iterator[pa.RecordBatch]:
    """Yield the entries beside what is said of them."""
    if hasattr(options.path, "__arrow_c_stream__"):
        options.refuse_what_is_not_of("parquet")
        tables = open_tables(options.path)
        return read_list_columns(tables, str(options.item), options.sequence)
    files = find_files(options.path)
    written = format_of_all(files, options.format)
    options.refuse_what_is_not_of(written)
    match written:
        case "spotify":
            return read_spotify(files, options.item)
        case "m3u":
            return read_m3u(files)
        case "xspf":
            return read_xspf(files, options.item)
        case "lines":
            return read_lines(files, options.delimiter, options.skip_lines)
        case _:
            tables = open_tables(options.path, format=cast("Format", written))
            return read_list_columns(tables, str(options.item), options.sequence)


def _first_of_each(known: pa.Table | None, gathered: list[pa.RecordBatch]) -> pa.Table:
    """Return one row for each item, with the first description that is not null."""
    parts = [pa.Table.from_batches(gathered), *([] if known is None else [known])]
    rows = pa.concat_tables(reversed(parts))
    rows = rows.filter(rows[ITEM_ID].is_valid())
    says = [name for name in rows.column_names if name != ITEM_ID]
    grouped = rows.group_by(ITEM_ID, use_threads=False)
    firsts = grouped.aggregate([(name, "first") for name in says])
    return firsts.select([ITEM_ID, *(f"{name}_first" for name in says)]).rename_columns(
        [ITEM_ID, *says]
    )
