"""A job may build an index of what it published; its report tells the recall."""

import sys

import pytest
from shop import write_shop

import x2vec
from x2vec.errors import MissingPackageError


def write(folder):
    job = write_shop(folder, n_baskets=60, model="vector_size = 8\nepochs = 1", evaluate=None)
    text = job.read_text().replace("[publish]\n", '[publish]\nindex = "ivf"\n')
    assert "index" in text
    job.write_text(text)
    return job


def test_the_index_is_there_and_the_report_tells_its_recall(tmp_path):
    pytest.importorskip("faiss", reason="faiss-cpu, the extra `ann`, is not installed")
    job = write(tmp_path)
    report = x2vec.run(job)
    assert any(notice.startswith("ivf: recall@10 ") for notice in report.notices)
    assert (tmp_path / "store" / ".ann" / "v000001-ivf" / "index.faiss").exists()
    assert x2vec.run(job).status == "unchanged"


def test_without_faiss_nothing_is_read(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(MissingPackageError, match="x2vec-engine"):
        x2vec.run(write(tmp_path))
    assert not (tmp_path / "store").exists()
