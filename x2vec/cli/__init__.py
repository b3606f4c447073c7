"""The command line: parse, call, print. One command, one file; the work is done elsewhere.

Results go to stdout, everything else to stderr. Exit codes are those of ``x2vec.errors``, and 130
where the user (Ctrl-C) or a scheduler (SIGTERM) stopped the work.
"""

from __future__ import annotations

import sys

from x2vec.cli.stops import hear_no_more, hear_of_stops
from x2vec.cli.streams import replace_closed, tell

__all__ = ["main"]

INTERRUPTED = 130


def main() -> None:
    """Run the command line, and exit with the code that the outcome means."""
    hear_of_stops()
    try:
        replace_closed()
        from x2vec.cli.program import run_program  # late: what it loads takes a moment

        code = run_program(sys.argv[1:])
    except KeyboardInterrupt as stop:
        hear_no_more()
        if "--debug" in sys.argv:
            sys.excepthook(*sys.exc_info())
        known = getattr(stop, "__notes__", ["nothing was published"])
        text = f"interrupted; {'; '.join(known)}"
        tell(f"x2vec: {text}")
        code = INTERRUPTED
        from x2vec.cli.outcome import print_failure, wants_json

        if wants_json(sys.argv[1:]):
            print_failure(stop, text, exit_code=code)
    sys.exit(code)
