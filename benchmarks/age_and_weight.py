"""What the age and the weight of events are worth in the query form, on data that have them.

    python -m benchmarks.age_and_weight pipelines/movielens.toml --source as_weight=true

A model is trained on what a validation part leaves of the job's training part, and asked in every
form that may win: the best of those that know nothing of age and weight, and the best of all.
Then it is trained on the whole training part, and both forms are asked of the test part, once.
"""

from __future__ import annotations

import argparse
import dataclasses
import tomllib
from pathlib import Path

from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.jobs import read_job
from x2vec.jobs.choosing import cut_validation
from x2vec.jobs.config import Job, QueryChoice
from x2vec.jobs.objective import Objective
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.jobs.reading import hold_out, read_parts
from x2vec.jobs.steps import prepare
from x2vec.progress import silent
from x2vec.recommendation import QueryForm
from x2vec.training import fit

KINDS = (
    ("neither", (False,), (False,)),
    ("weight", (False,), (True,)),
    ("age", (True,), (False,)),
    ("all", (False, True), (False, True)),
)
"""Names of kinds of forms, whether they have a half-life, and whether they are weighted."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("job", type=Path)
    options.add_argument("--source", nargs="*", default=[], help="options of it: as_weight=true")
    options.add_argument("--metric", default="ndcg@20")
    asked = options.parse_args()
    job = read_job(asked.job).located(asked.job.resolve().parent)
    changes = tomllib.loads("\n".join(asked.source))
    source = dataclasses.replace(
        job.source, options=dataclasses.replace(job.source.options, **changes)
    )
    measure(dataclasses.replace(job, source=source), Objective(asked.metric))


def measure(job: Job, objective: Objective) -> None:
    """Choose on the validation part, ask of the test part, and print both."""
    sequences, given, _ = read_parts(job, hear=silent)
    _, train, test, _ = hold_out(sequences, given, job, hear=silent)
    choice = QueryChoice(objective.metric)
    validation = cut_validation(train, job.evaluate, choice, job.training)
    print(f"{len(validation.queries):,} validation queries", flush=True)
    _, values = objective.best_form(
        _trained(job, validation.prepared),
        validation.prepared.vocabulary.counts,
        job.model,
        validation.queries,
        exclude_history=not train.ordered,
    )
    best: dict[str, QueryForm] = {}
    for reach in ("any reach", "whole history"):
        for name, ages, weighted in KINDS:
            some = [
                form
                for form in values
                if bool(form.half_life) in ages
                and form.weighted in weighted
                and (reach == "any reach" or (form.decay, form.last) == (1.0, None))
            ]
            if some:
                found = max(some, key=lambda form: values[form])
                best.setdefault(name, found)
                print(f"validation, {reach}, {name}: {values[found]:.4f} {found}", flush=True)
    if best["all"] == best["neither"] or test is None:
        return
    prepared = prepare(train)
    trained = _trained(job, prepared)
    rankers = [
        dataclasses.replace(
            ranker_on_trial(trained, prepared.vocabulary.counts, job.model, best[name]), name=name
        )
        for name in ("neither", "all")
    ]
    report = evaluate_next_item(
        rankers,
        NextItemQueries.of(test, prepared.vocabulary),
        exclude_history=not train.ordered,
        ks=[objective.k],
    )
    for ranker in rankers:
        print(f"test, {ranker.name}: {report.measurement(objective.metric, model=ranker.name)}")
    print(f"test: {report.compare('all', 'neither', objective.metric)}")


def _trained(job, prepared):
    return fit(prepared.corpus, job.model, seed=job.training.seed, workers=job.training.workers)


if __name__ == "__main__":
    main()
