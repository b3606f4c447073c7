"""Ctrl-C and SIGTERM: both interrupt the work, once."""

from __future__ import annotations

import signal
from contextlib import suppress
from math import inf
from time import monotonic
from typing import Any

__all__ = ["hear_of_stops", "hear_no_more"]

_ECHO = 1.0  # seconds; what started us may send on a signal that its whole terminal has heard


def hear_of_stops() -> None:
    """Let SIGINT and SIGTERM raise ``KeyboardInterrupt``, but not at the heels of another one."""
    heard = -inf

    def interrupt(*_: Any) -> None:
        nonlocal heard
        now = monotonic()
        if now - heard > _ECHO:
            heard = now
            raise KeyboardInterrupt

    with suppress(ValueError):  # not in the main thread, so nobody to tell
        signal.signal(signal.SIGTERM, interrupt)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored
            signal.signal(signal.SIGINT, interrupt)


def hear_no_more() -> None:
    """Ignore both from now on: the work is over."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
