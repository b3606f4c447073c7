"""The section ``[output]`` of an export: where the answers go, and in which form."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from x2vec.adapters.sql.addresses import refuse_password, scheme_of
from x2vec.errors import ConfigError
from x2vec.jobs.export.values import absolute, at_least_one

__all__ = ["DATABASES", "Output"]

OutputFormat = Literal["parquet", "csv", "jsonl", "sqlite", "duckdb", "postgresql"]

DATABASES: Final = ("sqlite", "duckdb", "postgresql")

_TABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True)
class Output:
    """Where the answers go, and in which form.

    Attributes:
        path: Of ``parquet``, ``csv`` and ``jsonl`` a directory; of ``sqlite`` and ``duckdb`` the
            database's file; of ``postgresql`` its address, a password written ``${NAME}``.
        format: What is written.
        table: The table of a database.
        wide: Whether there is one row a query: lists ``item_ids`` and ``scores``, or, where a
            format has no lists (``csv``, ``sqlite``, ``postgresql``), columns ``item_1`` to
            ``item_k`` and ``score_1`` to ``score_k``.
        queries_per_file: Queries of a partition, which is written whole or not at all.
        spreadsheet_safe: Whether ids in a CSV that a spreadsheet would take for a formula get a
            ``'`` before them.
        staging: Of ``postgresql``, which needs it, the directory of what is not finished yet; that
            of the others is beside ``path``.
    """

    path: str
    format: OutputFormat = "parquet"
    table: str = "recommendations"
    wide: bool = False
    queries_per_file: int = 50_000
    spreadsheet_safe: bool = False
    staging: str | None = None

    def __post_init__(self) -> None:
        at_least_one(self, "queries_per_file")
        problems = []
        is_address = scheme_of(self.path) in ("postgresql", "postgres")
        if self.format == "postgresql":
            refuse_password(self.path)
            if not is_address:
                problems.append(f"path is {self.path!r}; expected postgresql://host/database")
            if self.staging is None:
                problems.append(
                    "staging is not given; name a directory for what is not in the database yet"
                )
        elif self.staging is not None:
            problems.append(f"staging is for postgresql; {self.format} is staged beside its path")
        if self.format != "postgresql" and scheme_of(self.path):
            problems.append(
                f'path is {self.path!r}, an address; expected a path here, or format = "postgresql"'
            )
        if "\0" in self.path or not self.path:
            problems.append(f"path is {self.path!r}; that is no path")
        if not _TABLE.fullmatch(self.table):
            problems.append(
                f"table is {self.table!r}; expected up to 40 letters, digits and underscores"
            )
        if self.spreadsheet_safe and self.format != "csv":
            problems.append(f"spreadsheet_safe is for csv, and the format is {self.format}")
        if problems:
            raise ConfigError("\n".join(problems))

    def located(self, base: Path) -> Output:
        """Return the output with its paths made absolute, relative to a directory."""
        path = self.path if self.format == "postgresql" else absolute(self.path, base)
        return replace(self, path=path, staging=self.staging and absolute(self.staging, base))

    @property
    def place(self) -> Path:
        """The directory in which partitions are written until all of them are there."""
        if self.staging is not None:
            return Path(self.staging)
        path = Path(self.path)
        name = f"{path.name}.{self.table}" if self.format in DATABASES else path.name
        return path.with_name(f".{name}.export")
