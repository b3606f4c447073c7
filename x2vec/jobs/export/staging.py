"""The place of an export that is not finished: partitions that are whole, and a journal of them.

Nobody else looks there. A partition is written under another name, synced and renamed, then the
journal says so; a killed export goes on behind the last one that the journal names.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from x2vec.embeddings.durable import (
    check_platform,
    making_directory,
    storage_errors,
    sync_directory,
)
from x2vec.embeddings.lock import LOCK, only_publisher
from x2vec.errors import DataError, StorageError
from x2vec.jobs.export.journal import MANIFEST, Identity, Journal, Part, read_journal
from x2vec.progress import Listener, Notice

__all__ = ["OLD", "Staging", "staging"]

OLD: Final = "old"
"""The export that a new one takes the place of, while it does."""

_PARTS: Final = "parts"
_UNFINISHED: Final = ".part"


class Staging:
    """The directory while this process holds it.

    Attributes:
        place: The directory.
        parts: Where the partitions are.
        journal: What is there.
    """

    def __init__(self, place: Path, journal: Journal) -> None:
        self.place, self.parts, self.journal = place, place / _PARTS, journal

    @property
    def unfinished(self) -> Path:
        """The path of the partition that is being written."""
        return self.parts / _UNFINISHED

    def keep(self, part: Part, counts: dict[str, int]) -> None:
        """Give the finished partition its name, and note it; it is there from now on."""
        self.unfinished.rename(self.parts / part.name)
        sync_directory(self.parts)
        self.journal = self.journal.with_part(part, counts)
        self.journal.write(self.parts)

    def clear(self) -> None:
        """Remove the partitions, which are elsewhere now."""
        shutil.rmtree(self.parts)


@contextmanager
def staging(place: Path, identity: Identity, listen: Listener) -> Iterator[Staging]:
    """Hold the staging directory of an export; it goes when the block has moved all away.

    What a killed export of the same identity left there is gone on from; of another one, it is
    swept. Where the disk is full, all of it is removed.

    Raises:
        StorageError: Another export is at work there; the disk is full or refuses; something else
            is there.
        KeyboardInterrupt: The user stopped it; its note says what is kept.
    """
    check_platform()
    with storage_errors(place.parent, 0), making_directory(place):
        _refuse_others(place)
        with only_publisher(place):
            held = Staging(place, _taken_up(place / _PARTS, identity, listen))
            try:
                yield held
            except OSError:
                shutil.rmtree(held.parts, ignore_errors=True)
                raise
            except KeyboardInterrupt as stop:
                n = len(held.journal.parts)
                if held.parts.exists():
                    stop.add_note(f"nothing is exported yet; {n} partitions are kept in {place}")
                    stop.add_note("run again to go on")
                raise
        with suppress(OSError):  # something is left there
            place.rmdir()


def _taken_up(parts: Path, identity: Identity, listen: Listener) -> Journal:
    """Return the journal to go on from: that of a killed export, or a new one."""
    parts.mkdir(exist_ok=True)
    new = Journal(identity)
    if not any(parts.iterdir()):
        return new
    left, why = None, "its journal is not there yet"
    if (parts / MANIFEST).exists():
        try:
            left = read_journal(parts)
            left.check(parts)
            why = left.identity.differences(identity)
        except DataError as error:
            left, why = None, str(error)
    if left is None or why:
        shutil.rmtree(parts)
        parts.mkdir()
        listen(Notice("export", f"{parts.parent}: swept what a stopped export left ({why})"))
        return new
    for entry in parts.iterdir():
        if entry.name not in {MANIFEST, *(part.name for part in left.parts)}:
            entry.unlink()
    listen(
        Notice(
            "export",
            f"{parts.parent}: goes on from a stopped export, behind {len(left.parts)} partitions "
            f"of {left.n_queries:,} queries",
        )
    )
    return left


def _refuse_others(place: Path) -> None:
    others = {entry.name for entry in place.iterdir()} - {LOCK, _PARTS, OLD}
    if others:
        raise StorageError(
            f"{place}: holds {sorted(others)[0]!r}; exports are staged there. Move that away."
        )
