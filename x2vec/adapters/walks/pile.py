"""Edges as they are read: checked, counted, and kept as numbers."""

from __future__ import annotations

from collections import Counter
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.adapters.border.casts import CastFailed, cast_rows, is_text, plain
from x2vec.adapters.border.ids import IdColumn
from x2vec.adapters.tables.json_values import decode_json, is_json
from x2vec.adapters.walks.nodes import NodeNumbers
from x2vec.adapters.walks.some_edges import SomeEdges
from x2vec.errors import SourceError

__all__ = ["Pile"]

_BLOCK: Final = 1 << 21
"""Edges whose ids are numbered at once."""

_LACKING: Final = "edge whose"
_NO_WEIGHT: Final = "edge of weight 0"


class Pile:
    """Edges read so far, as numbers."""

    def __init__(self, weighted: bool) -> None:
        self.left_out: Counter[str] = Counter()
        self.repeats_are_usual = False
        self._weighted = weighted
        self._rules = {name: IdColumn(name) for name in ("source", "target", "node")}
        self._numbers = NodeNumbers()
        self._waiting: list[tuple[pa.Array, pa.Array]] = []
        self._sources: list[NDArray[np.int32]] = []
        self._targets: list[NDArray[np.int32]] = []
        self._weights: list[NDArray[np.float64]] = []
        self._said: dict[str, None] = {}
        self._n_edges = 0

    def add(self, batch: SomeEdges) -> None:
        """Check a batch, and keep its edges."""
        self._said |= dict.fromkeys(batch.notes)
        self._n_edges += len(batch.source)
        kept = self._kept(batch)
        ends = tuple(self._ids(name, batch, kept) for name in ("source", "target"))
        if batch.nodes is not None:
            self.repeats_are_usual |= len(batch.source) > 0  # adjacency has each edge twice
            nodes = self._rules["node"].read(batch.nodes, batch.place)
            self.left_out.update({why: mask.true_count for why, mask in nodes.missing.items()})
            self._numbers.number(nodes.values.drop_null())
        if self._weighted and len(batch.source):
            self._weights.append(_weights(batch)[kept])
        self._waiting.append((ends[0], ends[1]))
        if sum(len(one) for one, _ in self._waiting) >= _BLOCK:
            self._number()

    def refuse_losses(self, max_missing: float) -> None:
        """Raise an error where more edges lack a node than may."""
        lost = {why: n for why, n in self.left_out.items() if why.startswith(_LACKING)}
        n_lost = sum(lost.values())
        if n_lost > max_missing * self._n_edges:
            reasons = ", ".join(f"{why}: {n:,}" for why, n in lost.items())
            raise SourceError(
                f"{n_lost:,} of {self._n_edges:,} edges lack a node ({reasons}); at most "
                f"{max_missing:.1%} may. Mend the source, or raise max_missing_edges."
            )

    def finished(
        self,
    ) -> tuple[
        NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], pa.Array, tuple[str, ...]
    ]:
        """Return sources, targets and weights of all edges, the nodes, and notes."""
        self._number()
        nodes, places, notes = self._numbers.final()
        sources, targets = (
            places[np.concatenate([np.zeros(0, np.int32), *parts])]
            for parts in (self._sources, self._targets)
        )
        weights = np.concatenate([np.zeros(0), *self._weights])
        if len(weights):
            weights /= weights.max()  # so that no sum of them overflows
        said = (note for rule in self._rules.values() for note in rule.notes())
        return sources, targets, weights, nodes, (*notes, *said, *self._said)

    def _kept(self, batch: SomeEdges) -> NDArray[np.bool_]:
        """Say which edges are whole, and count the others."""
        kept = np.ones(len(batch.source), np.bool_)
        for name in ("source", "target"):
            column = getattr(batch, name)
            for reason, mask in self._rules[name].read(column, batch.place).missing.items():
                lacks = mask.to_numpy(zero_copy_only=False)
                self.left_out[f"{_LACKING} {reason}"] += int(np.count_nonzero(lacks & kept))
                kept &= ~lacks
        if self._weighted and len(kept):
            weightless = kept & (_weights(batch) == 0)
            self.left_out[_NO_WEIGHT] += int(np.count_nonzero(weightless))
            for name in ("source", "target"):  # nodes they are all the same
                self._numbers.number(self._ids(name, batch, weightless))
            kept &= ~weightless
        self.left_out += Counter()  # drops what is zero
        return kept

    def _ids(self, name: str, batch: SomeEdges, kept: NDArray[np.bool_]) -> pa.Array:
        column = getattr(batch, name).filter(pa.array(kept))
        return self._rules[name].read(column, batch.place).values

    def _number(self) -> None:
        """Number the ids of the edges that wait, kind by kind, all at once."""
        for kept, column in ((self._sources, 0), (self._targets, 1)):
            numbered = {}
            for kind in (pa.int64(), pa.string()):
                some = [ids[column] for ids in self._waiting if ids[column].type == kind]
                if some:
                    numbered[kind] = self._numbers.number(pa.concat_arrays(some))
            starts = dict.fromkeys(numbered, 0)
            for ids in self._waiting:
                kind, n = ids[column].type, len(ids[column])
                kept.append(numbered[kind][starts[kind] : starts[kind] + n])
                starts[kind] += n
        self._waiting = []


def _weights(batch: SomeEdges) -> NDArray[np.float64]:
    """Return the weights of a batch, each finite and at least 0."""
    column = plain(batch.weight)
    if is_json(column.type):
        column = decode_json(column).values
    if is_text(column.type):
        column = pc.utf8_trim_whitespace(column.cast(pa.string()))
    try:
        cast = cast_rows(column, lambda part: part.cast(pa.float64()))
    except CastFailed as failed:
        raise _no_weight(batch, failed.index, failed.value.as_py()) from failed
    weights = cast.to_numpy(zero_copy_only=False)
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if len(wrong):
        raise _no_weight(batch, int(wrong[0]), column[int(wrong[0])].as_py())
    return weights


def _no_weight(batch: SomeEdges, index: int, value: object) -> SourceError:
    return SourceError(
        f"{batch.at(index)}: weight is {value!r}; expected a number above 0. Mend or remove it."
    )
