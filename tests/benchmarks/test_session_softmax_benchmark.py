"""The benchmark of the session softmax trains, asks, and counts its operations."""

import gzip

import pytest

from benchmarks.session_softmax import flops_of_an_example, main
from x2vec import SessionSoftmax


def test_the_operations_of_an_example_are_those_of_its_products():
    """Three products of 10 rows of 4 numbers, and three of each of two matrices of 4 by 4."""
    model = SessionSoftmax(vector_size=4)
    assert flops_of_an_example(model, 10) == 2 * (3 * 10 * 4 + 2 * 3 * 4 * 4)
    plain = SessionSoftmax(vector_size=4, square=False, last_square=False)
    assert flops_of_an_example(plain, 10) == 2 * 3 * 10 * 4


def test_it_prints_a_row_of_figures(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("benchmarks.session_softmax._EDGE", 64)
    with gzip.open(tmp_path / "train_sessions.txt.gz", "wt") as file:
        file.write("\n".join(f"{n % 30} {(n + 1) % 30} {(n + 2) % 30}" for n in range(300)))
    with gzip.open(tmp_path / "test_prefix_target.tsv.gz", "wt") as file:
        file.write("\n".join(f"{n}\t{n + 1}" for n in range(20)))
    settings = ["vector_size=16", "batch_size=64", "alpha=0.1", "epochs=4"]
    main(["--data", str(tmp_path), "--workers", "1", "--set", *settings])

    lines = capsys.readouterr().out.splitlines()
    assert "vector_size=16" in lines[0]
    cells = [cell.strip() for cell in lines[-1].strip("|").split("|")]
    assert cells[:2] == ["20", "100.00"]
    assert float(cells[2]) == pytest.approx(100, abs=10)
