"""A job as a value: what a TOML file says, section by section, each field with its bounds."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any, Literal

from x2vec._plugins import ENGINES, find
from x2vec.adapters import (
    Format,
    absolute_path,
    check_csv,
    located,
    make_adapter,
    without_secrets,
)
from x2vec.corpus import SequenceRules
from x2vec.errors import ConfigError
from x2vec.evaluation import METRICS, Floor
from x2vec.jobs.canonical import fingerprint, to_dict
from x2vec.jobs.presets import preset, with_preset
from x2vec.jobs.rankers import EMBEDDING_RANKERS
from x2vec.jobs.toml import read_toml
from x2vec.recommend import BASELINES, QueryForm
from x2vec.training import Control, SkipGram

__all__ = ["Evaluate", "Items", "Job", "Publish", "Source", "Training", "read_job"]


@dataclass(frozen=True)
class Source:
    """Where the events come from.

    Attributes:
        adapter: The adapter's name; ``x2vec adapters`` lists them.
        options: The adapter's own options, beside ``adapter`` in the same section.
        max_missing_share: Share of rows that may lack an id before the job stops, 0 to 1.
    """

    adapter: str
    options: Any
    max_missing_share: float = 0.01

    def __post_init__(self) -> None:
        if not 0 <= self.max_missing_share <= 1:
            raise ConfigError(
                f"max_missing_share is {self.max_missing_share}; it must lie between 0 and 1"
            )


@dataclass(frozen=True)
class Items:
    """A table of what is known about the items.

    Attributes:
        path: One file or several, or a glob, here or remote: Parquet, CSV or JSON Lines.
        item: The column of the item ids.
        columns: The columns to keep beside the vectors; all of them unless given.
        format: The files' format; ``auto`` goes by their endings.
        delimiter: What separates the columns of a CSV; None for a comma (a tab in ``.tsv``).
        header: The names of the columns, in their order, of a CSV that has no header.
        encoding: The encoding of a CSV, such as ``latin-1``.
        quote: What stands around a text that holds the delimiter; empty for nothing. None for
            ``"``, and for nothing where the delimiter has several characters.
        sql: A DuckDB query over the table, which it sees as ``source``; ``item`` and ``columns``
            then name columns of its result.
    """

    path: str | list[str]
    item: str = "item_id"
    columns: list[str] | None = None
    format: Format = "auto"
    delimiter: str | None = None
    header: list[str] | None = None
    encoding: str = "utf-8"
    quote: str | None = None
    sql: str | None = None

    def __post_init__(self) -> None:
        check_csv(self.delimiter, self.quote, self.encoding, self.header)


@dataclass(frozen=True)
class Training:
    """How the model is fitted.

    Attributes:
        engine: The engine's name.
        workers: Threads. With one, or ``deterministic``, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        deterministic: Whether any number of workers shall give the same bytes.
        checkpoint_every: Seconds between two checkpoints; 0 writes one only when interrupted.
        patience: Epochs in a row without a better recall@20 of held-out items after which
            training ends, with the vectors of the best epoch; 0 trains all epochs.
        validation_queries: So many items are held out for that, at most, and at most one from a
            tenth of the training sequences; without ``patience`` none.
    """

    engine: str = "native"
    workers: int = 1
    seed: int = 1
    deterministic: bool = False
    checkpoint_every: float = 600.0
    patience: int = 0
    validation_queries: int = 5_000

    def __post_init__(self) -> None:
        Control(seed=self.seed, workers=self.workers, deterministic=self.deterministic)
        if not 0 <= self.checkpoint_every < inf:
            raise ConfigError(
                f"checkpoint_every is {self.checkpoint_every}; it must be at least 0 seconds"
            )
        for name, least in (("patience", 0), ("validation_queries", 1)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise ConfigError(f"{name} is {value!r}; it must be a whole number from {least} on")
        needs = {"deterministic": self.deterministic, "is_enough": self.patience > 0}
        lacking = {name for name, is_asked in needs.items() if is_asked} - self._engine_can()
        if lacking:
            key = "deterministic" if "deterministic" in lacking else "patience"
            raise ConfigError(
                f"{key} is {getattr(self, key)}, which engine {self.engine!r} has not; set engine "
                f'= "native", or leave {key} out'
            )

    @property
    def keeps_checkpoints(self) -> bool:
        """Whether the engine can hand out its state, and go on from one."""
        return {"keep", "start"} <= self._engine_can()

    def _engine_can(self) -> frozenset[str]:
        can: frozenset[str] = find(ENGINES, self.engine)().can
        return can


@dataclass(frozen=True)
class Evaluate:
    """What is held out, and what the model must reach.

    Attributes:
        split: ``"time"`` trains strictly before a moment and asks after it;
            ``"leave-last-out"`` holds out the last item of each sequence, or any one of a basket.
        holdout: Share of the events after the moment; only for the split by time.
        k: The cut-offs of the metrics.
        max_queries: At most so many queries, drawn at random, are asked.
        floor: The least that the model must reach; below it nothing is published.
    """

    split: Literal["time", "leave-last-out"] = "time"
    holdout: float = 0.1
    k: list[int] = field(default_factory=lambda: [10, 20])
    max_queries: int = 10_000
    floor: Floor | None = None

    def __post_init__(self) -> None:
        if not 0 < self.holdout < 1:
            raise ConfigError(f"holdout is {self.holdout}; it must lie between 0 and 1")
        if not self.k or min(self.k) < 1 or len(set(self.k)) < len(self.k):
            raise ConfigError(f"k is {self.k}; it must list different whole numbers from 1 on")
        if self.max_queries < 1:
            raise ConfigError(f"max_queries is {self.max_queries}; it must be at least 1")
        if self.floor is not None:
            self._check_floor(self.floor)

    @property
    def metrics(self) -> list[str]:
        """The names of the metrics that this evaluation gives."""
        return [f"{name}@{k}" for name in METRICS for k in self.k]

    def _check_floor(self, floor: Floor) -> None:
        models = [*EMBEDDING_RANKERS, *BASELINES]
        problems = []
        if floor.metric not in self.metrics:
            problems.append(
                f"floor asks for the metric {floor.metric!r}; with k = {self.k} there are "
                + ", ".join(self.metrics)
            )
        if floor.model is not None and floor.model not in models:
            problems.append(
                f"floor asks for the model {floor.model!r}; there are {', '.join(models)}"
            )
        if problems:
            raise ConfigError("\n".join(problems))


@dataclass(frozen=True)
class Publish:
    """Where the embeddings go.

    Attributes:
        store: The store's directory; each run adds a version to it.
    """

    store: str

    def __post_init__(self) -> None:
        if "://" in self.store:
            raise ConfigError(
                f"store is {without_secrets(self.store)!r}, a remote address; publish to a "
                "directory and copy it"
            )
        if "\0" in self.store:
            raise ConfigError(f"store is {self.store!r}; no path holds a NUL character")
        if os.path.expanduser(self.store).startswith("~"):  # noqa: PTH111 - Path's raises here
            raise ConfigError(
                f"store is {self.store!r}, in the home directory of nobody here; "
                "write ./ before it for a directory of that name"
            )


@dataclass(frozen=True)
class Job:
    """One run, from a source to a published store.

    Attributes:
        source: Where the events come from.
        publish: Where the embeddings go.
        items: What is known about the items, if anything.
        sequences: How sequences are cut and cleaned.
        model: What is learnt.
        query: How a history is asked, of the ranker on trial and where training ends early; the
            manifest tells it to those who ask the store.
        training: How.
        preset: The shape of the data (``presets.PRESETS``) whose settings are the defaults of
            ``[model]`` and ``[query]`` in a file; None goes by the adapter.
        evaluate: How it is measured; None trains on everything and measures nothing.
    """

    source: Source
    publish: Publish
    items: Items | None = None
    sequences: SequenceRules = field(default_factory=SequenceRules)
    model: SkipGram = field(default_factory=SkipGram)
    query: QueryForm = field(default_factory=QueryForm)
    training: Training = field(default_factory=Training)
    preset: str | None = None
    evaluate: Evaluate | None = None

    def __post_init__(self) -> None:
        if self.preset is not None:
            preset(self.preset)

    def located(self, base: Path) -> Job:
        """Return the job with its paths made absolute, relative to a directory."""
        items = self.items
        options = located(self.source.options, base)
        store = os.path.normpath(str(absolute_path(self.publish.store, base)))
        return replace(
            self,
            source=replace(self.source, options=options),
            items=items and replace(items, path=absolute_path(items.path, base)),
            publish=Publish(store),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the job as plain values, sections as in the file, with its defaults.

        Raises:
            ConfigError: The source is something that cannot be written down, such as a table.
        """
        plain = to_dict(self)
        options = plain["source"].pop("options")
        return {**plain, "source": {**plain["source"], **options}}

    @property
    def fingerprint(self) -> str:
        """The sha256 of what decides about the vectors and figures.

        That is all but where they go, and how often a checkpoint is written.
        """
        training = replace(self.training, checkpoint_every=0)
        return fingerprint(replace(self, training=training), leave_out=("publish",))


def read_job(path: str | Path) -> Job:
    """Read a job file; its paths stay as they are written, relative to the file's directory.

    Raises:
        ConfigError: The file is missing, or breaks the rules: every problem in one message, each
            with its line.
    """
    return read_toml(
        Path(path), Job, resolve={"source.options": _adapter_options}, complete=with_preset
    )


def _adapter_options(source: Mapping[str, Any]) -> type:
    return make_adapter(source["adapter"]).options
