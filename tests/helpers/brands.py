"""A world of baskets whose complements and substitutes are known.

A *need* has two sides, such as driving something and what is driven in, and each side several
*brands*. Who has the need puts one brand of either side into the basket, and never two of one side.
So brands of the two sides go with each other, and brands of one side stand for each other: never
together, in the same company.
"""

from dataclasses import dataclass

import numpy as np

from x2vec.corpus import Sequences


@dataclass(frozen=True)
class Brands:
    """Baskets, and what is true of two items."""

    sequences: Sequences
    need: dict
    side: dict

    def complements(self, a, b):
        return self.need[a] == self.need[b] and self.side[a] != self.side[b]

    def substitutes(self, a, b):
        return self.need[a] == self.need[b] and self.side[a] == self.side[b]


def brands(*, n_needs=12, n_brands=4, n_baskets=4000, needs_a_basket=2, seed=0, shuffled=False):
    """Make baskets of some needs each; ``shuffled``, all items are independent of each other."""
    draws = np.random.default_rng(seed)
    names = [
        [[f"need {n} side {s} brand {b}" for b in range(n_brands)] for s in range(2)]
        for n in range(n_needs)
    ]
    lists = []
    for _ in range(n_baskets):
        chosen = draws.choice(n_needs, needs_a_basket, replace=False)
        picks = draws.integers(0, n_brands, (needs_a_basket, 2))
        lists.append([names[n][s][picks[i, s]] for i, n in enumerate(chosen) for s in range(2)])
    if shuffled:
        flat = draws.permutation([item for one in lists for item in one])
        lists = [list(dict.fromkeys(some)) for some in flat.reshape(n_baskets, -1).tolist()]
    where = {
        name: (n, s) for n, need in enumerate(names) for s, side in enumerate(need) for name in side
    }
    return Brands(
        Sequences.from_lists(lists, ordered=False),
        {name: n for name, (n, _) in where.items()},
        {name: s for name, (_, s) in where.items()},
    )


def auc(scores, truth):
    """Return the chance that a true pair scores above a false one; a tie counts half."""
    from scipy.stats import rankdata

    ranks = rankdata(scores)
    n_true, n_false = truth.sum(), (~truth).sum()
    return (ranks[truth].sum() - n_true * (n_true + 1) / 2) / (n_true * n_false)
