"""What an export job may say, and what is said of one that is wrong: all at once, with lines."""

import pytest
from exporting import write_job, write_kitchen

import x2vec
from x2vec.errors import ConfigError, UsageError
from x2vec.jobs.export import read_export


def problems_of(path):
    with pytest.raises(ConfigError) as caught:
        read_export(path)
    return str(caught.value).replace(str(path), "job").splitlines()


def test_all_problems_are_told_at_once_each_with_its_line_and_what_was_meant(tmp_path):
    path = tmp_path / "job.toml"
    path.write_text(
        '[store]\npath = "store"\nversoin = "v000001"\n\n[recommend]\nk = 0\n\n'
        '[output]\npath = "out"\nformat = "parket"\n'
    )
    assert problems_of(path) == [
        "job:3: [store] versoin: unknown key; did you mean 'version'?",
        "job:6: [recommend] k must be a whole number from 1 on, not 0",
        "job:10: [output] format = \"parket\": expected 'parquet', 'csv', 'jsonl', 'sqlite', "
        "'duckdb' or 'postgresql'",
    ]


@pytest.mark.parametrize(
    ("sections", "told"),
    [
        ({"similar": "k = 1"}, "found both of the sections [recommend] and [similar]"),
        ({"recommend": None}, "found neither of the sections [recommend] and [similar]"),
        ({"recommend": 'fallback = "segment-popular"'}, "needs a section [queries] with segment"),
        ({"output": 'path = "s3://shop/out"'}, "an address; expected a path here"),
        ({"output": 'path = "out"\ntable = "a-b"'}, "expected up to 40 letters, digits"),
        ({"output": 'path = "out"\nspreadsheet_safe = true'}, "spreadsheet_safe is for csv"),
        ({"output": 'path = "out"\nstaging = "s"'}, "staging is for postgresql"),
        ({"output": 'path = "out"\nqueries_per_file = 0'}, "queries_per_file is 0"),
        (
            {"output": 'path = "postgresql://db/shop"\nformat = "postgresql"'},
            "staging is not given",
        ),
        (
            {"output": 'path = "shop.db"\nformat = "postgresql"\nstaging = "s"'},
            "expected postgresql://host/database",
        ),
        (
            {"queries": 'path = "who.csv"\nquery = "id"\nsegment = "id"'},
            "query and segment are both 'id'",
        ),
    ],
)
def test_what_contradicts_itself_is_told(tmp_path, sections, told):
    assert told in "\n".join(problems_of(write_job(tmp_path, **sections)))


def test_histories_that_nothing_is_asked_of_are_told(tmp_path):
    path = write_job(tmp_path, similar="k = 2")
    path.write_text(path.read_text().replace("[recommend]\nk = 2\n", ""))
    assert "[histories] is read only with [recommend]" in "\n".join(problems_of(path))


def test_recommendations_need_histories(tmp_path):
    path = tmp_path / "job.toml"
    path.write_text('[store]\npath = "store"\n[recommend]\nk = 1\n[output]\npath = "out"\n')
    assert "[recommend] needs a section [histories]" in "\n".join(problems_of(path))


def test_a_password_in_an_address_is_refused(tmp_path):
    output = 'path = "postgresql://me:hush@db/shop"\nformat = "postgresql"\nstaging = "s"'
    [told] = problems_of(write_job(tmp_path, output=output))
    assert "path holds a password" in told
    assert "hush" not in told


def test_the_fingerprint_is_of_what_decides_about_the_rows(tmp_path):
    first = read_export(write_job(tmp_path)).fingerprint
    assert read_export(write_job(tmp_path, output='path = "there"')).fingerprint == first
    assert read_export(write_job(tmp_path, recommend="k = 2\nworkers = 9")).fingerprint == first
    assert read_export(write_job(tmp_path, recommend="k = 3")).fingerprint != first
    assert read_export(write_job(tmp_path, output='path = "out"\nwide = true')).fingerprint != first


def test_an_adapter_that_is_not_there_is_told_at_its_line(tmp_path):
    path = write_job(tmp_path)
    path.write_text(path.read_text().replace('"events"', '"event"'))
    assert problems_of(path)[0].startswith("job:5: [histories] No adapter is called 'event'")


def test_paths_are_relative_to_the_job(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    job = write_job(write_kitchen(tmp_path))
    monkeypatch.chdir(tmp_path / "elsewhere")
    x2vec.export(f"../{job.name}")
    assert (tmp_path / "out" / "_manifest.json").exists()


def test_a_job_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UsageError, match="no job file at"):
        x2vec.export(tmp_path / "export.toml")
