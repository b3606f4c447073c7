"""Plots of a leaderboard: every name is there, none on another, hostile ones are text."""

import re
from itertools import combinations
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from x2vec.pages import forest, scatter, series
from x2vec.pages.labels import free_place, spread, text_width, trimmed

EVIL = "<script>alert('x')</script>\"&"
MODELS = [
    "x2vec in-out", "x2vec cosine", "popularity", "session-popularity", "markov",
    "sequential-rules", "association-rules", "cooccurrence", "item-knn", "session-knn", "vsknn",
    "vstan", "ease", "slist", "als", "bpr",
]  # fmt: skip


def svg_of(drawn):
    return ElementTree.fromstring(drawn).find("svg")


def boxes_of(svg, kind):
    """Return the box of each label of a kind: left, top, right, bottom."""
    boxes = {}
    for text in svg.iter("text"):
        if kind not in text.get("class", "").split():
            continue
        x, y, width = float(text.get("x")), float(text.get("y")), text_width(text.text)
        left = {"start": x, "middle": x - width / 2, "end": x - width}[
            text.get("text-anchor", "start")
        ]
        boxes[text.text] = (left, y - 9, left + width, y + 2)
    return boxes


def overlapping(boxes):
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes.items(), 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def height_of(svg):
    return float(svg.get("viewBox").split()[3])


WORLDS = {
    "all alike": dict.fromkeys(MODELS, (0.3, 0.5)),
    "two heaps": {m: (0.1 + 0.3 * (n % 2), 0.2 + 0.5 * (n % 2)) for n, m in enumerate(MODELS)},
    "a line": {m: (0.1 + n / 40, 0.1 + n / 40) for n, m in enumerate(MODELS)},
    "nothing": dict.fromkeys(MODELS, (0.0, 0.0)),
}


@pytest.mark.parametrize("world", WORLDS.values(), ids=WORLDS)
def test_sixteen_names_stand_apart_and_inside_every_plot(world):
    drawn = [
        ("name", forest([(m, a, a - 0.01, a + 0.01) for m, (a, _) in world.items()],
                        title="t", x="x")),
        ("named", series({m: [a, b] for m, (a, b) in world.items()}, steps=["1", "2"],
                         title="t", x="x", y="y")),
        ("name", scatter([(m, a, b) for m, (a, b) in world.items()], title="t", x="x", y="y")),
    ]  # fmt: skip
    for kind, plot in drawn:
        svg = svg_of(plot)
        boxes = boxes_of(svg, kind)
        assert set(boxes) == set(MODELS)
        assert overlapping(boxes) == []
        for left, top, right, bottom in boxes.values():
            assert -1 <= left < right <= 481
            assert 0 <= top < bottom <= height_of(svg)


@pytest.mark.parametrize("name", [EVIL, "<b>" * 60, "a\nb", "\u202eevil", "\U0001f600" * 40, ""])
def test_hostile_and_endless_names_are_text_and_stay_inside(name):
    for drawn in (
        forest([(name, 0.1, 0.0, 0.2)], title=name, x=name, caption=name, emphasis=[name]),
        series({name: [0.1]}, steps=[name], title=name, x=name, y=name, caption=name),
        scatter([(name, 0.1, 0.2)], title=name, x=name, y=name, caption=name),
    ):
        assert "<script" not in drawn
        assert "<b>" not in drawn
        svg = svg_of(drawn)
        label = next(
            t for t in svg.iter("text") if {"name", "named"} & {*t.get("class", "").split()}
        )
        assert text_width(label.text or "") <= 175


def test_a_trimmed_name_is_told_whole_by_its_title():
    name = "a model with a name that has no end to it"
    assert trimmed(name, 100).endswith(f"<title>{name}</title>")
    assert text_width(trimmed(name, 100).partition("<")[0]) <= 100


def test_an_interval_runs_from_its_low_end_to_its_high_one():
    svg = svg_of(forest([("a", 0.2, 0.1, 0.4), ("b", 0.0, 0.0, 0.0)], title="t", x="hr@20"))
    line = next(one for one in svg.iter("line") if one.get("class") == "interval")
    dot = next(one for one in svg.iter("circle"))
    low, high, value = float(line.get("x1")), float(line.get("x2")), float(dot.get("cx"))
    assert (value - low) / (high - low) == pytest.approx(1 / 3, abs=0.01)


def test_figures_far_from_zero_are_drawn_so_that_they_can_be_told_apart():
    svg = svg_of(forest([("a", 0.71, 0.70, 0.72), ("b", 0.69, 0.68, 0.70)], title="t", x="x"))
    a, b = (float(one.get("cx")) for one in svg.iter("circle"))
    assert a - b > 50


def test_a_step_without_a_figure_breaks_the_line():
    svg = svg_of(series({"a": [1, 2, None, 2, 1]}, steps=list("12345"), title="t", x="x", y="y"))
    assert len([one for one in svg.iter("polyline") if "series" in one.get("class")]) == 2
    assert len(list(svg.iter("circle"))) == 4


def test_a_series_without_any_figure_has_no_name():
    svg = svg_of(series({"a": [1.0], "b": [None]}, steps=["1"], title="t", x="x", y="y"))
    assert set(boxes_of(svg, "named")) == {"a"}


def test_what_stands_out_is_drawn_over_the_others():
    drawn = series(
        {"a": [1, 2], "b": [1, 2]}, steps=["1", "2"], title="t", x="x", y="y", emphasis="a"
    )
    classes = re.findall(r'polyline class="(series [^"]*)"', drawn)
    assert [("strong" in one) for one in classes] == [False, True]


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=1, max_size=20))
def test_labels_are_spread_by_the_gap_and_stay_in_order(places):
    moved = spread(places, 10, 0, 400)
    order = np.argsort(places, kind="stable")
    steps = np.diff(np.array(moved)[order])
    assert (steps >= 10 - 1e-6).all()
    assert min(moved) >= -1e-6
    assert max(moved) <= 400 + 1e-6


def test_labels_with_room_stay_where_they_are():
    assert spread([5, 50, 20], 10, 0, 100) == [5, 50, 20]


def test_a_place_is_free_of_what_is_taken_and_the_nearest():
    taken = [(95, 95, 105, 105)]
    first = free_place((100, 100), (40, 12), taken, (0, 0, 200, 200))
    second = free_place((100, 100), (40, 12), [*taken, first], (0, 0, 200, 200))
    assert first[0] >= 105
    assert overlapping({"a": first, "b": second, "c": taken[0]}) == []
