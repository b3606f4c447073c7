"""What a kernel on disk was compiled from."""

from __future__ import annotations

import zlib
from functools import cache
from pathlib import Path

__all__ = ["revision"]


@cache
def revision() -> int:
    """Return a checksum of the source of everything that goes into a kernel.

    Numba's cache on disk looks at a function's own file. A kernel that holds this number is
    compiled anew where a file changed that it takes code from.
    """
    own, house = Path(__file__).parent, Path(__file__).parents[2]
    sources = [*sorted(own.glob("*.py")), house / "_compiled.py", house / "_draws.py"]
    return zlib.crc32(b"".join(source.read_bytes() for source in sources))
