"""What is printed can be read: by a machine always, by a person on any terminal."""

import datetime
import decimal
import inspect
import json
import math
import os
import sys

import pytest

from x2vec.cli.output import _short, print_json, print_table, shown_progress
from x2vec.progress import Notice, Progress


def test_json_holds_what_item_tables_hold(capsys):
    print_json(
        [
            {"price": math.nan, "share": math.inf, "ratio": 0.5, "sizes": [1.0, math.nan]},
            {"since": datetime.date(2024, 3, 1), "at": datetime.datetime(2024, 3, 1, 9)},
            {"cost": decimal.Decimal("1.10"), "code": b"ab\xff", "gone": None, "name": "é"},
        ]
    )
    assert json.loads(capsys.readouterr().out) == [
        {"price": None, "share": None, "ratio": 0.5, "sizes": [1.0, None]},
        {"since": "2024-03-01", "at": "2024-03-01T09:00:00"},
        {"cost": "1.10", "code": "ab\\xff", "gone": None, "name": "é"},
    ]


def test_a_table_sets_numbers_to_the_right_and_moves_no_cursor(capsys):
    print_table(["item", "sco\x1bre"], iter([["tea\x1b[2J", 0.5], ["rye bread", 10.0]]))
    assert capsys.readouterr().out == (
        "item        sco\\x1bre\ntea\\x1b[2J     0.5000\nrye bread     10.0000\n"
    )


def epochs(n, *, loss=True):
    for epoch in range(1, n + 1):
        figures = {"epoch": epoch, "alpha": 0.02, "loss": 4 / epoch} if loss else {}
        yield Progress("train", 100 * epoch, 100 * n, "tokens", figures)


def test_a_log_has_a_line_for_each_tenth_and_the_figures_of_each_epoch(capsys):
    with shown_progress() as listen:
        for event in [*epochs(100, loss=False), Notice("publish", "swept")]:
            listen(event)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1 + 10 + 1
    assert lines[-2:] == ["train: 10,000 of 10,000 tokens", "publish: swept"]
    with shown_progress() as listen:
        for event in epochs(20):
            listen(event)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 20
    assert lines[1] == "train: 200 of 2,000 tokens, epoch 2, alpha 0.02, loss 2"


def with_recall(n):
    for event in epochs(n):
        yield event
        figures = {"epoch": event.figures["epoch"], "recall@20": 0.25}
        yield Progress("train", event.done, event.total, "tokens", figures)


def test_a_log_has_the_loss_and_the_recall_of_each_epoch(capsys):
    with shown_progress() as listen:
        for event in with_recall(20):
            listen(event)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 20 * 2
    assert lines[2:4] == [
        "train: 200 of 2,000 tokens, epoch 2, alpha 0.02, loss 2",
        "train: 200 of 2,000 tokens, epoch 2, recall@20 0.25",
    ]


def test_above_the_bars_stands_the_recall_of_each_epoch(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shown_progress() as listen:
        for event in with_recall(2):
            listen(event)
    said = capsys.readouterr().err
    assert "train: epoch 1, recall@20 0.25" in said
    assert "train: epoch 2, recall@20 0.25" in said
    assert "loss 2" in said


def test_bars_show_the_figures_too(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shown_progress() as listen:
        for event in epochs(3):
            listen(event)
        listen(Progress("train", 300, 300, "tokens"))  # without figures the last ones stay
    last = capsys.readouterr().err
    assert "300 of 300 tokens, loss 1.333" in last


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.00259, "0.00259"), (9_999, "9999"), (12_345, "12.35k"), (3_584_000, "3.584M"), (0, "0")],
)
def test_large_numbers_are_shown_in_four_figures(number, text):
    assert _short(number) == text


def test_the_bar_of_a_stage_stops_when_the_next_stage_begins(monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with shown_progress() as listen:
        bars = inspect.getclosurevars(listen).nonlocals["bars"]
        listen(Progress("read", 50, None, "rows"))
        assert not bars.tasks[0].finished
        listen(Progress("train", 1, 10, "tokens"))
        read, train = bars.tasks
        assert (read.finished, read.total, train.finished) == (True, 50, False)


def test_progress_that_cannot_be_written_is_dropped(monkeypatch):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as broken:
        monkeypatch.setattr(sys, "stderr", broken)
        with shown_progress() as listen:
            heard = [listen(event) for event in [*epochs(2), Notice("publish", "swept")]]
    assert heard == [None] * len(heard)  # none of them raised
