"""What a training or an export takes of memory, measured in a process of its own.

Run as a script, it measures itself: `peak` of a training in memory, `mapped` of one on disk,
`exported` of an export.
"""

import json
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import numpy as np

from x2vec.corpus import Corpus
from x2vec.training import SkipGram, fit


def measured(what, asked):
    """Run one of the functions below in a process of its own; return what it returns."""
    command = [sys.executable, __file__, what, json.dumps(asked)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def peak(asked):
    """Train items that stand twice each; return the most that was held above what was before."""
    n_items = asked.pop("n_items")
    rows = np.concatenate([np.arange(n_items), np.arange(n_items)[::-1]]).astype(np.int32)
    corpus = Corpus(rows, np.arange(0, 2 * n_items + 1, 10), n_items, "test", ordered=True)
    model = SkipGram(**asked.pop("model"))
    if asked.pop("keep", False):
        asked.update(keep=lambda state: None, keep_every=0.1)
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    (before,) = _held("VmHWM")
    fit(corpus, model, **asked)
    return _held("VmHWM")[0] - before


def mapped(asked):
    """Train a saved corpus; return the most private memory and the most of files, as above."""
    model = SkipGram(vector_size=4, window=1, negative=1, epochs=1)
    fit(Corpus(np.zeros(4, np.int32), np.array([0, 4]), 1, "small", ordered=True), model)
    before = _held("RssAnon", "RssFile")
    corpus, most, is_over = Corpus.load(asked), list(before), Event()

    def watch():
        while not is_over.wait(0.002):  # what is held for less may be missed
            most[:] = map(max, most, _held("RssAnon", "RssFile"))

    watcher = Thread(target=watch)
    watcher.start()
    fit(corpus, model, workers=2)
    is_over.set()
    watcher.join()
    return [now - then for now, then in zip(most, before, strict=True)]


def exported(asked):
    """Run a small export, then another; return the most that was held above what was before."""
    import x2vec
    from x2vec.jobs.export import recommending

    small, job, recommending._MEMORY_LIMIT = asked
    x2vec.export(small)
    Path("/proc/self/clear_refs").write_text("5")
    (before,) = _held("VmHWM")
    x2vec.export(job)
    return _held("VmHWM")[0] - before


def _held(*names):
    lines = Path("/proc/self/status").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines)
    return [int(facts[name].split()[0]) * 1024 for name in names]


if __name__ == "__main__":
    found = {"peak": peak, "mapped": mapped, "exported": exported}[sys.argv[1]](
        json.loads(sys.argv[2])
    )
    sys.stdout.write(json.dumps(found))
