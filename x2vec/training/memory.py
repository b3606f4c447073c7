"""What a training takes of memory beside its corpus, told before it starts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from x2vec._memory import in_words
from x2vec.training.elsa import Elsa
from x2vec.training.parameters import SkipGram
from x2vec.training.session_softmax import SessionSoftmax

__all__ = ["Memory", "estimate"]

_FLOAT = 4  # bytes


@dataclass(frozen=True)
class Memory:
    """The most that something takes at one time.

    Attributes:
        parts: Bytes, by what they are for.

    Example:
        >>> print(Memory({"matrices": 1_800_000_000, "tables": 16_000_000}))
        1.8 GB: matrices 1.8 GB, tables 16 MB
    """

    parts: Mapping[str, int]

    @property
    def total(self) -> int:
        """All parts together, in bytes."""
        return sum(self.parts.values())

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {in_words(size)}" for name, size in self.parts.items())
        return f"{in_words(self.total)}: {parts}"


def estimate(
    n_items: int,
    parameters: SkipGram | SessionSoftmax | Elsa,
    *,
    engine: str = "native",
    needs: Collection[str] = (),
) -> Memory | None:
    """Estimate what a training takes beside the corpus, which may lie on disk.

    That holds for any number of events and of workers.

    Args:
        n_items: Rows of the vocabulary.
        parameters: What is learnt.
        engine: The engine's name.
        needs: What is asked of it beyond plain training, as in ``Control.needs``.

    Returns:
        The estimate; None for an engine that is not ours.

    Example:
        >>> memory = estimate(1_000_000, SkipGram(vector_size=100))
        >>> memory.parts["matrices"]  # two, their rows padded to whole cache lines: 112 numbers
        896000000
    """
    if isinstance(parameters, SessionSoftmax):
        parts = _softmax(n_items, parameters, needs) if engine == "native" else {}
    elif isinstance(parameters, Elsa):
        parts = _elsa(n_items, parameters, needs) if engine == "native" else {}
    elif engine == "native":
        parts = _native(n_items, parameters, needs, n_copies=1)
    elif engine == "reference":
        parts = _native(n_items, parameters, needs, n_copies=2)
    elif engine == "gensim":
        parts = _gensim(n_items, parameters)
    else:
        return None
    return Memory(MappingProxyType({name: size for name, size in parts.items() if size}))


def _native(
    n_items: int, parameters: SkipGram, needs: Collection[str], *, n_copies: int
) -> dict[str, int]:
    """Two padded matrices, and plain copies of both: of the last epoch, and of the best."""
    from x2vec.training.native.layout import padded_width  # late: what is beside it loads Numba
    from x2vec.training.native.shards import N_SHARDS

    padded = 2 * _FLOAT * n_items * padded_width(parameters.vector_size)
    plain = 2 * _FLOAT * n_items * parameters.vector_size
    is_sharded = "deterministic" in needs
    return {
        "matrices": padded,
        "copies of them": plain * (n_copies + ("is_enough" in needs)),
        "shards": padded * (N_SHARDS + ("keep" in needs)) if is_sharded else 0,
        "tables": n_items * (64 if is_sharded else 16) + plain // 8,
        "engine": 150_000_000,
    }


def _softmax(n_items: int, parameters: SessionSoftmax, needs: Collection[str]) -> dict[str, int]:
    """The matrices, copies of the last epoch and of the best, and what one batch takes."""
    size = _FLOAT * n_items * parameters.vector_size
    sampled = min(parameters.negative, n_items)
    batch = _FLOAT * parameters.batch_size * (2 * sampled + 12 * parameters.vector_size)
    return {
        "matrices": size * (1 if parameters.tied else 2),
        "copies of them": 2 * size * (1 + ("is_enough" in needs)) + 2 * size,
        "batch": batch + 4 * _FLOAT * sampled * parameters.vector_size,
        "engine": 150_000_000,
    }


def _elsa(n_items: int, parameters: Elsa, needs: Collection[str]) -> dict[str, int]:
    """The vectors and Adam's two means, copies of the last epoch and of the best, and a batch."""
    size = _FLOAT * n_items * parameters.vector_size
    sequences = parameters.for_catalogue(n_items).batch_size
    batch = 4 * _FLOAT * sequences * parameters.vector_size
    return {
        "matrices": 3 * size,
        "copies of them": 2 * size * (1 + ("is_enough" in needs)),
        "batch": batch + 4 * _FLOAT * parameters.vector_size**2,
        "engine": 150_000_000,
    }


def _gensim(n_items: int, parameters: SkipGram) -> dict[str, int]:
    """Two matrices, our copies of them, and the names of the items as Python's objects."""
    plain = 2 * _FLOAT * n_items * parameters.vector_size
    return {
        "matrices": plain,
        "copies of them": plain * min(parameters.epochs, 2),
        "names": 330 * n_items,
        "engine": 75_000_000,
    }
