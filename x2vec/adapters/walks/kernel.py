"""The compiled walker: node2vec's second-order steps by rejection, in memory linear in the edges.

A step goes from ``here`` to a neighbour x, having come from ``before``, with a chance proportional
to the edge's weight times 1/p where x is ``before``, 1 where an edge leads from ``before`` to x,
and 1/q elsewhere (Grover and Leskovec 2016, "node2vec: Scalable Feature Learning for Networks"). A
neighbour is drawn by its weight alone, and kept with a chance proportional to that factor (Yang
et al. 2019, "KnightKing: A Fast Distributed Graph Random Walk Engine"). With p = q = 1 every
neighbour is kept, which is DeepWalk (Perozzi et al. 2014).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from x2vec._compiled import compiled
from x2vec._draws import draw_below, draw_item, next_bits, start_stream

__all__ = ["Net", "shuffled", "walk_from"]

_TRIALS = 32  # a step that so many draws do not settle is settled by looking at all neighbours
_MANTISSA = np.uint64(11)
_UNIT = 2.0**-53
_SALT = 0x77616C6B  # walks and training draw different numbers from one seed
_SHUFFLES = 2**31  # a place that is no node's


class Net(NamedTuple):
    """A graph as the walker takes it.

    Attributes:
        offsets: (n_nodes + 1,) where each node's neighbours start.
        neighbours: (n_edges,) ascending for each node, none twice.
        weights: (n_edges,), or empty where all are 1.
        aliases: (n_edges,) an alias table for each node, or empty.
        totals: (n_nodes,) sum of the weights.
    """

    offsets: NDArray[np.int64]
    neighbours: NDArray[np.int32]
    weights: NDArray[np.float64]
    aliases: NDArray[np.uint64]
    totals: NDArray[np.float64]


@compiled
def shuffled(nodes: NDArray[np.int32], seed: int, turn: int) -> NDArray[np.int32]:
    """Return nodes in an order that depends on seed and round (Fisher and Yates)."""
    stream = np.empty(1, np.uint64)
    start_stream(stream, seed ^ _SALT, turn, _SHUFFLES)
    order = nodes.copy()
    for last in range(len(order) - 1, 0, -1):
        other = draw_below(stream, last + 1)
        order[last], order[other] = order[other], order[last]
    return order


@compiled
def walk_from(
    net: Net,
    starts: NDArray[np.int32],
    seed: int,
    turn: int,
    p: float,
    q: float,
    walks: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Walk from each node; a walk ends early where no edge leads on.

    Args:
        net: The graph.
        starts: (n_walks,) nodes.
        seed: Of all walks.
        turn: The round, counted from 0.
        p: The return parameter.
        q: The in-out parameter.
        walks: (n_walks, walk_length), written to.

    Returns:
        (n_walks,) the lengths of the walks.
    """
    stream = np.empty(1, np.uint64)
    lengths = np.empty(len(starts), np.int64)
    is_first_order = p == 1.0 and q == 1.0
    for walk in range(len(starts)):
        start_stream(stream, seed ^ _SALT, turn, starts[walk])
        before, here, length = -1, int(starts[walk]), 1
        walks[walk, 0] = here
        while length < walks.shape[1] and net.offsets[here] < net.offsets[here + 1]:
            if length == 1 or is_first_order:
                place = _draw(net, here, stream)
            else:
                place = _draw_second(net, before, here, p, q, stream)
            before, here = here, int(net.neighbours[place])
            walks[walk, length] = here
            length += 1
        lengths[walk] = length
    return lengths


@compiled
def _draw(net: Net, here: int, stream: NDArray[np.uint64]) -> int:
    """Draw an edge of a node by its weight; return its place."""
    first, last = net.offsets[here], net.offsets[here + 1]
    if len(net.aliases):
        return int(first + draw_item(stream, net.aliases[first:last]))
    return int(first + draw_below(stream, last - first))


@compiled
def _draw_second(
    net: Net, before: int, here: int, p: float, q: float, stream: NDArray[np.uint64]
) -> int:
    """Draw an edge of a node that was reached from another; return its place.

    What going back exceeds the other factors by is drawn apart, or else every other neighbour
    would be thrown away most of the time.
    """
    most, least = max(1.0, 1.0 / q), min(1.0, 1.0 / q)
    back, excess = -1, 0.0
    if 1.0 / p > most:
        back = _find(net, here, before)
        if back >= 0:
            excess = (1.0 / p - most) * (net.weights[back] if len(net.weights) else 1.0)
    for _ in range(_TRIALS):
        if back >= 0 and _uniform(stream) * (net.totals[here] * most + excess) < excess:
            return back
        place = _draw(net, here, stream)
        node = net.neighbours[place]
        height = _uniform(stream) * most
        if node == before:
            if height < 1.0 / p:
                return place
        elif height < least or height < _factor(net, before, node, p, q):
            return place
    return _draw_exactly(net, before, here, p, q, stream)


@compiled
def _draw_exactly(
    net: Net, before: int, here: int, p: float, q: float, stream: NDArray[np.uint64]
) -> int:
    """Draw an edge by the sum over all of them."""
    first, last = net.offsets[here], net.offsets[here + 1]
    total = 0.0
    for place in range(first, last):
        weight = net.weights[place] if len(net.weights) else 1.0
        total += weight * _factor(net, before, net.neighbours[place], p, q)
    height = _uniform(stream) * total
    for place in range(first, last):
        weight = net.weights[place] if len(net.weights) else 1.0
        height -= weight * _factor(net, before, net.neighbours[place], p, q)
        if height < 0.0:
            return int(place)
    return int(last - 1)  # the sum was rounded


@compiled
def _factor(net: Net, before: int, node: int, p: float, q: float) -> float:
    """Return what the weight of an edge to a node is multiplied by."""
    if node == before:
        return 1.0 / p
    return 1.0 if _find(net, before, node) >= 0 else 1.0 / q


@compiled
def _find(net: Net, here: int, node: int) -> int:
    """Return the place of the edge from one node to another, -1 if there is none."""
    low, end = net.offsets[here], net.offsets[here + 1]
    high = end
    while low < high:
        middle = (low + high) // 2
        if net.neighbours[middle] < node:
            low = middle + 1
        else:
            high = middle
    return int(low) if low < end and net.neighbours[low] == node else -1


@compiled
def _uniform(stream: NDArray[np.uint64]) -> float:
    """Draw a number from 0 up to 1."""
    return float(next_bits(stream) >> _MANTISSA) * _UNIT
