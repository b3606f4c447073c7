"""A contest in Python: parameters, names, embeddings and rankers, measured on one test part.

What the models are given is the training part alone: parameters are trained on it, baselines are
fitted to it, and embeddings that are trained already are written in its rows.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from numbers import Integral
from typing import Any

from x2vec._text import closest
from x2vec.corpus import Queries, Sequences, check_leaks, queries_of
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, UsageError
from x2vec.evaluation import Report
from x2vec.jobs.config import Training
from x2vec.jobs.hybrid import Fit, Mixed, asked_as, make_hybrid
from x2vec.jobs.models import as_ranker
from x2vec.jobs.presets import Preset
from x2vec.jobs.rankers import HYBRID, MODELS
from x2vec.jobs.splitting import refuse_other_kind
from x2vec.jobs.steps import Prepared, evaluate, fit_prepared, prepare
from x2vec.jobs.trained import ranker_of_trained
from x2vec.jobs.tuning.result import Tuning
from x2vec.jobs.used import library_versions
from x2vec.progress import Listener, Notice, Progress, silent
from x2vec.recommendation import BASELINES, QueryForm, Ranker
from x2vec.training import Model

__all__ = ["contest"]


def contest(
    models: Iterable[Any],
    train: Sequences,
    test: Queries | Sequences,
    *,
    k: int | Sequence[int],
    training: Training,
    listen: Listener = silent,
) -> Report:
    """Fit what is to be fitted, and measure all of it on the same queries.

    Args:
        models: The one on trial first; see ``x2vec.evaluate``.
        train: What they may learn from.
        test: What they are asked; sequences are asked for their last item.
        k: The cut-offs.
        training: How parameters are trained; its seed is also that of baselines.
        listen: Hears the progress.

    Raises:
        UsageError: No models, one that is none, or an unknown name.
        DataError: Training and test part overlap, are of two kinds, or the data are too much for
            a baseline.
        ConfigError: A cut-off is out of bounds, or beyond the catalogue.
    """
    named, ks = _named(models), _cutoffs(k)
    queries = test
    if isinstance(test, Sequences):
        queries = queries_of(test, seed=training.seed)
    assert isinstance(queries, Queries)
    histories = queries.histories
    if len(train):  # without items there is no type of them
        refuse_other_kind(train, histories.items.type, is_ordered=histories.ordered)
    check_leaks(train, queries)
    prepared = prepare(train)
    fitted: dict[str, Ranker] = {}
    is_mixed = named.get(HYBRID) == HYBRID  # and no fitted ranker of that name
    for n, (name, model) in enumerate(named.items()):
        listen(Progress("models", n, len(named), "fitted"))
        if not (is_mixed and name == HYBRID):
            fitted[name] = _ranker(name, model, prepared, training, listen)
    settings = {name: _settings(model) for name, model in named.items()}
    if is_mixed:
        mixed = _mixed(named, train, queries, prepared, training, fitted, listen)
        fitted[HYBRID] = mixed.hybrid
        settings[HYBRID] = mixed.mixture.to_dict()
    listen(Progress("models", len(named), len(named), "fitted"))
    rankers = [fitted[name] for name in named]
    used = {
        "data": {
            "training part": repr(train),
            "test part": f"{len(queries):,} queries",
            "training data (sha256)": prepared.corpus.digest(),
        },
        "seed": training.seed,
        "settings": settings,
        "versions": dict(library_versions()),
    }
    return evaluate(rankers, queries, prepared, k=ks, used=used, seed=training.seed, listen=listen)


def _cutoffs(k: Any) -> list[int]:
    """Return the cut-offs as plain numbers.

    Raises:
        ConfigError: One is no whole number from 1 on, or stands there twice, or there are none.
    """
    listed = [*k] if isinstance(k, Iterable) and not isinstance(k, str) else [k]
    is_whole = all(isinstance(one, Integral) and not isinstance(one, bool) for one in listed)
    if not is_whole or not listed or min(listed) < 1 or len(set(listed)) < len(listed):
        raise ConfigError(
            f"k is {k!r}; it must be a whole number from 1 on, or several that differ: 20, [10, 20]"
        )
    return [int(one) for one in listed]


def _named(models: Iterable[Any]) -> dict[str, Any]:
    """Give each model its name; parameters and embeddings of one kind are numbered.

    Raises:
        UsageError: There are none, one is no model, or two have one name.
    """
    if isinstance(models, str) or not isinstance(models, Iterable):
        models = [models]
    named: dict[str, Any] = {}
    for model in models:
        name = _name(model)
        if not isinstance(model, str | Ranker) and name in named:
            name = next(f"{name} {n}" for n in range(2, 10_000) if f"{name} {n}" not in named)
        if name in named:
            raise UsageError(f"evaluate: two models are called {name!r}; give each its own name")
        named[name] = model
    if not named:
        raise UsageError("evaluate: no models; give at least one, such as 'popularity'")
    return named


def _name(model: Any) -> str:
    for name, kind in MODELS.items():
        if isinstance(model, kind):
            return name
    if isinstance(model, Tuning):
        return "tuned"
    if isinstance(model, Preset):
        return "preset"
    if isinstance(model, Embeddings):
        return "embeddings"
    if isinstance(model, str):
        known = [*BASELINES, HYBRID]
        if model not in known:
            close = closest(model, known)
            hint = f"Did you mean {close!r}?" if close else f"There are {', '.join(known)}."
            raise UsageError(f"evaluate: no baseline {model!r}. {hint}")
        return model
    if isinstance(model, Ranker) and not isinstance(model, type):
        return str(model.name)
    raise UsageError(
        f"evaluate: a model is a {type(model).__name__}; expected SkipGram(...), "
        "SessionSoftmax(...), Elsa(...), a preset, what tune found, the name of a baseline, "
        "Embeddings, or a fitted ranker"
    )


def _ranker(
    name: str, model: Any, prepared: Prepared, training: Training, listen: Listener
) -> Ranker:
    if isinstance(model, str):
        return BASELINES[model](prepared.corpus, training.seed)
    if isinstance(model, Model | Preset | Tuning):
        model, query = _asked(model, prepared)
        trained = fit_prepared(prepared, model, training, query=query, listen=listen)
        return as_ranker(trained, name)
    if isinstance(model, Embeddings):
        return ranker_of_trained(model, prepared.vocabulary, name=name)
    ranker: Ranker = model
    return ranker


def _mixed(
    named: Mapping[str, Any],
    train: Sequences,
    queries: Queries,
    prepared: Prepared,
    training: Training,
    fitted: Mapping[str, Ranker],
    listen: Listener,
) -> Mixed:
    """Make a hybrid of what can be fitted again, to a part of the training part."""
    again: list[Fit] = []
    for name, model in named.items():
        if isinstance(model, Model | Preset | Tuning):
            again.append(partial(_fit_again, name, model, training))
        elif not isinstance(model, str):
            text = f"{HYBRID} is without {name}, which was fitted before: no part is new to it"
            listen(Notice("evaluate", text))
    how = asked_as(queries, train)
    return make_hybrid(train, prepared, how, again, training=training, fitted=fitted, listen=listen)


def _fit_again(
    name: str, model: Any, training: Training, prepared: Prepared, listen: Listener
) -> Ranker:
    return _ranker(name, model, prepared, training, listen)


def _asked(model: Model | Preset | Tuning, prepared: Prepared) -> tuple[Model, QueryForm]:
    """Return parameters, and the form that they are asked in."""
    if isinstance(model, Preset | Tuning):
        return model.model, model.query
    return model, QueryForm.of(model, ordered=prepared.corpus.ordered)


def _settings(model: Any) -> Any:
    if isinstance(model, Model):
        return dataclasses.asdict(model)
    if isinstance(model, Preset | Tuning):
        return {**dataclasses.asdict(model.model), "query": str(model.query)}
    return {"is": repr(model) if isinstance(model, Embeddings) else type(model).__name__}
