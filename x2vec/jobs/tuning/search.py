"""The search: a tree-structured Parzen estimator proposes, successive halving sorts out.

TPE: Bergstra et al., "Algorithms for Hyper-Parameter Optimization", 2011, by Optuna. Halving is its
asynchronous form: a trial goes on to the next rung if it is among the best third of those that
came to this one so far (Li et al., "A System for Massively Parallel Hyperparameter Tuning", 2020).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from x2vec.errors import DivergedError, NothingLeftError
from x2vec.jobs.config import Training
from x2vec.jobs.objective import Objective
from x2vec.jobs.tuning.clock import Clock
from x2vec.jobs.tuning.rungs import ETA, Rung
from x2vec.jobs.tuning.space import Space, optuna
from x2vec.jobs.tuning.trials import State, Trial
from x2vec.progress import Listener, Notice, Progress
from x2vec.recommendation import QueryForm
from x2vec.training import Model, fit

__all__ = ["Search", "importances"]

_COSTLIEST = 0.2
"""The share of a budget that one training of all sequences may take; what costs more is passed."""

_MOST_PASSED = 50


@dataclass(frozen=True, eq=False)
class Search:
    """Everything that a search goes by.

    Attributes:
        rungs: The sizes of the problem, smallest first.
        space: What is searched.
        objective: What a trial is worth.
        training: How a model is fitted.
        clock: The time.
        reserve: Seconds to keep for what follows the search, by the model that is best.
        keep: Is given each trial that is over.
        listen: Hears how far it is.
    """

    rungs: Sequence[Rung]
    space: Space
    objective: Objective
    training: Training
    clock: Clock
    reserve: Callable[[Model], float]
    keep: Callable[[Trial], None]
    listen: Listener

    def run(self, trials: list[Trial], most: int | None) -> list[Trial]:
        """Try until there are ``most`` trials, or no time.

        Args:
            trials: Those that are over already.
            most: How many there shall be; None as many as there is time for.
        """
        trials = list(trials)
        with _quiet():
            study = optuna().create_study(direction="maximize")
        for trial in trials:
            self._tell(study, trial)
        while most is None or len(trials) < most:
            with _quiet():
                params = self._propose(study, trials)
            if params is None:
                break
            trial = self._try(params, trials)
            trials.append(trial)
            self._tell(study, trial)
            self.keep(trial)
            self._progress(trials, most)
        return trials

    def _propose(self, study: Any, trials: Sequence[Trial]) -> dict[str, Any] | None:
        """Return settings to try; None where there is no time for any."""
        if not trials:
            return self.space.params_of(self.space.start)
        most = float("inf") if self.clock.limit is None else _COSTLIEST * self.clock.limit
        for passed in range(_MOST_PASSED):
            seed = (self.training.seed * 1_000_003 + len(trials) * 1_009 + passed) % 2**32
            study.sampler = optuna().samplers.TPESampler(seed=seed)
            asked = study.ask(self.space.distributions())
            study.tell(asked, state=optuna().trial.TrialState.FAIL)  # what is over is told anew
            model = self.space.model_of(asked.params)
            if self.clock.foresee(model, self.rungs[-1]) > most:
                continue
            return asked.params if self._fits(model, 0, trials) else None
        return None

    def _fits(self, model: Model, rung: int, trials: Sequence[Trial]) -> bool:
        best = max(trials, key=lambda trial: trial.rank)
        needed = self.clock.foresee(model, self.rungs[rung])
        return needed + self.reserve(self.space.model_of(dict(best.params))) <= self.clock.left

    def _try(self, params: dict[str, Any], trials: Sequence[Trial]) -> Trial:
        start = perf_counter()
        model, values = self.space.model_of(params), list[float]()
        query, forms = QueryForm(), dict[str, float]()
        state: State = "pruned"
        for place, rung in enumerate(self.rungs):
            if trials and place and not self._fits(model, place, trials):
                break
            try:
                query, found = self._measure(model, rung)
            except (DivergedError, NothingLeftError):
                values.append(0.0)
                state = "diverged"
                break
            values.append(max(found.values()))
            forms = {str(form): value for form, value in found.items()}
            if place == len(self.rungs) - 1:
                state = "complete"
            elif trials and not _goes_on(values[-1], place, trials):
                break
        return Trial(
            len(trials), params, tuple(values), query, forms, perf_counter() - start, state
        )

    def _measure(self, model: Model, rung: Rung) -> tuple[QueryForm, dict[QueryForm, float]]:
        started = perf_counter()
        matrices = fit(
            rung.prepared.corpus,
            model,
            engine=self.training.engine,
            seed=self.training.seed,
            workers=self.training.workers,
            deterministic=self.training.deterministic,
        )
        trained = perf_counter()
        found = self.objective.best_form(
            matrices,
            rung.prepared.vocabulary.counts,
            model,
            rung.queries,
            exclude_history=not rung.prepared.corpus.ordered,
            thorough=rung is self.rungs[-1],
        )
        self.clock.note(model, rung, trained=trained - started, asked=perf_counter() - trained)
        return found

    def _tell(self, study: Any, trial: Trial) -> None:
        """Add a trial that is over to what the estimator knows."""
        package = optuna()
        states = package.trial.TrialState
        with _quiet():
            study.add_trial(
                package.trial.create_trial(
                    state=states.COMPLETE if trial.state == "complete" else states.PRUNED,
                    value=trial.values[-1],
                    params=dict(trial.params),
                    distributions=self.space.distributions(),
                    intermediate_values=dict(enumerate(trial.values)),
                )
            )

    def _progress(self, trials: Sequence[Trial], most: int | None) -> None:
        best = max(trials, key=lambda trial: trial.rank)
        if best is trials[-1]:
            told = f"trial {best.number}: {self.objective.metric} {best.values[-1]:.4f}"
            share = self.rungs[len(best.values) - 1].share
            of = "all sequences" if share == 1 else f"{share:.0%} of the sequences"
            self.listen(Notice("tune", f"{told} on {of}, the best so far"))
        figures = {"trials": len(trials), self.objective.metric: best.values[-1]}
        if most is not None:
            left = self.clock.elapsed / len(trials) * (most - len(trials))
            figures = {**figures, "seconds left": left}
            self.listen(Progress("tune", len(trials), most, "trials", figures))
        elif self.clock.limit is not None:
            done = min(self.clock.elapsed, self.clock.limit)
            figures = {**figures, "seconds left": self.clock.limit - done}
            self.listen(Progress("tune", done, self.clock.limit, "seconds", figures))


def importances(trials: Sequence[Trial], space: Space) -> dict[str, float]:
    """Return how much each setting decided about being among the best, most first; they sum to 1.

    By PED-ANOVA (Watanabe et al. 2023) over the first rung, which every trial came to; empty for
    fewer than five trials.
    """
    if len(trials) < 5:
        return {}
    with _quiet():
        package = optuna()
        study = package.create_study(direction="maximize")
        for trial in trials:
            study.add_trial(
                package.trial.create_trial(
                    value=trial.values[0],
                    params=dict(trial.params),
                    distributions=space.distributions(),
                )
            )
        found = package.importance.get_param_importances(study)
    return {name: float(share) for name, share in found.items()}


def _goes_on(value: float, rung: int, trials: Sequence[Trial]) -> bool:
    """Whether a value is among the best third of a rung so far, itself included."""
    others = [trial.values[rung] for trial in trials if len(trial.values) > rung]
    better = sum(other >= value for other in others)
    return better < max(1, (len(others) + 1) // ETA)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna's log and its warnings of new features off, and leave its level as it was."""
    log = optuna().logging
    level = log.get_verbosity()
    log.set_verbosity(log.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.set_verbosity(level)
