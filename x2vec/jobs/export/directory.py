"""A finished export as a directory: its partitions, and a manifest of them.

A new export takes the place of the old one by two renames; a kill between them is put right by
the next export, which finds the old one in the staging directory.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from x2vec.embeddings.durable import sync_directory
from x2vec.errors import DataError, StorageError
from x2vec.jobs.export.journal import MANIFEST, Identity, Journal, read_journal
from x2vec.jobs.export.output import Output
from x2vec.jobs.export.staging import OLD, Staging

__all__ = ["Directory"]


class Directory:
    """Where the partitions go.

    Args:
        output: The section, its paths located.
    """

    def __init__(self, output: Output) -> None:
        self.path, self._old = Path(output.path), output.place / OLD

    def check(self) -> None:
        """Make sure that an export may go there; bring back what a kill left moved away.

        Raises:
            StorageError: Something else is there, or it may not be written.
        """
        if self._old.exists():
            if os.path.lexists(self.path):
                shutil.rmtree(self._old)
            else:
                self._old.rename(self.path)
        parent = next(one for one in self.path.absolute().parents if one.exists())
        if not os.access(parent, os.W_OK | os.X_OK) or not parent.is_dir():
            raise StorageError(f"{self.path}: cannot be made in {parent}. Name another path.")
        if not os.path.lexists(self.path):
            return
        if self.path.is_symlink() or not self.path.is_dir():
            raise StorageError(f"{self.path}: is no directory. Name another path.")
        names = {entry.name for entry in self.path.iterdir()}
        try:
            known = {MANIFEST, *(part.name for part in read_journal(self.path).parts)}
        except DataError:
            known = set()
        if names - known:
            raise StorageError(
                f"{self.path}: holds {min(names - known)!r}, which is of no export; it is never "
                "overwritten. Name another path."
            )

    def found(self, identity: Identity) -> Journal | None:
        """Return the manifest of this very export, if it is there, whole."""
        try:
            there = read_journal(self.path)
            there.check(self.path)
        except DataError:
            return None
        return there if there.identity == identity else None

    def publish(self, staged: Staging) -> None:
        """Put a finished export in the place of the old one."""
        staged.journal.write(staged.parts)
        if self.path.exists():
            self.path.rename(self._old)
        staged.parts.rename(self.path)
        sync_directory(self.path.parent)
        shutil.rmtree(self._old, ignore_errors=True)
