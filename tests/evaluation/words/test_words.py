"""Words in worlds of known answers: a grid of analogies, and cosines that people agree with."""

import numpy as np
import pytest
from real_data import path_to
from scipy.stats import spearmanr

import x2vec
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, NothingLeftError, SourceError
from x2vec.evaluation import analogies, read_analogies, read_word_pairs, word_similarity


def grid(n=6, *, shuffled=False):
    """Words x0 .. and y0 ..: each y is its x and one step in a direction that all share."""
    vectors = np.vstack([np.eye(n, n + 1), np.eye(n, n + 1) + np.eye(n + 1)[-1]])
    if shuffled:
        vectors = np.random.default_rng(0).standard_normal(vectors.shape)
    words = [f"x{i}" for i in range(n)] + [f"y{i}" for i in range(n)]
    return Embeddings(words, vectors, counts=np.arange(2 * n, 0, -1))


def questions(n=6):
    pairs = [(i, j) for i in range(n) for j in range(n) if i != j]
    return {
        "up": [(f"x{i}", f"y{i}", f"x{j}", f"y{j}") for i, j in pairs],
        "down": [(f"y{i}", f"x{i}", f"y{j}", f"x{j}") for i, j in pairs],
    }


def test_a_grid_answers_every_analogy():
    found = analogies(grid(), questions())
    assert [(one.name, one.accuracy.value, one.n_questions) for one in found.sections] == [
        ("up", 1, 30), ("down", 1, 30),
    ]  # fmt: skip
    assert (found.accuracy.value, found.accuracy.n, found.n_unknown) == (1, 60, 0)


def test_random_vectors_answer_about_one_in_as_many_words_as_there_are():
    found = analogies(grid(40, shuffled=True), questions(40))
    assert found.accuracy.value < 0.08  # one of 77 by chance, and the analogy's own words are near


def test_answers_are_those_of_a_slow_reading():
    words = grid(5, shuffled=True)
    unit = words.vectors / np.linalg.norm(words.vectors, axis=1, keepdims=True)
    place = {word: row for row, word in enumerate(words)}
    right = []
    for a, b, c, d in [*questions(5)["up"], *questions(5)["down"]]:
        sums = unit[place[b]] - unit[place[a]] + unit[place[c]]
        scores = {word: unit[row] @ sums for word, row in place.items() if word not in (a, b, c)}
        right.append(max(scores, key=scores.get) == d)
    assert analogies(words, questions(5)).accuracy.value == pytest.approx(np.mean(right))


def test_unknown_words_and_rare_ones_are_counted_and_not_asked():
    asked = {"one": [("x0", "y0", "x1", "y1"), ("x0", "y0", "x1", "no")], "none": [("a",) * 4]}
    found = analogies(grid(), asked)
    assert (found.n_questions, found.n_unknown, found.accuracy.n) == (3, 2, 1)
    assert found.sections[1].accuracy is None
    assert "-" in str(found)
    few = analogies(grid(), questions(), most_frequent=8)  # x0 .. x5, y0, y1
    assert few.accuracy.n == 2 * 2
    assert few.accuracy.value == 1


def test_a_word_is_found_in_lower_case_unless_it_stands_as_written():
    words = Embeddings(["oslo", "US", "us"], [[1, 0], [0, 1], [1, 1]], counts=[3, 2, 1])
    people = [("Oslo", "US", 1.0), ("Oslo", "us", 2.0), ("OSLO", "Oslo", 3.0)]
    assert word_similarity(words, people).correlation.value == pytest.approx(1)


def test_words_that_are_in_the_question_are_no_answers():
    words = Embeddings(["a", "b"], [[1, 0], [0, 1]], counts=[1, 1])
    found = analogies(words, {"s": [("a", "b", "a", "b")]})
    assert found.accuracy.value == 0


def test_correlation_is_spearmans_with_ties_at_their_mean_rank():
    draws = np.random.default_rng(2)
    words = Embeddings(list("abcdefgh"), draws.standard_normal((8, 3)), counts=[1] * 8)
    pairs = [(a, b, int(draws.integers(0, 4))) for a in "abcd" for b in "efgh"]
    unit = words.vectors / np.linalg.norm(words.vectors, axis=1, keepdims=True)
    cosines = [unit[ord(a) - 97] @ unit[ord(b) - 97] for a, b, _ in pairs]
    expected = spearmanr(cosines, [score for *_, score in pairs]).statistic
    found = word_similarity(words, pairs)
    assert found.correlation.value == pytest.approx(expected)
    assert found.correlation.low < expected < found.correlation.high
    assert found == word_similarity(words, pairs)


def test_pairs_with_an_unknown_word_are_counted():
    words = Embeddings(list("abc"), [[1, 0], [1, 0.1], [0, 1]], counts=[1] * 3)
    pairs = [("a", "b", 9), ("b", "c", 2), ("a", "c", 1), ("a", "z", 5)]
    found = word_similarity(words, pairs)
    assert (found.n_pairs, found.n_unknown, found.correlation.n) == (4, 1, 3)
    assert "1 have an unknown word" in str(found)
    assert found.to_dict()["n_unknown"] == 1


def test_a_correlation_takes_three_pairs_and_an_order():
    words = Embeddings(list("ab"), [[1, 0], [0, 1]], counts=[1, 1])
    with pytest.raises(NothingLeftError, match="2 of 3 pairs"):
        word_similarity(words, [("a", "b", 1), ("a", "a", 2), ("a", "z", 3)])
    with pytest.raises(NothingLeftError, match="are equal"):
        word_similarity(words, [("a", "b", 1), ("b", "b", 1), ("a", "a", 1)])


def test_analogies_without_known_words_are_an_error():
    with pytest.raises(NothingLeftError, match="None of 1 questions"):
        analogies(grid(), {"s": [("a", "b", "c", "d")]})
    with pytest.raises(ConfigError, match="most_frequent is 0"):
        analogies(grid(), questions(), most_frequent=0)


@pytest.mark.parametrize(
    "line", ["love\tsex", "love\tsex\thigh", "love sex 6", "\tsex\t1", "a\tb\tnan"]
)
def test_a_line_that_is_no_pair_is_named(tmp_path, line):
    file = tmp_path / "pairs.tsv"
    file.write_text(f"# comment\na\tb\t1\n{line}\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"pairs.tsv, line 3: .*expected a word, a word"):
        read_word_pairs(file)


@pytest.mark.parametrize(
    ("text", "says"), [("a b c d", "line 1: .*section first"), (": s\n\na b c", "line 3: .*four")]
)
def test_a_line_that_is_no_analogy_is_named(tmp_path, text, says):
    file = tmp_path / "questions.txt"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=says):
        read_analogies(file)


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read_word_pairs(tmp_path / "none.tsv")
    (tmp_path / "latin.txt").write_bytes(b": caf\xe9")
    with pytest.raises(SourceError, match="UTF-8"):
        analogies(grid(), tmp_path / "latin.txt")


def test_the_published_files_are_read_whole():
    assert len(read_word_pairs(path_to("words", "wordsim353.tsv"))) == 353
    assert len(read_word_pairs(path_to("words", "simlex999.txt"))) == 999
    read = read_analogies(path_to("words", "questions-words.txt"))
    assert len(read) == 14
    assert sum(map(len, read.values())) == 19_544


def test_words_of_the_brown_corpus_go_with_people():
    text = x2vec.read(
        "text", str(path_to("words", "brown.zip")), inside="brown/c???", tagged="/",
        drop_punctuation=True,
    )  # fmt: skip
    words = x2vec.train(
        text.clean(min_count=5, min_length=2),
        x2vec.SkipGram(vector_size=32, window=6, epochs=4, sample=0.001, alpha=0.05),
        seed=1,
    )
    found = word_similarity(words, path_to("words", "wordsim353.tsv"))
    assert found.correlation.low > 0
    assert 0 < found.n_unknown < found.n_pairs
    assert 0 <= analogies(words, path_to("words", "questions-words.txt")).accuracy.value < 1
