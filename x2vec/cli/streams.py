"""The two outputs, which may be closed, cut short or full at any time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from x2vec._text import printable

__all__ = ["dropping", "replace_closed", "silence", "tell"]


def replace_closed() -> None:
    """Let what is written to an output that was closed before the start go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(handle, "w", encoding="utf-8"))


def silence(stream: TextIO) -> None:
    """Let the rest of an output that failed go nowhere, what is buffered too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def dropping() -> Iterator[None]:
    """Write to stderr, or quietly not: no work is lost because nobody can hear of it."""
    try:
        yield
    except OSError:
        silence(sys.stderr)


def tell(message: str) -> None:
    """Write lines to stderr that cannot move a terminal's cursor, if it can be written to."""
    with dropping():
        sys.stderr.write("\n".join(map(printable, message.split("\n"))) + "\n")
        sys.stderr.flush()
