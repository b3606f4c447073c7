"""The border as a whole: options, iteration, progress, and adapters that fail on the way."""

from dataclasses import dataclass

import pyarrow as pa
import pytest

from x2vec.adapters import Events, Place, marked, open_events
from x2vec.adapters.baskets import BasketsOptions
from x2vec.adapters.events import EventsOptions
from x2vec.corpus import assemble
from x2vec.errors import ConfigError, PluginError, SourceError, UsageError
from x2vec.progress import Progress, silent

TABLE = pa.table({"s": [1, 1, 2], "i": ["b", "a", "b"]})
OPTIONS = {"path": TABLE, "sequence": "s", "item": "i"}


@dataclass(frozen=True)
class Nothing:
    """No options."""


class Fake:
    """An adapter that yields what it is made of, and raises what is an exception."""

    name = "fake"
    options = Nothing
    ordered = True

    def __init__(self, *parts):
        self.parts = parts

    def read(self, options):
        for part in self.parts:
            if isinstance(part, BaseException):
                raise part
            yield part


def events_of(*parts):
    return Events(Fake(*parts), Nothing(), max_missing_share=1.0, listen=silent)


def batch(**columns):
    return pa.RecordBatch.from_pydict(
        {
            key: value if isinstance(value, pa.Array) else pa.array(value)
            for key, value in columns.items()
        }
    )


GOOD = batch(sequence_id=["a", "a"], item_id=[1, 2])


def test_the_built_in_adapters_differ_in_order_alone():
    events, baskets = (open_events(name, OPTIONS) for name in ("events", "baskets"))
    assert (events.ordered, baskets.ordered) == (True, False)
    assert [b.to_pydict() for b in events] == [b.to_pydict() for b in baskets]


def test_rows_keep_the_order_of_the_source():
    (only,) = open_events("events", OPTIONS)
    assert only.to_pydict() == {"sequence_id": [1, 1, 2], "item_id": ["b", "a", "b"]}


def test_iterating_again_reads_again_and_counts_anew():
    events = open_events("events", OPTIONS)
    assert [b.to_pydict() for b in events] == [b.to_pydict() for b in events]
    assert events.rows_read == 3


def test_progress_is_told_batch_by_batch():
    heard = []
    events = Events(Fake(GOOD, GOOD), Nothing(), max_missing_share=0, listen=heard.append)
    list(events)
    assert heard == [Progress("read", 2, None, "rows"), Progress("read", 4, None, "rows")]


def test_options_may_be_a_mapping_or_made_already():
    made = EventsOptions(**OPTIONS)
    assert [b.num_rows for b in open_events("events", made)] == [3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({**OPTIONS, "sequense": "s"}, "no option 'sequense', did you mean 'sequence'"),
        ({"path": TABLE}, "'sequence' is missing; 'item' is missing"),
        ({**OPTIONS, "time_unit": "h"}, "time_unit: expected one of 'auto', 's'.* got 'h'"),
        ({**OPTIONS, "format": "xls"}, "format: expected one of .* got 'xls'"),
        ({**OPTIONS, "delimiter": ""}, "delimiter: expected one to 4 characters, got ''"),
        ({**OPTIONS, "quote": "''"}, "quote: expected one ASCII character"),
        ({**OPTIONS, "encoding": "latin1x"}, "encoding: nobody here knows 'latin1x'"),
        ({**OPTIONS, "header": []}, r"header: expected the names of the columns .* got \[\]"),
        ({**OPTIONS, "item": "s"}, "sequence and item are both 's'"),
        (BasketsOptions(**OPTIONS), "expected EventsOptions or a mapping, got BasketsOptions"),
    ],
)
def test_wrong_options_are_told(options, message):
    with pytest.raises(UsageError, match=message):
        open_events("events", options)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_is_between_zero_and_one(share):
    with pytest.raises(UsageError, match="max_missing_share: expected 0 to 1"):
        open_events("events", OPTIONS, max_missing_share=share)


def test_an_unknown_adapter_suggests_the_closest():
    with pytest.raises(PluginError, match=r"No adapter is called 'event'.*Did you mean 'events'"):
        open_events("event", OPTIONS)


def test_an_adapter_that_fails_midway_is_named_with_its_error():
    events = events_of(GOOD, TypeError("no such thing"))
    with pytest.raises(SourceError) as caught:
        list(events)
    assert str(caught.value) == "adapter 'fake' failed after 2 rows: TypeError: no such thing"
    assert isinstance(caught.value.__cause__, TypeError)


def test_errors_of_x2vec_pass_with_the_name_of_the_adapter():
    with pytest.raises(ConfigError, match=r"^adapter 'fake': bad port$"):
        list(events_of(GOOD, ConfigError("bad port")))


def test_an_interruption_passes():
    with pytest.raises(KeyboardInterrupt):
        list(events_of(GOOD, KeyboardInterrupt()))


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ([1], "read yielded list; expected pyarrow.RecordBatch"),
        (TABLE, "read yielded Table; .*to_batches"),
        (batch(item_id=[1]), "has the columns item_id; expected sequence_id and item_id"),
        (batch(sequence_id=[1], item_id=[1], price=[1]), "price; expected .* and no others"),
        (None, "^adapter 'fake': read yielded NoneType; expected pyarrow.RecordBatch"),
    ],
)
def test_what_is_no_batch_of_events_is_refused(part, message):
    with pytest.raises(SourceError, match=f"(?s){message}"):
        list(events_of(part))


TIMED = batch(sequence_id=["a"], item_id=[1], time=[1])


@pytest.mark.parametrize(("first", "second"), [(GOOD, TIMED), (TIMED, GOOD)])
def test_columns_that_come_or_go_between_batches_are_refused(first, second):
    with pytest.raises(SourceError) as caught:
        list(events_of(first, second))
    names = [", ".join(sorted(part.schema.names)) for part in (first, second)]
    assert str(caught.value) == (
        f"adapter 'fake': a batch has the columns {names[1]} after {first.num_rows} rows; "
        f"expected {names[0]}, as in the first batch. Fill what is missing with nulls."
    )


def test_an_adapter_that_yields_none_is_refused_and_not_taken_to_have_ended():
    with pytest.raises(SourceError, match="read yielded NoneType"):
        list(events_of(GOOD, None, GOOD))


def test_errors_name_the_source_and_row_that_a_batch_is_marked_with():
    bad = batch(sequence_id=["a", "b"], item_id=[1.0, 1.5])
    with pytest.raises(SourceError, match=r"^a\.log, row 12: item_id is 1\.5"):
        list(events_of(marked(bad, Place("a.log", 11))))


def test_without_marks_rows_are_counted_through_the_adapter():
    bad = batch(sequence_id=["a", "b"], item_id=[1.0, 1.5])
    with pytest.raises(SourceError, match=r"^adapter 'fake', row 4: item_id is 1\.5"):
        list(events_of(GOOD, bad))


def test_weight_and_kind_come_through():
    (only,) = events_of(batch(sequence_id=[1], item_id=[1], weight=[2], kind=["buy"]))
    assert only.to_pydict() == {
        "sequence_id": [1],
        "item_id": [1],
        "weight": [2.0],
        "kind": ["buy"],
    }


def test_a_weight_or_kind_that_is_null_stays_null():
    (only,) = events_of(
        batch(sequence_id=[1, 1], item_id=[1, 2], weight=[None, 0.5], kind=["buy", None])
    )
    assert only.column("weight").to_pylist() == [None, 0.5]
    assert only.column("kind").to_pylist() == ["buy", None]


def test_a_weight_that_is_no_number_names_source_and_row():
    bad = batch(sequence_id=[1, 1], item_id=[1, 2], weight=["2", "x"])
    with pytest.raises(SourceError, match=r"a\.log, row 12: weight is 'x', which cannot be read"):
        list(events_of(marked(bad, Place("a.log", 11))))


def test_ctrl_c_inside_duckdb_is_an_interruption_and_no_fault_of_the_adapter():
    with pytest.raises(KeyboardInterrupt):  # how DuckDB words it
        list(events_of(GOOD, RuntimeError("Query interrupted")))
    with pytest.raises(SourceError, match="RuntimeError: the query was odd"):
        list(events_of(GOOD, RuntimeError("the query was odd")))


def test_rows_read_is_always_rows_yielded_and_set_aside():
    part = batch(sequence_id=["a", None, ""], item_id=[None, "x", "y"])
    events = events_of(part, GOOD)
    n_yielded = sum(b.num_rows for b in events)
    assert (n_yielded, events.rows_read) == (2, 5)
    assert events.set_aside == {
        "item_id is null": 1,
        "sequence_id is null": 1,
        "sequence_id is empty": 1,
    }


class LeavesOut:
    """Yields one event of each batch of three, and says so."""

    name, options, ordered = "leaves_out", Nothing, True

    def read(self, options):
        for first in (1, 4):
            batch = pa.RecordBatch.from_pydict({"sequence_id": [7], "item_id": ["bread"]})
            yield marked(
                batch,
                Place("here", first),
                left_out={"too cheap": 2},
                notes=["prices are in pence"],
            )
        nothing = batch.slice(0, 0)
        yield marked(nothing, Place("here", 7), left_out={"too cheap": 1, "too dear": 3})


def test_rows_that_an_adapter_leaves_out_count_as_read_and_its_notes_are_told_once():
    events = Events(LeavesOut(), Nothing(), max_missing_share=0.0, listen=silent)
    assert sum(batch.num_rows for batch in events) == 2
    assert events.left_out == {"too cheap": 5, "too dear": 3}
    assert events.rows_read == 10
    assert events.notes == ["prices are in pence"]


def test_what_an_adapter_leaves_out_stands_in_the_ledger():
    ledger = assemble(Events(LeavesOut(), Nothing(), max_missing_share=0.0, listen=silent)).ledger
    assert (ledger.rows_in, ledger.rows_out) == (10, 2)
    assert [(r.reason, r.rows) for r in ledger.removals] == [("too cheap", 5), ("too dear", 3)]


class Ruled(LeavesOut):
    def rules(self, options):
        return {"gap": "30m"}


def test_the_rules_that_an_adapter_asks_for_are_part_of_its_events():
    assert Events(Ruled(), Nothing(), max_missing_share=0, listen=silent).rules == {"gap": "30m"}
    assert Events(LeavesOut(), Nothing(), max_missing_share=0, listen=silent).rules == {}
