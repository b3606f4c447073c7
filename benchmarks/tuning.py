"""Tuned skip-gram beside gensim's text defaults, on Online Retail and on yoochoose-1_64.

    python -m benchmarks.tuning retail --budget 10m
    python -m benchmarks.tuning yoochoose --budget 10m

Online Retail: customers as sequences, as ``pipelines/online_retail_customers.toml`` reads them, the
last item held out, the whole catalogue ranked, items of the history too. yoochoose-1_64: the
published split, all its test prefixes. The search sees the training part alone, of which it holds
out the last items, or a tenth of the sessions, asked for each item. Its time is the budget.
"""

from __future__ import annotations

import argparse
import tomllib
from dataclasses import replace
from pathlib import Path

from x2vec import read
from x2vec.corpus import Queries, Sequences, split
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.jobs import Limit, Training, read_job, tune_sequences
from x2vec.jobs.presets import Preset, preset
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.jobs.reading import hold_out, read_parts
from x2vec.jobs.steps import prepare
from x2vec.jobs.tuning.of_job import GENSIM_TEXT
from x2vec.progress import Notice, Progress
from x2vec.recommendation import QueryForm
from x2vec.training import SkipGram, fit

ROOT = Path(__file__).parents[1]
YOOCHOOSE = ROOT / "data" / "yoochoose-1_64"
METRICS = {"retail": "hr@10", "yoochoose": "hr@20"}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("data", choices=METRICS)
    options.add_argument("--budget", default="10m")
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--to", type=Path, help="where the trials and the page go")
    options.add_argument("--resume", action="store_true")
    options.add_argument("--preset", help="what to start from; SkipGram() unless given")
    options.add_argument("--settings", type=Path, help="a job with what was found: no search")
    asked = options.parse_args()
    train, test = {"retail": retail, "yoochoose": yoochoose}[asked.data]()
    by, each = ("leave-last-out", "last") if asked.data == "retail" else ("sequences", "each")
    held = split(train, by, ask=each, max_queries=3_000, seed=asked.seed)
    start = preset(asked.preset) if asked.preset else Preset(SkipGram(), QueryForm())
    training = Training(workers=asked.workers, seed=asked.seed)
    if asked.settings is not None:
        found = tomllib.loads(asked.settings.read_text(encoding="utf-8"))
        won = Preset(SkipGram(**found["model"]), QueryForm(**found["query"]))
    else:
        tuned = tune_sequences(
            held.train,
            start.model,
            Limit(asked.budget),
            training,
            metric=METRICS[asked.data],
            directory=asked.to,
            resume=asked.resume,
            queries=held.queries,
            listen=told,
        )
        print(tuned, "\n", tuned.to_toml(), sep="\n", flush=True)
        won = Preset(tuned.model, tuned.query)
    prepared = prepare(train)
    queries = NextItemQueries.of(test, prepared.vocabulary)
    rankers = []
    for name, model, engine, forms in (
        ("tuned", won.model, "native", {"": won.query}),
        ("untuned", start.model, "native", {"": start.query}),
        (
            "gensim's text defaults",
            GENSIM_TEXT,
            "gensim",
            {
                ", cosine to the last item": QueryForm("in-in", last=1),
                ", cosine to the mean": QueryForm("in-in"),
                ", tuned query": won.query,
            },
        ),
    ):
        trained = fit(prepared.corpus, model, engine=engine, seed=asked.seed, workers=asked.workers)
        for words, form in forms.items():
            ranker = ranker_on_trial(trained, prepared.vocabulary.counts, model, form)
            rankers.append(replace(ranker, name=name + words))
    report = evaluate_next_item(rankers, queries, exclude_history=False, ks=[10, 20])
    frame = report.to_pandas()
    names = ["hr@10", "hr@20", "mrr@20", "ndcg@20"]
    print(frame[frame.metric.isin(names)].to_string(index=False))
    for other in report.models[1:]:
        print(report.compare("tuned", other, METRICS[asked.data]))
    if asked.to is not None and asked.settings is None:
        replace(tuned, report=report).to_html(asked.to / "tuning.html")


def retail() -> tuple[Sequences, Queries]:
    """Return the training and the test part of the customers of Online Retail."""
    path = ROOT / "pipelines" / "online_retail_customers.toml"
    job = read_job(path).located(path.parent)
    sequences, _, _ = read_parts(job, hear=told)
    _, train, test, _ = hold_out(sequences, None, job, hear=told)
    assert test is not None
    return train, test


def yoochoose() -> tuple[Sequences, Queries]:
    """Return the training sessions, and every test prefix with its target."""
    train, asked = (
        read("playlists", str(YOOCHOOSE / name), format="lines")
        for name in ("train_sessions.txt.gz", "test_prefix_target.tsv.gz")
    )
    return train, split(asked, "leave-last-out").queries  # a prefix a sequence, its target last


def told(event: Progress | Notice) -> None:
    if isinstance(event, Notice):
        print(f"{event.stage}: {event.text}", flush=True)


if __name__ == "__main__":
    main()
