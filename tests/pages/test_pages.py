"""Pages show what is given as text, load nothing, and plots are well-formed on any values."""

from xml.etree import ElementTree

import pytest

from x2vec.pages import bars, block, cards, code, figures, line, page, section, table

EVIL = "<script>alert('x')</script>\"&"


def test_all_text_that_is_given_is_shown_as_text():
    parts = [
        section(EVIL, figures([(EVIL, EVIL)])),
        cards([("note", EVIL, [EVIL])]),
        table([EVIL], [[EVIL]], right={0}),
        code(EVIL),
        block(
            bars([1, 2], [3], title=EVIL, x=EVIL, y=EVIL, caption=EVIL, ticks=[(1, EVIL)],
                 marks=[(1.5, EVIL)]),
            line([1, 2], [3, 1], title=EVIL, x=EVIL, y=EVIL, caption=EVIL),
        ),
    ]  # fmt: skip
    made = page(EVIL, EVIL, parts)
    assert "<script" not in made
    assert made.count("&lt;script&gt;") >= 20


def test_a_page_loads_nothing_and_runs_nothing():
    made = page("title", "subtitle", [bars([0, 1], [1], title="t", x="x", y="y")])
    for word in ("http://", "https://", "src=", "@import", "url(", "<script", "<link"):
        assert word not in made
    assert "prefers-color-scheme: dark" in made
    assert "default-src 'none'" in made


@pytest.mark.parametrize(
    ("edges", "counts", "log_x"),
    [
        ([0, 1], [0], False),
        ([1, 2], [1], True),
        ([1e-3, 1, 1e9], [5, 1_000_000_000], True),
        ([5e14, 6e14, 7e14], [0, 2], False),
    ],
)
def test_bars_stand_inside_their_axes(edges, counts, log_x):
    drawn = bars(edges, counts, title="t", x="x", y="y", log_x=log_x)
    svg = ElementTree.fromstring(drawn).find("svg")
    rectangles = svg.findall("rect")
    assert len(rectangles) == sum(count > 0 for count in counts)
    for one in rectangles:
        left, top = float(one.get("x")), float(one.get("y"))
        assert 57 < left < left + float(one.get("width")) < 480
        assert 0 < top < top + float(one.get("height")) < 240
    assert svg.find("title").text == "t"
    assert svg.get("role") == "img"


def test_the_tallest_bar_is_twice_the_one_of_half_its_count():
    svg = ElementTree.fromstring(bars([0, 1, 2], [2, 4], title="t", x="x", y="y")).find("svg")
    half, whole = (float(one.get("height")) for one in svg.findall("rect"))
    assert whole == pytest.approx(2 * half, abs=0.2)


def test_one_point_makes_a_line():
    drawn = line([1], [1], title="t", x="x", y="y")
    assert ElementTree.fromstring(drawn).find("svg/polyline").get("points")
