"""What each preset is worth beside plain ``SkipGram()``, on the validation part of a job.

    python -m benchmarks.presets pipelines/movielens.toml pipelines/yes_playlists.toml

The job's training part alone is split again, as tuning does it; the test part is not looked at.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from x2vec.corpus import leave_last_out, subset
from x2vec.evaluation import NextItemQueries
from x2vec.jobs import read_job
from x2vec.jobs.objective import Objective
from x2vec.jobs.presets import SHAPES, Preset, preset
from x2vec.jobs.reading import hold_out, read_parts
from x2vec.jobs.splitting import split
from x2vec.jobs.steps import prepare
from x2vec.progress import silent
from x2vec.recommendation import QueryForm
from x2vec.training import SkipGram, fit


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("jobs", nargs="+", type=Path)
    options.add_argument("--metric", default="ndcg@20")
    options.add_argument("--queries", type=int, default=3_000)
    asked = options.parse_args()
    objective = Objective(asked.metric)
    print(f"| job | preset | queries | SkipGram() | preset | {asked.metric} of the job as it is |")
    print("| --- | --- | --- | --- | --- | --- |")
    for path in asked.jobs:
        job = read_job(path).located(path.resolve().parent)
        seed, how = job.training.seed, job.evaluate
        sequences, given, _ = read_parts(job, hear=silent)
        _, train, _, _ = hold_out(sequences, given, job, hear=silent)
        if how is None:
            made = leave_last_out(train, seed=seed)
        else:
            by = "sequences" if how.split == "given" else how.split
            how = dataclasses.replace(how, split=by, max_queries=asked.queries, floor=None)
            made, _ = split(train, how, seed=seed)
        prepared = prepare(made.train)
        queries = NextItemQueries.of(
            subset(made.queries, asked.queries, seed=seed), prepared.vocabulary
        )
        name = job.preset or SHAPES.get(job.source.adapter)
        plain = Preset(SkipGram(), QueryForm())
        values = []
        for one in (plain, preset(name) if name else plain, Preset(job.model, job.query)):
            matrices = fit(prepared.corpus, one.model, seed=seed, workers=job.training.workers)
            values.append(
                objective.value(
                    one.query,
                    matrices,
                    prepared.vocabulary.counts,
                    one.model,
                    queries,
                    exclude_history=not prepared.corpus.ordered,
                )
            )
        figures = " | ".join(f"{value:.4f}" for value in values)
        print(f"| {path.stem} | {name} | {len(queries):,} | {figures} |", flush=True)


if __name__ == "__main__":
    main()
