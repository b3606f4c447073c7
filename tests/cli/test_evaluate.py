"""``evaluate`` and ``compare`` print what they find, write it, and exit as promised."""

import json

import pytest
from command import x2vec_command
from shop import write_shop

FAST = 'k = [5]\nmodels = ["popularity", "cooccurrence"]'


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    write_shop(folder, evaluate=FAST)
    done = x2vec_command("evaluate", "job.toml", cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder, done


def test_evaluate_prints_a_leaderboard_and_says_where_the_report_is(shop):
    folder, done = shop
    assert "60 queries against 32 items" in done.stdout
    assert "no difference" in done.stdout
    assert "95 % interval" in done.stdout
    assert "evaluate popularity: 60 of 60 queries" in done.stderr
    assert done.stderr.endswith("The report is in store-report\n")
    names = sorted(path.name for path in (folder / "store-report").iterdir())
    assert names == ["queries.parquet", "report.html", "report.json", "report.md"]
    assert not (folder / "store").exists()


def test_evaluate_for_machines_is_one_line_of_what_the_file_holds(shop, tmp_path):
    folder, _ = shop
    done = x2vec_command("evaluate", folder / "job.toml", "--to", tmp_path / "r", "--json")
    assert done.stdout.count("\n") == 1
    told, written = json.loads(done.stdout), json.loads((tmp_path / "r/report.json").read_text())
    assert told["measurements"] == written["measurements"]
    assert told["used"]["command"] == f"x2vec evaluate {folder / 'job.toml'}"


def test_below_the_floor_exits_with_4_and_the_report_is_written(tmp_path):
    floor = f'{FAST}\nfloor = {{ metric = "mrr@5", minimum = 0.99 }}'
    done = x2vec_command("evaluate", write_shop(tmp_path, evaluate=floor))
    assert done.returncode == 4, done.stderr
    assert (tmp_path / "store-report" / "report.json").exists()
    assert "below the floor" in done.stderr


def test_a_report_that_cannot_be_written_exits_with_5(shop, tmp_path):
    folder, _ = shop
    (tmp_path / "r").write_text("a file is in the way")
    done = x2vec_command("evaluate", folder / "job.toml", "--to", tmp_path / "r")
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr


def test_a_place_that_cannot_be_written_is_told_before_training(shop, tmp_path):
    folder, _ = shop
    (tmp_path / "r").write_text("a file is in the way")
    done = x2vec_command("evaluate", folder / "job.toml", "--to", tmp_path / "r")
    assert "train:" not in done.stderr


def test_compare_shows_pairs_of_one_name_with_intervals(shop, tmp_path):
    folder, _ = shop
    job = write_shop(tmp_path, evaluate=FAST, model="vector_size = 4\nepochs = 1\nalpha = 0.0001")
    assert x2vec_command("evaluate", job).returncode == 0
    one, other = folder / "store-report", tmp_path / "store-report" / "report.json"
    done = x2vec_command("compare", one, other)
    assert done.returncode == 0, done.stderr
    rows = {line.split(" [")[0]: line for line in done.stdout.splitlines()[2:]}
    assert "no difference" in rows["popularity"]
    assert "better" in done.stdout.splitlines()[2]
    found = json.loads(x2vec_command("compare", one, other, "--json", "--metric", "mrr@5").stdout)
    names = ["x2vec in-out [first]", "popularity [first]", "cooccurrence [first]"]
    assert [each["one"] for each in found] == names
    assert {each["metric"] for each in found} == {"mrr@5"}
    assert found[0]["low"] <= found[0]["difference"] <= found[0]["high"]


def test_reports_of_other_queries_are_refused(shop, tmp_path):
    folder, _ = shop
    job = write_shop(tmp_path, seed=1, evaluate=FAST)
    assert x2vec_command("evaluate", job).returncode == 0
    done = x2vec_command("compare", folder / "store-report", tmp_path / "store-report")
    assert done.returncode == 3
    assert "of other queries" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["evaluate", "nowhere.toml"], 2, "no job file"),
        (["compare", "nowhere", "nowhere"], 5, "there is no report"),
        (["compare", "here.json", "here.json"], 3, "another format"),
        (["compare", "broken.json", "here.json"], 3, "no JSON"),
        (["compare", "here.json"], 2, ""),
    ],
)
def test_wrong_use_exits_with_its_code_and_one_word_on_stderr(words, code, said, tmp_path):
    (tmp_path / "here.json").write_text('{"format": "other"}')
    (tmp_path / "broken.json").write_text("{")
    done = x2vec_command(*words, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert (done.stdout, "Traceback" in done.stderr) == ("", False)


def test_an_unknown_metric_is_told_with_those_that_there_are(shop):
    folder, _ = shop
    report = folder / "store-report"
    done = x2vec_command("compare", report, report, "--metric", "hr@6")
    assert done.returncode == 2
    assert "Did you mean 'hr@5'?" in done.stderr
    done = x2vec_command("compare", report, report, "--metric", "coverage@5")
    assert (done.returncode, "query by query" in done.stderr) == (2, True)
