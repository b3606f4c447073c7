"""The session softmax on a published split: how fast an epoch is, and how good what it learns.

    python -m benchmarks.session_softmax --data ../shared/data/yoochoose-1_64
    python -m benchmarks.session_softmax --data ../shared/data --validation yoochoose-1_64

The first trains on the training sessions and asks every test prefix, all items ranked, by the
embeddings alone. The second trains on the first nine tenths of the training sessions and asks of
the last tenth, which is where settings are looked at; it opens no test part. ``--set`` takes
settings, such as ``--set vector_size=200``.

The share of the peak: operations of the matrix products of all steps a CPU second, against those
of products of large square matrices, measured between the epochs. CPU seconds are those of all
threads, so that other work on the machine takes no part; what threads wait for each other does not
show in them, but in the seconds of the clock beside them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.click_sets import SETS, Asked, figures, published_part, validation_part
from x2vec import SessionSoftmax
from x2vec.jobs.rankers import ranker_on_trial
from x2vec.progress import Notice, Progress
from x2vec.training import Matrices, fit
from x2vec.training.softmax.noise import Noise

__all__ = ["Pace", "flops_of_an_example", "main", "peak"]

_EDGE = 1024  # of the matrices of the peak: 2 billion operations a product, 8 MB in all
_QUERIES = 12_000  # of a validation part: a standard error of 0.4 points


@dataclass(frozen=True)
class Pace:
    """How fast it trained.

    Attributes:
        seconds: Of the clock, for the whole training.
        cpu: Seconds of all threads.
        peak: Operations a CPU second of large products.
    """

    seconds: float
    cpu: float
    peak: float


def flops_of_an_example(model: SessionSoftmax, n_sampled: float) -> float:
    """Return the operations of the matrix products that one example takes.

    Its scores against the sample, and the gradients of both sides, are three products of
    ``n_sampled`` rows; each square matrix takes three: forwards, its own gradient, and backwards.
    """
    squares = model.square + model.last_square
    return 2 * 3 * model.vector_size * (n_sampled + squares * model.vector_size)


def peak() -> float:
    """Return the operations a CPU second of products of large square matrices of float32."""
    one = np.random.default_rng(0).random((_EDGE, _EDGE), dtype=np.float32)
    out, seconds = np.empty_like(one), []
    with threadpool_limits(1, "blas"):
        for _ in range(5):
            start = thread_time()
            np.matmul(one, one, out=out)
            seconds.append(thread_time() - start)
    return 2 * _EDGE**3 / float(np.median(seconds))  # as what it is held against is


def _train(asked: Asked, model: SessionSoftmax, workers: int) -> tuple[Matrices, Pace]:
    """Train; the peak is taken after each epoch, and its time is not counted."""
    peaks: list[float] = []
    spent, spent_cpu = 0.0, 0.0

    def listen(event: Progress | Notice) -> None:
        nonlocal spent, spent_cpu
        if isinstance(event, Progress) and "epoch" in event.figures:
            start, cpu = perf_counter(), process_time()
            peaks.append(peak())
            spent, spent_cpu = spent + perf_counter() - start, spent_cpu + process_time() - cpu

    start, cpu = perf_counter(), process_time()
    matrices = fit(asked.corpus, model, workers=workers, listen=listen)
    seconds, cpu = perf_counter() - start - spent, process_time() - cpu - spent_cpu
    return matrices, Pace(seconds, cpu, float(np.median(peaks)))


def _sampled(asked: Asked, model: SessionSoftmax) -> float:
    """Return how many different items a sample holds, on average."""
    noise = Noise(asked.corpus.counts(), model.negative, model.ns_exponent)
    draws = np.random.default_rng(0)
    return float(np.mean([len(noise.draw(draws)[0]) for _ in range(50)]))


def _settings(given: Iterable[str]) -> dict[str, Any]:
    """Read ``name=value`` pairs; values are JSON, and text that is none is text."""
    found: dict[str, Any] = {}
    for pair in given:
        name, _, value = pair.partition("=")
        try:
            found[name] = json.loads(value)
        except json.JSONDecodeError:
            found[name] = value
    return found


def main(arguments: list[str] | None = None) -> None:
    """Train, ask, and print one row."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--validation", choices=SETS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE")
    args = parser.parse_args(arguments)
    asked = (
        published_part(args.data)
        if args.validation is None
        else validation_part(args.validation, args.data, most=_QUERIES)
    )
    model = replace(SessionSoftmax(), **_settings(args.set))
    fit(asked.corpus, replace(model, epochs=1, vector_size=4, negative=8))  # compiles
    matrices, pace = _train(asked, model, args.workers)
    found = figures(ranker_on_trial(matrices, asked.corpus.counts(), model), asked)
    n_examples = model.epochs * int((np.diff(asked.corpus.offsets) - 1).sum())
    rate = n_examples * flops_of_an_example(model, _sampled(asked, model)) / pace.cpu
    print(model)
    print(
        "| queries | hr@20 | mrr@20 | seconds | CPU s | examples/s | GFLOP/CPU s | share of peak |"
    )
    print("| --: | --: | --: | --: | --: | --: | --: | --: |")
    print(
        f"| {len(asked.queries):,} | {100 * found.hr:.2f} | {100 * found.mrr:.2f} "
        f"| {pace.seconds:.0f} | {pace.cpu:.0f} | {n_examples / pace.seconds:,.0f} "
        f"| {rate / 1e9:.1f} | {rate / pace.peak:.0%} |"
    )


if __name__ == "__main__":
    main()
