"""Small worlds whose answer is known."""

import numpy as np

from x2vec.corpus import Corpus, Sequences, Vocabulary


def corpus_of(lists, *, ordered=True):
    sequences = Sequences.from_lists(lists, ordered=ordered)
    return Corpus.of(sequences, Vocabulary.of(sequences))


def two_genres(*, n_sequences=400, length=6, size=10, seed=0, shuffled=False):
    """Items 0 .. size-1 meet only each other, and so do size .. 2*size-1; shuffled, all meet."""
    draws = np.random.default_rng(seed)
    genre = draws.integers(0, 2, n_sequences)
    lists = np.array([draws.integers(0, size, length) + size * g for g in genre])
    if shuffled:
        lists = draws.permutation(lists.ravel()).reshape(lists.shape)
    sequences = Sequences.from_lists([one.tolist() for one in lists])
    vocabulary = Vocabulary.of(sequences)
    genres = np.asarray(vocabulary.items) // size
    return Corpus.of(sequences, vocabulary), genres


def genre_gap(vectors, genres):
    """Mean cosine inside a genre less mean cosine across: near 0 where nothing was learnt."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    same = genres[:, None] == genres[None, :]
    return cosine[same].mean() - cosine[~same].mean()
