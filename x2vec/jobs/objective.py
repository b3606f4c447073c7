"""The objective: a metric by its name, and what each query form of two matrices is worth by it.

A form costs no training, so each trial trains once and is then asked in every form that may win.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from x2vec.errors import ConfigError
from x2vec.evaluation import METRICS, NextItemQueries, quick_figure
from x2vec.jobs.half_lives import half_lives
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.recommendation import QueryForm
from x2vec.training import Matrices, Model, SkipGram

__all__ = ["Objective"]

_COARSE: Final[tuple[dict[str, Any], ...]] = ({}, {"decay": 0.8}, {"decay": 0.5}, {"last": 1})
_FINE: Final[tuple[dict[str, Any], ...]] = (
    {"decay": 0.95}, {"decay": 0.65}, {"decay": 0.3}, {"last": 3}, {"last": 10},
)  # fmt: skip
_WHOLE: Final[dict[str, Any]] = {"decay": 1.0, "last": None, "weights": None}


@dataclass(frozen=True)
class Objective:
    """What a trial is worth: the mean of a metric over the validation queries, misses included.

    Attributes:
        metric: A metric and its cut-off, such as ``"ndcg@20"``.

    Raises:
        ConfigError: There is no such metric.

    Example:
        >>> Objective("recall@10").k
        10
    """

    metric: str = "ndcg@20"

    def __post_init__(self) -> None:
        name, _, k = str(self.metric).partition("@")
        if name not in METRICS or not k.isdecimal() or int(k) < 1:
            known = ", ".join(f"{one}@20" for one in METRICS)
            raise ConfigError(f"metric is {self.metric!r}; it must be one such as {known}")

    @property
    def k(self) -> int:
        """The cut-off."""
        return int(self.metric.partition("@")[2])

    def check_catalogue(self, n_items: int) -> None:
        """Refuse hits among as many items as there are: all settings would be worth the same.

        Raises:
            ConfigError: The metric counts hits, and its cut-off is the catalogue or beyond it.
        """
        if self.metric.startswith(("hr", "recall")) and self.k >= n_items:
            raise ConfigError(
                f"metric is {self.metric!r}, and only {n_items:,} items are left to rank, so every "
                f"target would be a hit. Set a cut-off below {n_items:,}, or keep more items: a "
                "lower min_count, more data."
            )

    def best_form(
        self,
        trained: Matrices,
        counts: np.ndarray,
        model: Model,
        queries: NextItemQueries,
        *,
        exclude_history: bool,
        thorough: bool = True,
    ) -> tuple[QueryForm, dict[QueryForm, float]]:
        """Climb to the form that is worth most, and tell what each form on the way was worth.

        The form that the model is trained for is asked first, and stays where nothing is better.
        Then, in-out, four reaches into the history and the priors at the best of them, then in-in
        with these reaches, then, where ``thorough``, other reaches at the best scoring and prior,
        rare items made to weigh more, and, where the queries say what events weigh and when they
        happened, these weights and half-lives, each at the best reach and at the whole history. In
        baskets, whose histories have no order, there is one reach, all of it.

        Args:
            trained: Both matrices.
            counts: (n_items,) events that were trained on.
            model: How they were trained.
            queries: What is asked.
            exclude_history: Whether these are baskets: the items of a history leave its ranking.
            thorough: Whether all reaches are tried.

        Returns:
            The first of the forms that are worth most, as a job would say it, and the value of each
            form tried.
        """
        values: dict[QueryForm, float] = {}

        def ask(forms: Iterable[QueryForm]) -> QueryForm:
            for form in forms:
                if form not in values:
                    values[form] = self.value(
                        form, trained, counts, model, queries, exclude_history=exclude_history
                    )
            return max(values, key=lambda form: values[form])  # the first of equals

        def reaching(best: QueryForm, reaches: Iterable[Mapping[str, Any]]) -> list[QueryForm]:
            return [replace(best, **{**_WHOLE, **reach}) for reach in reaches]

        own = QueryForm.of(model, ordered=not exclude_history)
        ask([own.with_learnt(model, trained.fades)])
        reaches = (_WHOLE,) if exclude_history else _COARSE
        if not trained.is_tied:  # else there are no context vectors to ask
            best = ask(reaching(QueryForm("in-out", prior=own.prior), reaches))
            ask(replace(best, prior=prior) for prior in _priors(model))
        best = ask(reaching(QueryForm("in-in"), reaches))
        if thorough and not exclude_history:
            best = ask(reaching(best, (*_COARSE, *_FINE)))
        if thorough:
            best = ask([replace(best, idf=True)])
            more: list[dict[str, Any]] = []
            if queries.histories.event_weights is not None:
                more.append({"weighted": True})
            more += [{"half_life": one} for one in half_lives(queries.histories)]
            for one in more:
                best = ask([replace(best, **one), replace(best, **_WHOLE, **one)])
        if best.weights is not None:  # each training learns its own
            best = replace(best, weights=None, decay=own.decay, last=own.last)
        return best, values

    def value(
        self,
        form: QueryForm,
        trained: Matrices,
        counts: np.ndarray,
        model: Model,
        queries: NextItemQueries,
        *,
        exclude_history: bool,
    ) -> float:
        """Return what one form is worth; see ``best_form``."""
        return quick_figure(
            ranker_on_trial(trained, counts, model, form),
            queries,
            self.metric,
            exclude_history=exclude_history,
        )


def _priors(model: Model) -> tuple[float | None, ...]:
    """Return the priors to try; None adds the noise back, where a model leaves it out."""
    some = (0.0, 0.25, 0.5, 0.75, 1.0)
    return (None, *some) if isinstance(model, SkipGram) else some
