"""How a command ended, as one line of JSON for whatever started it.

With ``--json`` every command prints exactly one line. A job's command, when all went well, says
``status``, ``exit_code`` 0, ``error`` null, and what was done; a command that failed, of any kind,
``"status": "failed"``, its exit code, the kind of the error and what it says.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from x2vec.cli.output import print_json
from x2vec.cli.streams import silence

__all__ = ["print_failure", "print_success", "wants_json"]


def print_success(status: str, result: Mapping[str, Any]) -> None:
    """Print the line of a command that did what it was asked to.

    Args:
        status: What was done, in a word, such as ``"published"``.
        result: What there is to say of it.
    """
    print_json({"status": status, "exit_code": 0, "error": None, **result})


def print_failure(error: BaseException, text: str, *, exit_code: int) -> None:
    """Print the line of a command that failed, or quietly not, where stdout is what failed.

    Args:
        error: What happened. A report that it carries is told too.
        text: What it says.
        exit_code: What the command exits with.
    """
    line = {"status": "failed", "exit_code": exit_code, "error": text, "kind": type(error).__name__}
    report = getattr(error, "report", None)
    if report is not None:
        line["evaluation"] = report.to_dict()
    try:
        print_json(line)
        sys.stdout.flush()
    except OSError:
        silence(sys.stdout)


def wants_json(words: Sequence[str]) -> bool:
    """Return whether ``--json`` is among the words of a command line, before any ``--``.

    Example:
        >>> wants_json(["run", "job.toml", "--json"]), wants_json(["similar", "s", "--", "--json"])
        (True, False)
    """
    end = words.index("--") if "--" in words else len(words)
    return "--json" in words[:end]
