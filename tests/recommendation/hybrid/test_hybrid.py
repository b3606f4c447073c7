"""The hybrid: a weighted sum of what its parts say."""

import numpy as np
import pytest

from x2vec.errors import ConfigError
from x2vec.recommendation import CoOccurrence, Histories, Hybrid, Part, Popularity, Scale

COUNTS = Popularity(np.array([3, 1, 0]))


def test_scores_are_the_weighted_sum_of_the_opinions():
    other = Popularity(np.array([0, 2, 2]))
    share = Scale("share", floor=0.25)
    hybrid = Hybrid((Part(COUNTS, 2.0), Part(other, 3.0, share)))
    # 2 * 3 + 3 log 1, 2 * 1 + 3 log(1 + 0.5 / 0.25), 2 * 0 + the same
    expected = [6.0, 2 + 3 * np.log(3), 3 * np.log(3)]
    assert hybrid.scores(Histories.of([[0]], n_items=3))[0] == pytest.approx(expected, abs=1e-5)


def test_items_of_the_history_get_the_bonus_once_and_the_last_one_its_own():
    hybrid = Hybrid((Part(COUNTS),), repeat=10.0, last=-100.0)
    histories = Histories.of([[0, 0, 1], [2], []], n_items=3)
    assert hybrid.scores(histories).tolist() == [[13, -89, 0], [3, 1, -90], [3, 1, 0]]


def test_a_part_that_does_not_answer_adds_nothing(corpus_of):
    pairs = CoOccurrence.fit(corpus_of([[0, 1]], n_items=3, ordered=True))
    hybrid = Hybrid((Part(pairs, 5.0), Part(COUNTS, 1.0)))
    histories = Histories.of([[2], [0]], n_items=3)
    assert hybrid.answers(histories).tolist() == [True, True]
    unknown, known = hybrid.scores(histories)
    assert unknown.tolist() == [3, 1, 0]
    assert known[1] > 1


def test_a_hybrid_answers_what_one_of_its_parts_answers(corpus_of):
    pairs = CoOccurrence.fit(corpus_of([[0, 1]], n_items=3, ordered=True))
    histories = Histories.of([[2], [0], []], n_items=3)
    assert Hybrid((Part(pairs),)).answers(histories).tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: Hybrid(()), "parts must be fitted to one vocabulary; found none"),
        (
            lambda: Hybrid((Part(COUNTS), Part(Popularity(np.array([1]))))),
            r"found those of vocabularies of \[1, 3\] items",
        ),
        (lambda: Hybrid((Part(COUNTS),), repeat=float("nan")), "must be finite numbers, not nan"),
        (lambda: Part(COUNTS, 0.0), "popularity: weight must be above 0, not 0.0"),
        (lambda: Part(COUNTS, float("inf")), "weight must be above 0, not inf"),
    ],
)
def test_what_is_no_hybrid_is_refused(make, found):
    with pytest.raises(ConfigError, match=found):
        make()
