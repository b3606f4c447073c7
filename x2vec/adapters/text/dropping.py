"""Tokens that options drop, each counted once, for the first rule that it breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from x2vec.adapters.files.paths import find_files
from x2vec.adapters.files.text import open_text, text_errors
from x2vec.adapters.text.options import TextOptions

__all__ = ["Rules", "drop", "rules_of"]

Rules = dict[str, Callable[[pa.Array], pa.Array]]
"""For each reason what says which tokens it drops."""

_NUMBER: Final = r"^[^\p{L}]*\p{N}[^\p{L}]*$"
_PUNCTUATION: Final = r"^[\p{P}\p{Sm}\p{Sc}\p{Sk}]+$"
"""Emoji are other symbols (So), and words of a kind."""


def rules_of(options: TextOptions) -> Rules:
    """Return the rules that options ask for, in the order in which they apply.

    Raises:
        SourceError: The file of stop words cannot be read.
    """
    rules: Rules = {"empty token": lambda tokens: pc.equal(pc.binary_length(tokens), 0)}
    if options.drop_numbers:
        rules["token is a number"] = lambda tokens: pc.match_substring_regex(tokens, _NUMBER)
    if options.drop_punctuation:
        rules["token is punctuation"] = lambda t: pc.match_substring_regex(t, _PUNCTUATION)
    least, most = options.min_chars, options.max_chars
    if least > 1:
        rules[f"token shorter than {least}"] = lambda t: pc.less(pc.utf8_length(t), least)
    if most is not None:
        rules[f"token longer than {most}"] = lambda t: pc.greater(pc.utf8_length(t), most)
    stop_words = _stop_words(options)
    if len(stop_words):
        rules["stop word"] = lambda tokens: pc.is_in(tokens, value_set=stop_words)
    return rules


def drop(
    tokens: pa.Array, owners: NDArray[np.int64], rules: Rules
) -> tuple[pa.Array, NDArray[np.int64], dict[str, int]]:
    """Return the tokens that stay, their owners, and how many were dropped, by reason.

    Args:
        tokens: (n_tokens,) text.
        owners: (n_tokens,) whatever each belongs to.
        rules: As ``rules_of`` returns them.
    """
    dropped: dict[str, int] = {}
    for reason, rule in rules.items():
        goes = rule(tokens).to_numpy(zero_copy_only=False)
        n_going = int(np.count_nonzero(goes))
        if n_going:
            dropped[reason] = n_going
            tokens, owners = tokens.filter(pa.array(~goes)), owners[~goes]
    return tokens, owners, dropped


def _stop_words(options: TextOptions) -> pa.Array:
    words = list(options.stop_words)
    for file in find_files(options.stop_words_file) if options.stop_words_file else ():
        with text_errors(file), open_text(file) as text:
            words += [line.strip() for line in text if line.strip()]
    found = pa.array(words, pa.string())
    return (pc.utf8_lower(found) if options.lowercase else found).unique()
