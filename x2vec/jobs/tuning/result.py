"""What a tuning found, as a value: what wins, what each trial was worth, what mattered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from x2vec._text import aligned
from x2vec.errors import UsageError
from x2vec.evaluation import Report
from x2vec.evaluation.written import write_text
from x2vec.jobs.canonical import to_dict
from x2vec.jobs.tuning.job_file import JobFile, sections_of
from x2vec.jobs.tuning.trials import Trial
from x2vec.recommendation import QueryForm
from x2vec.training import Model

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Tuning"]


@dataclass(frozen=True)
class Tuning:
    """The settings that win, and how they were found.

    Attributes:
        model: The settings that win.
        query: How a history is best asked of it.
        metric: What trials are worth.
        value: What the winner is worth on the validation part, by the mean over its queries.
        start: The settings it started from.
        trials: All trials, in their order.
        shares: The share of the sequences on each rung, smallest first.
        importances: How much each setting decided about being among the best, most first; they
            sum to 1, and are empty for fewer than five trials.
        n_queries: Queries of the validation part.
        seed: The seed.
        seconds: What the search took.
        report: What the winner, the start and gensim's text defaults measure on the test part,
            which nothing before looked at; None where there is none, or too little time.
        job: The job that was tuned, if it was one.
    """

    model: Model
    query: QueryForm
    metric: str
    value: float
    start: Model
    trials: tuple[Trial, ...]
    shares: tuple[float, ...]
    importances: Mapping[str, float]
    n_queries: int
    seed: int
    seconds: float
    report: Report | None = None
    job: JobFile | None = field(default=None, repr=False, compare=False)

    @property
    def best(self) -> Trial:
        """The trial that won."""
        return max(self.trials, key=lambda trial: trial.rank)

    @property
    def is_whole(self) -> bool:
        """Whether the winner was measured on all sequences; the time may not have sufficed."""
        return len(self.best.values) == len(self.shares)

    def to_toml(self) -> str:
        """Return the sections ``[model]`` and ``[query]`` of a job."""
        return "\n\n".join(sections_of(self.model, self.query).values())

    def write_job(self, path: str | Path) -> None:
        """Write the job that was tuned with the settings that win; all else stays as it was.

        Raises:
            UsageError: No job was tuned, but sequences.
            ConfigError: Its sections cannot be found in its text.
            StorageError: The file cannot be written.
        """
        if self.job is None:
            raise UsageError(
                "write_job: sequences were tuned, not a job. Write the sections of to_toml() into "
                "a job, or tune one: x2vec tune JOB.toml"
            )
        text = self.job.with_settings(self.model, self.query, Path(path), self._head())
        write_text(text, path)

    def to_pandas(self) -> pd.DataFrame:
        """Return one row a trial: number, settings, rung, value there, query, seconds, state."""
        import pandas as pd

        rows = [
            {
                "trial": one.number,
                **one.params,
                "share": self.shares[len(one.values) - 1],
                "value": one.values[-1],
                "query": str(one.query),
                "seconds": one.seconds,
                "state": one.state,
            }
            for one in self.trials
        ]
        return pd.DataFrame(rows)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it as plain values for JSON."""
        return {
            "model": to_dict(self.model),
            "query": to_dict(self.query),
            "metric": self.metric,
            "value": self.value,
            "start": to_dict(self.start),
            "shares": list(self.shares),
            "importances": dict(self.importances),
            "n_queries": self.n_queries,
            "seed": self.seed,
            "seconds": self.seconds,
            "trials": [asdict(one) for one in self.trials],
            "report": None if self.report is None else self.report.to_dict(),
        }

    def to_html(self, path: str | Path | None = None) -> str:
        """Return a page with plots of what was found and what mattered, and write it if asked.

        Raises:
            StorageError: The file cannot be written.
        """
        from x2vec.jobs.tuning.page import page_of

        text = page_of(self)
        if path is not None:
            write_text(text, path)
        return text

    def __str__(self) -> str:
        rows = [["", "start", "winner"], *self.settings()]
        lines = [self._head(), *aligned(rows, right=[1, 2])]
        if self.importances:
            told = ", ".join(f"{name} {share:.0%}" for name, share in self.importances.items())
            lines.append(f"What decided: {told}")
        if self.report is not None:
            lines += ["", "On the test part, which nothing before looked at:", str(self.report)]
        return "\n".join(lines)

    def settings(self) -> list[list[str]]:
        """Return each setting beside what it was at the start, and the values last."""
        old, new = to_dict(self.start), to_dict(self.model)
        first = self.trials[0]
        rows = [[name, _short(old[name]), _short(new[name])] for name in new]
        rows.append(["query", str(first.query), str(self.query)])
        same = len(first.values) == len(self.best.values)
        before = f"{first.values[-1]:.4f}" if same else ""
        return [*rows, [f"validation {self.metric}", before, f"{self.value:.4f}"]]

    def _head(self) -> str:
        of = "all sequences" if self.is_whole else f"{self.shares[len(self.best.values) - 1]:.0%}"
        return (
            f"{self.metric} {self.value:.4f} of {self.n_queries:,} validation queries on {of}: "
            f"trial {self.best.number} of {len(self.trials)}, seed {self.seed}, "
            f"{self.seconds:.0f} s"
        )


def _short(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
