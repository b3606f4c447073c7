"""A contest in Python mixes parameters, names, embeddings and rankers, and nothing is leaked."""

import dataclasses
import json

import numpy as np
import pytest

import x2vec
from x2vec.corpus import Corpus, Queries, Sequences, Vocabulary
from x2vec.errors import ConfigError, DataError, NothingLeftError, UsageError
from x2vec.jobs.trained import ranker_of_trained
from x2vec.recommendation import EmbeddingRanker, Histories, Popularity, QueryForm

N = 12
CHAINS = [[f"i{(n + step) % N}" for step in range(5)] for n in range(N)]
SMALL = x2vec.SkipGram(vector_size=8, epochs=2)


@pytest.fixture(scope="module")
def parts():
    """A ring of items, each followed by the next: after i3 comes i4."""
    sequences = Sequences.from_lists(CHAINS * 10, ids=[f"s{n}" for n in range(10 * N)])
    return x2vec.split(sequences, by="sequences", test=0.2, seed=3)


@pytest.fixture(scope="module")
def report(parts):
    train, test = parts
    fitted = x2vec.train(train, SMALL, seed=3)
    own = Popularity(Corpus.of(train, Vocabulary.of(train)).counts(), name="mine")
    models = [SMALL, x2vec.SkipGram(vector_size=4), "markov", fitted, own, fitted]
    return x2vec.evaluate(models, train, test, k=[1, 3], seed=3)


def test_every_kind_of_model_is_measured_under_its_name(report):
    names = ("skipgram", "skipgram 2", "markov", "embeddings", "mine", "embeddings 2")
    assert report.models == names
    assert report.n_queries == 24


def test_a_markov_chain_is_known_by_heart_where_one_item_follows_each(report):
    assert report.value("hr@1", model="markov") == 1.0


def test_trained_embeddings_measure_what_their_parameters_measure(report):
    ours, theirs, again = (
        [one.value for one in report.measurements if one.model == name]
        for name in ("skipgram", "embeddings", "embeddings 2")
    )
    assert ours == theirs == again


def test_the_seed_decides_the_intervals(parts):
    train, test = parts

    def ends(seed):
        report = x2vec.evaluate("popularity", train, test, k=3, seed=seed)
        return [(one.low, one.high) for one in report.measurements if one.metric == "mrr@3"]

    assert ends(3) == ends(3) != ends(4)


def test_embeddings_of_other_rows_are_asked_by_item(parts):
    train, test = parts
    fitted = x2vec.train(train, SMALL, seed=1)
    order = np.random.default_rng(0).permutation(len(fitted))
    mixed = x2vec.Embeddings(
        fitted.items.take(order),
        fitted.vectors[order],
        counts=fitted.counts[order],
        context_vectors=fitted.context_vectors[order],
        provenance=fitted.provenance,
    )
    made = x2vec.evaluate([SMALL, fitted, mixed], train, test, k=3, seed=1)
    first, second, third = (made.value("ndcg@3", model=name) for name in made.models)
    assert first == second == third


def test_an_item_that_embeddings_do_not_hold_comes_last_and_is_no_answer(parts):
    train, test = parts
    fitted = x2vec.train(train, SMALL)
    rows = [n for n, item in enumerate(fitted) if item != "i4"]
    without = x2vec.Embeddings(
        fitted.items.take(rows), fitted.vectors[rows], counts=fitted.counts[rows]
    )
    made = x2vec.evaluate([without], train, test, k=N - 1)
    missed = np.array([q for q, code in enumerate(test.targets)
                       if test.histories.items[int(code)].as_py() == "i4"])  # fmt: skip
    ranked = made.ranks["embeddings"]
    placed = np.zeros(len(test), dtype=int)
    placed[ranked.ranked] = ranked.ranks
    assert placed[missed].tolist() == [N] * len(missed)


def test_embeddings_of_other_items_are_refused(parts):
    other = x2vec.Embeddings(["a", "b"], np.eye(2, dtype=np.float32), counts=[1, 1])
    with pytest.raises(DataError, match=r"hold none of the 12 items.*such as a"):
        x2vec.evaluate([other], *parts)


def test_sequences_are_asked_for_their_last_items(parts):
    train, _ = parts
    held_out = Sequences.from_lists(CHAINS, ids=[f"t{n}" for n in range(N)])
    made = x2vec.evaluate(["markov"], train, held_out, k=1)
    assert (made.n_queries, made.value("hr@1")) == (N, 1.0)


def test_one_model_needs_no_list(parts):
    assert x2vec.evaluate("popularity", *parts, k=1).models == ("popularity",)


def test_what_trained_must_not_be_asked(parts):
    train, test = parts
    with pytest.raises(DataError, match="leak"):
        x2vec.evaluate(["popularity"], train, train)
    ids = test.histories.ids.to_pylist()
    whole = Sequences.from_lists(
        [*train, *([*history, "i0"] for history in test.histories)],
        ids=[*train.ids.to_pylist(), *ids],
    )
    codes = np.full(len(test), test.histories.items.to_pylist().index("i0"), dtype=np.int32)
    with pytest.raises(DataError, match="leak"):
        x2vec.evaluate(["popularity"], whole, Queries(test.histories, codes))


@pytest.mark.parametrize(
    ("models", "reason"),
    [
        ([], "no models; give at least one"),
        (["popularty"], "no baseline 'popularty'. Did you mean 'popularity'"),
        (["zzz"], "There are .*cooccurrence"),
        ([3], "a model is a int; expected SkipGram"),
        ([x2vec.SkipGram], "expected SkipGram"),
        (["popularity", "popularity"], "two models are called 'popularity'"),
    ],
)
def test_what_is_no_model_is_refused_with_what_is_one(parts, models, reason):
    with pytest.raises(UsageError, match=reason):
        x2vec.evaluate(models, *parts)


def test_a_ranker_of_another_vocabulary_is_refused(parts):
    with pytest.raises(UsageError, match="a vocabulary of 12 items"):
        x2vec.evaluate([Popularity(np.array([2, 1]), name="mine")], *parts, k=1)


def test_other_parts_are_refused_with_the_way_to_make_them(parts):
    train, test = parts
    with pytest.raises(UsageError, match="evaluate: got list"):
        x2vec.evaluate(["popularity"], [["a", "b"]], test)
    with pytest.raises(UsageError, match="the test part is list; expected Queries"):
        x2vec.evaluate(["popularity"], train, [["a", "b"]])
    with pytest.raises(UsageError, match="give models, a training part and a test part"):
        x2vec.evaluate(["popularity"])
    with pytest.raises(UsageError, match="split: got list; expected Sequences"):
        x2vec.split([["a", "b"]])


def test_the_kinds_of_the_parts_must_agree(parts):
    train, _ = parts
    baskets = Sequences.from_lists(CHAINS, ids=[f"t{n}" for n in range(N)], ordered=False)
    with pytest.raises(DataError, match="ordered sequences, the test part baskets"):
        x2vec.evaluate(["popularity"], train, baskets)
    numbers = Sequences.from_lists([[1, 2], [2, 3]])
    with pytest.raises(DataError, match="are string, those of the test part int64"):
        x2vec.evaluate(["popularity"], train, numbers)


def test_an_empty_test_part_is_an_error(parts):
    train, test = parts
    nobody = np.zeros(len(test), dtype=bool)
    empty = Queries(test.histories.keep_sequences(nobody, reason="none"), test.targets[:0])
    with pytest.raises(NothingLeftError, match="nothing was held out"):
        x2vec.evaluate(["popularity"], train, empty, k=1)


@pytest.mark.parametrize(("k", "reason"), [(13, "beyond the catalogue"), (0, "from 1 on")])
def test_cut_offs_out_of_bounds_are_refused(parts, k, reason):
    with pytest.raises(ConfigError, match=reason):
        x2vec.evaluate(["popularity"], *parts, k=k)


def test_a_constant_scorer_gets_nothing(parts):
    @dataclasses.dataclass(frozen=True)
    class Constant:
        n_items: int
        name: str = "constant"

        def answers(self, histories: Histories):
            return np.ones(len(histories), dtype=bool)

        def scores(self, histories: Histories):
            return np.ones((len(histories), self.n_items), dtype=np.float32)

    made = x2vec.evaluate([Constant(N)], *parts, k=N - 1)
    assert made.value(f"hr@{N - 1}") == 0


def test_the_report_says_what_was_asked_of_whom(report):
    assert report.used["seed"] == 3
    assert report.used["settings"]["skipgram"]["vector_size"] == 8
    assert report.used["data"]["test part"] == "24 queries"


def test_what_a_job_says_itself_is_not_passed_over():
    with pytest.raises(UsageError, match="a job says k itself; leave k out"):
        x2vec.evaluate("job.toml", k=5)


def test_items_that_embeddings_do_not_hold_come_last():
    """Even c, whose cosine to a is -1, stands before b, of which they know nothing."""
    vocabulary = Vocabulary.of(Sequences.from_lists([["a", "b", "c"]]))
    known = x2vec.Embeddings(["c", "a"], [[1.0, 0.0], [-1.0, 0.0]], counts=[1, 1])
    ranker = ranker_of_trained(known, vocabulary, name="mine")
    row = {item: n for n, item in enumerate(vocabulary.items.to_pylist())}
    histories = Histories.of([[row["a"], row["b"]], [row["b"]]], n_items=3)

    assert ranker.answers(histories).tolist() == [True, False]
    scores = ranker.scores(histories.take([0]))[0]
    assert scores[row["a"]] == 1 > scores[row["c"]] == -1 > scores[row["b"]]


@pytest.mark.parametrize("k", ["20", 2.5, True, None, [], [3, 3], [0], [1.5], {}])
def test_cut_offs_that_are_none_are_refused(parts, k):
    with pytest.raises(ConfigError, match=r"k is .*; it must be a whole number from 1 on"):
        x2vec.evaluate("popularity", *parts, k=k)


def test_cut_offs_may_be_numbers_of_numpy(parts):
    report = x2vec.evaluate("popularity", *parts, k=np.int64(3))
    assert report.value("hr@3") > 0
    json.dumps(report.to_dict())


def test_what_was_tuned_is_asked_in_the_form_that_won(parts):
    train, test = parts
    tuned = x2vec.tune(SMALL, train, trials=1, metric="hr@3", seed=1)
    last = dataclasses.replace(tuned, query=QueryForm("in-in", last=1))
    report = x2vec.evaluate([last, x2vec.preset("session")], train, test, k=3)
    assert report.models == ("tuned", "preset")
    assert report.used["settings"]["tuned"]["query"] == str(last.query)
    fitted = x2vec.train(train, SMALL)
    own = EmbeddingRanker(vectors=fitted.vectors, last=1, name="by hand")
    by_hand = x2vec.evaluate(own, train, test, k=3)
    assert report.value("mrr@3", model="tuned") == by_hand.value("mrr@3")


def test_an_empty_training_part_is_called_empty(parts):
    with pytest.raises(NothingLeftError, match="train"):
        x2vec.evaluate("popularity", Sequences.from_lists([]), parts.queries, k=3)
