"""The training benchmark runs, gives each engine its due, and takes its matrices in our order."""

import sys
import tomllib
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from worlds import corpus_of, genre_gap, two_genres

from benchmarks.alphas import climb, try_alphas
from benchmarks.engines import Engine, GensimFile, Trained
from benchmarks.peers import Cleora
from benchmarks.roofline import flops_of_a_pair
from benchmarks.rounds import feeding, train_once, warm_up
from benchmarks.training import NATIVE, PEERS, main
from benchmarks.workload import generated
from x2vec import SkipGram
from x2vec.errors import DivergedError

ENGINES = {NATIVE.name: NATIVE, **PEERS}
INSTALLED = {name: engine for name, engine in ENGINES.items() if engine.is_installed}


@pytest.fixture(scope="module")
def tables():
    """The three tables of a smoke run: learning rates, engines, threads."""
    with redirect_stdout(StringIO()) as printed:
        main(["--quick", "--best-alpha", "0.01", "0.1"])
    found = []
    for block in printed.getvalue().split("\n\n")[1:]:
        names, _, *rows = [
            [cell.strip() for cell in line.strip("|\n").split("|")] for line in block.splitlines()
        ]
        found.append([dict(zip(names, row, strict=True)) for row in rows])
    return found


def test_each_installed_engine_has_one_row_for_each_data_set(tables):
    _, engines, _ = tables
    rows = [(row["data"], row["engine"].removesuffix(" (1 thread)")) for row in engines]
    assert rows == [(data, name) for data in ("walks", "bags") for name in INSTALLED]


def test_native_is_once_as_fast_as_itself_and_every_other_ratio_is_finite(tables):
    _, engines, _ = tables
    for row in engines:
        middle, low, high = map(float, row["times native"].strip(")").replace("(", "-").split("-"))
        assert 0 <= low <= middle <= high < np.inf
        assert (low, middle, high) == (1, 1, 1) or row["engine"] != "native"


def test_each_engine_is_compared_at_the_rate_that_was_best_for_it(tables):
    alphas, engines, _ = tables
    at = {(row["data"], row["engine"].removesuffix(" (1 thread)")): row for row in engines}
    for row in alphas:
        best = "0.01" if row["at 0.01"] > row["at 0.1"] else "0.1"
        assert row["best alpha"] == at[row["data"], row["engine"]]["alpha"] == best


def test_one_thread_is_worth_one_and_no_run_passes_the_peak(tables):
    _, _, threads = tables
    assert [row["workers"] for row in threads] == ["1", "2", "1", "2"]
    for row in threads:
        assert row["times one thread"] == "1.00 (1.00-1.00)" or row["workers"] == "2"
        assert 0 <= float(row["share of peak"].split()[0]) < 1


def test_a_missing_peer_is_named_with_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "itembed", None)
    main(["--quick", "--peers", "itembed"])
    printed = capsys.readouterr().out
    assert "itembed is left out; to have it: pip install itembed==0.5.1\n" in printed
    assert "| itembed" not in printed
    assert "| native" in printed


def test_fewer_than_three_rounds_are_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--seeds", "2"])
    assert "need 3 or more" in capsys.readouterr().err


def test_the_extra_installs_what_the_peers_require():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    extra = {
        line.partition(";")[0] for line in project["project"]["optional-dependencies"]["bench"]
    }
    assert extra == {peer.requirement for peer in PEERS.values()} - {None}


@pytest.mark.parametrize("name", ENGINES)
def test_matrices_come_in_the_order_of_the_rows(name):
    """Items meet only those of their genre; rows in another order would mix the genres."""
    if name not in INSTALLED:
        pytest.skip(f"{ENGINES[name].module} is not installed")
    corpus, genres = two_genres()
    model = SkipGram(vector_size=4, epochs=20, alpha=0.1)
    warm_up([ENGINES[name]], model, ordered=True)
    with feeding([ENGINES[name]], corpus, model) as fed:
        trained, seconds = train_once(ENGINES[name], fed[name], model, seed=1, workers=1)
    assert seconds > 0
    assert {matrix.shape for matrix in trained if matrix is not None} == {(20, 4)}
    assert genre_gap(trained.vectors, genres) > 0.5


class Choosy(Engine):
    """Finds the next item at a learning rate of 0.05, finds nothing at others, diverges at 0.2."""

    name = "choosy"

    def train(self, fed, model, *, seed, workers):
        if model.alpha == 0.2:
            raise DivergedError("too fast", epoch=1, alpha=0.2, last_good=None)
        after = np.eye(fed.n_items, dtype=np.float32)
        before, item = fed.rows[:-1], fed.rows[1:]
        np.add.at(after, (item, before), np.float32(1))
        vectors = np.eye(fed.n_items, dtype=np.float32)
        return Trained(vectors, after if model.alpha == 0.05 else -after)


def test_a_rate_is_judged_by_what_it_finds_and_a_divergence_finds_nothing():
    walks = next(generated())
    model = SkipGram(vector_size=16)
    tried = try_alphas([Choosy()], walks.validation, model, [0.025, 0.05, 0.2], workers=1)
    at = tried["choosy"]
    assert max(at, key=at.get) == 0.05
    assert at[0.2] == 0


def test_a_climb_ends_where_both_neighbours_are_lower():
    tried = climb(lambda alpha: -abs(alpha - 4), [1, 2, 4, 8, 16, 32], start=2)
    assert tried == {1: -3, 2: -2, 4: 0, 8: -4}


def test_a_climb_ends_on_a_plateau_and_at_the_end_of_the_list():
    assert climb(lambda alpha: 0, [1, 2, 4, 8], start=4) == {1: 0, 2: 0, 4: 0, 8: 0}
    assert climb(lambda alpha: alpha, [1, 2, 4], start=2) == {1: 1, 2: 2, 4: 4}


def test_validation_asks_for_what_the_benchmark_trains_on():
    """A walk has eight events: the last is asked for, and the one before it in the validation."""
    for workload in generated():
        assert set(workload.train.lengths) == {8 - 1}
        assert set(workload.validation.train.lengths) == {8 - 2}
        assert set(workload.validation.queries.histories.lengths) == {8 - 2}


def test_a_pair_costs_three_multiplications_and_additions_for_each_number_of_each_output():
    assert flops_of_a_pair(SkipGram(vector_size=2, negative=1)) == 2 * 2 * 3 * 2


def test_gensim_reads_a_long_sequence_by_pieces(tmp_path):
    corpus = corpus_of([[1, 2] * 6_000])
    lines = GensimFile().feed(corpus, SkipGram(), tmp_path).read_text().splitlines()
    assert [len(line.split()) for line in lines] == [10_000, 2_000]


def test_cleora_reads_runs_of_a_window_and_its_event_or_whole_baskets(tmp_path):
    lists = [[0, 0, 1, 0], [0, 1]]
    path, longest = Cleora().feed(corpus_of(lists), SkipGram(window=2), tmp_path)
    assert (path.read_text(), longest) == ("0 0 1\n0 1 0\n0 1\n", 3)
    path, longest = Cleora().feed(corpus_of(lists), SkipGram(window="whole"), tmp_path)
    assert (path.read_text(), longest) == ("0 0 1 0\n0 1\n", 4)
