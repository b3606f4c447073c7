"""The one way in which functions are compiled: cached on disk, without the GIL, no checks."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar, cast

from numba import njit

__all__ = ["compiled", "revision"]

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile a function when it is first called; ``NUMBA_DISABLE_JIT=1`` leaves it as it is."""
    return cast("F", njit(cache=True, nogil=True, error_model="numpy")(function))


@cache
def revision() -> int:
    """Return a checksum of the source of everything that goes into a kernel.

    Numba's cache on disk looks at a function's own file. A kernel that holds this number is
    compiled anew where a file changed that it takes code from.
    """
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return zlib.crc32(b"".join(source.read_bytes() for source in sources))
