"""Cold start: from the items that have vectors, learn to infer those of items that have none."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, get_args

import numpy as np

from x2vec.coldstart.choice import Choice, choices
from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.items import read_item_table
from x2vec.coldstart.known_items import kept_items, known_items
from x2vec.coldstart.ladder import Ladder
from x2vec.coldstart.lists import TrainedLists, middle_of_rarest
from x2vec.coldstart.report import ColdReport
from x2vec.coldstart.rungs import (
    AttributeVectors,
    CategoryCentroid,
    Nearest,
    Perceptron,
    Ridge,
    SharedAttributes,
)
from x2vec.coldstart.rungs.rung import Rung
from x2vec.coldstart.simulation import learnt, simulate
from x2vec.coldstart.targets import Targets
from x2vec.coldstart.text.encoders import check_encoder, name_of
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError
from x2vec.progress import Listener, Notice, silent

__all__ = ["COLD_START", "RUNGS", "ColdStart"]

COLD_START: Final = "cold_start"
"""Under which a provenance keeps the configuration among its config, and among its metrics what
each rung was worth."""

RUNGS: Final[Mapping[str, Rung]] = {
    rung.name: rung
    for rung in (Perceptron(), Ridge(), Nearest(), SharedAttributes(), CategoryCentroid())
}
"""The rungs by name, from the one that can learn most; the catalogue centroid is always below."""

_HALF_TRUST: Final = 5
"""Events at which an item weighs half as much as one with very many."""

By = Literal["recall", "cosine"]


@dataclass(frozen=True, kw_only=True)
class ColdStart(ItemColumns):
    """How vectors of new items are inferred; nothing is fitted yet.

    Its fields are those of ``ItemColumns``, which say what the item table holds, and these.

    Attributes:
        rungs: Names of the rungs to try, out of ``"perceptron"``, ``"ridge"``,
            ``"nearest content"``, ``"shared attributes"`` and ``"category centroid"``; and, of
            embeddings that were trained with side information, ``"attribute vectors"``.
        by: What the best rung has most of: ``"recall"`` of the hidden vector's neighbours, or
            ``"cosine"`` with it.
        hidden: Share of the known items that is hidden to measure on.
        exposure: Into how many lists of the whole catalogue inferred items are let, as a multiple
            of those that the rarest trained items enter; above 0. More shows what is new earlier,
            at the price of the rest. Of no meaning without context vectors.
        seed: Decides which, and every other draw.

    Raises:
        ConfigError: No column is named, or a value is out of bounds.

    Example:
        >>> import pyarrow as pa
        >>> draws = np.random.default_rng(0)
        >>> kinds = np.repeat(["tea", "soap"], 60)
        >>> near = np.where(kinds[:, None] == "tea", [1.0, 0.0], [0.0, 1.0])
        >>> names = [f"{kind} {n}" for n, kind in enumerate(kinds)]
        >>> vectors = near + draws.normal(0, 0.1, near.shape)
        >>> shop = Embeddings(names, vectors, counts=np.full(120, 9))
        >>> table = pa.table({"item_id": names, "kind": kinds})
        >>> cold = ColdStart(categories="kind").fit(shop, table)
        >>> new = cold.embed(pa.table({"item_id": ["new"], "kind": ["soap"]}))
        >>> shop.with_inferred(new).similar("new", k=1).item_id.to_pylist()[0][:4]
        'soap'
    """

    rungs: Any = tuple(RUNGS)
    by: By = "recall"
    hidden: float = 0.2
    exposure: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_encoder(self.encoder)
        names = tuple(self.rungs) if isinstance(self.rungs, list | tuple) else (self.rungs,)
        object.__setattr__(self, "rungs", names)
        problems = [
            f"rungs names {name!r}; there are {', '.join((*RUNGS, AttributeVectors.name))}"
            for name in names
            if name not in (*RUNGS, AttributeVectors.name)
        ]
        if self.by not in get_args(By):
            problems.append(f"by must be 'recall' or 'cosine', not {self.by!r}")
        if not isinstance(self.hidden, int | float) or not 0 < self.hidden < 1:
            problems.append(f"hidden is a share between 0 and 1, not {self.hidden!r}")
        is_number = isinstance(self.exposure, int | float) and not isinstance(self.exposure, bool)
        if not is_number or not 0 < self.exposure < math.inf:
            problems.append(f"exposure is a number above 0, not {self.exposure!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            problems.append(f"seed must be a whole number from 0 on, not {self.seed!r}")
        if problems:
            raise ConfigError("\n".join(problems))

    def fit(
        self,
        embeddings: Embeddings,
        items: Any = None,
        *,
        measured: Sequence[Choice] = (),
        listen: Listener = silent,
    ) -> Ladder:
        """Hide a fifth of the known items, measure every rung on them, choose, and fit to all.

        The same embeddings, table and seed fit the same, so what is kept of a fitted ladder is
        this configuration: ``ColdStart.of_store(store).fit(store)`` makes it again, and
        ``ColdStart.ladder_of(store)`` does without measuring again.

        Args:
            embeddings: Those of the items that were trained; inferred ones are not learnt from.
            items: The item table: with ``__arrow_c_stream__``, or a path. None takes the metadata
                that the embeddings keep, of the items that they say anything of.
            measured: The ``choices`` of a ladder that was fitted so before: nothing is measured
                again then, and only the rungs that may answer are fitted.
            listen: Hears how far it is, and how many items are not in the table.

        Raises:
            SourceError: The table has no ids, holds one twice, or lacks a column or its type.
            NothingLeftError: It describes fewer than 50 of the items.
            ConfigError: A rung needs attributes that were trained, and there are none.
            MissingPackageError: The encoder needs an extra that is not installed.
        """
        given = kept_items(embeddings, self) if items is None else items
        table = read_item_table(given, self)
        known, rows = known_items(table, embeddings, listen)
        scale = Targets.of(embeddings, rows)
        targets = scale.joined(embeddings, rows)
        counts = embeddings.counts[rows]
        trust = (counts / (counts + _HALF_TRUST)).astype(np.float32)
        chosen = [self._rung(name, embeddings, scale) for name in self.rungs]
        made = tuple(measured)
        if made:
            answering = {name for choice in made for name in choice.answering}
            chosen = [rung for rung in chosen if rung.name in answering]
        else:
            lists = TrainedLists.of(embeddings, scale, exposure=self.exposure, seed=self.seed)
            tried = simulate(
                known, targets, trust, self, chosen,
                scale=scale, lists=lists, hidden=self.hidden, seed=self.seed, listen=listen,
            )  # fmt: skip
            made = choices(tried, by=self.by, seed=self.seed)
        base = learnt(
            known, targets, trust, self, chosen, seed=self.seed, listen=listen, stage="cold start"
        )
        notes = base.features.attributes.notes
        for note in notes:
            listen(Notice("cold start", note))
        kept = () if embeddings.metadata is None else tuple(embeddings.metadata.column_names)
        report = ColdReport.of(made, notes=notes)
        is_placed = all(step.reach is not None for choice in made for step in choice.steps)
        middle = middle_of_rarest(embeddings, scale) if is_placed else None
        return Ladder(
            self, base, made, scale, table.schema, known.ids, tuple(chosen), self.seed, kept,
            report, middle,
        )  # fmt: skip

    def _rung(self, name: str, embeddings: Embeddings, scale: Targets) -> Rung:
        if name in RUNGS:
            return RUNGS[name]
        attributes = embeddings.attributes
        if attributes is None:
            raise ConfigError(
                f"rungs names {name!r}, and these embeddings were trained without attributes; "
                "train them with side information, or leave it out"
            )
        return AttributeVectors(attributes, scale.of_attributes(attributes))

    def config(self) -> dict[str, Any]:
        """Return the configuration as JSON can hold it, to keep beside a store.

        Raises:
            ConfigError: The encoder has no name, and so cannot be kept.
        """
        if name_of(self.encoder) is None:
            raise ConfigError(
                f"encoder is {type(self.encoder).__name__}, which has no name to keep it by; keep "
                "it yourself, and give it again: ColdStart.of(config, encoder=...)"
            )
        return asdict(self)

    @classmethod
    def of(cls, config: Mapping[str, Any], **changes: Any) -> ColdStart:
        """Return what ``config`` wrote down.

        Raises:
            ConfigError: It holds something that is no field, or is out of bounds.

        Example:
            >>> ColdStart.of(ColdStart(text="title").config()) == ColdStart(text="title")
            True
        """
        given = {**config, **changes}
        wrong = sorted(given.keys() - {field.name for field in fields(cls)})
        if wrong:
            raise ConfigError(f"cold start has no {wrong[0]!r}; it was written by another version")
        return cls(**given)

    @classmethod
    def of_store(cls, embeddings: Embeddings, **changes: Any) -> ColdStart:
        """Return the cold start that embeddings say is theirs; ``fit(embeddings)`` makes it again.

        Raises:
            ConfigError: They say nothing of it, or what another version of x2vec understood.

        Example:
            >>> from x2vec.embeddings import Provenance
            >>> about = Provenance(config={COLD_START: ColdStart(text="title").config()})
            >>> shop = Embeddings(["tea"], [[1.0]], counts=[3], provenance=about)
            >>> ColdStart.of_store(shop).text
            ('title',)
        """
        config = embeddings.provenance.config.get(COLD_START)
        if not isinstance(config, Mapping):
            raise ConfigError(
                "these embeddings do not say how their cold start was configured. Name the "
                "columns to look at, ColdStart(text=...) or x2vec embed --text ..., or run "
                "their job with a section [cold_start]."
            )
        return cls.of(config, **changes)

    @staticmethod
    def ladder_of(embeddings: Embeddings, *, listen: Listener = silent) -> Ladder:
        """Return the ladder that embeddings say is theirs, without measuring it again.

        The rungs that may answer are fitted again to what the embeddings keep of their items.

        Args:
            embeddings: As ``load`` opens what a job with ``[cold_start]`` published.
            listen: Hears how far it is.

        Raises:
            ConfigError: They say nothing of it, or what another version of x2vec understood.
            SourceError: They do not keep a column that it looks at.
        """
        from x2vec.coldstart.keeping import ladder_of

        return ladder_of(embeddings, listen=listen)
