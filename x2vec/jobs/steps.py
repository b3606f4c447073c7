"""The steps of a run, each a plain function; the Python verbs call the same ones."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from x2vec.corpus import Corpus, Ledger, Queries, Sequences, Vocabulary, trainable
from x2vec.embeddings import Embeddings, Provenance
from x2vec.errors import ConfigError
from x2vec.evaluation import NextItemQueries, Report, evaluate_next_item
from x2vec.jobs.canonical import to_dict
from x2vec.jobs.checkpoints import Checkpoint
from x2vec.jobs.config import Training
from x2vec.jobs.early_stopping import EarlyStopping, hold_out
from x2vec.jobs.fitting import fit_watched
from x2vec.jobs.memory import tell_memory
from x2vec.jobs.rankers import check_askable_as
from x2vec.jobs.side import Beside, SideSource
from x2vec.progress import Listener, silent
from x2vec.recommendation import QueryForm, Ranker
from x2vec.training import Model, Side

__all__ = [
    "Prepared",
    "Trained",
    "check_cut_offs",
    "evaluate",
    "fit_prepared",
    "fit_sequences",
    "prepare",
]


@dataclass(frozen=True, eq=False)
class Prepared:
    """Sequences as training takes them.

    Attributes:
        ledger: What was read, removed and left to train on.
        vocabulary: Which item has which row.
        corpus: The sequences in these rows.
        ids: (n_sequences,) their ids, dictionary-encoded.
        validation: What is asked after each epoch; None where training does not end early.
        beside: What is known of the items beside the events, if anything.
    """

    ledger: Ledger
    vocabulary: Vocabulary
    corpus: Corpus
    ids: pa.DictionaryArray
    validation: NextItemQueries | None = None
    beside: Beside | None = None

    @property
    def side(self) -> Side | None:
        """What engines take of what is known beside the events."""
        return None if self.beside is None else self.beside.side


@dataclass(frozen=True, eq=False)
class Trained:
    """Embeddings, beside what they are the result of.

    Attributes:
        embeddings: The matrices bound to their items.
        model: What was learnt.
        query: How a history is asked of them.
        prepared: What they were trained on.
        losses: Mean loss in each epoch, as in ``Matrices``.
        early_stopping: What each epoch was worth; None where nobody asked.
    """

    embeddings: Embeddings
    model: Model
    query: QueryForm
    prepared: Prepared
    losses: list[float] | None
    early_stopping: EarlyStopping | None = None


def fit_sequences(
    sequences: Sequences,
    model: Model,
    training: Training,
    *,
    query: QueryForm | None = None,
    side: SideSource | None = None,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    listen: Listener = silent,
) -> Trained:
    """Train on sequences, and bind the matrices to the items.

    Args:
        sequences: What to learn from.
        model: What to learn.
        training: How.
        query: How a history is asked; as the model is trained for unless given.
        side: Where side information comes from, if there is any.
        checkpoint: Where the state of the training is kept, if it is.
        resume: Whether to go on from the checkpoint, if there is one.
        listen: Hears the progress.

    Raises:
        ConfigError: The checkpoint is of another training.
        NothingLeftError: There is no pair, or only one item, or nothing to measure epochs by.
        DivergedError: The vectors stopped being finite.
        DamagedError: The checkpoint is not what was written.
        PluginError: No such engine.
    """
    prepared = prepare(sequences, training, side=side, listen=listen)
    return fit_prepared(
        prepared, model, training, query=query, checkpoint=checkpoint, resume=resume, listen=listen
    )


def prepare(
    sequences: Sequences,
    training: Training | None = None,
    *,
    side: SideSource | None = None,
    listen: Listener = silent,
) -> Prepared:
    """Write sequences as a corpus; those of one event are left out, as they make no pair.

    Items are held out to measure the epochs by, if training is to end early.

    Raises:
        NothingLeftError: There is no pair, or only one item, or nothing to measure epochs by.
    """
    used, queries = trainable(sequences), None
    if training is not None and training.patience:
        used, queries = hold_out(used, training.validation_queries, seed=training.seed)
    vocabulary = Vocabulary.of(used)
    validation = None if queries is None else NextItemQueries.of(queries, vocabulary)
    ids = pa.DictionaryArray.from_arrays(pa.array(used.origins), used.names)
    corpus = Corpus.of(used, vocabulary)
    beside = None if side is None else side.of(used, vocabulary, listen=listen)
    return Prepared(used.ledger, vocabulary, corpus, ids, validation, beside)


def fit_prepared(
    prepared: Prepared,
    model: Model,
    training: Training,
    *,
    query: QueryForm | None = None,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    listen: Listener = silent,
) -> Trained:
    """Train on a corpus; see ``fit_sequences``. The query form is that of early stopping."""
    corpus, vocabulary = prepared.corpus, prepared.vocabulary
    query = query or QueryForm.of(model, ordered=corpus.ordered)
    check_askable_as(query, model)
    is_kept = checkpoint is not None
    beside = prepared.beside
    n_rows = len(vocabulary) + (0 if beside is None else beside.side.n_attributes)
    tell_memory(n_rows, model, training, is_kept=is_kept, listen=listen)
    matrices, seen = fit_watched(
        corpus,
        model,
        training,
        query=query,
        validation=prepared.validation,
        side=prepared.side,
        checkpoint=checkpoint,
        resume=resume,
        listen=listen,
    )
    losses = None if matrices.losses is None else [float(loss) for loss in matrices.losses]
    query = query.with_learnt(model, matrices.fades)
    metrics = {"losses": losses, "early_stopping": seen and seen.to_dict()}
    provenance = Provenance(
        config={
            "model": {"kind": type(model).__name__, **dataclasses.asdict(model)},
            "query": dataclasses.asdict(query),
            "training": dataclasses.asdict(training),
            **({} if beside is None else {"side_information": to_dict(beside.source.how)}),
        },
        fingerprint=corpus.digest(),
        counts={
            "items": len(vocabulary),
            "sequences": len(corpus),
            "tokens": corpus.n_tokens,
            "ledger": prepared.ledger.to_dict(),
        },
        metrics={name: value for name, value in metrics.items() if value is not None},
    )
    embeddings = Embeddings(
        vocabulary.items,
        matrices.vectors,
        counts=vocabulary.counts,
        context_vectors=None if matrices.is_tied else matrices.context_vectors,
        query_matrix=matrices.query_matrix,
        attributes=None if beside is None else beside.attributes(matrices),
        provenance=provenance,
    )
    return Trained(embeddings, model, query, prepared, losses, seen)


def check_cut_offs(k: list[int], n_items: int) -> None:
    """Refuse a cut-off beyond the catalogue; to be asked before training, which would be in vain.

    Raises:
        ConfigError: There is one.
    """
    if max(k, default=0) > n_items:
        raise ConfigError(
            f"k = {max(k)} is beyond the catalogue: only {n_items:,} items are left to rank, so "
            f"every target would be a hit. Set k to less than {n_items:,}, or keep more items: a "
            "lower min_count, more data."
        )


def evaluate(
    rankers: list[Ranker],
    queries: Queries,
    prepared: Prepared,
    *,
    k: list[int],
    used: dict[str, Any],
    seed: int = 1,
    listen: Listener = silent,
) -> Report:
    """Rank the held-out items by each ranker; the first is the one on trial.

    In baskets nothing repeats, so there the items of the history leave the ranking, for every
    model alike.

    Raises:
        ConfigError: A cut-off is beyond the catalogue.
        NothingLeftError: There are no queries.
    """
    check_cut_offs(k, len(prepared.vocabulary))
    return evaluate_next_item(
        rankers,
        NextItemQueries.of(queries, prepared.vocabulary),
        exclude_history=not prepared.corpus.ordered,
        corpus=prepared.corpus,
        ks=k,
        seed=seed,
        used=used,
        listen=listen,
    )
