"""Making a hybrid: its weights are learnt on a validation part cut from the training part.

Its parts are fitted to what is left and asked there. Those that get a weight are then taken as they
are fitted to the whole training part: those that the report measures anyway are not fitted again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from x2vec.corpus import Queries, Sequences
from x2vec.errors import DataError
from x2vec.evaluation import NextItemQueries
from x2vec.jobs.choosing import validation_split
from x2vec.jobs.config import Evaluate, Job, Training
from x2vec.jobs.models import model_beside, model_on_trial, staged
from x2vec.jobs.rankers import HYBRID, MODELS, fit_baselines
from x2vec.jobs.side import SideSource
from x2vec.jobs.steps import Prepared, prepare
from x2vec.progress import Listener, Notice, Progress
from x2vec.recommendation import BASELINES, Hybrid, Mixture, QueryForm, Ranker, learn_mixture

__all__ = ["PARTS", "Fit", "Mixed", "asked_as", "hybrid_of_job", "make_hybrid"]

Fit = Callable[[Prepared, Listener], Ranker]
"""Trains a model on a part, and gives it the name that it has in the report."""

PARTS: Final = (
    "cooccurrence",
    "session-knn",
    "vstan",
    "session-popularity",
    "sequential-rules",
    "item-knn",
    "ease",
    "slist",
    "als",
    "bpr",
)
"""The baselines that a hybrid may hold. On validation parts of yoochoose-100k and MovieLens markov,
association-rules, vsknn and popularity got next to no weight beside them.
"""

QUERIES: Final = 2_000
"""Validation queries; a dozen weights need no more."""


@dataclass(frozen=True, eq=False)
class Mixed:
    """A hybrid, and what was learnt to make it.

    Attributes:
        hybrid: Fitted to the whole training part.
        mixture: Its parts, their weights, and what they are worth on the validation part.
    """

    hybrid: Hybrid
    mixture: Mixture


def hybrid_of_job(
    train: Sequences,
    prepared: Prepared,
    job: Job,
    query: QueryForm,
    *,
    fitted: Mapping[str, Ranker],
    listen: Listener,
) -> Mixed | None:
    """Make the hybrid of a job; None where the data are too few for one, with a notice.

    Args:
        train: The training part, which ``prepared`` holds as a corpus.
        prepared: What all is fitted to.
        job: The job; it says how the test part is held out, and which models are beside it.
        query: How the model on trial is asked.
        fitted: The rankers that are fitted to ``prepared`` already, by name.
        listen: Hears the progress.

    Raises:
        DataError: There is no hybrid, and the quality floor is set for it.
    """
    how = job.evaluate
    assert how is not None
    models: list[Fit] = [partial(model_on_trial, job, query)]
    models += [partial(model_beside, job, name) for name in how.chosen if name in MODELS]
    try:
        return make_hybrid(
            train, prepared, how, models, training=job.training, fitted=fitted, listen=listen
        )
    except DataError as error:
        if how.floor is not None and how.floor.model == HYBRID:
            raise
        listen(Notice("evaluate", f"{HYBRID} is left out of the leaderboard: {error}"))
        return None


def make_hybrid(
    train: Sequences,
    prepared: Prepared,
    how: Evaluate,
    models: Iterable[Fit],
    *,
    training: Training,
    fitted: Mapping[str, Ranker],
    listen: Listener,
) -> Mixed:
    """Learn a mixture of models and baselines, and put its parts together.

    Args:
        train: The training part, which ``prepared`` holds as a corpus.
        prepared: What all is fitted to.
        how: How the test part was held out; the validation part is cut likewise. Of its models
            those that are not fitted were refused.
        models: What trains each model that is to be a part.
        training: Its seed is that of all that is drawn.
        fitted: The rankers that are fitted to ``prepared`` already, by name; ``models`` are.
        listen: Hears the progress, and of what the hybrid consists.

    Raises:
        NothingLeftError: The training part is too small to cut a validation part from.
        DataError: A part that is not fitted already is too large for the whole training part.
    """

    def hear(event: Progress | Notice) -> None:
        if isinstance(event, Progress):  # what there is to notice was told of the whole part
            staged(listen, f"for {HYBRID}")(event)

    source = None if prepared.beside is None else prepared.beside.source
    left, asked = _cut(train, how, training, source)
    queries = NextItemQueries.of(asked, left.vocabulary)
    parts = [fit(left, hear) for fit in models]
    refused = {
        *how.chosen
    } - fitted.keys()  # too large for the whole part, so for a smaller one too
    names = [name for name in PARTS if name not in refused]
    parts += fit_baselines(left.corpus, names, seed=training.seed, listen=hear)
    mixture = learn_mixture(
        parts,
        queries.histories.take(queries.known),
        queries.targets,
        exclude_history=not train.ordered,
        seed=training.seed,
    )
    listen(Notice("evaluate", f"{HYBRID}: {mixture}"))
    missing = {one.name for one in mixture.shares} - fitted.keys()
    more = {name: BASELINES[name](prepared.corpus, training.seed) for name in missing}
    return Mixed(mixture.of({**fitted, **more}), mixture)


def _cut(
    train: Sequences, how: Evaluate, training: Training, side: SideSource | None
) -> tuple[Prepared, Queries]:
    """Hold out a validation part as the test part was, and ask for one item at a time.

    Of a test part that was given nobody knows where its histories are cut, so all of their lengths
    are asked. Of items held out for cold start rankers have nothing to say, so there the last items
    are asked for.
    """
    if how.split == "items":
        how = replace(how, split="leave-last-out", ask="last")
    elif how.split == "given" and train.ordered:
        how = replace(how, ask="each")
    elif how.ask == "rest":
        how = replace(how, ask="last")
    made = validation_split(train, how, QUERIES, seed=training.seed)
    return prepare(made.train, training, side=side), made.queries


def asked_as(queries: Queries, train: Sequences) -> Evaluate:
    """Return how queries were held out, as far as they tell; for ``make_hybrid``."""
    if queries.held_out == "sequences":
        return Evaluate(split="given", models=[])
    is_later = (
        queries.times is not None
        and train.times is not None
        and len(train.times) > 0
        and int(train.times.max()) < int(queries.times.min())
    )
    return Evaluate(split="time" if is_later else "leave-last-out", models=[])
