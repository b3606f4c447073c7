"""What blending is worth: next item, by how many events training saw of the target.

    python -m benchmarks.semi_cold movielens online_retail yes_playlists complete_journey

New arrivals are simulated: a fifth of the items that have ten events or more keep a few of them,
drawn at random, or none; the others are asked for, each given the other known items of its
sequence. They are asked among all items, and with `--among new` among the arrivals alone. Trained
vectors ("plain") are compared with blended ones query by query, both among the items that training
saw; then again where items that it never saw stand beside them with what is inferred ("cold",
"both"; "unplaced" leaves their context vectors where the rungs put them). `--arrivals none` takes
the data as they are: a tenth by time (of playlists, whole ones) is held out.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

import x2vec
from benchmarks.cold_start_quality import METRICS, MODELS, SETS, Shelf, read
from benchmarks.seldom_seen import arrivals, by_bucket, split_of
from x2vec.coldstart.blending import mixed_into, views_of
from x2vec.corpus import Vocabulary
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.progress import silent
from x2vec.recommendation.stored import ranker_of

AGAINST = {"blended": "plain", "unplaced": "plain", "cold": "plain", "both": "cold"}
"""What each kind is compared with."""


def measure(name: str, seed: int, options: argparse.Namespace) -> None:
    job, sequences, table = read(name, min_count=1)
    if options.validate:
        sequences = split_of(sequences, 0).train
    if options.share < 1:
        chosen = np.random.default_rng(0).random(len(sequences)) < options.share
        sequences = sequences.keep_sequences(chosen, reason="not in the sample")
    new = None
    if options.arrivals == "none":
        learn, asked = split_of(sequences, seed)
    else:
        learn, asked, new = arrivals(sequences, seed)
    model = MODELS[options.model] or job.model
    start = perf_counter()
    trained = x2vec.train(learn, model, workers=2, deterministic=True, seed=seed, evidence=False)
    seconds = perf_counter() - start
    start = perf_counter()
    how = x2vec.ColdStart(
        **SETS[name].columns, rungs=options.rungs, exposure=options.exposure, seed=seed
    )
    ladder = how.fit(trained, table)
    views = views_of(ladder, trained, listen=silent)
    found = views.shrinkage(ladder.base.centroid)
    chosen = ladder.report.to_pandas().query("chosen").iloc[0]
    print(
        f"\n{name}, {options.model}, seed {seed}: {len(trained):,} items, {len(asked):,} queries, "
        f"trained in {seconds:.0f} s, {chosen['rung']} of cosine {chosen['cosine']:.3f} fitted and "
        f"crossed in {perf_counter() - start:.0f} s; {found}, kappa {found.kappa:.2f}",
        flush=True,
    )
    wanted = sequences.items.filter(pa.array(sequences.counts() > 0))
    is_cold = pc.and_(
        pc.is_in(table["item_id"], value_set=wanted),
        pc.invert(pc.is_in(table["item_id"], value_set=trained.items)),
    )
    cold = ladder.embed(table.filter(is_cold))
    high = replace(ladder, middle=None).embed(table.filter(is_cold))
    kinds = {"plain": trained, "blended": None, "unplaced": trained, "cold": trained, "both": None}
    kinds |= {f"times {factor:g}": factor for factor in options.factors}
    everything = trained.with_inferred(cold)
    vocabulary = Vocabulary(everything.items, np.maximum(everything.counts, 1))
    rankers = []
    shares = found.share(views.counts)
    for label, kind in kinds.items():
        one = kind
        if not isinstance(kind, x2vec.Embeddings):
            odds = (1.0 if kind is None else kind) * shares / (1 - shares)
            one = mixed_into(ladder, trained, views, odds / (1 + odds))
        everything = one.with_inferred(high if label == "unplaced" else cold)
        asks = ranker_of(everything, scoring=options.form)
        ranker = replace(asks, name=label)
        shown = np.ones(len(everything), np.bool_)
        if label in ("plain", "blended"):
            shown = everything.counts > 0
        if options.among == "new":
            shown &= np.asarray(pc.is_in(everything.items, value_set=new))
        rankers.append(Shelf(ranker, shown))
    for bucket, some in by_bucket(asked, trained, options.queries, seed).items():
        tell(name, seed, bucket, rankers, NextItemQueries.of(some, vocabulary), sequences)


def tell(
    name: str, seed: int, bucket: str, rankers: list[Any], queries: Any, sequences: Any
) -> None:
    report = evaluate_next_item(
        rankers, queries, exclude_history=not sequences.ordered, ks=(20,), seed=seed
    )
    for ranker in rankers:
        figures = [report.measurement(metric, model=ranker.name) for metric in METRICS]
        cells = [str(one) for one in figures]
        against = AGAINST.get(ranker.name, "")
        verdicts = [
            f"{found.difference:+.4f} ({found.low:+.4f} to {found.high:+.4f})"
            for found in [report.compare(ranker.name, against, metric=METRICS[0])]
        ] if against else []  # fmt: skip
        print(
            f"| {name} | {seed} | {bucket} | {len(queries):,} | {ranker.name} | "
            f"{' | '.join(cells)} | {' '.join(verdicts)} |",
            flush=True,
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("names", nargs="+", choices=SETS)
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options.add_argument("--share", type=float, default=1.0, help="of the sequences that are read")
    options.add_argument("--queries", type=int, default=4_000, help="of a bucket, at most")
    options.add_argument("--arrivals", choices=["fifth", "none"], default="fifth")
    options.add_argument("--among", choices=["all", "new"], default="all")
    options.add_argument("--model", choices=MODELS, default="softmax")
    options.add_argument("--form", choices=["in-in", "in-out"])
    options.add_argument("--rungs", nargs="+", default=["shared attributes", "nearest content"])
    options.add_argument("--factors", nargs="*", type=float, default=[], help="other odds, too")
    options.add_argument("--exposure", type=float, default=1.0, help="of items without events")
    options.add_argument("--validate", action="store_true", help="ask the training part alone")
    asked = options.parse_args()
    for name in asked.names:
        for seed in asked.seeds:
            measure(name, seed, asked)


if __name__ == "__main__":
    main()
