"""A gate that threads pass together, without the GIL: the first wait there until the last has come.

A round of deterministic training takes a third of a millisecond. Handing it to threads by way of
Python's own locks, and back, takes two thirds as long again.
"""

from __future__ import annotations

import sys
from threading import Lock
from time import sleep
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array
from numpy.typing import NDArray

from x2vec._compiled import compiled

__all__ = ["break_gate", "new_gate", "pass_gate"]

_BROKEN: Final = 1 << 40  # arrivals: more than any training has
_TURNS: Final = 2_000  # some microseconds; who waits longer lets other threads run
_I64 = ir.IntType(64)
_LOCK = Lock()


def new_gate() -> NDArray[np.int64]:
    """Return a gate, (1,) int64: the number of arrivals so far."""
    return np.zeros(1, np.int64)


def break_gate(gate: NDArray[np.int64]) -> None:
    """Open a gate for good: whoever waits or comes is told that it is broken."""
    with _LOCK:  # where nothing is compiled, an arrival reads and then writes
        gate[0] = _BROKEN


@compiled
def pass_gate(gate: NDArray[np.int64], n_threads: int) -> bool:
    """Wait until all threads have come as often as this one; False where the gate is broken."""
    mine = arrive(gate)
    goal = -(-mine // n_threads) * n_threads
    arrived = mine
    turns = 0
    while arrived < min(goal, _BROKEN):
        turns += 1
        if turns > _TURNS:
            give_way()
        arrived = count_arrived(gate)
    return arrived < _BROKEN


def _plain_arrive(gate: NDArray[np.int64]) -> int:
    with _LOCK:
        gate[0] += 1
        return int(gate[0])


def _plain_count_arrived(gate: NDArray[np.int64]) -> int:
    return int(gate[0])


def _plain_give_way() -> None:
    sleep(0)


@intrinsic
def _compiled_arrive(typing, gate):  # type: ignore[no-untyped-def] # an intrinsic
    """Count one more, and return how many there are now; no arrival of two threads is lost."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = make_array(signature.args[0])(context, builder, arguments[0]).data
        before = builder.atomic_rmw("add", place, _I64(1), "seq_cst")
        return builder.add(before, _I64(1))

    return types.int64(gate), generate


@intrinsic
def _compiled_count_arrived(typing, gate):  # type: ignore[no-untyped-def]
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.load_atomic(place, "seq_cst", 8, typ=_I64)

    return types.int64(gate), generate


@intrinsic
def _compiled_give_way(typing):  # type: ignore[no-untyped-def]
    """Let another thread run on this core, if one waits; do nothing where there is no such call."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        if sys.platform != "win32":
            kind = ir.FunctionType(ir.IntType(32), [])
            builder.call(cgutils.get_or_insert_function(builder.module, kind, "sched_yield"), [])
        return context.get_dummy_value()

    return types.void(), generate


arrive = _plain_arrive if config.DISABLE_JIT else _compiled_arrive
count_arrived = _plain_count_arrived if config.DISABLE_JIT else _compiled_count_arrived
give_way = _plain_give_way if config.DISABLE_JIT else _compiled_give_way
