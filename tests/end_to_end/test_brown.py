"""The Brown corpus as it is packed, with fewer epochs: a word stands near its kin."""

import pytest
from real_data import card_of, path_to, run_example

import x2vec

GROUPS = {
    "months": "january february march april may june july august september october november "
    "december",
    "numbers": "two three four five six seven eight nine ten",
    "family": "father mother brother sister son daughter wife husband uncle aunt",
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run pipelines/brown.toml, beside the data, with as few epochs as show its point."""
    folder = tmp_path_factory.mktemp("brown")
    return run_example("brown", folder, data="words", changes={"epochs = 15": "epochs = 10"})


def test_every_token_is_read_and_accounted_for(ran):
    report, _ = ran
    assert (report.read.rows_in, report.read.sequences_in) == (1_161_192, 57_159)
    removals = {removal.reason: removal.rows for removal in report.trained.removals}
    assert removals["token is punctuation"] == 147_873
    assert report.n_tokens + sum(removals.values()) == 1_161_192


@pytest.mark.parametrize("group", GROUPS)
def test_the_nearest_words_of_a_group_are_mostly_of_that_group(ran, group):
    """A third of the five nearest: by chance it is less than one in a thousand."""
    _, embeddings = ran
    group = GROUPS[group].split()
    chance = (len(group) - 1) / (len(embeddings) - 1)
    found = embeddings.similar(group, k=5).to_pandas()
    assert found.item_id.isin(group).mean() > 1 / 3 > 300 * chance


def test_the_card_says_what_the_data_are(ran):
    report, _ = ran
    counts = card_of("brown")["counts"]
    assert (counts["tokens"], counts["lines"]) == (report.read.rows_in, report.read.sequences_in)
    assert counts["documents"] == 500


def test_documents_and_words_are_as_many_as_the_card_says():
    path = str(path_to("words", "brown.zip"))
    documents = x2vec.read(
        "text", path, inside="brown/c???", tagged="/", drop_punctuation=True, sequence="document"
    )
    assert (len(documents), documents.n_items, documents.names[0].as_py()) == (500, 49_796, "ca01")
