"""Examples in docs run in a directory of their own, so that they may write files."""

import pytest


@pytest.fixture(autouse=True)
def _own_directory(request, tmp_path, monkeypatch):
    if request.node.__class__.__name__ == "DoctestItem":
        monkeypatch.chdir(tmp_path)
