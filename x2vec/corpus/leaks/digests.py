"""Digests of 64 bits, by which sequences and stretches of them are compared.

They are polynomials over the events, modulo ``2**64`` (Karp and Rabin 1987, "Efficient randomized
pattern-matching algorithms").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.corpus import blocks
from x2vec.corpus.sequences import Sequences

__all__ = ["Windows", "digests_of", "mixed"]

_BASE: Final = 0x9E3779B97F4A7C15
_UNBASE: Final = pow(_BASE, -1, 1 << 64)


def digests_of(
    sequences: Sequences, code_of: NDArray[np.int64] | None, with_times: bool
) -> NDArray[np.uint64]:
    """Return a digest of the events of each sequence; in baskets their order plays no part."""
    digests = np.zeros(len(sequences), np.uint64)
    longest = int(sequences.lengths.max()) if len(sequences) else 0
    powers = _powers(_BASE, longest if sequences.ordered else 0)
    columns = [sequences.codes] + (
        [sequences.times] if with_times and sequences.times is not None else []
    )
    for some, events in blocks.runs(sequences.offsets, *columns):
        codes = columns[0][events]
        values = mixed((codes if code_of is None else code_of[codes]).astype(np.uint64))
        if len(columns) > 1:
            values = mixed(values ^ columns[1][events].astype(np.uint64))
        starts = sequences.offsets[some] - events.start
        lengths = np.diff(np.append(starts, events.stop - events.start))
        if sequences.ordered:
            values *= powers[np.arange(len(values)) - np.repeat(starts, lengths)]
        digests[some] = np.add.reduceat(values, starts)
    return digests


@dataclass(frozen=True, eq=False)
class Windows:
    """Digests of any stretches of one array, from sums along it."""

    sums: NDArray[np.uint64]
    unpowers: NDArray[np.uint64]

    @classmethod
    def of(cls, codes: NDArray[np.int64]) -> Windows:
        """Sum along an array, (n,)."""
        values = mixed(codes.astype(np.uint64)) * _powers(_BASE, len(codes))[: len(codes)]
        sums = np.append(np.uint64(0), np.cumsum(values, dtype=np.uint64))
        return cls(sums, _powers(_UNBASE, len(codes)))

    def digests(self, starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the digest of each stretch, given where it starts and how long it is."""
        digests: NDArray[np.uint64] = self.sums[starts + lengths] - self.sums[starts]
        digests *= self.unpowers[starts]
        return digests


def _powers(base: int, n: int) -> NDArray[np.uint64]:
    """Return the powers 0 .. n of a number, modulo 2**64."""
    powers = np.full(n + 1, base, np.uint64)
    powers[0] = 1
    np.cumprod(powers, dtype=np.uint64, out=powers)
    return powers


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread numbers over 64 bits (Steele, Lea and Flood 2014, the last step of SplitMix)."""
    bits: NDArray[np.uint64] = values + np.uint64(_BASE)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    bits ^= bits >> np.uint64(31)
    return bits
