"""Did you mean: the known items closest to one that nobody knows, fast among many.

``difflib`` compares two texts well and two hundred thousand slowly. Whoever mistypes a word
leaves part of it whole, so Arrow first finds the items that share a part, and ``difflib`` ranks
the few that are left.
"""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["closest"]

_MOST_COMPARED = 1000  # by difflib, about 20 ms
_LONGEST = 100  # characters looked at; ids can be a kilobyte


def closest(asked: str, items: pa.Array, *, n: int = 3) -> list[Any]:
    """Return up to ``n`` items whose text is close to ``asked``, the closest first.

    Args:
        asked: What somebody asked for.
        items: (n_items,) string or int64.
        n: How many to return at most; none close gives an empty list.

    Examples:
        >>> closest("bred", pa.array(["butter", "bread", "jam"]))
        ['bread']
        >>> closest("1204", pa.array([1024, 1205]))
        [1024, 1205]
        >>> closest("3", pa.array(["00002", "00003"]))
        ['00003']
    """
    asked = asked.encode("utf-8", "replace").decode()[:_LONGEST].lower()
    if not asked:
        return []
    texts = items if pa.types.is_string(items.type) else items.cast(pa.string())
    texts = pc.utf8_lower(texts)
    shared = _shared_parts(asked, texts)
    rows = pa.array(np.flatnonzero(shared))
    few = pa.table(
        {
            "row": rows,
            "shared": shared.take(rows),
            "off": pc.abs(pc.subtract(pc.utf8_length(texts.take(rows)), len(asked))),
        }
    ).sort_by([("shared", "descending"), ("off", "ascending"), ("row", "ascending")])
    rows = few["row"][:_MOST_COMPARED].to_pylist()
    scored = [(_likeness(asked, texts[row].as_py()[:_LONGEST]), row) for row in rows]
    best = [row for _, row in sorted((-score, row) for score, row in scored if score >= 0.6)]
    rows = list(dict.fromkeys([*_but_for_zeros(asked, texts), *best]))
    return [items[row].as_py() for row in rows[:n]]


def _but_for_zeros(asked: str, texts: pa.Array) -> list[int]:
    """Return the rows of texts that differ in leading zeros alone; a spreadsheet drops those."""
    trimmed = pc.utf8_ltrim(texts, characters="0")
    return [int(row) for row in np.flatnonzero(pc.equal(trimmed, asked.lstrip("0")))]


def _likeness(a: str, b: str) -> float:
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= 0.6 else 0.0


def _shared_parts(asked: str, texts: pa.Array) -> pa.Array:
    """Return (n_items,) int32, how many parts of the word each text holds."""
    size = 1 + (len(asked) > 5) + (len(asked) > 10)  # a short word, mistyped, keeps only letters
    step = max(1, len(asked) // 8)
    starts = range(0, len(asked) - size + 1, step)
    shared = pa.repeat(pa.scalar(0, pa.int32()), len(texts))
    for part in sorted({asked[start : start + size] for start in starts}):
        shared = pc.add(shared, pc.match_substring(texts, part).cast(pa.int32()))
    return shared
