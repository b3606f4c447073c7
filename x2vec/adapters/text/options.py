"""The options of the adapter ``text``, with their bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from x2vec.adapters.base import IS_PATH
from x2vec.adapters.files.text import check_encoding
from x2vec.errors import UsageError

__all__ = ["TextOptions"]

Unit = Literal["line", "paragraph", "document"]
Tokens = Literal["words", "whitespace"]


@dataclass(frozen=True)
class TextOptions:
    """Where the text is, what a sequence of it is, and how it becomes words.

    Attributes:
        path: A file, a list of files or a glob; a ``.zip`` stands for the files in it.
        inside: Of a ``.zip``, a glob of the files to be read, such as ``brown/c???``.
        encoding: How the files are written; a byte order mark is passed over.
        sequence: What becomes a sequence: a ``line``, a ``paragraph`` (blank lines stand between)
            or a ``document`` (a file).
        sentences: Whether each sentence of it becomes a sequence of its own: it ends at a full
            stop, question or exclamation mark before a blank, unless a small letter follows, or
            the full stop ends an initial or an abbreviation such as "Dr.".
        tokens: ``words`` takes runs of letters, marks and digits of any script, with single
            apostrophes and hyphens inside, and numbers such as 1,000.50; ``whitespace`` takes
            what stands between blanks.
        pattern: A regular expression (RE2) whose matches are the tokens, in place of ``tokens``.
        tagged: The sign between word and tag, such as ``/`` where tokens between blanks look like
            ``jury/nn``; what follows the last one is cut off. In place of ``tokens``.
        lowercase: Whether tokens become lower case.
        min_chars: Shorter tokens are dropped.
        max_chars: Longer tokens are dropped.
        drop_numbers: Whether tokens with a digit and no letter are dropped.
        drop_punctuation: Whether tokens of nothing but punctuation are dropped.
        stop_words: Tokens that are dropped.
        stop_words_file: A file of more of them, one a line, UTF-8.
        phrases: How many times pairs of tokens that belong together become one, such as
            ``new_york``; 2 makes phrases of up to four tokens. 0 leaves all tokens alone.
        phrase_min_count: Rarer tokens and pairs are no part of a phrase.
        phrase_threshold: The score above which a pair is a phrase: ``(pair - phrase_min_count) *
            distinct tokens and pairs / (first * second)``, of their counts; higher makes fewer.
    """

    path: Any
    inside: str | None = None
    encoding: str = "utf-8"
    sequence: Unit = "line"
    sentences: bool = False
    tokens: Tokens = "words"
    pattern: str | None = None
    tagged: str | None = None
    lowercase: bool = True
    min_chars: int = 1
    max_chars: int | None = None
    drop_numbers: bool = False
    drop_punctuation: bool = False
    stop_words: list[str] = field(default_factory=list)
    stop_words_file: str | None = field(default=None, metadata=IS_PATH)
    phrases: int = 0
    phrase_min_count: int = 5
    phrase_threshold: float = 10.0

    def __post_init__(self) -> None:
        for name, choices in (("sequence", get_args(Unit)), ("tokens", get_args(Tokens))):
            value = getattr(self, name)
            if value not in choices:
                allowed = ", ".join(repr(choice) for choice in choices)
                raise UsageError(f"{name}: expected one of {allowed}, got {value!r}.")
        check_encoding(self.encoding)
        self._check_bounds()
        if self.pattern is not None and self.tagged is not None:
            raise UsageError("pattern and tagged both say what a token is; set one of them.")
        if self.tagged is not None and (not self.tagged or any(map(str.isspace, self.tagged))):
            raise UsageError(f"tagged: expected a sign such as '/', got {self.tagged!r}.")
        if self.tagged is not None and self.sentences:
            raise UsageError(
                "sentences cannot be told where words are tagged; leave it out, and take the lines "
                "or paragraphs that the file has."
            )

    def _check_bounds(self) -> None:
        words: Any = self.stop_words
        if isinstance(words, str):
            raise UsageError(f"stop_words: expected a list of words, got {words!r}.")
        for name, least in (("min_chars", 1), ("phrases", 0), ("phrase_min_count", 1)):
            if getattr(self, name) < least:
                raise UsageError(f"{name} is {getattr(self, name)}; it must be at least {least}.")
        if self.max_chars is not None and self.max_chars < self.min_chars:
            raise UsageError(
                f"max_chars is {self.max_chars}; it must be at least min_chars, {self.min_chars}."
            )
        if self.phrases > _MOST_PASSES:
            raise UsageError(f"phrases is {self.phrases}; it must be at most {_MOST_PASSES}.")
        if not self.phrase_threshold > 0:
            raise UsageError(f"phrase_threshold is {self.phrase_threshold}; it must be above 0.")


_MOST_PASSES = 5
"""Each pass reads the text once more, and 2 ** 5 tokens are a long phrase."""
