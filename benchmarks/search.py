"""Exact search beside faiss's flat index: wall and processor seconds, in turn, on random vectors.

    python benchmarks/search.py --items 200000 --size 128 --queries 1 16 256 2048 -k 20

Needs faiss-cpu (``pip install 'x2vec-engine[ann]'``). Both take the inner product of the same
matrix with as many threads. The ratio is faiss's processor seconds by ours, the median over the
rounds, lowest and highest: above 1, ours answers more queries in a second of a processor. Rows on
which both agree are printed, too: faiss decides by float32 sums, so it may swap near ties.

    python benchmarks/search.py --histories 1000000 --items 50000 --workers 2 -k 20

times the search of an export alone: so many queries, each with ten rows barred, in
blocks of 65,536.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter, process_time

import numpy as np

from x2vec.search import Excluded, Searchable

__all__ = ["main"]

BLOCK = 65_536


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--queries", type=int, nargs="+", default=[1, 16, 256, 2048])
    parser.add_argument("--histories", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("-k", type=int, default=20)
    asked = parser.parse_args()
    random = np.random.default_rng(1)
    items = random.standard_normal((asked.items, asked.size), dtype=np.float32)
    shelf = Searchable.by_product(items)
    shelf.best(items[:1], asked.k)  # compiles
    if asked.histories:
        export(shelf, asked, random)
    else:
        beside_faiss(shelf, asked, random)


def export(shelf: Searchable, asked: argparse.Namespace, random: np.random.Generator) -> None:
    began, used, n_answers = perf_counter(), process_time(), 0
    for first in range(0, asked.histories, BLOCK):
        n = min(BLOCK, asked.histories - first)
        queries = random.standard_normal((n, asked.size), dtype=np.float32)
        barred = random.integers(0, len(shelf), 10 * n, dtype=np.int32)
        exclude = Excluded(np.arange(n + 1) * 10, barred)
        found = shelf.best(queries, asked.k, exclude=exclude, workers=asked.workers)
        n_answers += len(found.rows)
    print(
        f"{asked.histories:,} queries, {n_answers:,} answers: {perf_counter() - began:.0f} s, "
        f"{process_time() - used:.0f} processor s"
    )


def beside_faiss(shelf: Searchable, asked: argparse.Namespace, random: np.random.Generator) -> None:
    import faiss

    faiss.omp_set_num_threads(asked.workers)
    flat = faiss.IndexFlatIP(asked.size)
    flat.add(shelf.vectors)
    print("| queries | ours ms | faiss ms | ours CPU ms | faiss CPU ms | ratio | same rows |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for n in asked.queries:
        queries = random.standard_normal((n, asked.size), dtype=np.float32)
        ours, theirs = [], []
        for _ in range(asked.rounds):
            one = timed(lambda: shelf.best(queries, asked.k, workers=asked.workers))  # noqa: B023
            other = timed(lambda: flat.search(queries, asked.k))  # noqa: B023
            ours.append(one[0])
            theirs.append(other[0])
        rows = one[1].rows.reshape(n, -1)
        same = (rows == other[1][1]).all(axis=1).mean()
        wall, cpu = np.median(ours, axis=0) * 1e3
        faiss_wall, faiss_cpu = np.median(theirs, axis=0) * 1e3
        ratios = np.array(theirs)[:, 1] / np.array(ours)[:, 1]
        print(
            f"| {n:,} | {wall:,.1f} | {faiss_wall:,.1f} | {cpu:,.1f} | {faiss_cpu:,.1f} | "
            f"{np.median(ratios):.2f} ({ratios.min():.2f}-{ratios.max():.2f}) | {same:.2%} |"
        )


def timed(work: Callable[[], object]) -> tuple[tuple[float, float], object]:
    began, used = perf_counter(), process_time()
    made = work()
    return (perf_counter() - began, process_time() - used), made


if __name__ == "__main__":
    main()
