"""The options of the adapter ``ratings``, whose defaults fit the files of MovieLens."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from x2vec.adapters.base import IS_PATH, TIME_UNITS, TimeUnit
from x2vec.adapters.tables.csv_form import check_csv
from x2vec.adapters.tables.opening import FORMATS, Format
from x2vec.errors import UsageError

__all__ = ["RatingsOptions"]

_DAT: Final = re.compile(r"\.dat(\.gz|\.zst)?([?#]|$)", re.IGNORECASE)
_DAT_FORM: Final = {"format": "csv", "delimiter": "::", "encoding": "latin-1"}


@dataclass(frozen=True)
class RatingsOptions:
    """Where the ratings are, what their columns mean, and which of them count.

    Attributes:
        path: A file, a list of files or a glob, here or remote; in Python also a table. Files
            that end in ``.dat`` are read as MovieLens writes them: ``::`` between the columns
            user, item, rating and time, no header, latin-1.
        user: The column of users, each of whom is a sequence.
        item: The column of what they rated.
        rating: The column of ratings; empty where there is none.
        time: The column of times; empty where rows stand in their order already.
        threshold: Ratings below it are left out, and so are rows without a rating; None keeps all.
        as_weight: Whether each rating goes with its event as ``weight``.
        titles: A table of what the items are called and the like, in the same form as the ratings;
            its column of ids is called as theirs, its other columns are kept beside the vectors.
        time_unit: What numbers in the time column count.
        format: The files' format; ``auto`` goes by their endings.
        delimiter: What separates the columns of a CSV; None for a comma (a tab in ``.tsv``).
        header: The names of the columns of the ratings, in their order, of a CSV without a header.
        encoding: The encoding of a CSV; None for UTF-8, in ``.dat`` for latin-1.
        quote: What stands around a text that holds the delimiter; empty for nothing. None for
            ``"``, and for nothing where the delimiter has several characters.
    """

    path: Any
    user: str = "userId"
    item: str = "movieId"
    rating: str = "rating"
    time: str = "timestamp"
    threshold: float | None = None
    as_weight: bool = False
    titles: str | list[str] | None = field(default=None, metadata=IS_PATH)
    time_unit: TimeUnit = "auto"
    format: Format = "auto"
    delimiter: str | None = None
    header: list[str] | None = None
    encoding: str | None = None
    quote: str | None = None

    def __post_init__(self) -> None:
        for name, choices in (("time_unit", TIME_UNITS), ("format", FORMATS)):
            if getattr(self, name) not in choices:
                allowed = ", ".join(map(repr, choices))
                raise UsageError(f"{name}: expected one of {allowed}, got {getattr(self, name)!r}.")
        check_csv(self.delimiter, self.quote, self.encoding or "utf-8", self.header)
        if self.threshold is not None and not math.isfinite(self.threshold):
            raise UsageError(f"threshold is {self.threshold}; expected a number, such as 4.")
        columns = self.columns
        for name in ("user", "item"):
            if not getattr(self, name):
                raise UsageError(f"{name} is empty; name the column of {name}s.")
        if len({*columns.values()}) < len(columns):
            named = ", ".join(f"{role} = {column!r}" for role, column in columns.items())
            raise UsageError(f"{named}: each must be a column of its own.")
        if not self.rating and (self.threshold is not None or self.as_weight):
            asked = "as_weight" if self.threshold is None else "threshold"
            raise UsageError(f"{asked} needs ratings, and rating is empty; name their column.")

    @property
    def columns(self) -> dict[str, str]:
        """For each role that the files fill, its column."""
        roles = ("user", "item", "rating", "time")
        return {role: getattr(self, role) for role in roles if getattr(self, role)}

    def form_of(
        self, path: Any, *, header: list[str] | None, dat_header: list[str]
    ) -> dict[str, Any]:
        """Return how to open a table: as the options say, and else as the ending does.

        Args:
            path: The table's path, or the table.
            header: The columns of a CSV without a header.
            dat_header: Those of a file that ends in ``.dat``, where ``header`` is None.
        """
        said = {
            "format": None if self.format == "auto" else self.format,
            "delimiter": self.delimiter,
            "header": header,
            "encoding": self.encoding,
            "quote": self.quote,
        }
        paths = path if isinstance(path, list | tuple) else [path]
        is_dat = all(isinstance(one, str | Path) and _DAT.search(str(one)) for one in paths)
        usual = {**_DAT_FORM, "header": dat_header} if is_dat and said["format"] is None else {}
        return {**usual, **{name: value for name, value in said.items() if value is not None}}
