"""Text, Markdown and page of a report show all of it, and names as text, whatever they hold."""

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from x2vec.errors import DataError, StorageError
from x2vec.evaluation import Measurement, QueryFacts, Ranks, Report
from x2vec.evaluation.page import _parts_of
from x2vec.evaluation.tables import leaderboard, verdicts
from x2vec.evaluation.text import text_of
from x2vec.evaluation.written import write_report

EVIL = "<script>alert('x')</script>|`\"&"
N = 200


def report_of(shares, **changes):
    """Make a report of models that find the target first in a share of the queries."""
    found = {name: np.arange(N) < share * N for name, share in shares.items()}
    measured = [
        Measurement(name, f"{metric}{group}", float(hit.mean()), 0.0, 1.0, N, 0.0)
        for name, hit in found.items()
        for metric in ("hr@20", "mrr@20", "coverage@20")
        for group in (("",) if metric == "coverage@20" else ("", " head", " tail"))
    ]
    facts = QueryFacts(
        history_length=np.arange(N, dtype=np.int32) // 20 + 1,
        sequence=np.arange(N, dtype=np.int32),
        is_new=np.ones(N, dtype=bool),
        tercile=np.zeros(N, dtype=np.int8),
        fingerprint="f",
    )
    ranks = {name: Ranks(hit, np.ones(hit.sum(), np.int64)) for name, hit in found.items()}
    used = {
        "job": "job.toml", "command": "x2vec evaluate job.toml", "seed": 7,
        "split": "leave last out", "versions": {"numpy": "2.4"},
    }  # fmt: skip
    plain = {
        "task": "next item", "measurements": tuple(measured), "n_queries": N, "n_items": 50,
        "queries": facts, "ranks": ranks, "used": used,
    }  # fmt: skip
    return Report(**{**plain, **changes})


THREE = {"trial": 0.5, "best": 0.8, "alike": 0.79}


def test_the_leaderboard_stands_in_the_order_of_its_first_metric():
    assert [row[0] for row in leaderboard(report_of(THREE)).rows] == ["best", "alike", "trial"]


def test_each_model_is_told_whether_it_differs_from_the_best_and_from_the_one_on_trial():
    # "best" finds what "alike" finds and 2 queries of 200 more: an interval from 0 up
    rows = {row[0]: row[1:] for row in verdicts(report_of(THREE), is_brief=True).rows}
    assert rows["best"] == ["the best", "+0.3000 better"]
    assert rows["trial"] == ["-0.3000 worse", "on trial"]
    assert rows["alike"][0] == "-0.0100 no difference"


def test_where_the_trial_is_best_there_is_one_comparison():
    table = verdicts(report_of({"trial": 0.9, "other": 0.5}))
    assert table.head == ["model", "against trial"]
    assert table.rows[1][1].endswith("worse")


def test_a_report_of_figures_alone_has_no_verdicts_but_a_page():
    bare = report_of(THREE, ranks={}, queries=None)
    assert verdicts(bare) is None
    assert "Is the difference real" not in bare.to_html()
    assert "best" in bare.to_markdown()


@pytest.mark.parametrize("made", [text_of, Report.to_markdown, Report.to_html])
def test_every_form_shows_models_figures_and_what_was_lost(made):
    shown = made(report_of(THREE, unknown_targets=0.25))
    for word in ("trial", "best", "alike", "0.8000", "no difference", "25.0 % of the targets"):
        assert word in shown


@pytest.mark.parametrize("made", [Report.to_markdown, Report.to_html])
def test_reports_say_data_split_seed_versions_and_the_command(made):
    shown = made(report_of(THREE))
    for word in ("leave last out", "seed", "7", "numpy 2.4", "x2vec evaluate job.toml"):
        assert word in shown


def test_hostile_names_are_text_on_the_page_and_in_markdown():
    evil = report_of({EVIL: 0.5, "b": 0.2}, used={"job": EVIL, "command": f"x2vec {EVIL}"})
    page, markdown = evil.to_html(), evil.to_markdown()
    assert "<script" not in page
    outside = re.sub(r"(?s)(`{3,}).*?\1", "", markdown)
    assert "<script" not in outside
    row = next(line for line in markdown.splitlines() if "alert" in line and line.startswith("|"))
    assert len(re.findall(r"(?<!\\)\|", row)) == len(leaderboard(evil).head) + 1


def test_a_command_that_holds_a_fence_stays_inside_its_own():
    markdown = report_of(THREE, used={"command": "a\n```\n# b"}).to_markdown()
    fence = re.search(r"(`{3,})sh\n(.*)\n\1", markdown)
    assert fence is not None
    assert fence[2] == r"a\n```\n# b"


def test_names_move_no_cursor_on_a_terminal():
    assert "\x1b" not in text_of(report_of({"red\x1b[31m": 0.5, "b": 0.1}))


def test_the_page_loads_nothing_and_its_plots_are_well_formed():
    page = report_of(THREE).to_html()
    for word in ("http://", "https://", "src=", "@import", "url(", "<script", "<link"):
        assert word not in page
    assert "default-src 'none'" in page
    plots = re.findall(r"<svg.*?</svg>", page, flags=re.S)
    assert len(plots) == 5  # two leaderboards, coverage, popularity, length of the history
    for plot in plots:
        ElementTree.fromstring(plot)


def test_plots_of_lines_show_the_best_models_and_the_one_on_trial_alone():
    shares = {"trial": 0.01, **{f"m{n:02}": n / 20 for n in range(1, 13)}}
    page = report_of(shares).to_html()
    by_length = re.search(r"<svg[^>]*by length of the history.*?</svg>", page, flags=re.S)
    names = re.findall(r'class="named[^>]*>([^<]*)<', by_length[0])
    assert sorted(names) == [f"m{n:02}" for n in range(6, 13)] + ["trial"]


def test_an_empty_report_has_a_page_too():
    empty = Report(task="next item", measurements=(), n_queries=0, n_items=0)
    assert "<h1>" in empty.to_html()
    assert empty.to_markdown().startswith("# Leaderboard")
    assert text_of(empty)


def test_a_report_without_intervals_shows_its_figures():
    plain = report_of(THREE)
    bare = replace(
        plain, measurements=tuple(replace(m, low=None, high=None) for m in plain.measurements)
    )
    assert "0.8000" in bare.to_html()
    assert "interval" not in leaderboard(bare).note


@pytest.mark.parametrize(
    "lengths", [[1], [1] * 50, [3, 900], [1] * 500 + [70], [0] * 3 + [1] * 500 + [2] * 400,
                list(range(1000))],
)  # fmt: skip
def test_lengths_are_cut_into_few_parts_none_of_them_tiny(lengths):
    lengths = np.array(lengths)
    part = _parts_of(lengths)
    counts = np.bincount(part)
    assert len(part) == len(lengths)
    assert len(counts) <= 5
    assert (counts == 0).sum() == 0 or len(counts) == 1
    assert counts[counts > 0].min() >= 0.02 * len(lengths)
    assert (np.diff(part[np.argsort(lengths, kind="stable")]) >= 0).all()


def test_the_page_is_written_where_it_is_asked_for(tmp_path):
    page = report_of(THREE).to_html(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page
    with pytest.raises(StorageError, match="Name a file in a directory"):
        report_of(THREE).to_html(tmp_path / "none" / "page.html")


def test_a_directory_holds_all_forms_and_they_are_replaced_as_a_whole(tmp_path):
    write_report(report_of({"trial": 0.1, "old one": 0.2}), tmp_path / "r")
    write_report(report_of({"trial": 0.1, "new one": 0.2}), tmp_path / "r")
    names = sorted(path.name for path in (tmp_path / "r").iterdir())
    assert names == ["queries.parquet", "report.html", "report.json", "report.md"]
    assert Report.load(tmp_path / "r").models == ("trial", "new one")
    assert "old one" not in (tmp_path / "r" / "report.html").read_text(encoding="utf-8")


def test_a_report_of_another_format_is_refused(tmp_path):
    (tmp_path / "report.json").write_text('{"format": "something else"}', encoding="utf-8")
    with pytest.raises(DataError, match="a report of another format"):
        Report.load(tmp_path)
