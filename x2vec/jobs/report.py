"""What a run did, as values: the report that is printed and returned."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from x2vec.corpus import Ledger
from x2vec.evaluation import Report
from x2vec.jobs.cold_start import Inferring
from x2vec.jobs.early_stopping import EarlyStopping

__all__ = ["RunReport", "SplitReport", "Status"]

Status = Literal["published", "unchanged"]


@dataclass(frozen=True)
class SplitReport:
    """How sequences were split, and what was asked of what was held out.

    Attributes:
        description: How, in words.
        rows_held_out: Events that are in no training sequence.
        n_askable: Queries that could have been asked.
        n_asked: Queries that are; fewer where there are more than ``max_queries``.
    """

    description: str
    rows_held_out: int
    n_askable: int
    n_asked: int

    def __str__(self) -> str:
        return (
            f"{self.description}: {self.rows_held_out:,} rows held out, "
            f"{self.n_asked:,} of {self.n_askable:,} queries asked"
        )


@dataclass(frozen=True)
class RunReport:
    """What a run did.

    Attributes:
        status: ``"published"``, or ``"unchanged"`` where the latest version is of the same job,
            input and libraries, so that nothing was trained.
        job: The job file.
        version: The directory of the version that is published.
        read: What was read, removed by which reason, and kept.
        trained: What was left of it for training, after the split.
        split: How it was split, and how much was asked; None where nothing was held out.
        n_items: Items with a trained vector.
        n_tokens: Events trained on in each epoch.
        n_sequences: Sequences trained on.
        losses: Mean loss in each epoch; None where the engine does not know it.
        loss_of: What it is the mean over: a pair, a query or a sequence.
        early_stopping: What each epoch was worth; None where all epochs are trained anyway.
        cold_start: What the rungs measured, and how many items have an inferred vector; None
            without ``[cold_start]``.
        evaluation: What the models measured; None where nothing was held out. All five are None
            where nothing was trained.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time of each step.
    """

    status: Status
    job: str
    version: str
    read: Ledger
    trained: Ledger
    split: SplitReport | None
    n_items: int
    n_tokens: int
    n_sequences: int
    losses: list[float] | None
    loss_of: str | None
    early_stopping: EarlyStopping | None
    cold_start: Inferring | None
    evaluation: Report | None
    notices: tuple[str, ...]
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain values for JSON."""
        return {
            **{field.name: getattr(self, field.name) for field in dataclasses.fields(self)},
            "read": self.read.to_dict(),
            "trained": self.trained.to_dict(),
            "split": self.split and dataclasses.asdict(self.split),
            "early_stopping": self.early_stopping and self.early_stopping.to_dict(),
            "cold_start": self.cold_start and self.cold_start.to_dict(),
            "evaluation": self.evaluation and self.evaluation.to_dict(),
            "notices": list(self.notices),
        }
