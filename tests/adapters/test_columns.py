"""Missing columns: all of them in one message, each with what to set."""

import pyarrow as pa
import pytest

from x2vec.adapters import open_events
from x2vec.errors import SourceError


def message_for(tmp_path, header, **options):
    path = tmp_path / "events.csv"
    path.write_text(f"{header}\n")
    options = {"path": str(path), "sequence": "session", "item": "item_id", **options}
    with pytest.raises(SourceError) as caught:
        list(open_events("events", options))
    return str(caught.value).removeprefix(f"adapter 'events': {tmp_path}/")


def test_a_missing_column_names_those_found_and_suggests_one(tmp_path):
    expected = "events.csv: no column 'item_id'; found 'session', 'sku', 'ts'. Set item = \"sku\"."
    assert message_for(tmp_path, "session,sku,ts") == expected


def test_the_closest_name_is_suggested(tmp_path):
    assert message_for(tmp_path, "session,ITEM_ID,sku").endswith('Set item = "ITEM_ID".')


def test_all_missing_columns_stand_in_one_message(tmp_path):
    assert message_for(tmp_path, "SessionId,ItemId,Time", time="when") == (
        "events.csv: no column 'session' and no column 'item_id' and no column 'when'; "
        "found 'SessionId', 'ItemId', 'Time'. "
        'Set sequence = "SessionId". Set item = "ItemId". Set time = "Time".'
    )


def test_without_an_idea_it_says_so(tmp_path):
    assert message_for(tmp_path, "session,x,y").endswith("Set item to one of them.")


def test_many_columns_are_counted_not_listed(tmp_path):
    header = ",".join(f"c{number}" for number in range(50))
    assert "'c19' and 30 more." in message_for(tmp_path, header)


def test_two_columns_of_the_wanted_name_are_refused(tmp_path):
    message = message_for(tmp_path, "session,item_id,item_id")
    assert message == "events.csv: 2 columns are called 'item_id'. Rename all but one."


def test_every_file_is_checked_before_the_first_row_is_read(tmp_path):
    (tmp_path / "a.csv").write_text("session,item_id\n1,2\n")
    (tmp_path / "b.csv").write_text("session,sku\n1,2\n")
    events = open_events(
        "events", {"path": str(tmp_path / "*.csv"), "sequence": "session", "item": "item_id"}
    )
    with pytest.raises(SourceError, match=r"b\.csv: no column 'item_id'"):
        list(events)
    assert events.rows_read == 0


def test_a_table_in_memory_goes_by_its_kind():
    table = pa.table({"session": [1], "sku": [2]})
    with pytest.raises(SourceError, match="the pyarrow Table: no column 'item'"):
        list(open_events("events", {"path": table, "sequence": "session", "item": "item"}))


def test_options_without_a_likely_column_are_named_together(tmp_path):
    path = tmp_path / "clicks.csv"
    path.write_text("x,y\n1,2\n")
    with pytest.raises(SourceError, match=r"Set sequence, item to those of them that hold such\.$"):
        list(open_events("events", {"path": str(path), "sequence": "session", "item": "sku"}))
