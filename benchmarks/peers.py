"""Peers from outside: itembed, fastText and Cleora, each as near to the same task as it comes.

None of them is quite skip-gram as x2vec and gensim do it; each class says where it differs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.engines import Engine, Trained, in_row_order, sequences_of, write_lines
from x2vec import SkipGram
from x2vec.corpus import Corpus

__all__ = ["Cleora", "FastText", "Itembed"]


class FastText(Engine):
    """fastText's skip-gram, without character n-grams, reading a text file.

    - A window's reach is always drawn from ``1 .. ws``. So that whole baskets are nearly whole,
      ``ws`` is a multiple of the longest; it tries every place of the window, so more is slower.
    - Noise is drawn from ``count ** 0.5``, and never hits the target.
    - Lines go by pieces of 1,024 tokens, and the learning rate falls to 0.
    - It fills tables for millions of words before it starts, and looks ten times a second whether
      it is done: some tenths of a second, whatever the corpus.
    """

    name = "fastText"
    module = "fasttext"
    requirement = "fasttext-wheel==0.9.2"
    noise_exponent = 0.5

    _REACH = 4  # times the longest basket: one pair in fifty is left out

    def feed(self, corpus: Corpus, model: SkipGram, folder: Path) -> tuple[Path, int]:
        """Write a line a sequence; give the window beside the file."""
        window = model.window
        if window == "whole":
            window = self._REACH * int(np.diff(corpus.offsets).max())
        return write_lines(folder / "fasttext.txt", sequences_of(corpus)), window

    def train(self, fed: tuple[Path, int], model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Count the items of the file, then train."""
        import fasttext

        path, window = fed
        fasttext.FastText.unsupervised_default["seed"] = seed  # there is no argument for it
        trained = fasttext.train_unsupervised(
            str(path),
            model="skipgram",
            loss="ns",
            dim=model.vector_size,
            ws=window,
            neg=model.negative,
            epoch=model.epochs,
            lr=model.alpha,
            t=model.sample or 1.0,  # at 1 nothing is left out
            minCount=1,
            minn=0,
            maxn=0,
            bucket=0,
            label="</s>",  # a label is no word, so the end of a line is not trained as an item
            thread=workers,
            verbose=0,
        )
        matrices = trained.get_input_matrix(), trained.get_output_matrix()
        return Trained(*in_row_order(trained.get_words(), *matrices))


class Packed(NamedTuple):
    """Sequences as itembed takes them: int32, and arrays that it may write to."""

    items: NDArray[np.int32]
    offsets: NDArray[np.int32]
    n_items: int


class Itembed(Engine):
    """itembed: skip-gram on sets, kernels compiled by Numba when it is imported.

    - It has no windows: an epoch pairs each event with one other of its sequence, drawn at random.
      So it takes a step for each event, where skip-gram takes one for each pair of a window.
    - Noise is drawn evenly from all items.
    - It trains with one thread, and takes no seed.
    """

    name = "itembed"
    module = "itembed"
    requirement = "itembed==0.5.1"
    noise_exponent = 0.0
    most_workers = 1

    def feed(self, corpus: Corpus, model: SkipGram, folder: Path) -> Packed:
        """Copy the arrays."""
        return Packed(corpus.rows.copy(), corpus.offsets.astype(np.int32), corpus.n_items)

    def train(self, fed: Packed, model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Train, with the progress bar held back."""
        import itembed

        vectors = itembed.initialize_syn(fed.n_items, model.vector_size)
        contexts = itembed.initialize_syn(fed.n_items, model.vector_size)
        task = itembed.UnsupervisedTask(
            fed.items, fed.offsets, vectors, contexts, num_negative=model.negative
        )
        with redirect_stderr(io.StringIO()):
            itembed.train(
                task,
                num_epoch=model.epochs,
                initial_learning_rate=model.alpha,
                final_learning_rate=model.min_alpha,
            )
        return Trained(vectors, contexts)


class Cleora(Engine):
    """Cleora: no skip-gram, but a random walk on the graph of what stands together.

    - Vectors start at random, and an iteration replaces each by the mean of its neighbours', then
      whitens them all. There are no negatives, no learning rate and no out-vectors.
    - Its iterations count as the epochs. More may be better: its own default is 40, so it also
      runs with that.
    - It takes hyperedges: a basket is one, and a history gives one of ``window + 1`` events for
      each place where that fits, so that a pair counts the more often the nearer it is, in the
      proportions of a drawn reach.

    Args:
        iterations: How many, or None for as many as there are epochs.
    """

    module = "pycleora"
    requirement = "pycleora==3.2.1"
    has_alpha = False

    def __init__(self, *, iterations: int | None = None) -> None:
        self.iterations = iterations
        self.name = f"Cleora {iterations} iterations" if iterations else "Cleora"

    def feed(self, corpus: Corpus, model: SkipGram, folder: Path) -> tuple[Path, int]:
        """Write a line a hyperedge; give the longest beside the file, for none shall be cut."""
        longest = int(np.diff(corpus.offsets).max())
        if model.window != "whole":
            longest = min(longest, model.window + 1)
        return write_lines(folder / "cleora.txt", _hyperedges(corpus, longest)), longest

    def train(self, fed: tuple[Path, int], model: SkipGram, *, seed: int, workers: int) -> Trained:
        """Read the graph from the file, then iterate."""
        from pycleora import SparseMatrix, embed

        path, longest = fed
        with threadpool_limits(workers):
            graph = SparseMatrix.from_files(
                [str(path)],
                "complex::reflexive::item",
                hyperedge_trim_n=longest,
                num_workers=workers,
            )
            vectors = embed(
                graph,
                model.vector_size,
                self.iterations or model.epochs,
                seed=seed,
                num_workers=workers,
            )
        (vectors,) = in_row_order(graph.entity_ids, vectors)
        return Trained(vectors, None)


def _hyperedges(corpus: Corpus, longest: int) -> Iterator[NDArray[np.int32]]:
    """Give every run of ``longest`` events, and shorter sequences as they are."""
    for rows in sequences_of(corpus):
        for start in range(max(1, len(rows) - longest + 1)):
            yield rows[start : start + longest]
