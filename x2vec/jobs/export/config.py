"""An export job as a value: which store is asked, by whom, for what, and where the answers go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from x2vec.adapters import Format, absolute_path, check_csv, make_adapter
from x2vec.errors import ConfigError
from x2vec.jobs.canonical import fingerprint, to_dict
from x2vec.jobs.config import Source
from x2vec.jobs.export.output import Output
from x2vec.jobs.export.values import absolute, at_least_one
from x2vec.jobs.toml import read_toml
from x2vec.recommendation import FallbackKind, Selection

__all__ = [
    "ExportJob",
    "Queries",
    "Recommend",
    "Similar",
    "Store",
    "read_export",
]


View = Literal["similar", "complements", "substitutes"]


@dataclass(frozen=True)
class Store:
    """Which embeddings are asked.

    Attributes:
        path: A store, a saved directory or an ``items.parquet``.
        version: A version of the store; its latest unless given.
    """

    path: str
    version: str | None = None


@dataclass(frozen=True)
class Queries:
    """A table of who is asked about, one row a query; others are left out.

    Attributes:
        path: One file or several, or a glob: Parquet, CSV or JSON Lines.
        query: The column of ids, those of the histories' sequences.
        segment: The column that ``fallback = "segment-popular"`` and ``segment_mean`` go by.
        preferences: From columns of the store's item table to the columns that hold what queries
            like of them: a value, a list, or text such as ``"Action|Comedy"``.
        format: The files' format; ``auto`` goes by their endings.
        delimiter: What separates the columns of a CSV; None for a comma (a tab in ``.tsv``).
        header: The names of the columns, in their order, of a CSV that has no header.
        encoding: The encoding of a CSV.
        quote: What stands around a text of a CSV that holds the delimiter; see ``[source]``.
        sql: A DuckDB query over the table, which it sees as ``source``.
    """

    path: str | list[str]
    query: str
    segment: str | None = None
    preferences: Mapping[str, str] = field(default_factory=dict)
    format: Format = "auto"
    delimiter: str | None = None
    header: list[str] | None = None
    encoding: str = "utf-8"
    quote: str | None = None
    sql: str | None = None

    def __post_init__(self) -> None:
        check_csv(self.delimiter, self.quote, self.encoding, self.header)
        others = {"segment": self.segment} | {
            f"preferences.{column}": name for column, name in self.preferences.items()
        }
        for key, name in others.items():
            if name == self.query:
                raise ConfigError(f"query and {key} are both {self.query!r}; name two columns")


@dataclass(frozen=True, kw_only=True)
class Recommend(Selection):
    """What each history gets, as ``x2vec.recommend`` takes it.

    Attributes:
        fallback: As there, but unless it is said otherwise what is popular stands in.
        workers: Threads; any number gives the same rows.
    """

    fallback: FallbackKind = "popular"
    workers: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        at_least_one(self, "workers")


@dataclass(frozen=True)
class Similar:
    """What each item of the store gets.

    Attributes:
        view: ``"similar"``, its nearest by cosine; ``"complements"``, what goes with it, and
            ``"substitutes"``, what is taken instead, of a store that keeps evidence.
        k: How many items; fewer where there are fewer.
        where: A condition in SQL that they meet, over the columns of the item table, ``item_id``,
            ``count`` and ``origin``.
    """

    view: View = "similar"
    k: int = 20
    where: str | None = None

    def __post_init__(self) -> None:
        at_least_one(self, "k")


@dataclass(frozen=True)
class ExportJob:
    """One export: histories or items are asked of a store, and the answers written.

    Attributes:
        store: Which embeddings are asked.
        output: Where the answers go.
        histories: Users, sessions or baskets: the keys of ``[source]`` in a job.
        queries: Who of them is asked about, if not all; also those without a history.
        recommend: What each history gets.
        similar: What each item gets, for the item-to-item table.

    Raises:
        ConfigError: Histories that nothing is asked of, nothing to ask, or both tables at once.
    """

    store: Store
    output: Output
    histories: Source | None = None
    queries: Queries | None = None
    recommend: Recommend | None = None
    similar: Similar | None = None

    def __post_init__(self) -> None:
        problems = []
        if (self.recommend is None) == (self.similar is None):
            found = "neither" if self.recommend is None else "both"
            problems.append(
                f"found {found} of the sections [recommend] and [similar]; expected one: what "
                "comes next for histories, or the items near each item"
            )
        if self.recommend is not None and self.histories is None:
            problems.append("[recommend] needs a section [histories], with the keys of a [source]")
        unread = [name for name in ("histories", "queries") if getattr(self, name) is not None]
        if self.recommend is None:
            problems += [f"[{name}] is read only with [recommend]; leave it out" for name in unread]
        segment = self.queries and self.queries.segment
        if self.recommend is not None and segment is None:
            by_segment = {
                'fallback = "segment-popular"': self.recommend.fallback == "segment-popular",
                "segment_mean = true": self.recommend.segment_mean,
            }
            problems += [
                f"[recommend] {key} needs a section [queries] with segment, the column of it that "
                "says in which segment a query is"
                for key, is_asked in by_segment.items()
                if is_asked
            ]
        if problems:
            raise ConfigError("\n".join(problems))

    def located(self, base: Path) -> ExportJob:
        """Return the job with its paths made absolute, relative to a directory."""
        queries = self.queries
        return replace(
            self,
            store=replace(self.store, path=absolute(self.store.path, base)),
            output=self.output.located(base),
            histories=self.histories and self.histories.located(base),
            queries=queries and replace(queries, path=absolute_path(queries.path, base)),
        )

    @property
    def k(self) -> int:
        """How many items a query gets at most."""
        asked = self.recommend or self.similar
        assert asked is not None
        return asked.k

    def to_dict(self) -> dict[str, Any]:
        """Return the job as plain values, sections as in the file, with its defaults."""
        plain = to_dict(self)
        if plain["histories"] is not None:
            plain["histories"] |= plain["histories"].pop("options")
        return plain

    @property
    def fingerprint(self) -> str:
        """The sha256 of what decides about the rows and their form: all but places and threads."""
        plain = self.to_dict()
        del plain["store"], plain["output"]["path"], plain["output"]["staging"]
        if plain["recommend"] is not None:
            del plain["recommend"]["workers"]
        return fingerprint(_Counted(plain))


@dataclass(frozen=True)
class _Counted:
    """What decides about an export, for its fingerprint."""

    job: dict[str, Any]


def read_export(path: str | Path) -> ExportJob:
    """Read an export job; its paths stay as they are written, relative to the file's directory.

    Raises:
        ConfigError: The file is missing, or breaks the rules: every problem in one message, each
            with its line.
    """
    return read_toml(Path(path), ExportJob, resolve={"histories.options": _adapter_options})


def _adapter_options(source: Mapping[str, Any]) -> type:
    return make_adapter(source["adapter"]).options
