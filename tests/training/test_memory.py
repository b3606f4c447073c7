"""The estimate is what training takes; a corpus on disk stays there."""

import sys

import numpy as np
import pytest
from footprint import measured

from x2vec.corpus import Corpus
from x2vec.training import SkipGram, estimate

linux = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells a process its peak and what it is made of"
)


@linux
@pytest.mark.parametrize(
    "asked",
    [{}, {"deterministic": True}, {"deterministic": True, "keep": True}, {"engine": "gensim"}],
    ids=["native", "deterministic", "deterministic, kept", "gensim"],
)
def test_the_estimate_is_within_a_fifth_of_the_peak(asked):
    model = {"vector_size": 64, "window": 1, "negative": 1, "epochs": 2}
    engine, needs = asked.get("engine", "native"), asked.keys() - {"engine"}
    foretold = estimate(300_000, SkipGram(**model), engine=engine, needs=needs)
    peak = measured("peak", {"n_items": 300_000, "model": model, "workers": 2, **asked})
    assert foretold.total == pytest.approx(peak, rel=0.2), f"{foretold}; took {peak / 1e6:.0f} MB"


def test_the_parts_of_an_estimate_are_its_total_and_stand_in_its_text():
    memory = estimate(1_000_000, SkipGram(vector_size=100), needs={"deterministic"})
    assert memory.parts["matrices"] == 2 * 1_000_000 * 112 * 4  # 7 cache lines of 16 numbers
    assert memory.parts["shards"] == 4 * memory.parts["matrices"]
    assert memory.total == sum(memory.parts.values())
    assert str(memory).startswith(f"{memory.total / 1e9:.1f} GB: matrices 896 MB, ")


def test_an_engine_that_is_not_ours_has_no_estimate():
    assert estimate(1_000, SkipGram(), engine="somebody's") is None


@linux
def test_what_training_holds_does_not_grow_with_a_corpus_on_disk(tmp_path):
    held = {}
    for n_sequences in (1_000_000, 8_000_000):  # of four events: 24 and 192 MB with their offsets
        rows = np.tile(np.arange(1_000, dtype=np.int32), n_sequences // 250)
        offsets = np.arange(0, len(rows) + 1, 4)
        Corpus(rows, offsets, 1_000, "test", ordered=True).save(tmp_path / "corpus")
        held[n_sequences] = measured("mapped", str(tmp_path / "corpus"))
    private, of_files = np.subtract(held[8_000_000], held[1_000_000]) / 1e6
    assert private < 8, f"{private:.0f} MB more private memory for 168 MB more of corpus"
    assert of_files < 40, f"{of_files:.0f} MB more of files for 168 MB more of corpus"
