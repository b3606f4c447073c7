"""The command line as a process of its own, that does not import everything anew.

Importing takes longer than most commands do. So one process imports it all, and each command is a
copy (``os.fork``) of it: with arguments, a directory, outputs and an exit code of its own.
"""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path

__all__ = ["x2vec_command"]


def x2vec_command(*arguments, cwd=None):
    """Run a command to its end; return it as ``subprocess.run`` does, its outputs as text."""
    words = ["x2vec", *map(str, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "stdout"), Path(folder, "stderr")
        asked = {"words": words, "cwd": str(cwd or Path.cwd()), "out": str(out), "err": str(err)}
        copier = _copier()
        copier.stdin.write(json.dumps(asked) + "\n")
        copier.stdin.flush()
        code = json.loads(copier.stdout.readline())
        return subprocess.CompletedProcess(words, code, out.read_text(), err.read_text())


@cache
def _copier():
    """Start the process that is copied; it ends when its input does, with this process."""
    return subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _serve():
    _import_all()
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become(asked)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])}\n")
        sys.stdout.flush()


def _import_all():
    """Import what commands import late."""
    modules = ("cli.program", "jobs", "adapters.baskets", "evaluation.report", "training.native")
    for name in ("pandas", "pyarrow.dataset", "scipy.sparse.linalg", "scipy.special"):
        import_module(name)
    for name in modules:
        import_module(f"x2vec.{name}")


def _become(asked):
    """Be the command that was asked for, and end as it does."""
    import signal

    from x2vec.cli import main

    signal.alarm(120)
    for number, path in ((1, asked["out"]), (2, asked["err"])):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(asked["cwd"])
    sys.argv = asked["words"]
    code = 1
    try:
        main()
        code = 0
    except SystemExit as ends:
        code = ends.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
