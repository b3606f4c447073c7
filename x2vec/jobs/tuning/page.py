"""A tuning as a page of HTML: what wins, what mattered, what each trial was worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from x2vec.pages import bars, block, code, figures, page, section, table

if TYPE_CHECKING:
    from x2vec.jobs.tuning.result import Tuning

__all__ = ["page_of"]

_MOST_ROWS = 50


def page_of(tuning: Tuning) -> str:
    """Return the whole page."""
    best = tuning.best
    large = [
        (f"{tuning.value:.4f}", f"{tuning.metric} of the winner on the validation part"),
        (f"{len(tuning.trials):,}", "trials"),
        (f"{tuning.n_queries:,}", "validation queries"),
        (f"{tuning.seconds:,.0f} s", "of search"),
    ]
    parts = [
        figures(large),
        section(
            "What wins", table(["setting", "start", "winner"], tuning.settings(), right={1, 2})
        ),
        section("What mattered", block(*_plots(tuning))),
        section(
            "Query forms of the winner",
            table(
                ["form", tuning.metric],
                [[form, f"{value:.4f}"] for form, value in _falling(best.forms)],
                right={1},
            ),
        ),
    ]
    if tuning.report is not None:
        parts.append(
            section("On the test part, which nothing before looked at", code(str(tuning.report)))
        )
    return page(
        f"Tuning: {tuning.metric}",
        f"Seed {tuning.seed}; the test part was not looked at before the winner was known.",
        [
            *parts,
            section("The best trials", _trials(tuning)),
            section("The settings", code(tuning.to_toml())),
        ],
    )


def _falling(named: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted(named.items(), key=lambda one: -one[1])


def _plots(tuning: Tuning) -> list[str]:
    shares = tuning.importances
    plots = []
    if shares:
        plots.append(
            bars(
                range(len(shares) + 1),
                [100 * share for share in shares.values()],
                title="Which settings decided",
                x="setting",
                y="% of what decided",
                ticks=[(n + 0.5, _LABELS.get(name, name)) for n, name in enumerate(shares)],
                caption="By PED-ANOVA over all trials, on the smallest sample.",
            )
        )
    values = [trial.values[0] for trial in tuning.trials]
    plots.append(
        bars(
            range(len(values) + 1),
            values,
            title="What each trial was worth on the smallest sample",
            x="trial",
            y=tuning.metric,
            marks=[(tuning.best.number + 0.5, "the winner")],
        )
    )
    return plots


_LABELS = {
    "ns_exponent": "exp.", "negative": "neg.", "vector_size": "size", "shrink_windows": "shrink",
}  # fmt: skip


def _trials(tuning: Tuning) -> str:
    best = sorted(tuning.trials, key=lambda trial: trial.rank, reverse=True)[:_MOST_ROWS]
    names = list(tuning.trials[0].params)
    head = ["trial", *names, "query", "sequences", tuning.metric]
    rows = [
        [
            str(trial.number),
            *(_short(trial.params[name]) for name in names),
            str(trial.query),
            f"{tuning.shares[len(trial.values) - 1]:.0%}",
            f"{trial.values[-1]:.4f}",
        ]
        for trial in best
    ]
    return table(head, rows, right={0, *range(1, len(names) + 1), len(head) - 1})


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
