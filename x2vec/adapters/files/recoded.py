"""Files in another encoding, copied to UTF-8: DuckDB reads that, and but two others."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Final

from x2vec.adapters.files.copies import here, making_room
from x2vec.adapters.files.streams import UNREADABLE, name_of, open_bytes
from x2vec.errors import SourceError

__all__ = ["recoded"]

_PIECE: Final = 1 << 20


def recoded(path: Path, encoding: str) -> Path:
    """Return a copy of a file in UTF-8, unpacked; see ``local_copies`` for how long it is there.

    Raises:
        SourceError: The file is damaged, or not in that encoding; names the line.
        StorageError: The temporary directory has no room for it.
    """
    return here().get((path, encoding), "utf-8.csv", _recoding(path, encoding), shown=name_of(path))


def _recoding(path: Path, encoding: str) -> Callable[[Path], None]:
    def make(target: Path) -> None:
        lines = 1
        decode = codecs.getincrementaldecoder(encoding)().decode
        try:
            with open_bytes(path) as file, making_room(target.parent), target.open("wb") as out:
                while piece := file.read(_PIECE):
                    text = decode(piece)
                    lines += text.count("\n")
                    out.write(text.encode())
                out.write(decode(b"", True).encode())
        except UnicodeDecodeError as error:
            before = error.object[: error.start].decode(encoding, errors="ignore")
            raise SourceError(
                f"{name_of(path)}, line {lines + before.count(chr(10))}: not {encoding} "
                f"({error.reason}). Set encoding to what it is."
            ) from error
        except UNREADABLE as error:
            raise SourceError(
                f"{name_of(path)}: cannot be read ({error}). Copy it again."
            ) from error

    return make
