"""How long counting evidence takes beside the training of a job, by the clock and on processors.

    python -m benchmarks.evidence pipelines/complete_journey.toml

Both take the job's training part as it is; counting takes one thread, training those of the job.
The median of the rounds is printed, with the lowest and the highest, and what was counted.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from x2vec.corpus import Sequences
from x2vec.jobs import read_job
from x2vec.jobs.reading import read_and_split
from x2vec.jobs.steps import prepare
from x2vec.progress import silent
from x2vec.similarity import count_together
from x2vec.training import fit

__all__ = ["main"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("job", type=Path)
    options.add_argument("--rounds", type=int, default=3)
    asked = options.parse_args()
    job = read_job(asked.job).located(asked.job.resolve().parent)
    ready, _ = read_and_split(job, hear=silent)
    corpus, ids = ready.prepared.corpus, ready.prepared.ids
    training = job.training
    lists = Sequences.from_lists([["a", "b"], ["b", "c"]] * 2, ordered=corpus.ordered)
    few = prepare(lists)  # compiles
    count_together(few.corpus, few.ids)
    fit(few.corpus, replace(job.model, epochs=1, sample=0.0), seed=1, workers=training.workers)
    timed: dict[str, list[tuple[float, float]]] = {"counting": [], "training": []}
    for _ in range(asked.rounds):
        began, used = perf_counter(), process_time()
        evidence = count_together(corpus, ids)
        timed["counting"].append((perf_counter() - began, process_time() - used))
        began, used = perf_counter(), process_time()
        fit(corpus, job.model, seed=training.seed, workers=training.workers)
        timed["training"].append((perf_counter() - began, process_time() - used))
    told = (
        f"{corpus.n_tokens:,} events",
        f"{len(corpus):,} sequences",
        f"{corpus.n_items:,} items",
    )
    print(", ".join((*told, f"{len(evidence.source.pairs()):,} pairs kept, either way")))
    for name, rounds in timed.items():
        clock, used = zip(*rounds, strict=True)
        print(
            f"{name}: {median(clock):.1f} s ({min(clock):.1f}-{max(clock):.1f}) by the clock, "
            f"{median(used):.1f} ({min(used):.1f}-{max(used):.1f}) on processors"
        )


if __name__ == "__main__":
    main()
