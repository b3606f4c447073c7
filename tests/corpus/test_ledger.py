"""The ledger's sums always agree."""

import pytest

from x2vec.corpus import Ledger, Removal


def test_what_goes_in_comes_out_or_is_removed():
    ledger = Ledger.of(rows=10, sequences=4).without(Removal("a", 2, 1), Removal("b", 3))
    assert (ledger.rows_out, ledger.sequences_out) == (10 - 2 - 3, 4 - 1)
    assert ledger.removals == (Removal("a", 2, 1), Removal("b", 3, 0))


def test_removals_of_one_reason_add_up():
    ledger = Ledger.of(rows=10, sequences=4).without(Removal("a", 2)).without(Removal("a", 1, 1))
    assert ledger.removals == (Removal("a", 3, 1),)


def test_cutting_adds_sequences_and_no_rows():
    ledger = Ledger.of(rows=10, sequences=4).cut_into(6, at="gaps longer than 30m")
    assert (ledger.sequences_cut, ledger.sequences_out, ledger.rows_out) == (2, 6, 10)


def test_sums_that_do_not_agree_are_refused():
    with pytest.raises(ValueError, match="10 rows in, 9 out, 0 removed"):
        Ledger(rows_in=10, rows_out=9, sequences_in=1, sequences_out=1)
    with pytest.raises(ValueError, match="3 sequences in"):
        Ledger(rows_in=1, rows_out=1, sequences_in=3, sequences_out=1)


def test_it_reads_as_a_table_of_reasons():
    ledger = Ledger.of(rows=1500, sequences=40).without(Removal("item_id is null", 500, 3))
    assert str(ledger).splitlines() == [
        "         1,500 rows in, 40 sequences",
        "          -500 item_id is null, 3 sequences",
        "         1,000 rows out, 37 sequences",
    ]
