"""Where a job's events and what is known of its items come from, and where embeddings go."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from x2vec.adapters import Format, check_csv, located, make_adapter, without_secrets
from x2vec.errors import ConfigError

__all__ = ["Items", "Publish", "Source"]


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

    @property
    def ordered(self) -> bool:
        """Whether the order inside a sequence means something."""
        return bool(getattr(self.options, "ordered", make_adapter(self.adapter).ordered))

    def located(self, base: Path) -> Source:
        """Return the source with its paths made absolute, relative to a directory."""
        return replace(self, options=located(self.options, base))


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
class Publish:
    """Where the embeddings go.

    Attributes:
        store: The store's directory; each run adds a version to it.
        evidence: Whether it keeps which items were together in the training sequences, with ids of
            some of these, for complements, substitutes and explanations.
        index: The approximate index to build after publishing, ``"hnsw"`` or ``"ivf"``; the
            report tells its recall. None builds none.
    """

    store: str
    evidence: bool = True
    index: Literal["hnsw", "ivf"] | None = None

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
