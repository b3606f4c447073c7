"""Choosing the query form: on a part cut from the training part, by asking in every form."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from x2vec.corpus import Sequences, Split, leave_last_out, subset
from x2vec.embeddings import Provenance
from x2vec.evaluation import NextItemQueries
from x2vec.jobs.config import Evaluate, QueryChoice, Training
from x2vec.jobs.fitting import fit_watched
from x2vec.jobs.objective import Objective
from x2vec.jobs.side import SideSource
from x2vec.jobs.splitting import split
from x2vec.jobs.steps import Prepared, prepare
from x2vec.progress import Listener, Notice, Progress, silent
from x2vec.recommendation import QueryForm
from x2vec.training import Model

__all__ = [
    "Chosen",
    "Validation",
    "choose_form",
    "cut_validation",
    "validation_split",
    "with_choice",
]


@dataclass(frozen=True, eq=False)
class Validation:
    """A part of the training part that tells which query form is better.

    Attributes:
        prepared: What is left to train on.
        queries: What is asked.
    """

    prepared: Prepared
    queries: NextItemQueries


@dataclass(frozen=True)
class Chosen:
    """A query form, and why it is this one.

    Attributes:
        form: The one that was worth most.
        metric: By what.
        value: What it was worth.
        forms: What each form was worth, by its words.
        n_queries: Queries.
    """

    form: QueryForm
    metric: str
    value: float
    forms: Mapping[str, float]
    n_queries: int

    def to_dict(self) -> dict[str, Any]:
        """Return why, as plain values for JSON."""
        return {"metric": self.metric, "n_queries": self.n_queries, "forms": dict(self.forms)}

    def __str__(self) -> str:
        return (
            f"chosen of {len(self.forms)} query forms on {self.n_queries:,} validation queries: "
            f"{self.form}; {self.metric} {self.value:.4f}"
        )


def validation_split(train: Sequences, how: Evaluate | None, n: int, *, seed: int) -> Split:
    """Cut a validation part from a training part: as the test part was cut, of at most n queries.

    A test part that was given is taken to hold other sequences than the training part. Where there
    is none, the last item of each sequence is held out, or one at random of each basket.

    Raises:
        NothingLeftError: There is nothing to hold out.
    """
    if how is None:
        made = leave_last_out(train, seed=seed)
        return dataclasses.replace(made, queries=subset(made.queries, n, seed=seed))
    by = "sequences" if how.split == "given" else how.split
    made, _ = split(train, dataclasses.replace(how, split=by, max_queries=n, floor=None), seed=seed)
    return made


def cut_validation(
    train: Sequences,
    how: Evaluate | None,
    choice: QueryChoice,
    training: Training,
    *,
    side: SideSource | None = None,
) -> Validation:
    """Cut the part that a form is chosen on; see ``validation_split``."""
    made = validation_split(train, how, choice.choose_queries, seed=training.seed)
    prepared = prepare(made.train, training, side=side)
    return Validation(prepared, NextItemQueries.of(made.queries, prepared.vocabulary))


def choose_form(
    validation: Validation,
    model: Model,
    choice: QueryChoice,
    training: Training,
    *,
    listen: Listener = silent,
) -> Chosen:
    """Train on what the validation part leaves, ask in every form, and return the best.

    Args:
        validation: What was cut.
        model: What to learn.
        choice: By what the form is chosen.
        training: How the model is fitted, as it will be.
        listen: Hears the progress of the training, as stage ``"choose query"``, and what won.

    Raises:
        ConfigError: The metric's cut-off is the catalogue or beyond it.
        DivergedError: The vectors stopped being finite.
    """

    def hear(event: Progress | Notice) -> None:
        listen(dataclasses.replace(event, stage="choose query"))

    objective, prepared = Objective(choice.choose_by), validation.prepared
    objective.check_catalogue(len(prepared.vocabulary))
    corpus = prepared.corpus
    matrices, _ = fit_watched(
        corpus,
        model,
        training,
        query=QueryForm.of(model, ordered=corpus.ordered),
        validation=prepared.validation,
        side=prepared.side,
        checkpoint=None,
        resume=False,
        listen=hear,
    )
    form, values = objective.best_form(
        matrices,
        prepared.vocabulary.counts,
        model,
        validation.queries,
        exclude_history=not corpus.ordered,
    )
    forms = {str(one): found for one, found in values.items()}
    chosen = Chosen(form, objective.metric, max(values.values()), forms, len(validation.queries))
    listen(Notice("choose query", str(chosen)))
    return chosen


def with_choice(provenance: Provenance, chosen: Chosen | None) -> Provenance:
    """Return a provenance that says among its metrics how the form was chosen, if it was."""
    if chosen is None:
        return provenance
    metrics = {**provenance.metrics, "query choice": chosen.to_dict()}
    return dataclasses.replace(provenance, metrics=metrics)
