"""x2vec recommend shows what comes next for one history; x2vec similar takes conditions too."""

import inspect
import json

import pyarrow as pa
import pytest

import x2vec
from x2vec.cli.recommend import command
from x2vec.recommendation import Selection

EVIL = "red\x1b[31m"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Seven and eight are alike, nine and minus four too."""
    plane = [(1, 0), (1, 0.1), (0, 1), (0.1, 0.9), (0.5, 0.5)]
    metadata = pa.table({"kind": ["a", "a", "b", "b", "b"], "title": ["x", "y", EVIL, "z", None]})
    shop = x2vec.Embeddings([7, 8, 9, -4, 5], plane, counts=[5, 4, 3, 2, 1], metadata=metadata)
    return str(shop.save(tmp_path_factory.mktemp("shop") / "shop"))


def test_a_history_is_shown_and_what_comes_next(shop, told):
    code, out, _ = told("recommend", shop, 7, 9, "-k", 2)
    lines = out.splitlines()
    assert code == 0
    assert lines[:3] == ["7 · a · x", r"9 · b · red\x1b[31m", ""]
    assert lines[3].split() == ["item_id", "rank", "score", "kind", "title"]
    assert [line.split()[0] for line in lines[4:]] == ["5", "-4"]  # cosines 1, 0.781; 8 has 0.774


def test_for_machines_it_is_one_line_of_json(shop, told):
    _, out, _ = told("recommend", shop, 7, "--keep-seen", "-k", 2, "--json")
    assert out.count("\n") == 1
    rows = json.loads(out)
    assert [row["item_id"] for row in rows] == [7, 8]
    assert list(rows[0]) == ["item_id", "rank", "score", "kind", "title"]


def items(out):
    return [row["item_id"] for row in json.loads(out)]


def test_conditions_limits_and_mixing_reach_the_verb(shop, told):
    def recommended(*words):
        return items(told("recommend", shop, "--json", *words)[1])

    assert recommended(7, "--where", "kind = 'b'") == [5, -4, 9]
    assert recommended(7, "--exclude", 8, "--max-per", "kind=1") == [5]
    assert recommended(7, "-k", 2, "--diversity", 1.0) == [8, 9]
    assert recommended(7, "--damping", 9, "-k", 1) == [5]
    assert recommended("--", 9, -4) == [5, 8, 7]
    assert recommended("--prefer", "kind=a", "-k", 2) == [7, 8]  # 7 has five events, 8 four
    assert recommended("--prefer", "kind=a", "--prefer", "title=y", "-k", 1) == [8]
    similar = told("similar", shop, 7, "--where", "kind = 'b'", "--json")
    assert items(similar[1]) == [5, -4, 9]


def test_a_condition_that_nothing_meets_is_said_to(shop, told):
    assert told("recommend", shop, 7, "--where", "count > 99")[1].endswith(
        "nothing that may be shown\n"
    )


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "items"),
        ((77,), 3, "No item 77 among 5. Closest: 7"),
        ((7, "-k", 0), 2, "k must be a whole number from 1 on, not 0"),
        ((7, "--where", "kin = 'b'"), 2, "no column 'kin'; did you mean 'kind'?"),
        ((7, "--max-per", "kind"), 2, "expected a column and a number, such as category=3"),
        ((7, "--max-per", "kin=1"), 2, "no column 'kin'"),
        (("--prefer", "kind"), 2, "expected a column and a value, such as genre=Comedy"),
        (("--prefer", "kind=zz"), 2, "no item has kind = 'zz'"),
        ((7, "--diversity", "nan"), 2, "diversity must be a number from 0 to 1, not nan"),
        ((-4,), 2, "x2vec recommend STORE -- -12"),
    ],
)
def test_wrong_use_is_told(shop, told, words, code, message):
    found, out, err = told("recommend", shop, *words)
    assert found == code
    assert out == ""
    assert message in " ".join(err.split())


def test_the_options_have_the_defaults_of_the_verb():
    said = {name: one.default for name, one in inspect.signature(command).parameters.items()}
    chosen = Selection()
    assert said["k"] == chosen.k
    assert said["keep_seen"] is not chosen.exclude_seen
    assert [said[name] for name in ("where", "exclude", "diversity", "damping")] == [
        chosen.where,
        chosen.exclude,
        chosen.diversity,
        chosen.damping,
    ]
