"""Which columns of an item table say what, as plain configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from x2vec._text import closest
from x2vec.errors import ConfigError

__all__ = ["KINDS", "ItemColumns", "Kind"]

Kind = Literal["text", "categories", "tags", "numbers", "booleans", "dates"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""What a column can be; each is a field of :class:`ItemColumns`."""


@dataclass(frozen=True, kw_only=True)
class ItemColumns:
    """The columns of an item table, by kind, and how each kind becomes numbers.

    A single name may stand where several may.

    Attributes:
        text: Titles and descriptions; several columns are read as one text.
        categories: Columns with one value an item. A value like ``"Drinks > Tea > Green"`` is a
            hierarchy; so are several columns in a list of their own, the widest first:
            ``[["department", "category"], "brand"]``.
        tags: Columns with several values an item: lists, or text such as ``"Action|Comedy"``.
        numbers: Numbers, such as prices.
        booleans: True or false.
        dates: Dates or timestamps.
        item: The column of ids.
        log: Those of ``numbers`` whose logarithm says more than they do.
        bins: Ranges that a column of numbers is cut into, as many items in each; 0 for none.
        levels: What separates the levels of a category.
        between_tags: What separates tags that are written as text.
        most_values: Values of a column that are told apart, by falling count; the others are one.
        encoder: What makes vectors of text: ``"tfidf"``, ``"wordllama"`` (extra ``text``),
            ``"sbert"`` (extra ``sbert``), embeddings of words, or a callable that takes a list of
            text and returns (n, size) float32.
        text_size: Dimensions that ``"tfidf"`` keeps.

    Raises:
        ConfigError: No column is named, one is named twice, or a number is out of bounds; the
            message lists every problem.

    Example:
        >>> ItemColumns(text="title", numbers="price").by_kind("text")
        ('title',)
        >>> list(ItemColumns(categories=[["department", "type"], "brand"]))
        ['department', 'type', 'brand']
    """

    text: Any = ()
    categories: Any = ()
    tags: Any = ()
    numbers: Any = ()
    booleans: Any = ()
    dates: Any = ()
    item: str = "item_id"
    log: Any = ()
    bins: int = 8
    levels: str = ">"
    between_tags: str = "|"
    most_values: int = 10_000
    encoder: Any = "tfidf"
    text_size: int = 128

    def __post_init__(self) -> None:
        problems: list[str] = []
        for name in (*KINDS, "log"):
            object.__setattr__(self, name, _names(getattr(self, name), name, problems))
        if not problems:
            problems += self._problems()
        if problems:
            raise ConfigError("\n".join(problems))

    def by_kind(self, kind: Kind) -> tuple[str, ...]:
        """Return the columns of a kind, hierarchies laid flat."""
        return tuple(_flat(getattr(self, kind)))

    def hierarchies(self) -> tuple[tuple[str, ...], ...]:
        """Return the columns of each category, the widest first; one column for most.

        Example:
            >>> ItemColumns(categories=[["department", "type"], "brand"]).hierarchies()
            (('department', 'type'), ('brand',))
        """
        return tuple((one,) if isinstance(one, str) else one for one in self.categories)

    def kind_of(self, column: str) -> Kind:
        """Return what a column is read as."""
        return next(kind for kind in KINDS if column in self.by_kind(kind))

    def __iter__(self) -> Iterator[str]:
        """Iterate over all the columns but the ids, by kind."""
        for kind in KINDS:
            yield from self.by_kind(kind)

    def _problems(self) -> Iterator[str]:
        named = list(self)
        if not named:
            yield (
                "no column is named, so nothing tells one new item from another; name at least one "
                f"of {', '.join(KINDS)}, such as text = 'title'"
            )
        for name in sorted({name for name in named if named.count(name) > 1}):
            yield f"the column {name!r} is named twice; a column has one kind"
        if self.item in named:
            yield f"the column {self.item!r} holds the ids; it cannot describe the items as well"
        for name in self.log:
            if name not in self.numbers:
                close = closest(name, self.numbers)
                hint = f"; did you mean {close!r}?" if close else ""
                yield f"log names {name!r}, which is none of numbers{hint}"
        for name, least in (("bins", 0), ("most_values", 1), ("text_size", 1)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                yield f"{name} must be a whole number from {least} on, not {value!r}"
        for name in ("levels", "between_tags"):
            value = getattr(self, name)
            if not isinstance(value, str) or not value.strip():
                yield f"{name} must be text that separates, such as '>', not {value!r}"


def _names(given: Any, field: str, problems: list[str]) -> tuple[Any, ...]:
    """Return column names as a tuple; those of a hierarchy stay together."""
    if isinstance(given, str):
        return (given,)
    names: list[Any] = []
    for one in given if isinstance(given, Sequence) else [given]:
        if isinstance(one, str):
            names.append(one)
        elif field == "categories" and isinstance(one, Sequence) and one and _all_text(one):
            names.append(tuple(one))
        else:
            problems.append(f"{field} must name columns, not {one!r}")
    return tuple(names)


def _all_text(names: Sequence[Any]) -> bool:
    return all(isinstance(name, str) for name in names)


def _flat(names: Sequence[Any]) -> Iterator[str]:
    for one in names:
        if isinstance(one, str):
            yield one
        else:
            yield from one
