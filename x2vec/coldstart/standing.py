"""Where blended items stand: they are shown about as often as they were, but to others.

What is inferred of an item is surer than what a few events say of it, and a vector that is sure
scores higher. Where vectors do not tell by a direction how popular an item is, thousands of items
of few events then come before those that people take, as on Yes.com playlists. So their context
vectors are shortened until they enter hardly more lists.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from x2vec.coldstart.lists import TrainedLists
from x2vec.coldstart.targets import Targets
from x2vec.embeddings import Embeddings
from x2vec.recommendation import ranker_of

__all__ = ["shortened"]

_MORE: Final = 1.1
"""How often blended items may be in a list, in parts of how often they were: where they enter few
lists more, as on MovieLens and Online Retail, nothing is shortened."""

_STEPS: Final = 0.95 ** np.arange(30)
"""The lengths that are tried, down to a fifth."""

_MOST: Final = 3_000
"""Blended items that are looked at."""


def shortened(
    embeddings: Embeddings,
    scale: Targets,
    rows: NDArray[np.int64],
    blended: NDArray[np.float32],
    part: NDArray[np.float32],
    *,
    seed: int,
) -> NDArray[np.float32]:
    """Return context vectors of blended items as short as they have to be.

    Args:
        embeddings: As they were trained, with context vectors.
        scale: That of the targets.
        rows: (n_items,) the rows of the blended items.
        blended: (n_items, vector_size) their context vectors in that scale.
        part: (n_items, 1) how much of each is inferred; it is shortened by so much.
        seed: Of the lists and of the items that are looked at.
    """
    lists = TrainedLists.of(embeddings, scale, seed=seed)
    if lists is None or not len(rows):
        return blended
    some = np.random.default_rng(seed).permutation(len(rows))[:_MOST]
    assert embeddings.context_vectors is not None
    trained = embeddings.context_vectors[rows[some]] / np.float32(scale.lengths[1])
    bias = ranker_of(embeddings, scoring="in-out").bias
    needed = lists.needed[:, None] - (0 if bias is None else bias[rows[some]])
    before = np.count_nonzero(lists.queries @ trained.T >= needed)
    scores = lists.queries @ blended[some].T
    for step in _STEPS.astype(np.float32):
        lengths = 1 - part * (1 - step)
        if np.count_nonzero(scores * lengths[some].T >= needed) <= _MORE * before:
            break
    shorter: NDArray[np.float32] = blended * lengths
    return shorter
