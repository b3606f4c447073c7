"""The likelihood under a log-linear pool: its gradient, its optimum, and the sampled catalogue."""

import numpy as np
import pytest
from scipy.special import logsumexp

from x2vec.recommendation import Histories, Scale
from x2vec.recommendation.hybrid import opinions as of_opinions
from x2vec.recommendation.hybrid.likelihood import best_weights, loss_and_slope, ranks
from x2vec.recommendation.hybrid.opinions import Opinions

PLAIN = Scale("plain")


class Table:
    """A ranker whose scores of each query stand in a table; the history names the query."""

    def __init__(self, table, name="table", unanswered=()):
        self.table, self.name = np.asarray(table, dtype=np.float32), name
        self.n_items = self.table.shape[1]
        self.unanswered = list(unanswered)

    def answers(self, histories):
        return ~np.isin(histories.tail(1).rows, self.unanswered)

    def scores(self, histories):
        return self.table[histories.tail(1).rows]


def ask(tables, targets, *, exclude_history=False):
    parts = [one if isinstance(one, Table) else Table(one) for one in tables]
    n_queries = len(targets)
    histories = Histories.of([[n] for n in range(n_queries)], n_items=parts[0].n_items)
    return Opinions.of(
        parts, histories, np.asarray(targets, dtype=np.int32), exclude_history=exclude_history
    )


@pytest.fixture(scope="module")
def made():
    random = np.random.default_rng(5)
    tables = random.standard_normal((3, 40, 60)).astype(np.float32)
    return tables, random.integers(0, 60, 40)


def test_the_loss_is_the_mean_of_minus_the_log_probability(made):
    tables, targets = made
    asked = ask(tables, targets)
    weights = np.array([0.5, 1.0, 0.25, 0.0, 0.0])
    logits = np.tensordot(weights[:3], tables, 1)
    expected = -(logits[np.arange(40), targets] - logsumexp(logits, axis=1)).mean()
    assert loss_and_slope(weights, asked.on([PLAIN] * 3), asked)[0] == pytest.approx(expected, 1e-5)


def test_the_gradient_is_that_of_finite_differences(made):
    asked = ask(*made)
    scaled = asked.on([PLAIN] * 3)
    weights = np.array([0.5, 1.0, 0.25, -0.5, 0.75])
    step = 1e-2
    for n, slope in enumerate(loss_and_slope(weights, scaled, asked)[1]):
        up, down = (
            loss_and_slope(weights + sign * step * np.eye(5)[n], scaled, asked)[0]
            for sign in (1, -1)
        )
        assert slope == pytest.approx((up - down) / (2 * step), abs=1e-3)


def test_the_weights_that_made_the_answers_are_found_again():
    random = np.random.default_rng(6)
    tables = random.standard_normal((2, 600, 600)).astype(np.float32) * 3
    logits = np.tensordot([1.0, 0.5], tables, 1) + random.gumbel(size=(600, 600))
    asked = ask(tables, logits.argmax(axis=1))  # drawn by the softmax of the pool
    weights, _ = best_weights(asked.on([PLAIN] * 2)[:2], asked)
    assert weights == pytest.approx(
        [1.0, 0.5], abs=0.15
    )  # far more than three standard errors of 600 draws


def test_a_sample_stands_for_the_items_that_nobody_puts_first(monkeypatch):
    random = np.random.default_rng(7)
    table = random.standard_normal((400, 400)).astype(np.float32)
    targets = random.integers(0, 400, 400)
    whole = ask([table], targets)
    monkeypatch.setattr(of_opinions, "SAMPLE", 60)
    monkeypatch.setattr(of_opinions, "FIRST", 20)
    sampled = ask([table], targets)
    assert len(sampled.counts) < len(whole.counts) / 2
    np.testing.assert_allclose(
        np.add.reduceat(sampled.counts, sampled.offsets[:-1]), 400, rtol=1e-4
    )
    one = np.array([1.0])
    losses = [loss_and_slope(one, found.on([PLAIN])[:1], found)[0] for found in (whole, sampled)]
    assert losses[1] == pytest.approx(losses[0], abs=0.05)


def test_ties_count_against_the_target():
    asked = ask([[[1.0, 3.0, 1.0, 0.0]]], [2])
    assert ranks(np.ones(1), asked.on([PLAIN])[:1], asked).tolist() == [3]


def test_a_part_that_does_not_answer_says_nothing():
    asked = ask([Table([[5.0, 0.0], [5.0, 0.0]], unanswered=[1])], [0, 0])
    assert asked.on([PLAIN])[0].tolist() == [5, 0, 0, 0]


def test_what_the_history_holds_is_marked_and_leaves_the_ranking_of_a_basket():
    table = np.arange(12, dtype=np.float32).reshape(2, 6)
    marked, left = ask([table], [3, 4]), ask([table], [3, 4], exclude_history=True)
    for n in (0, 1):
        start, end = marked.offsets[n : n + 2]
        assert marked.held[:, start:end].tolist() == [[float(row == n) for row in range(6)]] * 2
    assert np.diff(left.offsets).tolist() == [5, 5]
    assert not left.held.any()


def test_half_of_the_queries_keep_their_candidates(made):
    asked = ask(*made)
    half = asked.take(np.arange(40) % 2 == 1)
    weights = np.array([0.5, 1.0, 0.25, 0.0, 0.0])
    both = ranks(weights, asked.on([PLAIN] * 3), asked)
    assert ranks(weights, half.on([PLAIN] * 3), half).tolist() == both[1::2].tolist()


def test_blocks_of_queries_give_what_one_block_gives(made, monkeypatch):
    whole = ask(*made)
    monkeypatch.setattr(of_opinions, "BLOCK_BYTES", 4 * 60 * 3 * 7)  # seven queries a block
    parts = ask(*made)
    assert parts.offsets.tolist() == whole.offsets.tolist()  # 60 items: the sample holds them all
    assert parts.scores.tobytes() == whole.scores.tobytes()
    assert parts.targets.tolist() == whole.targets.tolist()
