"""The ladder: rungs fitted to all known items, and the choice between them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec._cores import cores
from x2vec.coldstart.blending import blend
from x2vec.coldstart.calibration import signals
from x2vec.coldstart.choice import Choice, Step, for_evidence
from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.features import GROUPS
from x2vec.coldstart.items import ItemTable, read_item_table
from x2vec.coldstart.report import ColdReport
from x2vec.coldstart.rungs import Cold, Rung
from x2vec.coldstart.shrinkage import Shrinkage
from x2vec.coldstart.simulation import Base
from x2vec.coldstart.targets import Targets
from x2vec.embeddings import Embeddings, Inferred
from x2vec.errors import SourceError
from x2vec.progress import Listener, Progress, silent

__all__ = ["Ladder"]

_BLOCK: Final = 4_000
"""Items that are embedded at a time: few enough that memory stays flat and threads share them."""


@dataclass(frozen=True, eq=False, repr=False)
class Ladder:
    """What ``ColdStart.fit`` returns: a vector for any item, with its source and its confidence.

    Attributes:
        columns: Which columns of an item table are looked at.
        base: The rungs, fitted to all known items.
        choices: Which rung answers for which evidence.
        scale: What predictions are.
        schema: What the columns held at fit.
        items: (n_known,) the known items, in the order of their rows.
        rungs: The rungs below which the catalogue centroid stands, before they were fitted.
        seed: What they were fitted with.
        metadata: The columns that the embeddings keep of their items.
        report: Every rung as it was measured.
        middle: (vector_size,) the mean context vector of the rarest items, in the scale of targets,
            about which those of inferred items stand; see ``TrainedLists``. None leaves them where
            they are inferred: where there are none, or the choices tell no reach.
    """

    columns: ItemColumns
    base: Base
    choices: tuple[Choice, ...]
    scale: Targets
    schema: dict[str, str]
    items: pa.Array
    rungs: tuple[Rung, ...]
    seed: int
    metadata: tuple[str, ...]
    report: ColdReport
    middle: NDArray[np.float32] | None

    def embed(self, items: Any, *, listen: Listener = silent) -> Inferred:
        """Infer a vector for each item of a table.

        Every item gets one: where nothing is known of it, it is the catalogue centroid, and its
        confidence is 0.

        Args:
            items: A table with the columns that it was fitted to; any with
                ``__arrow_c_stream__``, or the path of a file.
            listen: Hears how far it is.

        Returns:
            Vectors, sources and confidences in the order of the table; no rows give none.

        Raises:
            SourceError: The table lacks ids or a column, holds an item twice, or a column of
                another type than at fit.
        """
        table = read_item_table(items, self.columns, like=self.schema, also=self.metadata)
        ids = table.ids if len(table) else table.ids.cast(self.items.type)
        if ids.type != self.items.type:
            raise SourceError(
                f"the item table: the ids are {ids.type}, those of the known items "
                f"{self.items.type}. Write both in one type."
            )
        parts = self._blocks(table, listen)
        joined = np.concatenate([self._placed(part) for part in parts])
        vectors, contexts = self.scale.parted(joined)
        return Inferred(
            ids,
            vectors,
            pa.array([name for part in parts for name in part.sources], pa.string()),
            np.concatenate([part.confidence for part in parts]),
            contexts,
            table.metadata,
        )

    def blend(
        self,
        embeddings: Embeddings,
        *,
        shrinkage: Shrinkage | None = None,
        listen: Listener = silent,
    ) -> Embeddings:
        """Give items of few events a vector between the trained and the inferred one.

        Each is inferred by rungs that were fitted to other items, and mixed with what training
        made of it by how much either is worth: their directions, half by half. Lengths and counts
        stay as they are, and so do items with an inferred share below 0.05.

        Args:
            embeddings: Those that the ladder was fitted to.
            shrinkage: What an inferred direction is worth beside so many events; None for what the
                cosines of both tell, over the events of all known items.
            listen: Hears how far it is, and what was found.

        Returns:
            The embeddings, with the origin ``"blended"`` and the metadata column
            ``inferred_share`` where something was mixed.

        Raises:
            DataError: The embeddings are not those that it was fitted to, or are blended already.
        """
        return blend(self, embeddings, shrinkage=shrinkage, listen=listen)

    def __repr__(self) -> str:
        return f"Ladder({len(self.base.known):,} known items)\n{self.report!r}"

    def infer(self, cold: Cold) -> Answers:
        """Infer targets from what is known, for rooms that have features already."""
        n_items = len(cold)
        part = Answers(
            np.empty((n_items, self.base.known.targets.shape[1]), np.float32),
            [""] * n_items,
            np.zeros(n_items, np.float32),
            np.zeros((n_items, self.scale.contexts(self.base.known.targets).shape[1]), np.float32),
        )
        kinds, owners = np.unique(cold.features.evidence, axis=0, return_inverse=True)
        for kind, known in enumerate(kinds):
            groups = tuple(g for g, is_known in zip(GROUPS, known, strict=True) if is_known)
            self._climb(cold, np.flatnonzero(owners.ravel() == kind), groups, part)
        return part

    def _placed(self, part: Answers) -> NDArray[np.float32]:
        """Return targets whose context vectors stand about the rarest items."""
        if self.middle is None:
            return part.targets
        return np.hstack([self.scale.vectors(part.targets), self.middle + part.beyond])

    def _blocks(self, table: ItemTable, listen: Listener) -> list[Answers]:
        """Embed blocks side by side: while one is searched for neighbours, another one is read."""
        from threadpoolctl import threadpool_limits

        starts = range(0, max(len(table), 1), _BLOCK)
        parts: list[Answers] = []

        def embed(start: int) -> Answers:
            return self.infer(self.base.cold(table.slice(start, _BLOCK)))

        with threadpool_limits(1, "blas"), ThreadPoolExecutor(cores(), "x2vec-embed") as pool:
            doing = [pool.submit(embed, start) for start in starts]
            try:
                for start, one in zip(starts, doing, strict=True):
                    listen(Progress("embed", start, len(table), "items"))
                    parts.append(one.result())
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        listen(Progress("embed", len(table), len(table), "items"))
        return parts

    def _climb(
        self, cold: Cold, rows: NDArray[np.int64], groups: tuple[str, ...], part: Answers
    ) -> None:
        """Ask the rungs for some rows in turn, until the last has answered for what is left."""
        choice = for_evidence(self.choices, groups)
        steps = [] if choice is None else [choice.steps[place] for place in choice.order[:-1]]
        for step in steps:
            if not len(rows):
                return
            asked = Cold(cold.features.take(rows), cold.content[rows])
            rung = dict(self.base.rungs)[step.rung]
            answered = rung.answers(asked)
            if answered.any():
                few = Cold(asked.features.take(answered), asked.content[answered])
                self._answer(part, rows[answered], rung.predict(few), few, step)
            rows = rows[~answered]
        name, _ = self.base.rungs[-1]
        part.targets[rows] = self.base.centroid
        for row in rows:
            part.sources[row] = name

    def _answer(
        self,
        part: Answers,
        rows: NDArray[np.int64],
        predicted: NDArray[np.float32],
        asked: Cold,
        step: Step,
    ) -> None:
        part.targets[rows] = self.scale.stretched(predicted, step.factors)
        if step.reach is not None:
            off = self.scale.contexts(predicted - self.base.centroid)
            part.beyond[rows] = np.float32(step.reach) * off
        for row in rows:
            part.sources[row] = step.rung
        if step.calibration is not None:
            centroid = self.scale.vectors(self.base.centroid[None])[0]
            n_known = np.diff(asked.features.tokens.indptr)
            found = signals(self.scale.vectors(predicted), centroid, n_known)
            part.confidence[rows] = step.calibration(found)


@dataclass(frozen=True, eq=False)
class Answers:
    """What is inferred for some items; filled while the ladder is climbed.

    ``beyond``, (n_items, vector_size), is how far their context vectors stand from those of the
    rarest items.
    """

    targets: NDArray[np.float32]
    sources: list[str]
    confidence: NDArray[np.float32]
    beyond: NDArray[np.float32]
