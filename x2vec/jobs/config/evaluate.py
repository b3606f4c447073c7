"""The section ``[evaluate]``: what is held out, who is measured on it, what must be reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from x2vec._text import closest
from x2vec.errors import ConfigError
from x2vec.evaluation import Floor, check_metric
from x2vec.jobs.rankers import COSINE, EMBEDDING_RANKERS, HYBRID, MODELS, QUICK
from x2vec.recommendation import BASELINES

__all__ = ["Evaluate"]


@dataclass(frozen=True)
class Evaluate:
    """What is held out, who is measured on it, and what the model must reach.

    Attributes:
        split: ``"time"`` trains strictly before a moment and asks after it;
            ``"leave-last-out"`` holds out the last item of each sequence, or any one of a basket;
            ``"sequences"`` holds out whole sequences, ``"items"`` items, for cold start; with
            ``"given"`` the test part has a source of its own, the section ``[test]``.
        holdout: Share of the events after the moment, of the sequences or of the items.
        ask: ``"last"`` asks each held-out sequence for one item, the last or any one of a basket;
            ``"each"`` for every item after the first, each from what came before it; ``"rest"``
            for all items of the rest at once.
        k: The cut-offs of the metrics.
        max_queries: At most so many queries, drawn at random, are asked.
        models: Who is measured beside the model on trial: baselines, other ways to ask the
            embedding, ``"skipgram"`` or ``"session-softmax"``, trained with their defaults, and
            ``"hybrid"``, the mixture of all of these; unless given, those that are quick in a run,
            and all in an evaluation, of the two models the one that is not on trial.
        floor: The least that the model must reach; below it nothing is published.
    """

    split: Literal["time", "leave-last-out", "sequences", "items", "given"] = "time"
    holdout: float = 0.1
    ask: Literal["last", "each", "rest"] = "last"
    k: list[int] = field(default_factory=lambda: [10, 20])
    max_queries: int = 10_000
    models: list[str] | None = None
    floor: Floor | None = None

    def __post_init__(self) -> None:
        problems = [*self._bounds(), *self._models()]
        if problems:
            raise ConfigError("\n".join(problems))

    @property
    def chosen(self) -> list[str]:
        """The names of who is measured beside the model on trial."""
        return [COSINE, *QUICK] if self.models is None else self.models

    def _bounds(self) -> list[str]:
        problems = []
        if not 0 < self.holdout < 1:
            problems.append(f"holdout is {self.holdout}; it must lie between 0 and 1")
        if self.split == "leave-last-out" and self.ask != "last":
            problems.append(
                f'ask is "{self.ask}", which leaving the last out cannot give: it holds out one '
                'item of a sequence. Set ask = "last", or split = "time" or "sequences".'
            )
        if not self.k or min(self.k) < 1 or len(set(self.k)) < len(self.k):
            problems.append(f"k is {self.k}; it must list different whole numbers from 1 on")
        elif self.floor is not None:
            try:
                check_metric(self.floor.metric, self.k)
            except ConfigError as error:
                problems.append(f"floor: {error}")
        if self.max_queries < 1:
            problems.append(f"max_queries is {self.max_queries}; it must be at least 1")
        return problems

    def _models(self) -> list[str]:
        known = [*EMBEDDING_RANKERS, *MODELS, *BASELINES, HYBRID]
        problems = []
        for name in dict.fromkeys(self.models or []):
            if name not in known:
                close = closest(name, known)
                hint = f"did you mean {close!r}?" if close else f"there are {', '.join(known)}"
                problems.append(f"models names {name!r}, and there is no such model; {hint}")
        if self.models and len(set(self.models)) < len(self.models):
            problems.append(f"models is {self.models}; name each once")
        if self.floor is not None and self.floor.model not in (None, *known):
            problems.append(
                f"floor asks for the model {self.floor.model!r}; there are {', '.join(known)}"
            )
        return problems
