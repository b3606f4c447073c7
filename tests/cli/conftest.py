"""What tests of several commands share."""

import pytest

from x2vec.cli.program import run_program


@pytest.fixture
def told(capsys):
    """Run a command here; return its exit code, and what it wrote on stdout and on stderr."""

    def run(*words):
        code = run_program([str(word) for word in words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
