"""The rule on times: units inferred where unambiguous, UTC inside, one kind per source."""

from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest

from x2vec.adapters import open_events
from x2vec.adapters.base import Place
from x2vec.adapters.border.times import TimeColumn
from x2vec.errors import SourceError

MOMENT = datetime(2014, 4, 7, 0, 1, 23, tzinfo=UTC)
SECONDS = 1_396_828_883
PLACE = Place("clicks.csv", 1)


def read(column, unit="auto"):
    return TimeColumn(unit).read(column, PLACE).values.to_pylist()


def refused(column, unit="auto"):
    with pytest.raises(SourceError) as caught:
        TimeColumn(unit).read(column, PLACE)
    return str(caught.value)


def test_the_moment_and_its_seconds_are_the_same():
    assert datetime.fromtimestamp(SECONDS, tz=UTC) == MOMENT


@pytest.mark.parametrize(
    ("unit", "name", "per_second"),
    [
        ("s", "seconds", 1),
        ("ms", "milliseconds", 10**3),
        ("us", "microseconds", 10**6),
        ("ns", "nanoseconds", 10**9),
    ],
)
@pytest.mark.parametrize("kind", [pa.int64(), pa.float64(), pa.string()], ids=str)
def test_the_unit_of_numbers_is_inferred_and_told(unit, name, per_second, kind):
    numbers = pa.array([SECONDS * per_second, None], pa.int64()).cast(kind, safe=False)
    times = TimeColumn()
    assert times.read(numbers, PLACE).values.to_pylist() == [MOMENT, None]
    assert times.notes() == [
        f"time: numbers read as {name} since 1970 ({SECONDS * per_second} is 2014-04-07 00:01:23)"
    ]
    assert read(numbers, unit)[0] == MOMENT


def test_seconds_with_a_fraction_keep_it():
    expected = MOMENT + timedelta(microseconds=940_000)
    assert read(pa.array([SECONDS + 0.94])) == [expected]
    assert read(pa.array([f"{SECONDS}.94"])) == [expected]


def test_small_numbers_are_positions_and_that_is_told():
    times = TimeColumn()
    assert times.read(pa.array([0, 3, 10**8]), PLACE).values.to_pylist() == [0, 3, 10**8]
    assert times.notes() == ["time: small numbers, such as 0, read as positions"]


def test_positions_may_be_anything_whole_where_the_unit_is_set():
    assert read(pa.array([-5, SECONDS, 2**62]), "position") == [-5, SECONDS, 2**62]
    assert "a position is a whole number" in refused(pa.array([1.5]), "position")
    assert "needs whole numbers" in refused(pa.array([MOMENT]), "position")


@pytest.mark.parametrize(
    "numbers",
    [
        [SECONDS, SECONDS * 1000],  # two units
        [17, SECONDS],  # a position and a time
        [10**11],  # no unit
        [-5],
    ],
)
def test_numbers_of_no_single_unit_ask_for_it(numbers):
    assert 'Set time_unit = "s", "ms", "us", "ns" or "position"' in refused(pa.array(numbers))


def test_dates_written_as_numbers_are_neither_seconds_nor_positions():
    message = refused(pa.array([20140407, 20141231]))
    assert "numbers such as 20140407, which look like dates" in message
    assert read(pa.array([20140407]), "position") == [20140407]


@pytest.mark.parametrize(
    ("number", "unit", "likely"),
    [
        (SECONDS * 1000, "s", "milliseconds"),
        (SECONDS, "ms", "seconds"),
        (SECONDS * 10**9, "us", "nanoseconds"),
    ],
)
def test_a_year_far_from_ours_names_the_row_and_the_likely_unit(number, unit, likely):
    good = SECONDS * {"s": 1, "ms": 10**3, "us": 10**6}[unit]
    message = refused(pa.array([good, number]), unit)
    assert message.startswith(f"clicks.csv, row 2: time is {number}, as ")
    assert f"expected the years 1990 to 2100. It looks like {likely}" in message


def test_later_batches_are_held_to_the_inferred_unit():
    times = TimeColumn()
    times.read(pa.array([SECONDS]), PLACE)
    with pytest.raises(SourceError, match=r"row 102: .*It looks like milliseconds"):
        times.read(pa.array([SECONDS, SECONDS * 1000]), Place("clicks.csv", 101))


@pytest.mark.parametrize(
    ("number", "says"),
    [(SECONDS, ", which looks like seconds since 1970"), (-1, ""), (10**11, "")],
)
def test_later_batches_are_held_to_the_inferred_positions(number, says):
    times = TimeColumn()
    times.read(pa.array([0, 17]), PLACE)
    assert times.read(pa.array([18]), PLACE).values.to_pylist() == [18]
    with pytest.raises(SourceError) as caught:
        times.read(pa.array([18, None, number]), Place("clicks.csv", 101))
    message = f"clicks.csv, row 103: time is {number}{says}; the first rows were read as positions"
    assert str(caught.value).startswith(message)
    assert 'Set time_unit = "position"' in str(caught.value)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns", "position"])
@pytest.mark.parametrize("column", [pa.array([MOMENT]), pa.array(["2014-04-07"])], ids=str)
def test_a_unit_given_for_times_that_are_no_numbers_is_refused(unit, column):
    message = refused(column, unit)
    assert f'time_unit = "{unit}" needs ' in message
    assert message.endswith("Leave time_unit out.")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Berlin"])
def test_timestamps_of_any_unit_and_zone_become_utc_microseconds(unit, zone):
    column = pa.array([MOMENT, None]).cast(pa.timestamp(unit, "UTC")).cast(pa.timestamp(unit, zone))
    times = TimeColumn()
    values = times.read(column, PLACE).values
    assert values.type == pa.timestamp("us", "UTC")
    assert values.to_pylist() == [MOMENT, None]
    assert times.notes() == ([] if zone else ["time: no time zone is given; taken as UTC"])


def test_timestamps_made_from_another_unit_say_which():
    column = pa.array([SECONDS]).cast(pa.timestamp("ms"))
    message = refused(column)
    assert "1970-01-17 04:00:28" in message  # 1,396,828 s are 16 days and 4 hours
    assert "It looks like seconds that were converted as another unit" in message


def test_dates_are_midnight_utc():
    day = datetime(2014, 4, 7, tzinfo=UTC)
    assert read(pa.array([date(2014, 4, 7)])) == [day]
    assert read(pa.array([date(2014, 4, 7)], pa.date64())) == [day]
    assert read(pa.array(["2014-04-07"])) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "2014-04-07 00:01:23",
        "2014-04-07T00:01:23",
        "2014-04-07T00:01:23Z",
        "2014-04-07T00:01:23.000000999Z",
        "2014-04-07T02:01:23+02:00",
        "2014-04-07 02:01:23+0200",
        "2014-04-06T22:01:23-02",
    ],
)
def test_iso_text_is_read(text):
    assert read(pa.array([text, "", None])) == [MOMENT, None, None]


@pytest.mark.parametrize("text", ["07/04/2014 8:26", "2014-02-30", "yesterday", "nan"])
def test_text_that_is_no_iso_time_names_the_row(text):
    message = refused(pa.array(["2014-04-07", text]))
    assert message.startswith(f"clicks.csv, row 2: time is '{text}'; expected ISO 8601")


ZONED = pa.array(["2014-04-07T00:01:23Z"])
NAIVE = pa.array(["2014-04-07T00:01:23"])


def test_naive_and_aware_mixed_in_one_batch_name_the_row():
    message = refused(pa.concat_arrays([NAIVE, NAIVE, ZONED]))
    assert message.startswith("clicks.csv, row 3: time holds times with a time zone, and before")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (ZONED, NAIVE),
        (NAIVE, ZONED),
        (pa.array([MOMENT]), NAIVE),
        (pa.array([date(2014, 4, 7)]), pa.array([MOMENT])),
        (pa.array([SECONDS]), NAIVE),
    ],
)
def test_kinds_mixed_across_batches_are_refused(first, second):
    times = TimeColumn()
    times.read(first, PLACE)
    with pytest.raises(SourceError, match=r"b\.csv, row 1 and after: time holds .* and before"):
        times.read(second, Place("b.csv", 1))


def test_a_batch_without_times_settles_nothing():
    times = TimeColumn()
    assert times.read(pa.array([None, None], pa.int64()), PLACE).values.null_count == 2
    assert times.read(ZONED, PLACE).values.to_pylist() == [MOMENT]


@pytest.mark.parametrize("column", [pa.array([True]), pa.array([[1]]), pa.array([timedelta(1)])])
def test_a_type_that_is_no_time_is_refused(column):
    assert "expected timestamps, dates, ISO 8601 text or numbers" in refused(column)


def test_an_infinite_time_is_refused():
    assert "time is infinite" in refused(pa.array([float(SECONDS), float("inf")]), "s")


def test_missing_times_are_set_aside_by_reason():
    table = pa.table({"s": [1, 1, 1], "i": [1, 2, 3], "t": [SECONDS, float("nan"), None]})
    options = {"path": table, "sequence": "s", "item": "i", "time": "t"}
    events = open_events("events", options, max_missing_share=1)
    assert [batch.column("time").to_pylist() for batch in events] == [[MOMENT]]
    assert events.set_aside == {"time is null": 1, "time is NaN": 1}


def test_offsets_move_the_moment():
    local = MOMENT.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert read(pa.array([local.isoformat()])) == [MOMENT]
