"""The one way in which functions are compiled: cached on disk, without the GIL, no checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

from numba import njit

__all__ = ["compiled"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function when it is first called; ``NUMBA_DISABLE_JIT=1`` leaves it as it is."""
    return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))
