"""How long it takes to infer vectors for 100,000 new items.

    python -m benchmarks.cold_start

The world is made up: titles of six words out of 20,000 by Zipf's law, a hierarchy of 300
categories, 2,000 brands, prices; 10,000 known items with vectors and context vectors of 64
dimensions. "Fit again" is what a store costs whose rungs were measured already; "others at work" is
the load of the machine, less our own.
"""

from __future__ import annotations

import argparse
import os
from time import perf_counter, process_time

import numpy as np
import pyarrow as pa

from x2vec import ColdStart, Embeddings

COLUMNS = {"text": "title", "categories": ["category", "brand"], "numbers": "price"}


def item_table(n_items: int, *, prefix: str, seed: int) -> pa.Table:
    draws = np.random.default_rng(seed)
    words = np.array([_word(place) for place in range(20_000)])
    chosen = np.minimum(draws.zipf(1.3, (n_items, 6)), 20_000) - 1
    kinds = draws.integers(0, 300, n_items)
    return pa.table(
        {
            "item_id": [f"{prefix}{place}" for place in range(n_items)],
            "title": [" ".join(row) for row in words[chosen]],
            "category": [f"department {kind % 20} > category {kind}" for kind in kinds],
            "brand": [f"brand {one}" for one in draws.integers(0, 2_000, n_items)],
            "price": draws.gamma(2, 10, n_items),
        }
    )


def _word(place: int) -> str:
    """Return a word of three syllables, another one for each place."""
    syllables = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
    n = len(syllables)
    return syllables[place % n] + syllables[place // n % n] + syllables[place // n**2 % n]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--known", type=int, default=10_000)
    options.add_argument("--new", type=int, default=100_000)
    options.add_argument("--rungs", nargs="+")
    asked = options.parse_args()
    known = item_table(asked.known, prefix="known ", seed=0)
    draws = np.random.default_rng(1)
    kinds = np.unique(known["category"], return_inverse=True)[1]
    middles = draws.normal(0, 1, (kinds.max() + 1, 64))
    vectors = (middles[kinds] + draws.normal(0, 0.5, (asked.known, 64))).astype(np.float32)
    shop = Embeddings(
        known["item_id"], vectors, counts=np.full(asked.known, 20), context_vectors=vectors[:, ::-1]
    )
    new = item_table(asked.new, prefix="new ", seed=2)
    print("| rungs | fit, s | fit again, s | embed, s | embed, s of processor | others at work |")
    print("| --- | --- | --- | --- | --- | --- |")
    for rungs in [[rung] for rung in asked.rungs or ColdStart(text="title").rungs]:
        start = perf_counter()
        ladder = ColdStart(**COLUMNS, rungs=rungs).fit(shop, known)
        fitted = perf_counter() - start
        start = perf_counter()
        ColdStart(**COLUMNS, rungs=rungs).fit(shop, known, measured=ladder.choices)
        again = perf_counter() - start
        start, used = perf_counter(), process_time()
        found = ladder.embed(new)
        took, used = perf_counter() - start, process_time() - used
        assert len(found) == asked.new
        seconds = f"{fitted:.1f} | {again:.1f} | {took:.1f} | {used:.1f}"
        others = max(os.getloadavg()[0] - used / took, 0)
        print(f"| {rungs[0]} | {seconds} | {others:.1f} |", flush=True)


if __name__ == "__main__":
    main()
