"""Growing: embeddings learn from new sequences, without the old ones.

Training goes on from the old matrices on the new sequences alone, as long and as fast as a training
does, and so forgets. Therefore each item then goes only part of the way, by the share that the new
events have in all of its events (``embeddings.blended``). A new item goes all the way; an item
without new events stays exactly where it was, as noise items, too, come from the new sequences
alone.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
import pyarrow.compute as pc

from x2vec.coldstart import COLD_START
from x2vec.corpus import Sequences
from x2vec.embeddings import (
    Drift,
    Embeddings,
    Evidence,
    Provenance,
    blended,
    by_count,
    drift,
    extended,
)
from x2vec.errors import ConfigError, DataError, UsageError
from x2vec.jobs.config import Training
from x2vec.jobs.steps import Prepared, prepare
from x2vec.progress import Listener, Notice, silent
from x2vec.recommendation import form_told
from x2vec.similarity import count_together, merge
from x2vec.training import Matrices, SkipGram, State, fit

__all__ = ["Update", "update_embeddings"]

_STAY = (
    "the vectors of attributes stay as they are, and new items start from chance, not from theirs; "
    "train anew for both to learn"
)


@dataclass(frozen=True, eq=False)
class Update:
    """Embeddings that have learnt from new sequences, and how far they have moved by it.

    Attributes:
        embeddings: The old items and the new ones, by falling count, then by item.
        drift: How far the old items are from their old selves.
    """

    embeddings: Embeddings
    drift: Drift


def update_embeddings(
    embeddings: Embeddings,
    sequences: Sequences,
    model: SkipGram | None,
    training: Training,
    *,
    weight: float = 1.0,
    min_count: int = 1,
    listen: Listener = silent,
) -> Update:
    """Let embeddings learn from new sequences; see ``x2vec.update``.

    Raises:
        UsageError: The embeddings have no context vectors, or are of another kind of model.
        ConfigError: An argument is out of bounds, the model's vector size is not that of the
            embeddings, or the engine cannot start from given vectors.
        DataError: The items are numbers on one side and text on the other.
        NothingLeftError: There is no pair, or only one item.
        DivergedError: The vectors stopped being finite.
    """
    if not 0 < weight < inf:
        raise ConfigError(f"weight is {weight!r}; it must be a number above 0")
    if isinstance(min_count, bool) or not isinstance(min_count, int) or min_count < 1:
        raise ConfigError(f"min_count is {min_count!r}; it must be a whole number from 1 on")
    model = _model_of(embeddings) if model is None else model
    if embeddings.context_vectors is None:
        raise UsageError(
            "update: these embeddings have no context vectors, and training goes on from both "
            "matrices. Load the store or directory that holds context.parquet, or train anew."
        )
    if model.vector_size != embeddings.vector_size:
        raise ConfigError(
            f"update: the model's vector_size is {model.vector_size}, and the embeddings have "
            f"{embeddings.vector_size} dimensions. Leave the model out, or give it theirs."
        )
    if embeddings.attributes is not None:
        listen(Notice("side information", _STAY))
    prepared = prepare(_admitted(sequences, embeddings, min_count))
    items, counts = prepared.vocabulary.items, prepared.vocabulary.counts
    grown = extended(embeddings, items, seed=training.seed)
    rows = np.asarray(pc.index_in(items, value_set=grown.items))
    assert grown.context_vectors is not None
    trained = fit(
        prepared.corpus,
        model,
        engine=training.engine,
        seed=training.seed,
        workers=training.workers,
        deterministic=training.deterministic,
        listen=listen,
        start=State(Matrices(grown.vectors[rows], grown.context_vectors[rows], losses=())),
    )
    moved = by_count(
        blended(grown, rows, trained.vectors, trained.context_vectors, counts, weight=weight)
    )
    change = drift(embeddings, moved, seed=training.seed)
    config = {
        "model": {"kind": type(model).__name__, **dataclasses.asdict(model)},
        "query": dict(form_told(embeddings.provenance.config)),
        "training": dataclasses.asdict(training),
        "update": {"weight": weight, "min_count": min_count},
    }
    metrics = {"drift": change.to_dict(), "losses": trained.losses}
    provenance = _after(embeddings.provenance, config, prepared, metrics)
    evidence = _evidence(embeddings, moved, prepared, listen)
    return Update(dataclasses.replace(moved, provenance=provenance, evidence=evidence), change)


def _evidence(
    before: Embeddings, after: Embeddings, prepared: Prepared, listen: Listener
) -> Evidence | None:
    """Add what the new sequences say of pairs to what is kept of the old ones, if anything is."""
    old = before.evidence
    if old is None:
        return None
    new = count_together(prepared.corpus, prepared.ids, listen=listen)
    if new.reach != old.reach:
        was, now = (f"up to {one.reach:,} steps apart" for one in (old, new))
        text = f"items were together {was}, and are {now}: no evidence is kept"
        listen(Notice("evidence", text))
        return None
    rows = (
        np.asarray(pc.index_in(items, value_set=after.items))
        for items in (before.items, prepared.vocabulary.items)
    )
    old_rows, new_rows = rows
    return merge(old, new, old_rows=old_rows, new_rows=new_rows, n_items=len(after))


def _model_of(embeddings: Embeddings) -> SkipGram:
    """Return the parameters that the embeddings say they were trained with."""
    config = embeddings.provenance.config
    written = config.get("model", dict(config.get("job") or {}).get("model"))
    if not isinstance(written, Mapping):
        return SkipGram(vector_size=embeddings.vector_size)
    kind = written.get("kind")
    fields = {name: value for name, value in written.items() if name != "kind"}
    strange = sorted(fields.keys() - {field.name for field in dataclasses.fields(SkipGram)})
    if kind != SkipGram.__name__ or strange:
        raise UsageError(
            f"update: the embeddings were trained by {kind}({', '.join(strange or fields)}), which "
            "this version of x2vec cannot continue. Give parameters that it knows: "
            "model = SkipGram(...)."
        )
    return SkipGram(**fields)


def _admitted(sequences: Sequences, embeddings: Embeddings, min_count: int) -> Sequences:
    """Leave out the events of new items that are too rare."""
    if sequences.items.type != embeddings.items.type:
        raise DataError(
            f"update: the items of the embeddings are {embeddings.items.type}, those of the "
            f"sequences {sequences.items.type}, so none would be found again. Convert the "
            "sequences' item column where they are read."
        )
    is_known = np.asarray(pc.is_in(sequences.items, value_set=embeddings.items))
    stays = is_known | (sequences.counts() >= min_count)
    return sequences.keep(
        stays[sequences.codes], reason=f"new item with fewer than {min_count} events"
    )


def _after(
    before: Provenance, config: dict[str, Any], prepared: Prepared, metrics: dict[str, Any]
) -> Provenance:
    """Write down an update, which one it is, and what there was before all updates."""
    number = before.config.get("update", {}).get("number", 0) + 1
    config["update"] = {"number": number, **config["update"]}
    if COLD_START in before.config:
        config[COLD_START] = before.config[COLD_START]
    config["before_updates"] = before.config.get("before_updates", dict(before.config))
    sources = f"{before.fingerprint} {prepared.corpus.digest()}"
    return Provenance(
        config=config,
        fingerprint=hashlib.sha256(sources.encode()).hexdigest(),
        counts={
            "sequences": len(prepared.corpus),
            "tokens": prepared.corpus.n_tokens,
            "ledger": prepared.ledger.to_dict(),
        },
        metrics={name: value for name, value in metrics.items() if value is not None},
    )
