"""The benchmark of baselines reads the published split, and comes to the published figures."""

import gzip

import pytest
from real_data import path_to

from benchmarks.baselines import PUBLISHED, main
from benchmarks.click_sets import published_part
from x2vec.evaluation import evaluate_next_item
from x2vec.recommendation import BASELINES, gram


@pytest.fixture
def split(tmp_path):
    """Three training sessions; three prefixes, of which one has a target never seen."""
    with gzip.open(tmp_path / "train_sessions.txt.gz", "wt") as file:
        file.write("7 8 7\n8 7\n9 7\n")
    with gzip.open(tmp_path / "test_prefix_target.tsv.gz", "wt") as file:
        file.write("8 5\t7\n5\t8\n7\t6\n")
    return tmp_path


def test_items_that_training_never_saw_leave_the_prefixes_and_not_the_queries(split):
    part = published_part(split)
    queries = part.queries

    assert (part.corpus.n_items, len(queries)) == (3, 3)
    assert queries.histories.lengths.tolist() == [1, 0, 1]
    assert queries.known.tolist() == [True, True, False]


def test_each_baseline_has_a_row_and_those_published_their_figures(split, capsys):
    names = ["popularity", "session-popularity", "markov"]
    main(["--data", str(split), "--baselines", *names])

    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")][2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]
    assert [row[0] for row in cells] == names
    assert [row[5] for row in cells] == ["-", "30.44 / 18.35", "-"]
    # three items, so that a known target is always among the first 20: two of three queries
    assert cells[0][3] == f"{100 * 2 / 3:.2f}"
    assert cells[2][6] == "33.3%"  # a history of nothing known has no last item


def test_a_baseline_that_is_refused_says_why(split, capsys, monkeypatch):
    monkeypatch.setattr(gram, "MOST_BYTES", 1)
    main(["--data", str(split), "--baselines", "ease"])

    assert "| ease | refused: ease: 3 items need" in capsys.readouterr().out


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_was_published_on_yoochoose_comes_out_within_half_a_point(name):
    part = published_part(path_to("yoochoose-1_64"))

    report = evaluate_next_item(
        [BASELINES[name](part.corpus, 1)], part.queries, exclude_history=False, ks=(20,)
    )

    hits, ranks = PUBLISHED[name]
    assert 100 * report.value("hr@20", model=name) == pytest.approx(hits, abs=0.5)
    assert 100 * report.value("mrr@20", model=name) == pytest.approx(ranks, abs=0.5)
