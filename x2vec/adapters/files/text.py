"""Text files: opened in one encoding, and what is not in that encoding told with its line."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, BinaryIO, Final, TextIO, cast

from x2vec.adapters.files.streams import name_of, open_bytes
from x2vec.errors import SourceError, UsageError

__all__ = ["check_encoding", "decoded", "open_text", "text_errors"]

_LINE_ENDS: Final = b"a\r\n"


def check_encoding(encoding: str) -> None:
    r"""Refuse an encoding that Python does not know, or in which ``\n`` is not one byte.

    Raises:
        UsageError: Names it.

    >>> check_encoding("utf-16")
    Traceback (most recent call last):
    x2vec.errors.UsageError: encoding: 'utf-16' is none that lines can be read in; expected one
    such as 'utf-8', 'latin-1' or 'cp1252'. Convert the file: iconv -f utf-16 -t utf-8 ...
    """
    try:
        is_fine = codecs.decode(_LINE_ENDS, encoding) == "a\r\n"
    except (LookupError, UnicodeError, ValueError, TypeError):
        is_fine = False
    if not is_fine:
        raise UsageError(
            f"encoding: {encoding!r} is none that lines can be read in; expected one such as "
            f"'utf-8', 'latin-1' or 'cp1252'. Convert the file: iconv -f {encoding} -t utf-8 ..."
        )


def open_text(path: Path, encoding: str = "utf-8") -> TextIO:
    r"""Open a file that ``find_files`` found, unpacked; a byte order mark is no part of its text.

    Line ends become ``\n``. To be used inside ``text_errors``.
    """
    return decoded(open_bytes(path), encoding)


def decoded(file: IO[bytes], encoding: str = "utf-8") -> TextIO:
    """Return the text of an open file of bytes, as ``open_text`` does."""
    is_utf8 = codecs.lookup(encoding).name == "utf-8"
    return io.TextIOWrapper(cast("BinaryIO", file), "utf-8-sig" if is_utf8 else encoding)


@contextmanager
def text_errors(
    path: Path,
    encoding: str = "utf-8",
    *,
    name: str | None = None,
    reopen: Callable[[], AbstractContextManager[IO[bytes]]] | None = None,
) -> Iterator[None]:
    """Tell what goes wrong inside with the file, and where it is the encoding, the line.

    Args:
        path: The file that is read.
        encoding: As for ``open_text``.
        name: What messages call what is read; the file's name unless given.
        reopen: Opens what is read once more, to look for the line; opens the file unless given.

    Raises:
        SourceError: The file cannot be read, is damaged, or not in that encoding.
    """
    called = name_of(path) if name is None else name
    try:
        yield
    except UnicodeDecodeError as error:
        with open_bytes(path) if reopen is None else reopen() as file:
            line = _first_foreign_line(file, encoding)
        raise SourceError(
            f"{called}{'' if line is None else f', line {line:,}'}: not {encoding.upper()} "
            f"({error.reason}). Set the file's encoding, or convert it: "
            "iconv -f latin1 -t utf-8 ..."
        ) from error
    except (OSError, EOFError) as error:
        raise SourceError(f"{called}: cannot be read ({error}).") from error


def _first_foreign_line(file: IO[bytes], encoding: str) -> int | None:
    for number, line in enumerate(file, start=1):
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            return number
    return None
