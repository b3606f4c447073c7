"""How functions are compiled: cached on disk, without the GIL, no checks; sums in order or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

__all__ = ["compiled", "compiled_in_any_order"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function when it is first called; ``NUMBA_DISABLE_JIT=1`` leaves it as it is."""
    return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))


def compiled_in_any_order(function: F) -> F:
    """Compile a function whose sums may be taken in any order, so that they become vectors.

    Their last bits depend on the machine: for numbers that decide nothing by themselves.
    """
    options = {"cache": True, "nogil": True, "error_model": "numpy"}
    return cast("F", njit(fastmath={"reassoc", "contract"}, **options)(function))
