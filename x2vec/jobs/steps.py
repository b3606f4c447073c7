"""The steps of a run, each a plain function; the Python verbs call the same ones."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from x2vec.adapters import open_events
from x2vec.corpus import (
    Corpus,
    Queries,
    Sequences,
    Split,
    Vocabulary,
    assemble,
    leave_last_out,
    split_by_time,
    subset,
    trainable,
)
from x2vec.embeddings import Embeddings, Provenance
from x2vec.evaluation import NextItemQueries, Report, evaluate_next_item
from x2vec.jobs.config import Evaluate, Training
from x2vec.progress import Listener, Notice, silent
from x2vec.recommend import CoOccurrence, EmbeddingRanker, Popularity, Ranker
from x2vec.training import SkipGram, fit

__all__ = ["Trained", "evaluate", "fit_sequences", "read_sequences", "split"]


@dataclass(frozen=True, eq=False)
class Trained:
    """Embeddings, beside what they were trained on.

    Attributes:
        embeddings: The matrices bound to their items.
        vocabulary: Which item has which row.
        corpus: The training part in these rows.
        sequences: The training part; its ledger counts what training could not use.
    """

    embeddings: Embeddings
    vocabulary: Vocabulary
    corpus: Corpus
    sequences: Sequences


def read_sequences(
    adapter: str, options: Any, *, max_missing_share: float = 0.01, listen: Listener = silent
) -> Sequences:
    """Read a source through an adapter into sequences, not yet cleaned."""
    events = open_events(adapter, options, max_missing_share=max_missing_share, listen=listen)
    sequences = assemble(events)
    for note in sequences.notes:
        listen(Notice("read", note))
    return sequences


def split(sequences: Sequences, how: Evaluate, *, seed: int) -> Split:
    """Hold out what the job says, at most ``max_queries`` of it asked."""
    if how.split == "time":
        made = split_by_time(sequences, holdout=how.holdout, seed=seed)
    else:
        made = leave_last_out(sequences, seed=seed)
    return dataclasses.replace(made, queries=subset(made.queries, how.max_queries, seed=seed))


def fit_sequences(
    sequences: Sequences,
    model: SkipGram,
    training: Training,
    *,
    listen: Listener = silent,
) -> Trained:
    """Train on sequences, and bind the matrices to the items.

    Raises:
        NothingLeftError: There is no pair, or only one item.
        DivergedError: The vectors stopped being finite.
        PluginError: No such engine.
    """
    used = trainable(sequences)
    vocabulary = Vocabulary.of(used)
    corpus = Corpus.of(used, vocabulary)
    matrices = fit(
        corpus,
        model,
        engine=training.engine,
        seed=training.seed,
        workers=training.workers,
        listen=listen,
    )
    provenance = Provenance(
        config={
            "model": {"kind": type(model).__name__, **dataclasses.asdict(model)},
            "training": dataclasses.asdict(training),
        },
        fingerprint=corpus.digest(),
        counts={
            "items": len(vocabulary),
            "sequences": len(corpus),
            "tokens": corpus.n_tokens,
            "ledger": used.ledger.to_dict(),
        },
    )
    embeddings = Embeddings(
        vocabulary.items,
        matrices.vectors,
        counts=vocabulary.counts,
        context_vectors=matrices.context_vectors,
        provenance=provenance,
    )
    return Trained(embeddings, vocabulary, corpus, used)


def evaluate(
    trained: Trained,
    queries: Queries,
    *,
    k: list[int],
    used: dict[str, Any],
    listen: Listener = silent,
) -> Report:
    """Rank the held-out items by the embeddings and by two baselines.

    The first model of the report is the one on trial: in-vectors against out-vectors, with the
    noise distribution added back. In baskets nothing repeats, so there the items of the history
    leave the ranking, for every model alike.
    """
    embeddings, corpus = trained.embeddings, trained.corpus
    exponent = embeddings.provenance.config["model"]["ns_exponent"]
    in_out = EmbeddingRanker(
        vectors=embeddings.vectors,
        context_vectors=embeddings.context_vectors,
        counts=embeddings.counts,
        scoring="in-out",
        prior=exponent,
        name="x2vec in-out",
    )
    cosine = EmbeddingRanker(vectors=embeddings.vectors, name="x2vec cosine")
    rankers: list[Ranker] = [in_out, cosine, CoOccurrence.fit(corpus), Popularity.fit(corpus)]
    return evaluate_next_item(
        rankers,
        NextItemQueries.of(queries, trained.vocabulary),
        exclude_history=not corpus.ordered,
        ks=k,
        used=used,
        listen=listen,
    )
