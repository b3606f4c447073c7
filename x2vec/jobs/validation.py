"""How a validation part is cut from a training part: as the test part was held out."""

from __future__ import annotations

from dataclasses import replace

from x2vec.jobs.config import Evaluate

__all__ = ["validation_as"]


def validation_as(how: Evaluate, n: int) -> Evaluate:
    """Return how a validation part of at most ``n`` queries is cut.

    A test part that was given is taken to hold other sequences than the training part.
    """
    by = "sequences" if how.split == "given" else how.split
    return replace(how, split=by, max_queries=n, models=None, floor=None)
