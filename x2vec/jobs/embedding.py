"""Embedding: new items get inferred vectors from a store, as a file, as a new version, or both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters import read_table
from x2vec.coldstart import (
    COLD_START,
    KINDS,
    ColdReport,
    ColdStart,
    Ladder,
    refuse_missing,
    with_ladder,
)
from x2vec.embeddings import (
    Embeddings,
    Inferred,
    check_inferred_file,
    check_store,
    latest,
    load,
    publish,
    write_inferred,
)
from x2vec.embeddings.store import is_store
from x2vec.errors import UsageError
from x2vec.jobs.digests import digest_of
from x2vec.jobs.items import ItemTable
from x2vec.jobs.watch import Ear, Watch
from x2vec.progress import Listener, Notice, silent

__all__ = ["Embedded", "embed_items"]

_APPENDED = "appended"
"""Under which the config of a version keeps which tables were added to it."""

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Embedded:
    """What became of a table of new items.

    Attributes:
        status: ``"embedded"``; ``"published"`` where a version was added; ``"unchanged"`` where the
            latest version has all of this very table already, or a trained vector of each of its
            items, and no file was asked for.
        store: The directory of the version that was asked.
        inferred: Vector, source and confidence of each item; None where nothing has changed.
        report: What each rung measured; None where nothing has changed.
        n_trained: Items of the table that were left out, for they have a trained vector.
        n_replaced: Items that had an inferred vector, and have a new one in the added version.
        output: The file that was written, or None.
        version: The directory of the version that was added, or None.
        notices: What was decided or noticed on the way.
        seconds: Wall-clock time of each step.
    """

    status: Literal["embedded", "published", "unchanged"]
    store: str
    inferred: Inferred | None
    report: ColdReport | None
    n_trained: int
    n_replaced: int
    output: str | None
    version: str | None
    notices: tuple[str, ...]
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON; of the vectors, how many came from which rung."""
        return {
            "store": self.store,
            "items": 0 if self.inferred is None else len(self.inferred),
            "inferred": {} if self.inferred is None else self.inferred.sources,
            "rungs": [] if self.report is None else self.report.to_arrow().to_pylist(),
            "trained": self.n_trained,
            "replaced": self.n_replaced,
            "output": self.output,
            "version": self.version,
            "notices": list(self.notices),
            "seconds": self.seconds,
        }


def embed_items(
    store: str | Path,
    items: Any,
    *,
    output: str | Path | None = None,
    append: bool = False,
    version: str | None = None,
    columns: Mapping[str, Any] | None = None,
    listen: Listener = silent,
) -> Embedded:
    """Infer vectors of new items; see ``x2vec.embed``.

    Raises:
        ConfigError: The store does not say how, and ``columns`` neither; or these are wrong.
        UsageError: Something is to be appended to what is no store, or to an old version.
        SourceError: The table cannot be read, lacks a column, or holds an item twice.
        StorageError: Reading or writing failed, or the store went on meanwhile; nothing of it was
            published.
    """
    store, hear, watch = Path(store), Ear(listen), Watch()
    target = None if output is None else Path(output)
    if target is not None:
        check_inferred_file(target)
    name = _refuse_place(store, version, append=append)
    known = load(store, version=name, listen=hear)
    settings = _settings(known, columns or {})
    whole = _read(items, settings, known, hear)
    table = _without_trained(whole, settings.item, known, hear)
    watch.lap("read")
    added = _Added.of(table, settings, known) if append else None
    is_there = added is not None and (not added.n_items or added.is_in(known))
    inferred = report = published = None
    if target is not None or not is_there:
        ladder = _ladder(known, settings, hear)
        watch.lap("fit")
        inferred, report = ladder.embed(table, listen=hear), ladder.report
        watch.lap("embed")
        if target is not None:
            write_inferred(inferred, target)
            watch.lap("write")
        if added is not None and not is_there:
            grown = known.with_inferred(inferred, replace=True)
            grown = added.noted_in(grown, ladder, name, among=_earlier(table, settings, known))
            published = publish(grown, store, after=name, listen=hear)
            watch.lap("publish")
    return Embedded(
        status="unchanged" if inferred is None else "published" if published else "embedded",
        store=str(store if name is None else store / name),
        inferred=inferred,
        report=report,
        n_trained=whole.num_rows - table.num_rows,
        n_replaced=0 if published is None else _count_known(table[settings.item], known),
        output=None if target is None else str(target),
        version=None if published is None else str(published),
        notices=tuple(hear.notices),
        seconds=watch.laps,
    )


@dataclass(frozen=True)
class _Added:
    """A table that is added to a version, and how.

    Attributes:
        sha256: Of what is looked at and kept of it, and of the settings.
        n_items: Its items.
    """

    sha256: str
    n_items: int

    @classmethod
    def of(cls, table: pa.Table, settings: ColdStart, known: Embeddings) -> _Added:
        """Return what is to be added; the order of the rows does not count."""
        kept = [] if known.metadata is None else known.metadata.column_names
        wanted = [settings.item, *settings, *kept]
        names = [name for name in dict.fromkeys(wanted) if name in table.column_names]
        content = digest_of(table.select(names).sort_by(settings.item))
        text = json.dumps([content, settings.config()], sort_keys=True)
        return cls(hashlib.sha256(text.encode()).hexdigest(), table.num_rows)

    def is_in(self, known: Embeddings) -> bool:
        """Return whether all of it was added to the embeddings, and is still there."""
        return self.sha256 in _whole(known)

    def noted_in(
        self, grown: Embeddings, ladder: Ladder, version: str | None, *, among: Sequence[str]
    ) -> Embeddings:
        """Return embeddings that say what was added to them, how, to which version, among what."""
        about = {
            "version": version,
            "items": self.n_items,
            "sha256": self.sha256,
            "earlier": [*among],
        }
        old = grown.provenance
        provenance = replace(old, config={**old.config, _APPENDED: about})
        return replace(grown, provenance=with_ladder(provenance, ladder))


def _whole(known: Embeddings) -> list[str]:
    """Return the sha256 of each table that was added, and of which no item was replaced since."""
    last = known.provenance.config.get(_APPENDED)
    return [last["sha256"], *last.get("earlier", [])] if isinstance(last, Mapping) else []


def _earlier(table: pa.Table, settings: ColdStart, known: Embeddings) -> list[str]:
    """Return which tables stay whole where one is added: none where it replaces any item."""
    return [] if _count_known(table[settings.item], known) else _whole(known)


def _refuse_place(store: Path, version: str | None, *, append: bool) -> str | None:
    """Return the version to ask, None where there are none; refuse what nothing can be added to."""
    if not is_store(store):
        if append:
            raise UsageError(
                f"{store}: not a store of versions, so no version can be added to it. Publish the "
                "embeddings to a store, or write to a file."
            )
        return version
    name = latest(store) if version is None else version
    if append:
        check_store(store)
        if name != latest(store):
            raise UsageError(
                f"{store}: the latest version is {latest(store)}, and items would be added to "
                f"{name}: what is between them would be lost. Leave the version out."
            )
    return name


def _settings(known: Embeddings, columns: Mapping[str, Any]) -> ColdStart:
    """Return how to infer: as is said here if a column is named, else as the store says."""
    if any(columns.get(kind) for kind in KINDS):
        return ColdStart.of(columns)
    return ColdStart.of_store(known, **columns)


def _ladder(known: Embeddings, settings: ColdStart, hear: Listener) -> Ladder:
    """Fit the ladder; what the store has measured already is not measured again."""
    if COLD_START in known.provenance.config and settings == ColdStart.of_store(known):
        return ColdStart.ladder_of(known, listen=hear)
    return settings.fit(known, listen=hear)


def _read(items: Any, settings: ColdStart, known: Embeddings, hear: Listener) -> pa.Table:
    """Read the table of new items, its ids as those of the known ones."""
    table = read_table(items)
    refuse_missing(table.column_names, settings)
    advice = "They are the ids of other items than those of the store."
    read = ItemTable(table, settings.item, "the item table", advice).checked(listen=hear)
    return read.like(known.items.type, listen=hear).table


def _without_trained(table: pa.Table, item: str, known: Embeddings, hear: Listener) -> pa.Table:
    """Leave out the items that have a trained vector, and tell which."""
    trained = known.items.filter(pa.array(known.counts > 0))
    is_trained = pc.is_in(table[item], value_set=trained)
    left = table[item].filter(is_trained)
    if len(left):
        some = ", ".join(repr(one) for one in left[:_SHOWN].to_pylist())
        text = f"{len(left):,} items have a trained vector and are left out, such as {some}"
        hear(Notice("embed", text))
    return table.filter(pc.invert(is_trained))


def _count_known(items: pa.ChunkedArray, known: Embeddings) -> int:
    return int(pc.sum(pc.is_in(items, value_set=known.items)).as_py() or 0)
