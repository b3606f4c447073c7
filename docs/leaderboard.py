"""Print the page of leaderboards, made from reports that ``x2vec evaluate JOB --to DIR`` wrote.

python docs/leaderboard.py build/leaderboard/* > docs/leaderboard.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from x2vec.evaluation import Report
from x2vec.evaluation.markdown import table_of
from x2vec.evaluation.tables import leaderboard, losses, verdicts
from x2vec.evaluation.text import heading

_HEAD = """# Leaderboards

What every model of the house measures on real data, whoever wins. The whole catalogue is ranked,
ties count against the model, and each figure has its 95 % interval; [evaluation](evaluation.md)
says how they are made, [baselines](baselines.md) what the models are, [hybrid](hybrid.md) what
the one is that mixes them. Settings come from validation
parts that were cut from training parts ([presets](presets.md), [baselines](baselines.md),
[session neighbours](session_knn.md)).

Each table is the report of the command above it, with the data where the card in `datasets/` says.
The page is made from the reports, which `--to build/leaderboard/NAME` keeps:
`python docs/leaderboard.py build/leaderboard/* > docs/leaderboard.md`.
"""


def page(reports: list[Report]) -> str:
    """Return the page: a section a report."""
    return "\n".join([_HEAD, *(_section(report) for report in reports)])


def _section(report: Report) -> str:
    found = verdicts(report, is_brief=True)
    parts = [
        f"## {Path(str(report.used.get('job', 'a job'))).stem}",
        f"```sh\n{report.used.get('command', '')}\n```",
        f"{heading(report)}.",
        table_of(leaderboard(report)),
        *(f"- {one}" for one in losses(report)),
        "" if found is None else table_of(found),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


if __name__ == "__main__":
    print(page([Report.load(path) for path in sys.argv[1:]]), end="")  # noqa: T201 - what it is for
