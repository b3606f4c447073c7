"""Cold start in a run: what is known of items makes vectors of those that have no events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from x2vec.coldstart import (
    BLENDED,
    FEWEST,
    ColdReport,
    Ladder,
    as_item_table,
    check_encoder_is_here,
    is_described,
    read_item_table,
    with_ladder,
)
from x2vec.coldstart.rungs import AttributeVectors
from x2vec.embeddings import CONFIDENCE, INFERRED_SHARE, Embeddings, Provenance
from x2vec.errors import ConfigError, NothingLeftError, SourceError
from x2vec.jobs.config import Inference, Job
from x2vec.jobs.items import ItemTable
from x2vec.progress import Listener, Notice, Progress

__all__ = ["Inferring", "infer", "refuse_cold", "refuse_few", "silent_columns"]


@dataclass(frozen=True, eq=False)
class Inferring:
    """What cold start did in a run.

    Attributes:
        ladder: What it was done with.
        sources: How many items got a vector from each rung, by its name, most first.
        n_blended: Items of few events whose vector is partly inferred; None where nobody asked.
    """

    ladder: Ladder
    sources: Mapping[str, int]
    n_blended: int | None = None

    @property
    def report(self) -> ColdReport:
        """Every rung, measured on items whose vectors were hidden."""
        return self.ladder.report

    @property
    def n_items(self) -> int:
        """Items with an inferred vector."""
        return sum(self.sources.values())

    def added_to(self, provenance: Provenance) -> Provenance:
        """Return where embeddings come from, with how their cold start is made again."""
        counts = {**provenance.counts, "inferred": dict(self.sources)}
        if self.n_blended is not None:
            counts[BLENDED] = self.n_blended
        return with_ladder(replace(provenance, counts=counts), self.ladder)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "rungs": self.report.to_arrow().to_pylist(),
            "notes": list(self.report.notes),
            "inferred": dict(self.sources),
            BLENDED: self.n_blended,
        }

    def __str__(self) -> str:
        by_rung = ", ".join(f"{n:,} by {rung}" for rung, n in self.sources.items())
        told = f": {by_rung}" if by_rung else ""
        said = f"{self.n_items:,} items without events have an inferred vector{told}"
        if self.n_blended is None:
            return said
        return f"{said}; of {self.n_blended:,} with few events it is partly inferred"


def refuse_cold(job: Job, items: ItemTable | None) -> None:
    """Refuse a cold start for which the item table is none, before anything is trained.

    Args:
        job: The job.
        items: What it knows about its items.

    Raises:
        ConfigError: There is no item table, or no encoder of that name.
        SourceError: A column is missing, of the wrong type, or called like one that is added.
        NothingLeftError: It says something of fewer than 50 items.
        MissingPackageError: The encoder needs an extra that is not installed.
    """
    cold = job.cold_start
    if cold is None:
        return
    if items is None:
        raise ConfigError(
            "[cold_start] looks at columns of an item table, and nothing is known of the items. "
            "Add a section [items], or leave [cold_start] out."
        )
    if AttributeVectors.name in cold.rungs and job.side_information is None:
        raise ConfigError(
            f"[cold_start] rungs names {AttributeVectors.name!r}, which needs attributes that were "
            "trained. Add a section [side_information], or leave the rung out."
        )
    check_encoder_is_here(cold.encoder)
    names = items.table.column_names
    added = {
        CONFIDENCE: (cold.infer, "the confidence of inferred vectors"),
        INFERRED_SHARE: (cold.blend, "how much of a blended vector is inferred"),
    }
    for name, (is_added, what) in added.items():
        if is_added and name in names and items.item != name:
            raise SourceError(
                f"{items.name}: the column {name!r} has the name of the column that holds {what}. "
                "Set columns in [items] to those to keep, without it."
            )
    read_item_table(as_item_table(items.ids, items.columns, cold.item), cold)
    refuse_few(job, items.columns, who="items that it holds")


def refuse_few(job: Job, columns: pa.Table | None, *, who: str = "items with events") -> None:
    """Refuse a cold start that has too little to learn from.

    Args:
        job: The job.
        columns: What is known of the items that will be trained, a row each; or of all.
        who: What the message calls them.

    Raises:
        NothingLeftError: It says something of fewer than 50 items.
    """
    if job.cold_start is None or columns is None:
        return
    n_known = int(np.count_nonzero(is_described(columns, job.cold_start)))
    if n_known < FEWEST:
        raise NothingLeftError(
            f"[cold_start]: the item table says something of {n_known:,} of the "
            f"{columns.num_rows:,} {who}; expected {FEWEST} or more to learn from."
        )


def silent_columns(job: Job, items: ItemTable | None) -> list[str]:
    """Return a sentence on each column that a cold start looks at and that holds nothing."""
    if job.cold_start is None or items is None:
        return []
    return [
        f"[cold_start] looks at the column {name!r} of the item table, which holds nothing"
        for name in job.cold_start
        if _is_empty(items.table[name])
    ]


def _is_empty(column: pa.ChunkedArray) -> bool:
    """Return whether all values are null or, as the empty cells of a CSV, blank."""
    values = column.drop_null()
    if not len(values) or not pa.types.is_string(values.type):
        return not len(values)
    return bool(pc.all(pc.equal(pc.utf8_trim_whitespace(values), "")).as_py())


def infer(
    embeddings: Embeddings, others: pa.Table | None, cold: Inference, *, listen: Listener
) -> tuple[Embeddings, Inferring]:
    """Fit the ladder, and give the items without events a vector, those of few a blended one.

    The ladder is fitted to what the embeddings keep of their items, so that their store makes the
    same one again. Where items are blended, what the rungs are worth is measured on the vectors
    that training gave, and then they are fitted once more, to the vectors that are published.

    Args:
        embeddings: Trained, with their metadata.
        others: What is known of the items without events, as ``others_of`` returns it; None where
            they are to get none.
        cold: How.
        listen: Hears how far it is, and how many got a vector.

    Returns:
        The embeddings with the inferred items after the trained ones; and what was done.
    """
    settings, n_blended = cold.settings, None
    ladder = settings.fit(embeddings, listen=listen)
    if cold.blend:
        embeddings = ladder.blend(embeddings, listen=listen)
        n_blended = pc.equal(embeddings.origin, BLENDED).true_count
        ladder = settings.fit(embeddings, measured=ladder.choices, listen=_progress_of(listen))
    if others is None or not others.num_rows:
        return embeddings, Inferring(ladder, {}, n_blended)
    rows = others.drop_columns(["item_id"])
    found = ladder.embed(as_item_table(others["item_id"], rows, settings.item), listen=listen)
    done = Inferring(ladder, found.sources, n_blended)
    listen(Notice("cold start", str(done)))
    return embeddings.with_inferred(found), done


def _progress_of(listen: Listener) -> Listener:
    """Return a listener that hears progress alone: what a second fit notices has been told."""

    def hear(event: Progress | Notice) -> None:
        if not isinstance(event, Notice):
            listen(event)

    return hear
