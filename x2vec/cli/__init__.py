"""The command line: parse, call, print. One command, one file; the work is done elsewhere.

Results go to stdout, everything else to stderr. Exit codes are those of ``x2vec.errors``, and 130
where the user or a scheduler stopped the work.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import Any

from x2vec.cli.streams import replace_closed, tell

__all__ = ["main"]

INTERRUPTED = 130


def main() -> None:
    """Run the command line, and exit with the code that the outcome means."""
    with contextlib.suppress(ValueError):  # not in the main thread, so nobody to tell
        signal.signal(signal.SIGTERM, _interrupt)
    try:
        replace_closed()
        from x2vec.cli.program import run_program  # late: what it loads takes a moment

        code = run_program(sys.argv[1:])
    except KeyboardInterrupt:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if "--debug" in sys.argv:
            sys.excepthook(*sys.exc_info())
        tell("x2vec: interrupted; nothing was published")
        code = INTERRUPTED
    sys.exit(code)


def _interrupt(*_: Any) -> None:
    raise KeyboardInterrupt
