"""What an engine is: it takes an integer corpus and parameters, and gives matrices back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from x2vec._plugins import ENGINES, find
from x2vec.corpus import Corpus
from x2vec.errors import ConfigError, DivergedError, NothingLeftError
from x2vec.progress import Listener, Notice, silent
from x2vec.training.control import Control, Matrices, State
from x2vec.training.elsa import Elsa
from x2vec.training.parameters import SkipGram
from x2vec.training.session_softmax import SessionSoftmax
from x2vec.training.side import Side

__all__ = ["KINDS", "Engine", "Model", "engine_for", "fit", "keep_chances", "refuse_divergence"]

Model = SkipGram | SessionSoftmax | Elsa
"""What can be learnt."""

KINDS: Final[Mapping[str, type[Model]]] = MappingProxyType(
    {model.__name__: model for model in (SkipGram, SessionSoftmax, Elsa)}
)
"""The models by the names that jobs and manifests give them."""


class Engine(Protocol):
    """One way to train. An engine is found by its name, through an entry point.

    Attributes:
        name: Its name.
        can: What of ``Control.needs`` it has.

    An engine that trains more than ``SkipGram`` has ``models``, a tuple of what it takes.
    """

    name: str
    can: frozenset[str]

    def fit(self, corpus: Corpus, parameters: Any, control: Control) -> Matrices:
        """Train on a corpus of at least one pair.

        Same corpus, parameters and seed with one worker give the same bytes. Progress in tokens
        goes to ``control.listen``. Numbers that stop being finite raise ``DivergedError``.
        """
        ...


def fit(
    corpus: Corpus,
    parameters: Model,
    *,
    engine: str = "native",
    seed: int = 1,
    workers: int = 1,
    deterministic: bool = False,
    listen: Listener = silent,
    start: State | None = None,
    keep: Callable[[State], None] | None = None,
    keep_every: float = Control.keep_every,
    is_enough: Callable[[Matrices], bool] | None = None,
    side: Side | None = None,
) -> Matrices:
    """Train with the engine of that name; the arguments beside it are those of ``Control``.

    Args:
        corpus: What to learn from.
        parameters: How.
        engine: ``native``, ``gensim``, ``reference``, or the name of a plug-in.
        seed: Same seed and one worker: same bytes.
        workers: Threads.
        deterministic: Whether any number of workers shall give the same bytes.
        listen: Hears the progress.
        start: Where to go on from.
        keep: Is given the state now and then, and before an interrupt goes on its way.
        keep_every: Seconds between two such states.
        is_enough: Asked after each epoch; training ends where it says yes.
        side: What is known of the items beside their events.

    Raises:
        ConfigError: An argument is out of bounds, or asks for what the engine does not have.
        NothingLeftError: The corpus holds no pair, or subsampling would leave none.
        DivergedError: The vectors stopped being finite.
        PluginError: No such engine.
    """
    control = Control(
        seed=seed,
        workers=workers,
        deterministic=deterministic,
        listen=listen,
        start=start,
        keep=keep,
        keep_every=keep_every,
        is_enough=is_enough,
        side=side,
    )
    trainer = engine_for(parameters, engine)
    lacking = sorted(control.needs - trainer.can)
    if lacking:
        raise ConfigError(
            f"engine {engine!r} has no {' and no '.join(lacking)}; engine 'native' has them all"
        )
    if side is not None:
        side.check(corpus)
        if not isinstance(parameters, SkipGram):
            raise ConfigError(
                f"side information goes into SkipGram, not into {type(parameters).__name__}; train "
                "a SkipGram, or leave it out"
            )
    if corpus.longest < 2:
        raise NothingLeftError("No pairs to train on: every sequence holds one event.")
    if isinstance(parameters, SkipGram):
        _report_subsampling(corpus, parameters, listen)
    matrices = trainer.fit(corpus, parameters, control)
    refuse_divergence(matrices, None, epoch=parameters.epochs, alpha=parameters.min_alpha)
    return matrices


def engine_for(parameters: Model, engine: str) -> Engine:
    """Return the engine of a name.

    Raises:
        ConfigError: It does not train such a model.
        PluginError: No such engine.
    """
    trainer: Engine = find(ENGINES, engine)()
    models = getattr(trainer, "models", (SkipGram,))
    if not isinstance(parameters, models):
        raise ConfigError(
            f"engine {engine!r} trains {' and '.join(one.__name__ for one in models)}, no "
            f"{type(parameters).__name__}; engine 'native' trains all"
        )
    return trainer


def keep_chances(counts: NDArray[np.int64], sample: float) -> NDArray[np.float64]:
    """Return the chance of each item's events to be trained on, (n_items,) float64, at most 1.

    The word2vec program's formula: with ``x = share of the item / sample``,
    ``(sqrt(x) + 1) / x``.
    """
    if sample == 0:
        return np.ones(len(counts))
    excess = counts / (sample * counts.sum())
    chances: NDArray[np.float64] = np.minimum(1.0, (np.sqrt(excess) + 1) / excess)
    return chances


def _report_subsampling(corpus: Corpus, parameters: SkipGram, listen: Listener) -> None:
    """Refuse a threshold that leaves no pair, and say so where it takes most events."""
    counts = corpus.counts()
    kept = float(counts @ keep_chances(counts, parameters.sample))
    advice = f"sample = {parameters.sample} keeps {kept / corpus.n_tokens:.0%} of the events"
    if kept * parameters.epochs < 2:
        raise NothingLeftError(f"No pairs to train on: {advice}. Set a higher sample, or 0.")
    if kept < corpus.n_tokens / 2:
        listen(Notice("train", advice))


def refuse_divergence(
    matrices: Matrices, last_good: Matrices | None, *, epoch: int, alpha: float
) -> None:
    """Raise ``DivergedError`` unless all numbers are finite."""
    if not matrices.is_finite:
        raise DivergedError(
            f"Training diverged: vectors are no longer finite after epoch {epoch}, learning rate "
            f"{alpha:.4g}. Set a lower alpha.",
            epoch=epoch,
            alpha=alpha,
            last_good=last_good,
        )
