"""An export as a table of a database: the rows of the files, the old table or the new one."""

import os
import shutil
import sqlite3
import subprocess

import duckdb
import pytest
from exporting import exported, rows_of, write_kitchen

from x2vec.errors import StorageError
from x2vec.jobs.export import database

FILES = ["sqlite", "duckdb"]


@pytest.fixture
def kitchen(tmp_path):
    return write_kitchen(tmp_path)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Start a PostgreSQL server of our own, or skip where there is none; give its address."""
    pytest.importorskip("adbc_driver_postgresql")
    if shutil.which("initdb") is None or shutil.which("pg_ctl") is None:
        pytest.skip("there is no PostgreSQL server here")
    folder = tmp_path_factory.mktemp("postgresql")
    anybody = {}
    if os.geteuid() == 0:  # as whom it does not run
        shutil.chown(folder, "nobody")
        for parent in folder.parents[:3]:
            parent.chmod(0o755)
        anybody = {"user": "nobody", "group": "nogroup", "extra_groups": []}

    def run(*command):
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, **anybody)
        if done.returncode:
            pytest.skip(f"PostgreSQL does not start here: {done.stderr[-200:]}")

    data, log = str(folder / "data"), str(folder / "log")
    run("initdb", "-D", data, "-U", "x2vec", "-A", "trust")
    options = f"-k {folder} -h '' -F"
    subprocess.run(
        ["pg_ctl", "-D", data, "-o", options, "-w", "-l", log, "start"],
        check=True, stdout=subprocess.DEVNULL, cwd=folder, **anybody,
    )  # fmt: skip
    yield f"postgresql:///postgres?host={folder}&user=x2vec"
    run("pg_ctl", "-D", data, "-m", "immediate", "stop")


def output_of(form, path, more=""):
    return f'path = "{path}"\nformat = "{form}"\n{more}'


def rows_in(form, path, query):
    if form == "duckdb":
        with duckdb.connect(str(path)) as connection:
            return connection.execute(query).fetchall()
    connection = sqlite3.connect(path)
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def expected_of(kitchen):
    exported(kitchen)
    return [tuple(row.values()) for row in rows_of(kitchen / "out")]


@pytest.mark.parametrize("form", FILES)
def test_a_table_holds_the_rows_of_the_files_and_is_not_made_again(kitchen, form):
    report = exported(kitchen, output=output_of(form, "shop.db", "queries_per_file = 3"))
    found = rows_in(form, kitchen / "shop.db", "SELECT * FROM recommendations")
    assert found == expected_of(kitchen)
    assert (report.status, report.rows, report.partitions) == ("exported", 8, 2)
    again = exported(kitchen, output=output_of(form, "shop.db", "queries_per_file = 3"))
    assert (again.status, again.rows) == ("unchanged", 8)
    assert not list(kitchen.glob(".*"))  # nothing staged is left


def test_wide_rows_are_lists_in_duckdb_and_columns_in_sqlite(kitchen):
    exported(kitchen, output=output_of("duckdb", "a.db", "wide = true"))
    lists = rows_in("duckdb", kitchen / "a.db", "SELECT query_id, item_ids FROM recommendations")
    assert lists[0] == ("ann", ["milk", "sponge"])
    exported(kitchen, output=output_of("sqlite", "b.db", "wide = true"))
    columns = rows_in("sqlite", kitchen / "b.db", "SELECT item_1, item_2 FROM recommendations")
    assert columns[0] == ("milk", "sponge")


@pytest.mark.parametrize("form", FILES)
def test_a_new_export_takes_the_place_of_the_old_and_leaves_other_tables_alone(kitchen, form):
    exported(kitchen, output=output_of(form, "shop.db"))
    exported(kitchen, recommend="k = 1", output=output_of(form, "shop.db", 'table = "one"'))
    exported(kitchen, recommend="k = 1", output=output_of(form, "shop.db"))
    for table in ("recommendations", "one"):
        assert rows_in(form, kitchen / "shop.db", f"SELECT count(*) FROM {table}") == [(4,)]
    assert exported(
        kitchen, recommend="k = 1", output=output_of(form, "shop.db", 'table = "one"')
    ).status == "unchanged"  # fmt: skip


@pytest.mark.parametrize("form", FILES)
def test_a_table_of_somebody_else_is_never_overwritten(kitchen, form):
    rows_in_it = "CREATE TABLE recommendations AS SELECT 1 AS mine"
    if form == "duckdb":
        with duckdb.connect(str(kitchen / "shop.db")) as connection:
            connection.execute(rows_in_it)
    else:
        connection = sqlite3.connect(kitchen / "shop.db")
        connection.execute(rows_in_it)
        connection.commit()
        connection.close()
    with pytest.raises(StorageError, match="has a table 'recommendations' already, no export"):
        exported(kitchen, output=output_of(form, "shop.db"))
    assert rows_in(form, kitchen / "shop.db", "SELECT * FROM recommendations") == [(1,)]


@pytest.mark.parametrize("form", FILES)
def test_what_fails_while_the_table_is_filled_leaves_the_old_one_and_is_gone_on_from(
    kitchen, form, monkeypatch
):
    exported(kitchen, output=output_of(form, "shop.db"))

    def fail(files):
        yield from real(files)
        raise RuntimeError("the network is gone")

    real = database._batches
    monkeypatch.setattr(database, "_batches", fail)
    with pytest.raises(StorageError, match=r"the network is gone\. The table is as it was before"):
        exported(kitchen, recommend="k = 1", output=output_of(form, "shop.db"))
    assert rows_in(form, kitchen / "shop.db", "SELECT count(*) FROM recommendations") == [(8,)]
    monkeypatch.undo()
    report = exported(kitchen, recommend="k = 1", output=output_of(form, "shop.db"))
    assert report.resumed == report.partitions == 1
    assert rows_in(form, kitchen / "shop.db", "SELECT count(*) FROM recommendations") == [(4,)]


def test_a_file_that_is_no_database_is_told_before_anything_is_read(kitchen):
    (kitchen / "shop.db").write_text("not a database, but long enough to be looked at" * 40)
    (kitchen / "orders.parquet").unlink()
    with pytest.raises(StorageError, match=r"shop\.db: file is not a database"):
        exported(kitchen, output=output_of("sqlite", "shop.db"))


def test_postgresql_holds_the_rows_of_the_files_and_the_old_table_until_then(kitchen, server):
    from adbc_driver_postgresql import dbapi

    def rows(query):
        with dbapi.connect(server) as connection, connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    expected = expected_of(kitchen)
    output = output_of("postgresql", server, 'staging = "staged"')
    assert exported(kitchen, output=output).status == "exported"
    assert rows("SELECT * FROM recommendations ORDER BY query_id, rank") == expected
    assert exported(kitchen, output=output).status == "unchanged"
    exported(kitchen, recommend="k = 1", output=f"{output}\nwide = true")
    assert rows("SELECT item_1 FROM recommendations ORDER BY query_id")[0] == ("milk",)
    assert not (kitchen / "staged").exists()


def test_postgresql_without_a_server_is_exit_5_and_hides_the_password(kitchen, monkeypatch):
    pytest.importorskip("adbc_driver_postgresql")
    monkeypatch.setenv("SHOP_PASSWORD", "hush")
    address = f"postgresql://me:${{SHOP_PASSWORD}}@/shop?host={kitchen}"
    with pytest.raises(StorageError) as caught:
        exported(kitchen, output=output_of("postgresql", address, 'staging = "staged"'))
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
