"""The corpus: sequences as integers, the only thing that training sees."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus.blocks import count_values, spans, take
from x2vec.corpus.frozen import freeze
from x2vec.corpus.mapped import is_mapped, release
from x2vec.corpus.sequences import Sequences
from x2vec.corpus.vocabulary import Vocabulary
from x2vec.errors import DamagedError, NothingLeftError, UsageError

__all__ = ["Corpus", "trainable"]

_FILES: Final = {"rows.npy", "offsets.npy", "corpus.json"}


@dataclass(frozen=True, eq=False)
class Corpus:
    """Rows of a vocabulary, sequence after sequence.

    The arrays are read-only views of those given. Arrays mapped from disk are trusted but for their
    lengths, for they were checked when they were saved, and checking reads all of them.

    Attributes:
        rows: (n_tokens,) int32, rows of the vocabulary.
        offsets: (n_sequences + 1,) int64; sequence ``i`` is ``rows[offsets[i]:offsets[i + 1]]``.
        n_items: Rows that the vocabulary has.
        fingerprint: The vocabulary's fingerprint.
        ordered: False where a sequence is a basket, whose order means nothing.

    Example:
        >>> sequences = Sequences.from_lists([["b", "a"], ["c", "b"]])
        >>> Corpus.of(sequences, Vocabulary.of(sequences)).rows.tolist()
        [0, 1, 2, 0]
    """

    rows: NDArray[np.int32]
    offsets: NDArray[np.int64]
    n_items: int
    fingerprint: str
    ordered: bool

    def __post_init__(self) -> None:
        if self.offsets[0] != 0 or self.offsets[-1] != len(self.rows):
            raise ValueError(f"offsets must run from 0 to {len(self.rows)}")
        freeze(self, "rows", "offsets")
        if is_mapped(self.rows):
            return
        if (np.diff(self.offsets) < 0).any():
            raise ValueError("offsets must not fall")
        if len(self.rows) and not 0 <= self.rows.min() <= self.rows.max() < self.n_items:
            raise ValueError(f"rows must lie in 0 .. {self.n_items - 1}")

    @classmethod
    def of(cls, sequences: Sequences, vocabulary: Vocabulary) -> Corpus:
        """Write sequences in the rows of a vocabulary.

        Raises:
            NothingLeftError: An item is missing from the vocabulary.
        """
        row_of_code = vocabulary.rows(sequences.items)
        used = sequences.counts() > 0
        if np.asarray(row_of_code.is_null())[used].any():
            raise NothingLeftError("the vocabulary does not hold every item of these sequences")
        table = np.asarray(row_of_code.fill_null(0), dtype=np.int32)
        return cls(
            rows=take(table, sequences.codes),
            offsets=sequences.offsets,
            n_items=len(vocabulary),
            fingerprint=vocabulary.fingerprint,
            ordered=sequences.ordered,
        )

    def __len__(self) -> int:
        """Return the number of sequences."""
        return len(self.offsets) - 1

    @property
    def n_tokens(self) -> int:
        """The number of events in all sequences."""
        return len(self.rows)

    @property
    def longest(self) -> int:
        """The number of events of the longest sequence, 0 where there is none."""
        return max((int(np.diff(offsets).max()) for offsets in self.stretches()), default=0)

    def stretches(self) -> Iterator[NDArray[np.int64]]:
        """Give the offsets of some sequences after the other, (some + 1,) each.

        One number for each sequence may be more than memory holds; this gives a few at a time.
        """
        for part in spans(self.offsets[:-1]):
            yield self.offsets[part.start : part.stop + 1]

    def release(self) -> None:
        """Let go of what the process holds of a corpus mapped from disk.

        Whoever goes through a corpus calls this now and then, and so holds no more of it the larger
        it is. What is touched again comes back, at the price of a page fault.
        """
        release(self.rows)
        release(self.offsets)

    def counts(self) -> NDArray[np.int64]:
        """Return how often each row occurs, (n_items,) int64."""
        return count_values(self.rows, self.n_items)

    def digest(self) -> str:
        """Return the sha256 of everything that training sees, in hexadecimal."""
        digest = hashlib.sha256(f"{self.fingerprint} ordered={self.ordered} ".encode())
        for array, kind in ((self.offsets, "<i8"), (self.rows, "<i4")):
            for part in spans(array):
                digest.update(np.ascontiguousarray(array[part], dtype=kind).data)
        return digest.hexdigest()

    def save(self, directory: str | Path) -> None:
        """Write ``rows.npy`` and ``offsets.npy``, which memory-map, and ``corpus.json``.

        The directory is written beside its place and then moved there, so it is never half a
        corpus; one that holds a corpus is replaced.

        Raises:
            UsageError: The directory holds something else.
        """
        path = Path(directory).resolve()
        foreign = {file.name for file in path.iterdir()} - _FILES if path.exists() else set()
        if foreign:
            raise UsageError(
                f"{path} holds {min(foreign)}, which is no part of a corpus. "
                "Name another directory."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as scratch:
            new = Path(scratch) / "new"
            new.mkdir()
            np.save(new / "rows.npy", self.rows, allow_pickle=False)
            np.save(new / "offsets.npy", self.offsets, allow_pickle=False)
            (new / "corpus.json").write_text(json.dumps(self._facts()), encoding="utf-8")
            if path.exists():
                path.rename(Path(scratch) / "old")
            new.rename(path)

    @classmethod
    def load(cls, directory: str | Path) -> Corpus:
        """Open a saved corpus memory-mapped: its arrays stay on disk until they are read.

        Raises:
            DamagedError: The files are not of the sizes that they were saved with.
        """
        path = Path(directory)
        try:
            facts = json.loads((path / "corpus.json").read_text(encoding="utf-8"))
            corpus = cls(
                rows=np.load(path / "rows.npy", mmap_mode="r", allow_pickle=False),
                offsets=np.load(path / "offsets.npy", mmap_mode="r", allow_pickle=False),
                n_items=facts["n_items"],
                fingerprint=facts["fingerprint"],
                ordered=facts["ordered"],
            )
            if corpus._facts() != facts:
                raise ValueError(f"corpus.json says {facts}")
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            raise DamagedError(
                f"{path} is no whole corpus ({error}). Save it there again."
            ) from error
        return corpus

    def _facts(self) -> dict[str, Any]:
        return {
            "n_items": self.n_items,
            "n_tokens": self.n_tokens,
            "n_sequences": len(self),
            "types": [str(self.rows.dtype), str(self.offsets.dtype)],
            "fingerprint": self.fingerprint,
            "ordered": self.ordered,
        }


def trainable(sequences: Sequences) -> Sequences:
    """Leave out the sequences of one event: they make no pair, so nothing is learnt from them.

    Raises:
        NothingLeftError: No sequence holds two events, or all hold one and the same item.
    """
    kept = sequences.keep_sequences(sequences.lengths >= 2, reason="no pair in a sequence of one")
    if not kept.n_events:
        raise NothingLeftError(
            "No pairs to train on: every sequence holds one event. Check that the sequence column "
            "groups events that belong together (an order, a session, a user), or cut at a longer "
            f"gap.\n{kept.ledger}"
        )
    if kept.n_items < 2:
        raise NothingLeftError(
            f"Only one item, {kept.items[int(kept.codes[0])].as_py()!r}, is left to train on; two "
            f"are needed to learn anything. Check the item column and the filters.\n{kept.ledger}"
        )
    return kept
