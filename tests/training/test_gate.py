"""The gate: nobody passes before all have come, and a broken one holds nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from worlds import two_genres

from x2vec.training import SkipGram, fit
from x2vec.training.native import gate as gates
from x2vec.training.native import rounds


@pytest.mark.parametrize("n_threads", [1, 2, 5])
def test_nobody_is_a_round_ahead_of_another(n_threads):
    gate = gates.new_gate()
    rounds_done = np.zeros(n_threads, np.int64)
    seen = []

    def go(worker):
        for _ in range(200):
            rounds_done[worker] += 1
            assert gates.pass_gate(gate, n_threads)
            seen.append(int(np.ptp(rounds_done)))
            assert gates.pass_gate(gate, n_threads)

    with ThreadPoolExecutor(n_threads) as pool:
        for hand in [pool.submit(go, worker) for worker in range(n_threads)]:
            hand.result()
    assert seen == [0] * (200 * n_threads)
    assert gate[0] == 400 * n_threads


def test_a_broken_gate_lets_everyone_through_and_says_so():
    gate = gates.new_gate()
    has_come = Event()

    def wait():
        has_come.set()
        return gates.pass_gate(gate, 2)

    with ThreadPoolExecutor(1) as pool:
        waits = pool.submit(wait)
        has_come.wait()
        gates.break_gate(gate)
        assert waits.result(timeout=10) is False
    assert gates.pass_gate(gate, 2) is False


def test_a_worker_that_fails_does_not_leave_the_others_waiting(monkeypatch):
    corpus, _ = two_genres(n_sequences=400)
    merge_together = rounds.merge_kernel()

    def fails_for_one(gate, worker, *others):
        if worker == 1:
            raise MemoryError("no room in worker 1")
        return merge_together(gate, worker, *others)

    monkeypatch.setattr(rounds, "merge_kernel", lambda: fails_for_one)
    with pytest.raises(MemoryError, match="no room in worker 1"):
        fit(corpus, SkipGram(vector_size=8, epochs=1), deterministic=True, workers=2)


def test_a_worker_that_cannot_start_does_not_leave_the_others_waiting(monkeypatch):
    corpus, _ = two_genres(n_sequences=400)
    submit = ThreadPoolExecutor.submit

    def has_room_for_one(pool, work, *arguments):
        if arguments and arguments[-1] == 1:
            raise RuntimeError("can't start new thread")
        return submit(pool, work, *arguments)

    monkeypatch.setattr(ThreadPoolExecutor, "submit", has_room_for_one)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        fit(corpus, SkipGram(vector_size=8, epochs=1), deterministic=True, workers=2)
