"""Learning rates: each engine climbs a list of them, judged on a validation part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from benchmarks.engines import Engine
from benchmarks.rounds import feeding, train_once
from benchmarks.workload import Workload
from x2vec import SkipGram
from x2vec.errors import DivergedError

__all__ = ["best", "climb", "try_alphas"]


def try_alphas(
    engines: Sequence[Engine],
    validation: Workload,
    model: SkipGram,
    alphas: Sequence[float],
    *,
    workers: int,
) -> dict[str, dict[float, float]]:
    """Let each engine that has a learning rate climb, from the rate nearest to the model's.

    Returns:
        By engine and rate tried the NDCG@20 of the validation queries, in-out, or by cosine where
        there are no out-vectors; 0 where training diverged.
    """
    movable = [engine for engine in engines if engine.has_alpha]
    start = min(alphas, key=lambda alpha: abs(alpha - model.alpha))
    with feeding(movable, validation.corpus, model) as fed:
        return {
            engine.name: climb(
                partial(_figure, engine, fed[engine.name], validation, model, workers),
                alphas,
                start=start,
            )
            for engine in movable
        }


def climb(
    figure: Callable[[float], float], alphas: Sequence[float], *, start: float
) -> dict[float, float]:
    """Return the figures of the rates tried, until the best one has lower neighbours."""
    ladder = sorted(alphas)
    figures: dict[float, float] = {}
    here, top = None, start
    while here != top:
        here = top
        place = ladder.index(here)
        near = ladder[max(place - 1, 0) : place + 2]
        figures |= {alpha: figure(alpha) for alpha in near if alpha not in figures}
        top = best({alpha: figures[alpha] for alpha in near})
    return figures


def best(figures: Mapping[float, float]) -> float:
    """Return the rate with the highest figure, the lowest of several."""
    return min(figures, key=lambda alpha: (-figures[alpha], alpha))


def _figure(
    engine: Engine, fed: Any, validation: Workload, model: SkipGram, workers: int, alpha: float
) -> float:
    model = replace(model, alpha=alpha)
    try:
        trained, _ = train_once(engine, fed, model, seed=1, workers=workers)
    except DivergedError:
        return 0.0
    in_out, cosine = validation.quality(engine, trained, model)
    return cosine if np.isnan(in_out) else in_out
