"""Reports of every format version ever shipped open, for ever, with exactly what was put in.

``report_1/`` was made once, from the repository's root, and is never made again::

    python -c "import runpy; g = runpy.run_path('tests/golden/test_golden_report.py'); \\
      g['content']().save('tests/golden/report_1')"
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from x2vec.evaluation import Measurement, QueryFacts, Ranks, Report

REPORT_1 = Path(__file__).parent / "report_1"


def content() -> Report:
    """What the report of format version 1 holds."""
    return Report(
        task="rest of basket",
        measurements=(
            Measurement("x2vec in-out", "recall@20", 0.5, 0.25, 0.75, 3, 0.125),
            Measurement("x2vec in-out", "ndcg@20 tail", 0.25, None, None, 1, 0.0),
            Measurement("é [first]", "recall@20", 0.125, 0.0, 1.0, 3, 0.0),
        ),
        n_queries=3,
        n_items=9,
        unknown_targets=0.25,
        unknown_history=0.5,
        excluded_targets=0.0,
        used={"seed": 1, "job": "shop.toml", "exclude_history": True, "ks": [20], "none": None},
        ranks={
            "x2vec in-out": Ranks.of([[3, None], [], [1]]),
            "é [first]": Ranks.of([[1, 2], [], [None]]),
        },
        queries=QueryFacts(
            history_length=np.array([1, 2, 3], np.int32),
            sequence=np.array([4, 4, 9], np.int32),
            is_new=np.array([True, False, True]),
            tercile=np.array([0, 3, 2], np.int8),
            offsets=np.array([0, 2, 2, 3]),
            fingerprint="0123456789abcdef" * 4,
        ),
    )


def test_the_report_of_version_1_is_what_it_was():
    report, expected = Report.load(REPORT_1), content()

    assert report == expected
    for model in expected.models:
        assert report.ranks[model].ranked.tolist() == expected.ranks[model].ranked.tolist()
        assert report.ranks[model].ranks.tolist() == expected.ranks[model].ranks.tolist()
        assert report.ranks[model].offsets.tolist() == expected.ranks[model].offsets.tolist()
    assert report.queries.history_length.tolist() == [1, 2, 3]
    assert report.queries.sequence.tolist() == [4, 4, 9]
    assert report.queries.is_new.tolist() == [True, False, True]
    assert report.queries.tercile.tolist() == [0, 3, 2]
    assert report.queries.fingerprint == expected.queries.fingerprint


def test_it_compares():
    found = Report.load(REPORT_1).compare("x2vec in-out", "é [first]")

    assert found.difference == (1 / 2 - 1 + 1 - 0) / 2  # the second query has no target
