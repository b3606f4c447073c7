"""The documents that a path means: files, and the files inside a ``.zip``."""

from __future__ import annotations

import fnmatch
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, TextIO

from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.streams import base_name, name_of, open_bytes
from x2vec.adapters.files.text import decoded, open_text, text_errors
from x2vec.errors import SourceError

__all__ = ["Document", "find_documents"]

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
"""What zipfile raises for a damaged file, an unknown way of packing, and an encrypted file."""


@dataclass(frozen=True)
class Document:
    """One text.

    Attributes:
        file: The file in which it lies.
        member: Its name inside that file, where it is a ``.zip``.
    """

    file: Path
    member: str | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        return name_of(self.file) + ("" if self.member is None else f", {self.member}")

    @contextmanager
    def open(self, encoding: str) -> Iterator[TextIO]:
        """Open its text, read from the start to the end.

        Raises:
            SourceError: It cannot be read, is damaged, or not in that encoding, which may be
                found while it is read.
        """
        if self.member is None:
            with text_errors(self.file, encoding), open_text(self.file, encoding) as text:
                yield text
            return
        with text_errors(self.file, encoding, name=self.name, reopen=self._member):
            try:
                with self._member() as member:
                    yield decoded(member, encoding)
            except _DAMAGED as error:
                raise SourceError(f"{self.name}: cannot be unpacked ({error}).") from error

    @contextmanager
    def _member(self) -> Iterator[IO[bytes]]:
        with (
            open_bytes(self.file) as file,
            zipfile.ZipFile(file) as packed,
            packed.open(str(self.member)) as member,
        ):
            yield member


def find_documents(path: Any, inside: str | None) -> list[Document]:
    """Return the documents of a path, those of a ``.zip`` sorted by name.

    Raises:
        SourceError: A file is missing, a ``.zip`` is damaged, or holds no file that ``inside``
            means.
    """
    documents: list[Document] = []
    for file in find_files(path):
        is_packed = base_name(file).endswith(".zip")
        members = _members(file, inside) if is_packed else (None,)
        documents += [Document(file, member) for member in members]
    return documents


def _members(file: Path, inside: str | None) -> list[str]:
    try:
        with open_bytes(file) as opened, zipfile.ZipFile(opened) as packed:
            names = [one.filename for one in packed.infolist() if not one.is_dir()]
    except (*_DAMAGED, OSError) as error:
        raise SourceError(f"{name_of(file)}: not a sound .zip file ({error}).") from error
    found = sorted(n for n in names if inside is None or fnmatch.fnmatchcase(n, inside))
    if not found:
        shown = ", ".join(names[:3]) or "nothing"
        raise SourceError(f"{name_of(file)}: no file matches inside = {inside!r}; found {shown}.")
    return found
