"""A query's rows are events, from whatever database; what fails is told in its own words."""

import json
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from real_data import ROOT, path_to

import x2vec
from x2vec.adapters import open_events
from x2vec.adapters.sql import SqlAdapter, SqlOptions
from x2vec.errors import MissingPackageError, SourceError, UsageError
from x2vec.jobs import check
from x2vec.testing import check_adapter

ROWS = [("u1", 7, "2024-03-01 09:00:00"), ("u1", 8, "2024-03-01 09:01:00"), ("u2", 7, None)]
QUERY = "SELECT buyer, sku, bought FROM orders"
COLUMNS = {"query": QUERY, "sequence": "buyer", "item": "sku"}


@pytest.fixture
def sqlite(tmp_path):
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (buyer, sku, bought)")
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", ROWS)
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def duck(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE orders (buyer VARCHAR, sku INTEGER, bought TIMESTAMP)")
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", ROWS)
    return path


class Cursor:
    """What DB-API 2 asks of a cursor, and no more."""

    def __init__(self, fails_at=None, rows=ROWS):
        self.description = None
        self.left = list(rows)
        self.fails_at = fails_at

    def execute(self, query):
        names = ("buyer", "sku", "bought")
        self.description = [(name, None, None, None, None, None, None) for name in names]

    def fetchmany(self, size):
        if self.fails_at is not None and len(self.left) <= self.fails_at:
            raise ConnectionResetError("the server went away")
        some, self.left = self.left[:2], self.left[2:]
        return some

    def close(self):
        pass


class Connection:
    is_closed = False

    def __init__(self, **options):
        self.options = options

    def cursor(self):
        return Cursor(**self.options)

    def close(self):
        self.is_closed = True


def opened(path, **options):
    return open_events("sql", {"path": path, **COLUMNS, **options}, max_missing_share=0.5)


def rows_of(events):
    return [row for batch in events for row in batch.to_pylist()]


EXPECTED = [
    {"sequence_id": "u1", "item_id": 7},
    {"sequence_id": "u1", "item_id": 8},
    {"sequence_id": "u2", "item_id": 7},
]


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_file_of_sqlite_is_read_by_path_or_address(sqlite, form):
    assert rows_of(opened(form.format(sqlite))) == EXPECTED


@pytest.mark.parametrize("form", ["{}", "duckdb:///{}"])
def test_a_file_of_duckdb_is_read_by_path_or_address(duck, form):
    assert rows_of(opened(form.format(duck))) == EXPECTED


def test_a_connection_is_read_again_and_stays_open(sqlite, duck):
    for connection in (sqlite3.connect(sqlite), duckdb.connect(str(duck)), Connection()):
        events = opened(connection)
        assert rows_of(events) == rows_of(events) == EXPECTED
        assert connection.cursor() is not None
        assert not getattr(connection, "is_closed", False)
        connection.close()


def test_a_connection_that_belongs_to_its_thread_is_read_in_it():
    connection = sqlite3.connect(":memory:")  # raises an error in any other thread
    query = "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c LIMIT 600000)"
    query = f"{query} SELECT x / 4 AS buyer, x % 9 AS sku FROM c"
    read = x2vec.read("sql", connection, query=query, sequence="buyer", item="sku")
    assert read.ledger.rows_in == 600_000
    connection.close()


def test_a_function_makes_a_connection_that_is_closed_again():
    made = []

    def make():
        made.append(Connection())
        return made[-1]

    events = opened(make)
    assert rows_of(events) == rows_of(events) == EXPECTED
    assert [connection.is_closed for connection in made] == [True, True]


def test_an_adbc_connection_is_read_as_a_stream(sqlite):
    dbapi = pytest.importorskip("adbc_driver_sqlite.dbapi")
    with dbapi.connect(str(sqlite)) as connection:
        text = "SELECT buyer, CAST(sku AS INTEGER) AS sku FROM orders"
        assert rows_of(opened(connection, query=text)) == EXPECTED
        with pytest.raises(
            UsageError, match=r"the adbc_driver_sqlite AdbcSqliteConnection: query: .*nowhere"
        ):
            rows_of(opened(connection, query="SELECT * FROM nowhere"))


def test_rows_that_come_as_mappings_are_read_by_name():
    rows = [dict(zip(("bought", "buyer", "sku"), (t, u, s), strict=True)) for u, s, t in ROWS]
    assert rows_of(opened(Connection(rows=rows))) == EXPECTED


def test_psycopg_is_asked_for_a_cursor_on_the_server():
    asked = []

    class Server(Connection):
        __module__ = "psycopg"

        def cursor(self, name=None):
            asked.append(name)
            return super().cursor()

    assert rows_of(opened(Server())) == EXPECTED
    assert asked == ["x2vec"]


def test_times_as_text_are_read_and_rows_without_one_are_counted(sqlite, duck):
    for path in (sqlite, duck):
        events = opened(str(path), time="bought")
        assert [str(row["time"]) for row in rows_of(events)] == [
            "2024-03-01 09:00:00+00:00",
            "2024-03-01 09:01:00+00:00",
        ]
        assert events.set_aside == {"time is null": 1}


def test_weights_are_read(sqlite):
    query = "SELECT buyer, sku, 1.5 AS w FROM orders"
    assert {row["weight"] for row in rows_of(opened(sqlite, query=query, weight="w"))} == {1.5}


def test_ids_of_mixed_kinds_become_text_by_the_rule_on_ids(sqlite):
    query = "SELECT 'u' AS buyer, column1 AS sku FROM (VALUES (1), ('1'), ('a'), (2.0), (NULL))"
    events = opened(sqlite, query=query)
    assert [row["item_id"] for row in rows_of(events)] == ["1", "1", "a", "2"]
    assert events.set_aside == {"item_id is null": 1}
    assert events.notes == [
        "item_id: numbers and text are mixed; numbers were read as text; 1 occur as both, such as "
        '1 and "1": taken as one'
    ]


def test_ordered_false_reads_baskets(sqlite):
    source = str(sqlite)
    assert x2vec.read("sql", source, **COLUMNS).ordered
    baskets = x2vec.read("sql", source, ordered=False, **COLUMNS)
    assert repr(baskets) == "<2 baskets, 3 events, 2 items>"


@pytest.mark.parametrize("database", ["sqlite", "duck"])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * FROM nowhere", "query: .*nowhere"),
        ("SELECT nothing FROM orders", "query: .*nothing"),
        ("SELECT buyer sku bought FROM orders", "query: .*syntax error"),
    ],
)
def test_a_wrong_query_is_told_in_the_database_s_words(database, query, message, request):
    path = request.getfixturevalue(database)
    with pytest.raises(UsageError, match=f"adapter 'sql': .*{path.name}: {message}"):
        rows_of(opened(path, query=query))


@pytest.mark.parametrize("database", ["sqlite", "duck"])
def test_a_column_that_the_result_lacks_is_told_even_without_rows(database, request):
    path = request.getfixturevalue(database)
    for more in ("", " WHERE sku > 99"):
        with pytest.raises(SourceError, match=r"no column 'sku'; found 'buyer', 'product'"):
            rows_of(opened(path, query=f"SELECT buyer, sku AS product FROM orders{more}"))
    assert rows_of(opened(path, query=f"{QUERY} WHERE sku > 99")) == []


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM orders", "-- SELECT\n UPDATE orders SET sku = 1", "/* x */ATTACH 'y' AS y", ""],
)
def test_a_query_that_does_not_read_is_refused(query):
    with pytest.raises(UsageError, match="query starts with"):
        SqlOptions("shop.db", query, "buyer", "sku")
    assert SqlOptions("shop.db", f"-- all\n(/* ! */ {QUERY})", "buyer", "sku")


@pytest.mark.parametrize("database", ["sqlite", "duck"])
def test_nothing_is_written_and_no_other_file_is_read(database, request, tmp_path):
    path = request.getfixturevalue(database)
    before = path.read_bytes()
    (tmp_path / "secret.csv").write_text("user,sku\n1,2\n")
    writes = "WITH x AS (SELECT 1) INSERT INTO orders SELECT 'u3', 1, NULL"
    for query in (writes, f"SELECT * FROM '{tmp_path}/secret.csv'"):
        with pytest.raises((UsageError, SourceError)):
            rows_of(opened(path, query=query))
    assert path.read_bytes() == before


def test_a_query_that_fails_midway_says_after_how_many_rows():
    with pytest.raises(
        SourceError, match="the tests Connection: failed after 2 rows: the server went away"
    ):
        rows_of(opened(Connection(fails_at=1)))


def test_text_that_is_no_utf8_is_told(sqlite):
    query = "SELECT buyer, CAST(x'FF' AS TEXT) AS sku FROM orders"
    with pytest.raises(SourceError, match="UTF-8"):
        rows_of(opened(sqlite, query=query))


def test_a_database_that_another_program_writes_to_is_told_within_seconds(sqlite, monkeypatch):
    monkeypatch.setattr("x2vec.adapters.sql.connections._WAIT", 0.05)
    writer = sqlite3.connect(sqlite)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(SourceError, match=r"shop.db: database is locked"):
        rows_of(opened(sqlite))
    writer.close()


def test_a_duckdb_file_that_another_process_writes_to_is_told(duck):
    code = f"import duckdb, sys; c = duckdb.connect({str(duck)!r}); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        with pytest.raises(SourceError, match=r"shop.duckdb: .*lock"):
            rows_of(opened(duck))
        other.communicate(b"\n")


def test_a_file_that_is_missing_or_no_database_is_told(tmp_path, sqlite, duck):
    (tmp_path / "other.db").write_text("user,sku\n")
    (tmp_path / "empty.db").touch()
    half = tmp_path / "half.db"
    half.write_bytes(sqlite.read_bytes()[:5000])
    for path, message in [
        (tmp_path / "shop2.db", "shop2.db: no such file"),
        (tmp_path / "other.db", "other.db: neither a SQLite nor a DuckDB database"),
        (tmp_path / "empty.db", "empty.db: neither .* of no bytes"),
        (f"duckdb:///{sqlite}", "shop.db: no database of duckdb"),
        (half, "half.db: a truncated SQLite database .5,000 bytes of 8,192."),
        (str(tmp_path / "shop.*"), "matches 2 files; name one database"),
    ]:
        with pytest.raises((SourceError, UsageError), match=message):
            rows_of(opened(path))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("mysql://db/shop", "mysql:// is no address of a database known here"),
        ("sqlite://shop.db", "names no file; expected sqlite:///shop.db"),
        (7, "expected a database's file or address, .*; got int"),
        (lambda: 7, "the connection that <lambda> makes is a int; expected a connection"),
    ],
)
def test_what_names_no_database_is_refused(path, message):
    with pytest.raises(UsageError, match=message):
        rows_of(opened(path))


@pytest.mark.parametrize(
    "path",
    [
        "postgresql://reader:hush@db/shop",
        "postgresql://db/shop?user=reader&password=hush",
        "postgresql://[db/shop?password=hush",
        "host=db password=hush",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(path, tmp_path):
    with pytest.raises(UsageError) as caught:
        SqlOptions(path, QUERY, "buyer", "sku")
    assert "hush" not in str(caught.value)
    job = tmp_path / "job.toml"
    job.write_text(
        f'[source]\nadapter = "sql"\npath = "{path}"\nquery = "{QUERY}"\nsequence = "buyer"\n'
        'item = "sku"\n[publish]\nstore = "store"\n'
    )
    with pytest.raises(UsageError, match=r"job.toml:3: ") as caught:
        check(job)
    assert "hush" not in str(caught.value)


def test_the_password_of_the_environment_goes_to_the_driver_and_into_no_message(monkeypatch):
    asked = []

    class Driver:
        @staticmethod
        def connect(uri):
            asked.append(uri)
            raise OSError(f"cannot connect to {uri}")

    package = type(sys)("adbc_driver_postgresql")
    package.dbapi = Driver
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", package)
    address = "postgresql://reader:${SHOP_PASSWORD}@db/shop"
    with pytest.raises(UsageError, match="environment variable SHOP_PASSWORD is not set"):
        rows_of(opened(address))
    monkeypatch.setenv("SHOP_PASSWORD", "h/ush")
    with pytest.raises(SourceError) as caught:
        rows_of(opened(address))
    assert asked == ["postgresql://reader:h%2Fush@db/shop"]
    assert "ush" not in str(caught.value)
    assert "cannot connect to postgresql://reader:***@db/shop" in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_driver_that_is_missing_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "adbc_driver_postgresql", None)
    with pytest.raises(MissingPackageError, match="pip install adbc-driver-postgresql"):
        rows_of(opened("postgresql://db/shop"))


def test_ctrl_c_stops_a_running_query(sqlite):
    endless = (
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) "
        "SELECT x AS buyer, x AS sku FROM c WHERE x < 0"
    )

    def stop(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            rows_of(opened(sqlite, query=endless))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_memory_stays_flat_for_a_large_result(monkeypatch):
    fetched = []
    monkeypatch.setattr("x2vec.adapters.sql.results.BATCH_ROWS", 1000)
    connection = sqlite3.connect(":memory:")
    query = "WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c LIMIT 10500)"
    for batch in opened(connection, query=f"{query} SELECT x AS buyer, x AS sku FROM c"):
        fetched.append(batch.num_rows)
    assert fetched == [1000] * 10 + [500]
    connection.close()


def test_options_name_different_columns_and_a_known_unit():
    with pytest.raises(UsageError, match="must be different columns"):
        SqlOptions("shop.db", QUERY, "buyer", "buyer")
    with pytest.raises(UsageError, match="time_unit: expected one of"):
        SqlOptions("shop.db", QUERY, "buyer", "sku", time_unit="h")


def test_the_adapter_keeps_the_protocol(sqlite, duck):
    for path in (str(sqlite), duck):
        options = SqlOptions(path, QUERY, "buyer", "sku")
        check_adapter(SqlAdapter, options, expected_rows=3)


def test_a_job_reads_a_database_beside_it_and_publishes(tmp_path, sqlite):
    (tmp_path / "jobs").mkdir()
    job = tmp_path / "jobs" / "job.toml"
    job.write_text(
        f'[source]\nadapter = "sql"\npath = "sqlite:///../shop.db"\nquery = "{QUERY}"\n'
        'sequence = "buyer"\nitem = "sku"\nordered = false\n[model]\nvector_size = 8\n'
        '[publish]\nstore = "../store"\n'
    )
    report = x2vec.run(job)
    assert (report.read.rows_in, report.n_items) == (3, 2)
    manifest = json.loads((Path(report.version) / "manifest.json").read_text())
    assert manifest["config"]["job"]["source"]["path"] == "sqlite:///../shop.db"


def test_a_shop_s_database_of_real_orders_becomes_a_store(tmp_path):
    retail = path_to("online-retail", "online_retail.parquet")
    columns = ["InvoiceNo", "StockCode", "InvoiceDate", "Quantity"]
    lines = pq.read_table(retail, columns=columns).slice(0, 60_000).to_pandas()
    lines["InvoiceDate"] = lines["InvoiceDate"].dt.strftime("%Y-%m-%d %H:%M:%S")
    lines.columns = ["invoice", "stock_code", "invoiced_at", "quantity"]
    (tmp_path / "data/online-retail").mkdir(parents=True)
    connection = sqlite3.connect(tmp_path / "data/online-retail/online_retail.db")
    lines.to_sql("lines", connection, index=False)
    connection.close()
    (tmp_path / "pipelines").mkdir()
    text = (ROOT / "pipelines/sql_retail.toml").read_text("utf-8")
    for there, here in {
        "vector_size = 64": "vector_size = 16",
        "workers = 2": "workers = 1",  # the same vectors on every machine
        "k = [20]": 'k = [20]\nmodels = ["popularity"]',
    }.items():
        assert text.count(there) == 1
        text = text.replace(there, here)
    (tmp_path / "pipelines/sql_retail.toml").write_text(text, "utf-8")
    report = x2vec.run(tmp_path / "pipelines/sql_retail.toml")
    assert report.read.rows_in == (lines.quantity > 0).sum()
    embeddings = x2vec.load(tmp_path / "build/sql_retail")
    assert pa.types.is_string(embeddings.items.type)
    # The nearest five of the hundred most frequent products, against the same pairs shuffled.
    found = embeddings.similar(list(embeddings)[:100], k=5).to_pandas()
    orders = lines[lines.quantity > 0].groupby("stock_code").invoice.agg(set)

    def together(others):  # of the orders that hold either, the share that hold both
        pairs = zip(orders[found.query_id], orders[others], strict=True)
        return np.mean([len(one & other) / len(one | other) for one, other in pairs])

    shuffled = np.random.default_rng(0).permutation(found.item_id)
    assert together(found.item_id) > 1.4 * together(shuffled)  # 1.64 to 1.74 of three seeds
