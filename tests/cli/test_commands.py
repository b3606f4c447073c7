"""The command line prints results on stdout, everything else on stderr, and exits as promised."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from cold_shop import item_table, write_cold_shop
from command import x2vec_command
from shop import SIZE, write_shop

import x2vec
import x2vec.api
from x2vec.cli.program import run_program


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    job = write_shop(folder)
    x2vec.run(job)
    return folder


def test_run_prints_what_was_read_measured_and_published(tmp_path):
    done = x2vec_command("run", write_shop(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "2,400 rows in, 600 sequences" in done.stdout
    assert "x2vec in-out" in done.stdout
    assert f"Published: {tmp_path}/store/" in done.stdout
    assert "train: 10,800 of 10,800 tokens" in done.stderr
    assert "60 of 60 queries asked" in done.stdout


def test_the_loss_of_each_epoch_is_shown_and_printed(tmp_path):
    job = write_shop(
        tmp_path, n_baskets=60, model="vector_size = 8\nepochs = 2", evaluate=None,
        training='engine = "reference"',
    )  # fmt: skip
    done = x2vec_command("run", job)
    assert "train: 240 of 480 tokens, epoch 1, alpha 0.01" in done.stderr
    assert ", loss " in done.stderr
    assert "Loss of a pair, by epoch: " in done.stdout


def test_run_for_machines_is_one_line_of_json(tmp_path):
    done = x2vec_command("run", write_shop(tmp_path), "--json")
    assert done.stdout.count("\n") == 1
    assert json.loads(done.stdout)["read"]["rows_in"] == 2400


def test_check_says_that_a_job_is_fit(shop):
    done = x2vec_command("check", shop / "job.toml")
    assert done.returncode == 0
    assert "item_id (int64)" in done.stdout
    assert done.stdout.endswith("job.toml is fit to run.\n")
    told = json.loads(x2vec_command("check", shop / "job.toml", "--json").stdout)
    assert told["columns"]
    assert told["warnings"] == []


def test_check_ends_with_its_warnings(tmp_path, told):
    job = write_cold_shop(tmp_path, cold='categories = "genre"\ntext = "title"')
    table = item_table(range(30)).set_column(2, "title", pa.nulls(120))
    pq.write_table(table, tmp_path / "products.parquet")
    *_, warning, last = told("check", job)[1].splitlines()
    assert warning.startswith("Warning: [cold_start] looks at the column 'title' of")
    assert last == f"{job} is fit to run, but mind the warnings."


def test_similar_shows_neighbours_with_their_titles(shop):
    done = x2vec_command("similar", shop / "store", 3, 12, "-k", 2)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 · genre 0 product 3\n")
    assert done.stdout.count("genre 0") == 3
    assert done.stdout.count("genre 1") == 3


def test_similar_for_machines_is_one_line_of_json(shop):
    rows = json.loads(x2vec_command("similar", shop / "store", 3, "--json").stdout)
    assert [row["rank"] for row in rows] == list(range(1, 11))
    assert all(row["item_id"] // SIZE == 0 for row in rows[: SIZE - 1])


def test_similar_by_arithmetic_leaves_its_own_items_out(shop):
    words = ["similar", shop / "store", "--like", 1, "--like", 2, "--unlike", 9, "--json"]
    rows = json.loads(x2vec_command(*words).stdout)
    assert not {1, 2, 9} & {row["item_id"] for row in rows}
    assert rows[0]["item_id"] // SIZE == 0


def test_inspect_shows_the_verified_manifest(shop):
    done = x2vec_command("inspect", shop / "store")
    assert done.returncode == 0, done.stderr
    assert "32 items" in done.stdout
    manifest = json.loads(x2vec_command("inspect", shop / "store", "--json").stdout)["manifest"]
    assert manifest["format_version"] == 1


def test_adapters_are_listed_with_their_options():
    done = x2vec_command("adapters")
    assert "baskets (x2vec-engine)" in done.stdout
    assert "sequence: " in done.stdout
    listed = json.loads(x2vec_command("adapters", "--json").stdout)
    assert {"events", "baskets"} <= {one["name"] for one in listed}


def test_an_unknown_item_is_one_line_with_the_closest_and_exit_3(shop):
    done = x2vec_command("similar", shop / "store", 333)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("x2vec: error: ")
    assert "333" in done.stderr
    assert "Traceback" not in done.stderr
    assert x2vec_command("similar", shop / "store", "bread").returncode == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "nowhere.toml"], 2),
        (["similar"], 2),
        (["similar", "nowhere", "3"], 5),
        (["fly"], 2),
        (["run"], 2),
    ],
)
def test_wrong_use_exits_with_its_code_and_a_word_on_stderr(words, code, tmp_path):
    done = x2vec_command(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_source_is_one_line_and_exit_3(tmp_path):
    job = write_shop(tmp_path)
    (tmp_path / "orders.parquet").unlink()
    done = x2vec_command("run", job)
    assert done.returncode == 3
    assert len(done.stderr.strip().splitlines()) == 1
    assert "orders.parquet" in done.stderr


def test_below_the_floor_exits_with_4(tmp_path):
    job = write_shop(tmp_path, evaluate='k = [5]\nfloor = { metric = "mrr@5", minimum = 0.99 }')
    done = x2vec_command("run", job)
    assert done.returncode == 4
    assert not (tmp_path / "store" / "LATEST").exists()


def test_a_store_that_cannot_be_written_exits_with_5(tmp_path):
    job = write_shop(tmp_path)
    (tmp_path / "store").write_text("a file is in the way")
    done = x2vec_command("run", job)
    assert done.returncode == 5, done.stderr


@pytest.mark.parametrize("words", [["--debug", "run", "no.toml"], ["run", "no.toml", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_stands(tmp_path, words):
    done = x2vec_command(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("x2vec: error: no job file at no.toml")


def test_negative_items_stand_after_two_dashes_and_so_does_an_item_called_debug(tmp_path):
    numbers, words = tmp_path / "numbers", tmp_path / "words"
    vectors = [[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]
    x2vec.Embeddings([-5, 5, 6], vectors, counts=[1, 1, 1]).save(numbers)
    x2vec.Embeddings(["--debug", "a", "b"], vectors, counts=[1, 1, 1]).save(words)
    done = x2vec_command("similar", numbers, "-k", 1, "--json", "--", -5)
    assert [row["item_id"] for row in json.loads(done.stdout)] == [5]
    assert x2vec_command("similar", numbers, "--like", -5, "-k", 1).returncode == 0
    done = x2vec_command("similar", words, "-k", 1, "--", "--debug")
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "--debug")


def test_the_only_item_of_a_store_is_told_to_have_no_neighbours(tmp_path):
    x2vec.Embeddings(["tea"], [[1.0]], counts=[1]).save(tmp_path / "tea")
    for words in (["tea"], ["--like", "tea"]):
        done = x2vec_command("similar", tmp_path / "tea", *words)
        assert (done.returncode, done.stderr) == (0, "")
        assert "no other item to compare with" in done.stdout


def test_an_item_asked_twice_is_answered_once(shop):
    rows = json.loads(x2vec_command("similar", shop / "store", 3, 3, "-k", 2, "--json").stdout)
    assert [row["rank"] for row in rows] == [1, 2]


@pytest.mark.parametrize("word", ["1_2", "012", " 12 ", "\u0661\u0662", "+12"])
def test_a_number_is_an_item_only_as_it_is_usually_written(shop, word):
    done = x2vec_command("similar", shop / "store", word)
    assert (done.returncode, done.stdout) == (3, "")
    assert "items are integers here" in done.stderr


def test_a_negative_item_without_two_dashes_is_told_about_them(shop):
    done = x2vec_command("similar", shop / "store", -12)
    assert done.returncode == 2
    assert done.stderr.endswith("x2vec similar STORE -- -12\n")


def test_paths_in_errors_move_no_cursor(tmp_path):
    done = x2vec_command("similar", tmp_path / "red\x1b[31m", "3")
    assert done.returncode == 5
    assert "\x1b" not in done.stderr
    assert r"red\x1b[31m" in done.stderr


def test_too_little_memory_is_told_with_what_to_do(monkeypatch, capsys):
    def refuse(*_, **__):
        raise MemoryError("Unable to allocate 9 TiB")

    monkeypatch.setattr(x2vec.api, "load", refuse)
    assert run_program(["similar", "store", "3"]) == 5
    said = capsys.readouterr().err
    assert "9 TiB. Set a smaller vector_size" in said
    assert "fault" not in said


def test_an_index_is_built_once_its_recall_printed_and_asked(shop):
    pytest.importorskip("faiss", reason="faiss-cpu, the extra `ann`, is not installed")
    done = x2vec_command("index", shop / "store", "--kind", "ivf")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ivf: recall@10 ")
    again = x2vec_command("index", shop / "store", "--kind", "ivf", "--json")
    assert f"recall@10 {json.loads(again.stdout)['recall']:.4f}" in done.stdout
    item = str(next(iter(x2vec.load(shop / "store"))))
    exact = x2vec_command("similar", shop / "store", item, "--json")
    found = x2vec_command("similar", shop / "store", item, "--approximate", "ivf", "--json")
    assert len(json.loads(found.stdout)) == len(json.loads(exact.stdout))
