"""What a checkpoint holds, and how its ``checkpoint.json`` says so."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from x2vec.embeddings.durable import Receipt, reading_errors
from x2vec.errors import DamagedError, DataError
from x2vec.training import Matrices, State

__all__ = ["ADVICE", "FACTS", "FILE", "FORMAT_VERSION", "Facts", "Kept", "read_facts"]

FORMAT_VERSION = 1
FACTS = "checkpoint.json"
FILE = re.compile(r"[a-z_]+-[01]\.npy")
ADVICE = "Run without --resume (in Python resume=False) to start anew."
_LARGEST = 16 * 2**20  # bytes; no checkpoint.json comes near
_BEST = "best_"
_EXTRA = "extra_"
_ARRAYS = (
    *("vectors", "context_vectors"),
    *("query_matrix", "fades", "attributes", "attribute_contexts"),
)


@dataclass(frozen=True, eq=False)
class Kept:
    """Where a training stands, and all that it takes to go on.

    Attributes:
        key: Everything that decides about the vectors, by name; plain values for JSON.
        state: Where the training stands.
        share: Share of the training that is done, 0 to 1.
        recalls: What early stopping measured in the epochs that are done.
        best: The matrices of the best of them, or None.
    """

    key: Mapping[str, Any]
    state: State
    share: float
    recalls: tuple[float, ...] = ()
    best: Matrices | None = None

    @property
    def where(self) -> str:
        """Where the training stands, in words."""
        epochs = self.key["model.epochs"]
        epoch = min(self.state.epoch + 1, epochs)
        return f"epoch {epoch} of {epochs} ({100 * self.share:.0f} %)"

    @property
    def arrays(self) -> dict[str, NDArray[np.float32]]:
        """The matrices by name, those of the best epoch too."""
        named = _named(self.state.matrices, "")
        named |= {f"{_EXTRA}{name}": array for name, array in self.state.extra.items()}
        return named if self.best is None else {**named, **_named(self.best, _BEST)}


@dataclass(frozen=True)
class Facts:
    """What ``checkpoint.json`` says.

    Attributes:
        said: All but the files, as plain values.
        files: Name and receipt of the file of each matrix.
    """

    said: Mapping[str, Any]
    files: Mapping[str, tuple[str, Receipt]]

    @classmethod
    def of(cls, kept: Kept, files: Mapping[str, tuple[str, Receipt]]) -> Facts:
        """Say what is kept, here and now."""
        state = kept.state
        said = {
            "format": "x2vec checkpoint",
            "format_version": FORMAT_VERSION,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "where": kept.where,
            "share": float(kept.share),
            "key": dict(kept.key),
            "epoch": state.epoch,
            "steps": state.steps,
            "loss": float(state.loss),
            "pairs": float(state.pairs),
            "losses": _floats(state.matrices.losses),
            "recalls": _floats(kept.recalls),
            "best_losses": kept.best and _floats(kept.best.losses),
        }
        return cls(said, dict(files))

    def to_bytes(self) -> bytes:
        """Return the content of the file, its own hash in it."""
        files = {name: {"name": file, **one._asdict()} for name, (file, one) in self.files.items()}
        plain = {**self.said, "files": files}
        return json.dumps({**plain, "sha256": _hash(plain)}, indent=2).encode()

    def kept(self, arrays: Mapping[str, NDArray[np.float32]]) -> Kept:
        """Return what is kept, with its matrices."""
        said = self.said
        has_best = f"{_BEST}vectors" in arrays
        return Kept(
            key=said["key"],
            state=State(
                _matrices(arrays, "", said["losses"]),
                epoch=said["epoch"],
                steps=said["steps"],
                loss=said["loss"],
                pairs=said["pairs"],
                extra={
                    name.removeprefix(_EXTRA): array
                    for name, array in arrays.items()
                    if name.startswith(_EXTRA)
                },
            ),
            share=said["share"],
            recalls=tuple(said["recalls"]),
            best=_matrices(arrays, _BEST, said["best_losses"]) if has_best else None,
        )


def read_facts(directory: Path) -> Facts | None:
    """Read what the checkpoint in a directory says of itself; None where there is none.

    Raises:
        DamagedError: It is not what was written.
        DataError: A newer x2vec wrote it.
        StorageError: It cannot be read.
    """
    path = directory / FACTS
    with reading_errors(path):
        if not path.is_file():
            return None
        raw = path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    try:
        plain = json.loads(raw.decode())
        if plain.pop("sha256") != _hash(plain):
            raise ValueError
        version = plain["format_version"]
        files = {
            name: (str(entry["name"]), Receipt(entry["bytes"], entry["sha256"]))
            for name, entry in plain.pop("files").items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedError(f"{path}: its bytes are not those that were written. {ADVICE}") from None
    if version != FORMAT_VERSION:
        raise DataError(
            f"{path}: written in format version {version}; this x2vec reads {FORMAT_VERSION}. "
            f"Go on with the x2vec that wrote it. {ADVICE}"
        )
    return Facts(plain, files)


def _named(matrices: Matrices, prefix: str) -> dict[str, NDArray[np.float32]]:
    named = {name: getattr(matrices, name) for name in _ARRAYS}
    return {f"{prefix}{name}": array for name, array in named.items() if array is not None}


def _matrices(
    arrays: Mapping[str, NDArray[np.float32]], prefix: str, losses: list[float] | None
) -> Matrices:
    return Matrices(
        arrays[f"{prefix}vectors"],
        arrays[f"{prefix}context_vectors"],
        None if losses is None else tuple(losses),
        query_matrix=arrays.get(f"{prefix}query_matrix"),
        fades=arrays.get(f"{prefix}fades"),
        attributes=arrays.get(f"{prefix}attributes"),
        attribute_contexts=arrays.get(f"{prefix}attribute_contexts"),
    )


def _floats(numbers: tuple[float, ...] | None) -> list[float] | None:
    return None if numbers is None else [float(one) for one in numbers]


def _hash(plain: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
