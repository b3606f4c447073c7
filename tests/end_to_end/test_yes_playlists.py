"""Radio playlists as they are: the job reads all of them, and a song stands near its artist's."""

import numpy as np
import pytest
from real_data import card_of, path_to, run_example

from x2vec.adapters.playlists import PlaylistsAdapter, PlaylistsOptions


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """Run pipelines/yes_playlists.toml as it is, beside the data."""
    return run_example("yes_playlists", tmp_path_factory.mktemp("yes"), data="yes-playlists")


@pytest.fixture(scope="module")
def songs():
    """Return the item table of the adapter, with tags."""
    folder = path_to("yes-playlists")
    files = {"songs": "song_hash.txt", "tags": "tags.txt", "tag_names": "tag_hash.txt"}
    told = {option: str(folder / file) for option, file in files.items()}
    return PlaylistsAdapter().items(PlaylistsOptions(str(folder / "train.txt"), **told))


def test_every_song_of_every_list_is_read_and_accounted_for(ran):
    report, _ = ran
    assert (report.read.rows_in, report.read.sequences_in) == (190_649, 18_139)
    assert report.read.sequences_out == 13_008
    removed = sum(removal.rows for removal in report.trained.removals)
    assert report.n_tokens + removed == 190_649


def test_the_item_table_holds_titles_artists_and_tags(songs):
    first = songs.slice(0, 1).to_pylist()[0]
    assert first["title"] == r"Gucci Time (w\/ Swizz Beatz)"  # as found
    assert (first["artist"], first["tags"]) == ("Gucci Mane", ["wjlb-fm", "whtd-fm"])
    assert len(songs) - songs["tags"].null_count == 7_360


def test_a_song_stands_near_its_artist_s_others_far_more_often_than_chance(ran, songs):
    """Among all songs whose artist has another; 26 times chance where the settings were chosen."""
    _, embeddings = ran
    artist_of = dict(zip(*(songs[name].to_pylist() for name in ("item_id", "artist")), strict=True))
    artists = np.array([artist_of[item] for item in embeddings])
    _, which, counts = np.unique(artists, return_inverse=True, return_counts=True)
    others = counts[which] - 1
    asked = [item for item, n in zip(embeddings, others, strict=True) if n]
    found = embeddings.similar(asked, k=10).to_pandas()
    is_same = found.query_id.map(artist_of) == found.item_id.map(artist_of)
    chance = others[others > 0].mean() / (len(embeddings) - 1)
    assert is_same.mean() > 10 * chance


def test_the_next_song_is_found_more_often_than_by_popularity(ran):
    report, _ = ran
    popularity = report.evaluation.value("hr@100", model="popularity")
    assert report.evaluation.value("hr@100", model="x2vec in-out") > 2 * popularity


def test_the_card_says_what_the_data_are(ran, songs):
    report, _ = ran
    counts = card_of("yes_playlists")["counts"]
    assert counts["events"] == report.read.rows_in
    assert counts["lists"] == report.read.sequences_in
    assert counts["songs"] == len(songs)
    assert counts["artists"] == len(songs["artist"].unique())
    assert counts["tagged_songs"] == len(songs) - songs["tags"].null_count
