"""Lines of text as edges: ``source target weight``, or ``node neighbour neighbour ...``."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.adapters.base import Place
from x2vec.adapters.border.casts import CastFailed, cast_rows, to_text
from x2vec.adapters.files.streams import name_of, open_bytes
from x2vec.adapters.walks.options import WalksOptions
from x2vec.adapters.walks.some_edges import SomeEdges
from x2vec.errors import SourceError

__all__ = ["AdjacencyLines", "EdgeLines"]

_BLOCK: Final = 1 << 22
"""Bytes: some hundred thousand lines."""

_BOM: Final = b"\xef\xbb\xbf"
_NEWLINE: Final = 10


@dataclass(frozen=True)
class EdgeLines:
    """A file of edges without a header, one a line; further columns are left unread."""

    path: Path
    options: WalksOptions

    def batches(self) -> Iterator[SomeEdges]:
        """Yield the edges.

        Raises:
            SourceError: The file is damaged or no UTF-8, or a line has too few columns.
        """
        weighted = self.options.weight is not None
        needed = 3 if weighted else 2
        for lines in _read_lines(self.path, self.options):
            starts, lengths = _starts(lines.words)
            short = np.flatnonzero(lengths < needed)
            if len(short):
                raise SourceError(
                    f"{name_of(self.path)}, line {lines.rows[short[0]]}: found "
                    f"{lengths[short[0]]} columns, expected {needed}: source, target"
                    f"{', weight' if weighted else ''}. Mend the line, or set delimiter or format."
                )
            words = lines.words.flatten()
            columns = [words.take(pa.array(starts + column)) for column in range(needed)]
            place = Place(name_of(self.path), 1)
            notes = lines.notes
            if len(lengths) and lengths.max() > needed:
                notes = (*notes, f"lines have columns after the first {needed}, which are not used")
            yield SomeEdges(*columns, place=place, rows=lines.rows, unit="line", notes=notes)


@dataclass(frozen=True)
class AdjacencyLines:
    """A file with a node a line, and after it the nodes to which an edge leads from it."""

    path: Path
    options: WalksOptions

    def batches(self) -> Iterator[SomeEdges]:
        """Yield the edges, and each line's first node as a node, for it may stand alone.

        Raises:
            SourceError: The file is damaged or no UTF-8, or weights are asked for.
        """
        if self.options.weight is not None:
            raise SourceError(
                f"{name_of(self.path)}: lines of adjacency hold no weights. Leave weight out, or "
                "write the graph as edges."
            )
        for lines in _read_lines(self.path, self.options):
            starts, lengths = _starts(lines.words)
            words = lines.words.flatten()
            nodes = words.take(pa.array(starts))
            is_first = np.zeros(len(words), np.bool_)
            is_first[starts] = True
            line = np.repeat(np.arange(len(starts)), lengths - 1)
            yield SomeEdges(
                nodes.take(pa.array(line)),
                words.filter(pa.array(~is_first)),
                place=Place(name_of(self.path), 1),
                rows=lines.rows[line],
                unit="line",
                nodes=nodes,
                notes=lines.notes,
            )


@dataclass(frozen=True, eq=False)
class _Lines:
    """Some lines, none of them empty: their words, and their numbers in the file."""

    words: pa.ListArray
    rows: NDArray[np.int64]
    notes: tuple[str, ...]


def _starts(words: pa.ListArray) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where each line's words start among all, and how many they are."""
    offsets = np.asarray(words.offsets).astype(np.int64)
    return offsets[:-1] - offsets[0], np.diff(offsets)


def _read_lines(path: Path, options: WalksOptions) -> Iterator[_Lines]:
    """Yield the lines that are neither empty nor comments, split into words."""
    first_row, n_comments = 1, 0
    for block in _blocks(path):
        lines = _lines_of(block, name_of(path), first_row)
        rows = np.arange(first_row, first_row + len(lines))
        first_row += len(lines)
        lines = pc.ascii_rtrim(lines, "\r\n")
        if options.delimiter is None:
            lines = pc.ascii_trim_whitespace(lines)
        kept = pc.greater(pc.binary_length(lines), 0)
        if options.comment is not None:
            is_comment = pc.starts_with(lines, options.comment)
            n_comments += is_comment.true_count
            kept = pc.and_not(kept, is_comment)
        lines, rows = lines.filter(kept), rows[kept.to_numpy(zero_copy_only=False)]
        words = (
            pc.ascii_split_whitespace(lines)
            if options.delimiter is None
            else pc.split_pattern(lines, options.delimiter)
        )
        yield _Lines(words, rows, ())
    if n_comments:
        empty = pa.array([], pa.list_(pa.string()))
        note = f"{name_of(path)}: {n_comments:,} lines start with {options.comment}: comments"
        yield _Lines(empty, np.zeros(0, np.int64), (note,))


def _blocks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes in blocks of whole lines; the last may lack its newline."""
    rest, is_first = b"", True
    try:
        with open_bytes(path) as file:
            while block := file.read(_BLOCK):
                block = block.removeprefix(_BOM) if is_first else block
                is_first = False
                whole, newline, tail = block.rpartition(b"\n")
                if newline:
                    yield rest + whole + newline
                    rest = tail
                else:
                    rest += block
    except (OSError, EOFError, zlib.error, pa.ArrowException) as error:
        raise SourceError(f"{name_of(path)}: cannot be read: {error}. Copy it again.") from error
    if rest:
        yield rest


def _lines_of(block: bytes, name: str, first_row: int) -> pa.StringArray:
    """Return a block's lines with their newlines, without copying it."""
    ends = np.flatnonzero(np.frombuffer(block, np.uint8) == _NEWLINE) + 1
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(block)]
    lines = pa.Array.from_buffers(pa.binary(), len(ends), buffers)
    try:
        return cast_rows(lines, to_text)
    except CastFailed as failed:
        raise SourceError(
            f"{name}, line {first_row + failed.index}: not UTF-8. Convert the file: "
            "iconv -f latin1 -t utf-8 ..."
        ) from failed
