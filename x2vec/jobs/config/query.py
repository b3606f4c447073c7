"""The section ``[query]`` where it leaves the form open: it is chosen on validation data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from x2vec.errors import ConfigError
from x2vec.jobs.objective import Objective
from x2vec.recommendation import QueryForm

__all__ = ["QueryChoice", "query_kind"]


@dataclass(frozen=True)
class QueryChoice:
    """The query form is to be chosen: on a part cut from the training part, which it costs nothing.

    A model is trained on the rest, and asked in every form that may win; the one that wins is
    stored. It costs one more training.

    Attributes:
        choose_by: The metric that decides.
        choose_queries: So many held-out items are asked, at most.

    Raises:
        ConfigError: There is no such metric, or the number is none.

    Example:
        >>> QueryChoice("hr@10").choose_queries
        3000
    """

    choose_by: str = Objective.metric
    choose_queries: int = 3_000

    def __post_init__(self) -> None:
        try:
            Objective(self.choose_by)
        except ConfigError as error:
            raise ConfigError(str(error).replace("metric is", "choose_by is", 1)) from error
        n = self.choose_queries
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            raise ConfigError(f"choose_queries is {n!r}; it must be a whole number from 1 on")


def query_kind(query: Mapping[str, Any]) -> type:
    """Return what a section ``[query]`` is: a choice where it says by what, a form else."""
    return QueryChoice if "choose_by" in query else QueryForm
