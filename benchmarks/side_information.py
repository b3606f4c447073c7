"""What side information is worth: next item by how often training saw the target.

    python -m benchmarks.side_information yes_playlists online_retail movielens complete_journey

Two fifths of the sequences are held out and asked for each of their items after the first; of
Complete Journey a tenth of the baskets is read, of Online Retail three. With `--arrivals fifth` new
items are simulated instead: a fifth of the items that have ten events or more keep a few of them,
or none, and the others are asked for. The plain model is compared with the same one that learns the
attributes of the items too. An item that training never saw is the mean of its attributes there,
and comes last in the plain model, which knows nothing of it. At most 4,000 queries a bucket are
drawn; `all` are as many of all queries, whatever their target. `in-out` ranks the whole catalogue;
with `shelf`, a bucket's target is ranked among the items of its bucket, as on a shelf of what is
seldom bought, or of arrivals the arrivals of its bucket; with `arrivals` among all arrivals.
`--how` compares what needs no attributes, such as `context=last` and `segment=brand`.
`--validate` asks a part that is cut from the training part instead: there the weight was chosen.
"""

from __future__ import annotations

import argparse
import dataclasses
from itertools import product
from time import perf_counter
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse import csr_matrix

import x2vec
from benchmarks.cold_start_quality import METRICS, SETS, Shelf, read
from benchmarks.seldom_seen import BUCKETS, arrivals, by_bucket, split_of
from x2vec.coldstart import ItemColumns, ItemTable, TableAttributes, read_item_table
from x2vec.corpus import Vocabulary
from x2vec.embeddings import Attributes, Embeddings, Inferred, shares
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.jobs.trained import Rewritten
from x2vec.recommendation import EmbeddingRanker

COLUMNS = {
    "complete_journey": SETS["complete_journey"].columns,
    "yes_playlists": {"categories": "artist", "tags": "tags"},
    "movielens": {"tags": ["genres", "tags"]},
    "online_retail": {"tags": "words"},
}
"""Of Online Retail, the words of a description."""
SHARES = {"complete_journey": 0.1, "online_retail": 0.3}  # of the sequences, for time

VALIDATION = 1_000
"""What is added to the seed by which arrivals are drawn from what is left of test arrivals."""


def kinds(name: str, options: argparse.Namespace) -> dict[str, x2vec.SideInformation]:
    """Return what is compared with the plain model."""
    if options.how:
        words = [word.split("=") for word in options.how]
        return {"=".join(pair): x2vec.SideInformation(**dict([pair])) for pair in words}
    return {
        f"weight {weight:g}, half at {half_at:g}": x2vec.SideInformation(
            **COLUMNS[name], weight=weight, half_at=half_at
        )
        for weight, half_at in product(options.weights, options.half_at)
    }


def train(
    learn: Any, model: Any, table: pa.Table, how: x2vec.SideInformation | None, options: Any
) -> Any:
    start = perf_counter()
    given = {} if how is None else {"items": table, "side": how}
    trained = x2vec.train(
        learn, model, workers=options.workers, seed=options.seed, evidence=False, **given
    )
    return trained, perf_counter() - start


def cold_items(trained: Embeddings, table: pa.Table, how: Any, sold: pa.Array) -> Embeddings:
    """Add the items that only the test part holds, as the mean of their attributes."""
    new = pc.and_(
        pc.is_in(table["item_id"], value_set=sold),
        pc.invert(pc.is_in(table["item_id"], value_set=trained.items)),
    )
    items = read_item_table(table.filter(new), how.columns)
    means = attribute_shares(trained.attributes, items, how.columns)
    known = np.diff(means.indptr) > 0
    inferred = Inferred(
        items.ids.filter(pa.array(known)),
        (means @ trained.attributes.vectors)[known],
        "attribute vectors",
        np.ones(int(known.sum())),
        (means @ trained.attributes.context_vectors)[known],
    )
    return trained.with_inferred(inferred)


def attribute_shares(attributes: Attributes, items: ItemTable, columns: ItemColumns) -> csr_matrix:
    """Return what each attribute weighs in the mean of each item, (n_items, n_attributes).

    A row sums to 1, or to 0 where nothing is known of the item that was trained.
    """
    found = TableAttributes.fit(items, columns)
    rows = pc.index_in(found.pairs, value_set=attributes.names)
    is_trained, matrix = np.asarray(rows.is_valid()), found.matrix(items, columns)
    pairs = matrix[:, np.flatnonzero(is_trained)].tocoo()
    owners, places = pairs.row, np.asarray(rows.drop_null())[pairs.col]
    order = np.lexsort((places, owners))
    owners, places = owners[order], places[order]
    column_of = np.asarray(attributes.columns.dictionary_encode().indices)
    weights = shares(owners, column_of[places])
    return csr_matrix((weights, (owners, places)), shape=(len(items), len(attributes)))


def measure(name: str, seed: int, options: argparse.Namespace) -> None:
    job, sequences, table = read(name, min_count=1)
    if name == "online_retail":
        words = pc.utf8_split_whitespace(pc.utf8_upper(table["description"].cast(pa.string())))
        table = table.append_column("words", words)
    share = options.share or SHARES.get(name, 1.0)
    if share < 1:
        chosen = np.random.default_rng(0).random(len(sequences)) < share
        sequences = sequences.keep_sequences(chosen, reason="not in the sample")
    options.seed = seed
    learn, queries, new = held_out(sequences, seed, options)
    model = x2vec.SkipGram(**{**dataclasses.asdict(job.model), **setting(options.set)})
    sold = sequences.items.filter(pa.array(sequences.counts() > 0))
    plain, seconds = train(learn, model, table, None, options)
    parts = by_bucket(queries, plain, options.queries, seed)
    print(
        f"\n{name}, seed {seed}: {len(plain):,} items, {len(queries):,} queries; {seconds:.0f} s",
        flush=True,
    )
    models = {"plain": plain}
    for label, how in kinds(name, options).items():
        made, seconds = train(learn, model, table, how, options)
        models[label] = made if how.columns is None else cold_items(made, table, how, sold)
        cold = int((models[label].counts == 0).sum())
        print(f"{label}: {seconds:.0f} s, {cold:,} cold items", flush=True)
    everything = max(models.values(), key=len)
    vocabulary = Vocabulary(everything.items, np.maximum(everything.counts, 1))
    for form, (bucket, asked) in product(options.forms, parts.items()):
        if bucket not in options.buckets or ("shelf" in form and bucket == "all"):
            continue
        shown = shown_in(form, bucket, everything, new)
        rankers = [
            Shelf(ranker_in(form, one, vocabulary, model.ns_exponent, label), shown)
            for label, one in models.items()
        ]
        report = evaluate_next_item(
            rankers,
            NextItemQueries.of(asked, vocabulary),
            exclude_history=not sequences.ordered,
            ks=(20,),
            seed=seed,
        )
        for ranker in rankers:
            found = [report.measurement(metric, model=ranker.name) for metric in METRICS]
            cells = [f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})" for one in found]
            verdicts = "" if ranker is rankers[0] else compared(report, ranker.name)
            print(
                f"| {name} | {seed} | {form} | {bucket} | {len(asked):,} | {ranker.name} | "
                f"{' | '.join(cells)} | {verdicts} |",
                flush=True,
            )


def held_out(
    sequences: Any, seed: int, options: argparse.Namespace
) -> tuple[Any, Any, pa.Array | None]:
    """Return what is learnt from, the queries, and the items that are arrivals, if any are."""
    if options.arrivals == "none":
        made = split_of(sequences, seed)
        if options.validate:
            made = split_of(made.train, seed)
        return made.train, made.queries, None
    if options.validate:
        sequences, _, _ = arrivals(sequences, seed)
    return arrivals(sequences, seed + VALIDATION * options.validate)


def shown_in(form: str, bucket: str, everything: Embeddings, new: pa.Array | None) -> np.ndarray:
    """Return which items are ranked, (n_items,) bool."""
    shown = np.ones(len(everything), np.bool_)
    if "shelf" in form:
        low, high = BUCKETS[bucket]
        shown &= (everything.counts >= low) & (everything.counts <= high)
    if new is not None and ("shelf" in form or "arrivals" in form):
        shown &= np.asarray(pc.is_in(everything.items, value_set=new))
    return shown


def ranker_in(
    form: str, trained: Embeddings, vocabulary: Vocabulary, ns_exponent: float, name: str
) -> Rewritten:
    """Return embeddings as a ranker over all items; those that it does not know come last."""
    rows = pc.index_in(vocabulary.items, value_set=trained.items)
    query = x2vec.QueryForm(scoring=form.split(",")[0], prior=0.0 if "no prior" in form else None)
    inner = EmbeddingRanker.of(trained, query, counts=trained.counts, ns_exponent=ns_exponent)
    filled = np.asarray(rows.fill_null(0), np.int32)
    return Rewritten(inner, filled, np.asarray(rows.is_valid()), name)


def compared(report: Any, name: str) -> str:
    """Return whether a model is better than the plain one, by either metric, query by query."""
    found = [report.compare(name, "plain", metric=metric).verdict for metric in METRICS]
    return ", ".join(dict.fromkeys(found))


def setting(words: list[str]) -> dict[str, Any]:
    """Return ``name=value`` words as the model's fields."""
    pairs = [word.split("=") for word in words]
    return {name: int(value) if value.isdigit() else float(value) for name, value in pairs}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("names", nargs="+", choices=COLUMNS)
    options.add_argument("--seeds", nargs="+", type=int, default=[1])
    options.add_argument("--weights", nargs="+", type=float, default=[2.0])
    options.add_argument("--arrivals", choices=["none", "fifth"], default="none")
    options.add_argument("--forms", nargs="+", default=["in-out, shelf", "in-out"])
    options.add_argument("--buckets", nargs="+", default=[*BUCKETS, "all"])
    options.add_argument("--share", type=float, help="of the sequences that are read")
    options.add_argument("--half-at", nargs="+", type=float, default=[2.0])
    options.add_argument("--how", nargs="*", help="no attributes: context=last, segment=brand")
    options.add_argument("--queries", type=int, default=4_000)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--validate", action="store_true")
    options.add_argument("--set", nargs="*", default=[], help="such as epochs=5")
    asked = options.parse_args()
    for name in asked.names:
        for seed in asked.seeds:
            measure(name, seed, asked)


if __name__ == "__main__":
    main()
