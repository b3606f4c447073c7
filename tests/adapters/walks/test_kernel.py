"""Steps are as frequent as the formula says; a slow walker with the same draws goes along."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import chi2

from x2vec._draws import draw_below, next_bits, start_stream
from x2vec.adapters.walks import WalksAdapter, WalksOptions
from x2vec.adapters.walks.kernel import _SALT, _TRIALS, shuffled

EDGES = {  # a triangle a b c, a tail c d e, a leaf f at the hub a, and a self-loop at d
    ("a", "b"): 1.0, ("a", "c"): 2.0, ("b", "c"): 0.5, ("c", "d"): 3.0, ("d", "e"): 1.0,
    ("a", "f"): 4.0, ("d", "d"): 1.0,
}  # fmt: skip
EXTREMES = [(1, 1), (0.25, 4), (4, 0.25), (0.001, 1000), (1000, 0.001), (1000, 1000), (0.5, 0.5)]


def walks_of(edges, *, weighted=False, **options):
    table = pa.table({
        "source": [source for source, _ in edges],
        "target": [target for _, target in edges],
        "weight": list(edges.values()),
    })  # fmt: skip
    made = WalksOptions(table, weight="weight" if weighted else None, **options)
    walks = {}
    for batch in WalksAdapter().read(made):
        for row in batch.to_pylist():
            walks.setdefault(row["sequence_id"], []).append(row["item_id"])
    return list(walks.values())


def neighbours_of(edges, *, weighted, directed):
    """What leads where: {node: {neighbour: weight}}, by the definition."""
    found = {node: {} for edge in edges for node in edge}
    for (source, target), weight in edges.items():
        found[source][target] = weight if weighted else 1.0
        if not directed:
            found[target][source] = found[source][target]
    return found


def chances(neighbours, before, here, p, q):
    """The chances of the next node, by formula (3) of node2vec."""
    raw = {
        node: weight * (1 / p if node == before else 1 if node in neighbours[before] else 1 / q)
        for node, weight in neighbours[here].items()
    }
    return {node: share / sum(raw.values()) for node, share in raw.items()}


@pytest.mark.parametrize(("p", "q"), EXTREMES)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("directed", [False, True])
def test_second_steps_are_as_frequent_as_the_formula_says(p, q, weighted, directed):
    edges = {**EDGES, ("e", "a"): 1.0, ("f", "c"): 1.0, ("c", "a"): 1.0}
    walks = walks_of(
        edges, weighted=weighted, directed=directed, p=p, q=q, walks_per_node=400, walk_length=20
    )
    if not directed:  # (a, c) and (c, a) are one edge, of the sum of both weights
        edges[("a", "c")] = edges.pop(("c", "a")) + edges[("a", "c")]
    neighbours = neighbours_of(edges, weighted=weighted, directed=directed)
    counts = Counter(
        triple for walk in walks for triple in zip(walk, walk[1:], walk[2:], strict=False)
    )
    statistic, freedom, rare, rare_mean = 0.0, 0, 0, 0.0
    for before, here in sorted({triple[:2] for triple in counts}):
        expected = chances(neighbours, before, here, p, q)
        assert {triple[2] for triple in counts if triple[:2] == (before, here)} <= set(expected)
        n = sum(counts[before, here, node] for node in expected)
        cells = [(counts[before, here, node], n * share) for node, share in expected.items()]
        sure = [(found, mean) for found, mean in cells if mean >= 5]  # as chi-square needs
        statistic += sum((found - mean) ** 2 / mean for found, mean in sure)
        freedom += max(len(sure) - 1, 0)
        rare += sum(found for found, mean in cells if mean < 5)
        rare_mean += sum(mean for _, mean in cells if mean < 5)
    assert chi2.sf(statistic, max(freedom, 1)) > 1e-3
    assert abs(rare - rare_mean) <= 4 * rare_mean**0.5 + 1  # Poisson, four deviations


@pytest.mark.parametrize("weighted", [False, True])
def test_first_steps_are_as_frequent_as_the_weights(weighted):
    walks = walks_of(EDGES, weighted=weighted, walks_per_node=5000, walk_length=2)
    neighbours = neighbours_of(EDGES, weighted=weighted, directed=False)
    for node, others in neighbours.items():
        found = Counter(second for first, second in walks if first == node)
        means = {other: 5000 * w / sum(others.values()) for other, w in others.items()}
        assert set(found) == set(means)
        statistic = sum((found[other] - mean) ** 2 / mean for other, mean in means.items())
        assert chi2.sf(statistic, max(len(means) - 1, 1)) > 1e-3


def slow_walk(neighbours, start, place, *, seed, turn, length, p, q):
    """One walk over an unweighted graph, with dictionaries, by the same draws."""
    stream = np.empty(1, np.uint64)
    start_stream(stream, seed ^ _SALT, turn, place)

    def uniform():
        return int(next_bits(stream)) // 2**11 / 2**53

    def step(before, here):
        around = sorted(neighbours[here])
        if before is None or p == q == 1:
            return around[draw_below(stream, len(around))]
        most, least = max(1, 1 / q), min(1, 1 / q)
        excess = 1 / p - most if before in around and 1 / p > most else 0
        for _ in range(_TRIALS):
            if excess and uniform() * (len(around) * most + excess) < excess:
                return before
            node = around[draw_below(stream, len(around))]
            factor = 1 / p if node == before else 1 if node in neighbours[before] else 1 / q
            assert node == before or factor >= least
            if uniform() * most < factor:
                return node
        shares = chances(neighbours, before, here, p, q)
        total = sum({n: (1 / p if n == before else 1 if n in neighbours[before] else 1 / q)
                     for n in around}.values())  # fmt: skip
        height = uniform() * total
        for node in around:
            height -= shares[node] * total
            if height < 0:
                return node
        return around[-1]

    walk, before = [start], None
    while len(walk) < length and neighbours[walk[-1]]:
        here = walk[-1]
        walk.append(step(before, here))
        before = here
    return walk


@pytest.mark.parametrize(("p", "q"), EXTREMES)
@pytest.mark.parametrize("directed", [False, True])
def test_a_slow_walker_with_the_same_draws_goes_the_same_way(p, q, directed):
    draws = np.random.default_rng(3)
    ends = draws.integers(0, 25, (80, 2)).tolist()
    edges = {(f"n{source:02}", f"n{target:02}"): 1.0 for source, target in ends}
    neighbours = neighbours_of(edges, weighted=False, directed=directed)
    nodes = sorted(neighbours)
    fast = walks_of(edges, directed=directed, p=p, q=q, walks_per_node=3, walk_length=12, seed=9)
    slow = []
    for turn in range(3):
        order = shuffled(np.arange(len(nodes), dtype=np.int32), 9, turn)
        assert sorted(order) == list(range(len(nodes)))
        slow += [
            slow_walk(neighbours, nodes[n], n, seed=9, turn=turn, length=12, p=p, q=q)
            for n in order.tolist()
        ]
    assert fast == slow


def test_walks_are_the_same_where_nothing_is_compiled():
    options = {"weighted": True, "p": 0.25, "q": 4, "walks_per_node": 2, "walk_length": 9}
    code = (
        "import sys; sys.path.insert(0, 'tests/adapters/walks'); import test_kernel as t\n"
        f"print(t.walks_of(t.EDGES, **{options}))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert printed.strip() == str(walks_of(EDGES, **options))
