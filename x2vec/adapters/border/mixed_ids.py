"""Ids of a column that mixes numbers and text, as JSON allows: all become text, and are compared.

The number 1 and the text "1" are then one id. Which ids occur as both is counted and reported,
for where that is not meant, two things have become one.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from x2vec.adapters.base import Place
from x2vec.adapters.border.casts import EXACT_FLOAT
from x2vec.errors import SourceError

__all__ = ["MixedIds", "mixed_note"]


class MixedIds:
    """The mixed batches of one id column, seen one after another.

    Memory follows the number of distinct ids in those batches; other batches cost nothing.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._numbers: set[str] = set()
        self._texts: set[str] = set()

    def read(self, texts: pa.StringArray, is_number: pa.BooleanArray, place: Place) -> pa.Array:
        """Write numbers in one way, so that 1.0 is the id 1.

        Raises:
            SourceError: A number is not whole.
        """
        is_number = is_number.fill_null(False)
        numbers = texts.filter(is_number)
        fractions = pc.invert(pc.match_substring_regex(numbers, r"^(0|-?[1-9][0-9]*)$"))
        if pc.any(fractions).as_py():
            rows = pc.indices_nonzero(is_number).to_pylist()
            whole = [
                _whole(number, self.name, place, row)
                for number, row in zip(numbers.to_pylist(), rows, strict=True)
            ]
            numbers = pa.array(whole, pa.string())
            texts = pc.replace_with_mask(texts, is_number, numbers)
        self._numbers.update(numbers.unique().to_pylist())
        self._texts.update(texts.filter(pc.invert(is_number)).drop_null().unique().to_pylist())
        return texts

    def notes(self) -> list[str]:
        """Say that the column was mixed, and which ids occurred as number and as text."""
        if not self._numbers:
            return []
        both = self._numbers & self._texts
        return [mixed_note(self.name, len(both), min(both, default=None))]


def mixed_note(name: str, n_both: int, example: str | None) -> str:
    """Say that numbers and text were mixed, and how many ids occurred as both, such as one.

    >>> mixed_note("item_id", 0, None)
    'item_id: numbers and text are mixed; numbers were read as text'
    """
    note = f"{name}: numbers and text are mixed; numbers were read as text"
    if not n_both:
        return note
    return f'{note}; {n_both:,} occur as both, such as {example} and "{example}": taken as one'


def _whole(number: str, name: str, place: Place, row: int) -> str:
    """Return a JSON number as the whole number that it is."""
    if number.lstrip("-").isdigit():
        return str(int(number))
    value = float(number)
    if not value.is_integer() or abs(value) > EXACT_FLOAT:
        raise SourceError(
            f"{place.at(row)}: {name} is {number}; ids are text or whole numbers. "
            f'Write it as text: "{number}".'
        )
    return str(int(value))
