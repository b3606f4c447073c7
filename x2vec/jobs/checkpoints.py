"""A checkpoint: the state of a training under way, in a directory, whole whenever one is killed.

The matrices are ``.npy`` files. ``checkpoint.json`` names them, with size and sha256 of each, and
is replaced in one step once they are on disk; only then those of the checkpoint before are removed.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings.durable import (
    Receipt,
    check_platform,
    check_space,
    hash_file,
    making_directory,
    reading_errors,
    storage_errors,
    sync_directory,
    writing,
)
from x2vec.errors import DamagedError, DataError, StorageError
from x2vec.jobs.kept import ADVICE, FACTS, FILE, Facts, Kept, read_facts
from x2vec.progress import Listener, Notice
from x2vec.training import Matrices

__all__ = ["Checkpoint"]

_NEW_FACTS = f"{FACTS}.new"


class Checkpoint:
    """The place of one checkpoint. One run at a time uses it; as a context, until it ends.

    Attributes:
        directory: Made when a checkpoint is first written, and removed with it.
        where: Where the training stands that this run has read or written; None before.
    """

    def __init__(self, directory: str | Path) -> None:
        self.directory = Path(directory)
        self.where: str | None = None
        self._lock: int | None = None
        self._made: list[Path] = []
        self._best: tuple[Matrices, dict[str, tuple[str, Receipt]]] | None = None

    def __enter__(self) -> Checkpoint:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        """Let the place go, and let an interrupt say that training can go on."""
        for place in self._made:
            with suppress(OSError):  # something is in it, as there should be
                place.rmdir()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
        is_told = bool(getattr(error, "__notes__", ()))  # that it is published
        if isinstance(error, KeyboardInterrupt) and self.where is not None and not is_told:
            error.add_note(
                f"nothing was published; the training, at {self.where}, is kept in "
                f"{self.directory}: run again with --resume (in Python resume=True) to go on"
            )

    @property
    def is_there(self) -> bool:
        """Whether a training is kept here, whole or not."""
        return (self.directory / FACTS).is_file()

    def claim(self) -> None:
        """Keep other runs away from now on; the place is made, and removed where it stays empty.

        Raises:
            StorageError: Another run is at work, or the place cannot be made.
        """
        check_platform()
        places = (self.directory, *self.directory.parents)
        with storage_errors(self.directory, 0):
            self._made = [self.directory, *(one for one in places[1:] if not one.exists())]
            while self._lock is None:
                self.directory.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError):  # the run before has just removed it
                    self._hold()

    def read(self) -> Kept | None:
        """Return the checkpoint that is there, checked byte by byte; None where there is none.

        Raises:
            DamagedError: It is not what was written.
            DataError: A newer x2vec wrote it.
            StorageError: Another run is using it, or it cannot be read.
        """
        if not self.directory.is_dir():
            return None
        with reading_errors(self.directory):
            self._hold()
            facts = read_facts(self.directory)
            if facts is None:
                return None
            arrays = {name: self._load(*file) for name, file in facts.files.items()}
        try:
            kept = facts.kept(arrays)
        except (KeyError, TypeError) as error:
            raise DamagedError(f"{self.directory}: incomplete: {error!r}. {ADVICE}") from error
        self.where = kept.where
        return kept

    def write(self, kept: Kept) -> None:
        """Write a checkpoint, durably; the one before stays until this one is whole.

        Matrices of the best epoch that were written before are not written again.

        Raises:
            StorageError: The disk is full or refuses, or another run keeps its own there.
        """
        check_platform()
        arrays = kept.arrays
        needed = sum(array.nbytes for array in arrays.values())
        with storage_errors(self.directory, needed), making_directory(self.directory):
            self._hold()
            taken = self._sweep()
            check_space(self.directory, needed)
            files = self._files_of_best(kept, taken)
            new = sorted(arrays.keys() - files.keys())
            with ThreadPoolExecutor() as pool:  # an interrupt waits for this
                written = pool.map(lambda name: self._save(name, arrays[name], taken), new)
                files.update(zip(new, written, strict=True))
            with writing(self.directory / _NEW_FACTS) as file:
                file.write(Facts.of(kept, files).to_bytes())
            sync_directory(self.directory)  # the matrices are there before they are named
            (self.directory / _NEW_FACTS).replace(self.directory / FACTS)
            sync_directory(self.directory)
            self._sweep()
        self.where = kept.where
        if kept.best is not None:
            self._best = kept.best, {name: files[name] for name in files if "best" in name}

    def remove(self, listen: Listener) -> None:
        """Remove what is there, now that training is over, unless another run is using it.

        What was trained is worth more than a tidy disk: what cannot be removed is told.
        """
        self.where = None
        if not self.directory.is_dir():
            return
        try:
            with storage_errors(self.directory, 0):
                self._hold()
                (self.directory / FACTS).unlink(missing_ok=True)
                self._sweep()
                with suppress(OSError):  # somebody put something there
                    self.directory.rmdir()
        except StorageError as error:
            listen(Notice("train", f"the checkpoint stays: {error}"))

    def _hold(self) -> None:
        """Keep other runs away until this one ends."""
        import fcntl

        if self._lock is not None:
            return
        handle = os.open(self.directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            if not isinstance(error, BlockingIOError):
                raise
            raise StorageError(
                f"{self.directory}: another run is at work there. Wait until it is over, or choose "
                "another place."
            ) from None
        try:
            if not os.path.samestat(os.fstat(handle), self.directory.stat()):
                raise FileNotFoundError(self.directory)  # another one stands in its place by now
        except BaseException:
            os.close(handle)
            raise
        self._lock = handle

    def _sweep(self) -> set[str]:
        """Remove what no checkpoint names, such as what a killed run left; return the names."""
        try:
            facts = read_facts(self.directory)
        except DataError:
            facts = None  # damaged, so it names nothing
        named = set() if facts is None else {file for file, _ in facts.files.values()}
        for entry in self.directory.iterdir():
            if FILE.fullmatch(entry.name) and entry.name not in named:
                entry.unlink()
        (self.directory / _NEW_FACTS).unlink(missing_ok=True)
        return named

    def _files_of_best(self, kept: Kept, taken: set[str]) -> dict[str, tuple[str, Receipt]]:
        """Return the files that hold the best epoch already, if that is so."""
        if self._best is None or self._best[0] is not kept.best:
            return {}
        files = self._best[1]
        return dict(files) if all(file in taken for file, _ in files.values()) else {}

    def _save(self, name: str, array: NDArray[np.float32], taken: set[str]) -> tuple[str, Receipt]:
        """Write a matrix under one of its two names, the one that is free."""
        free = next(file for n in (0, 1) if (file := f"{name}-{n}.npy") not in taken)
        with writing(self.directory / free) as out:
            plain = np.ascontiguousarray(array)
            header = np.lib.format.header_data_from_array_1_0(plain)
            np.lib.format.write_array_header_1_0(out, header)
            out.write(plain)  # in one piece; write_array would copy all of it
        return free, out.receipt()

    def _load(self, file: str, receipt: Receipt) -> NDArray[np.float32]:
        path = self.directory / file
        if not FILE.fullmatch(file) or not path.is_file() or path.is_symlink():
            raise DamagedError(f"{path}: is missing. {ADVICE}")
        if path.stat().st_size != receipt.bytes or hash_file(path) != receipt.sha256:
            raise DamagedError(f"{path}: its bytes are not those that were written. {ADVICE}")
        try:
            mapped = np.load(path, mmap_mode="r", allow_pickle=False)
        except ValueError as error:
            raise DamagedError(f"{path}: is no matrix: {error}. {ADVICE}") from error
        return np.array(mapped, dtype=np.float32)
