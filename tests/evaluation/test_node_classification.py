"""Labels are read off vectors that hold them, and not off those that do not."""

import numpy as np
import pytest
from real_data import path_to
from sklearn.metrics import f1_score

import x2vec
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, DataError, NothingLeftError
from x2vec.evaluation import NodeScores, classify_nodes, node_classification
from x2vec.evaluation.node_classification import _f1


def world(*, n=200, n_labels=4, seed=0, shuffled=False):
    draws = np.random.default_rng(seed)
    label = draws.integers(0, n_labels, n)
    vectors = np.eye(n_labels)[label] + 0.1 * draws.standard_normal((n, n_labels))
    if shuffled:
        label = draws.permutation(label)
    nodes = Embeddings(list(range(n)), vectors, counts=[1] * n)
    return nodes, dict(enumerate(label.tolist()))


def test_planted_labels_are_found_at_every_share():
    nodes, labels = world()
    found = node_classification(nodes, labels, train_shares=(0.2, 0.5, 0.9), repeats=3)
    assert [one.train_share for one in found.scores] == [0.2, 0.5, 0.9]
    assert all(one.micro.value == one.macro.value == 1 for one in found.scores)
    assert (found.n_nodes, found.n_labels) == (200, 4)


def test_shuffled_labels_are_found_at_chance():
    nodes, labels = world(n=1_000, shuffled=True)
    (one,) = node_classification(nodes, labels, repeats=4).scores
    # 500 test nodes a repeat, one of four labels each: a standard deviation of sqrt(3/16/500)
    assert abs(one.micro.value - 1 / 4) < 4 * 0.0194


def test_two_labels_a_node_are_found_where_the_vectors_hold_both():
    draws = np.random.default_rng(0)
    truth = np.zeros((300, 6), dtype=bool)
    for row, n in zip(truth, draws.integers(1, 4, 300), strict=True):
        row[draws.choice(6, n, replace=False)] = True
    figures = classify_nodes(truth.astype(np.float32), truth, repeats=2)
    assert figures.tolist() == [[1, 1], [1, 1]]


def test_f1_is_that_of_scikit_learn():
    draws = np.random.default_rng(3)
    for share in (0.0, 0.1, 0.5):
        truth, predicted = draws.random((2, 40, 7)) < share
        expected = [
            f1_score(truth, predicted, average=one, zero_division=0) for one in ("micro", "macro")
        ]
        assert _f1(truth, predicted) == pytest.approx(expected)


def test_intervals_are_students_over_repeats():
    scores = NodeScores.of(0.5, np.array([[0.5, 0.2], [0.7, 0.2], [0.6, 0.2]]))
    # standard error 0.1 / sqrt(3), and t of 2 degrees of freedom at 97.5 % is 4.3027
    reach = 4.3027 * 0.1 / 3**0.5
    assert scores.micro.low == pytest.approx(0.6 - reach, abs=1e-4)
    assert scores.micro.high == pytest.approx(0.6 + reach, abs=1e-4)
    assert scores.macro.low == pytest.approx(scores.macro.high)
    assert scores.micro_deviation == pytest.approx((0.02 / 3) ** 0.5)


def test_validation_looks_at_no_node_of_the_test():
    nodes, labels = world(n=80)
    truth = np.eye(4)[list(labels.values())] > 0
    order = np.random.default_rng(0).permutation(80)
    vectors = nodes.vectors.copy()
    vectors[order[40:]] = np.nan  # the test half; a look at it would raise
    figures = classify_nodes(vectors, truth, repeats=1, validate=True)
    assert figures[0, 0] == 1


def test_what_has_no_label_or_no_vector_is_counted():
    nodes, labels = world(n=60)
    found = node_classification(nodes, {**dict(list(labels.items())[:50]), "elsewhere": 1})
    assert (found.n_nodes, found.n_unlabelled, found.n_unknown) == (50, 10, 1)
    assert "10 nodes without a label" in str(found)
    plain = found.to_dict()
    assert plain["scores"][0]["micro"]["n"] == 10
    assert set(plain) == set(found.__dataclass_fields__)


def test_a_label_that_no_training_node_has_is_never_found():
    truth = np.zeros((10, 2), dtype=bool)
    truth[:, 0] = True
    truth[np.random.default_rng(0).permutation(10)[-1]] = [False, True]  # the last of the test
    vectors = np.random.default_rng(1).standard_normal((10, 3)).astype(np.float32)
    micro, macro = classify_nodes(vectors, truth, repeats=1)[0]
    assert 0 < micro < 1
    assert 0 < macro < 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"train_share": 1.0}, "train_share is 1.0"),
        ({"train_share": 0.0}, "train_share is 0.0"),
        ({"repeats": 0}, "repeats is 0"),
    ],
)
def test_bounds_are_named(arguments, says):
    with pytest.raises(ConfigError, match=says):
        classify_nodes(np.ones((4, 2), np.float32), np.ones((4, 1), bool), **arguments)


def test_vectors_and_labels_are_of_the_same_nodes():
    with pytest.raises(DataError, match="3 vectors for 4 labelled nodes"):
        classify_nodes(np.ones((3, 2), np.float32), np.ones((4, 1), bool))


def test_too_few_nodes_cannot_be_split():
    with pytest.raises(NothingLeftError, match="1 nodes"):
        classify_nodes(np.ones((1, 2), np.float32), np.ones((1, 1), bool))


def test_fields_of_cora_are_read_off_walks():
    walks = x2vec.read(
        "walks", str(path_to("graphs", "cora_edgelist.txt")), walks_per_node=3, walk_length=40
    )
    papers = x2vec.train(walks, x2vec.SkipGram(vector_size=32, epochs=2, alpha=0.05), seed=1)
    lines = path_to("graphs", "cora_labels.txt").read_text(encoding="utf-8").split("\n")
    labels = dict(line.split() for line in lines if line)
    if not isinstance(next(iter(papers)), str):
        labels = {int(node): label for node, label in labels.items()}
    (one,) = node_classification(papers, labels, repeats=2).scores
    assert one.micro.value > 0.5  # the commonest of seven fields is .30 of the papers
