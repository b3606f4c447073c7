"""The job on MovieLens' small set: a film is near its sequel, every rating accounted for."""

import pytest
from real_data import card_of, run_example

TOY_STORY, TOY_STORY_2 = "1", "3114"
STAR_WARS = ["260", "1196", "1210"]
LORD_OF_THE_RINGS = ["4993", "5952", "7153"]


@pytest.fixture(scope="module")
def movielens(tmp_path_factory):
    """Run pipelines/movielens.toml as it is; it takes seconds."""
    folder = tmp_path_factory.mktemp("movielens")
    return run_example("movielens", folder, data="ml-latest-small")


def near(embeddings, film, k=10):
    return embeddings.similar([film], k=k).to_arrow()["item_id"].to_pylist()


def test_every_rating_is_read_and_accounted_for(movielens):
    report, _ = movielens
    counts = card_of("ml_latest_small")["counts"]
    assert report.read.rows_in == counts["ratings"] == 100_836
    left_out = {removal.reason: removal.rows for removal in report.read.removals}
    assert left_out["rating below 4"] == counts["ratings"] - counts["ratings_from_4"]
    removed = sum(removal.rows for removal in report.trained.removals)
    assert report.n_tokens + removed == counts["ratings"]


def test_a_film_stands_near_its_sequel(movielens):
    _, embeddings = movielens
    assert near(embeddings, TOY_STORY)[0] == TOY_STORY_2
    for series in (STAR_WARS, LORD_OF_THE_RINGS):
        for film in series:
            assert set(series) - {film} <= set(near(embeddings, film, k=5))


def test_titles_and_genres_stand_beside_the_vectors(movielens):
    _, embeddings = movielens
    assert embeddings.metadata_of(TOY_STORY) == {
        "title": "Toy Story (1995)",
        "genres": "Adventure|Animation|Children|Comedy|Fantasy",
    }
    assert embeddings.metadata["title"].null_count == 0


def test_neighbours_share_genres_more_often_than_chance(movielens):
    _, embeddings = movielens
    genres = {item: set(text.split("|")) for item, text in zip(
        embeddings, embeddings.metadata["genres"].to_pylist(), strict=True)}  # fmt: skip
    films = list(embeddings)[:500]
    found = embeddings.similar(films, k=10).to_pandas()

    def share(pairs):
        return sum(len(genres[a] & genres[b]) / len(genres[a] | genres[b]) for a, b in pairs)

    pairs = list(zip(found.query_id, found.item_id, strict=True))
    others = found.item_id.sample(frac=1, random_state=0)  # the same films, dealt out anew
    assert share(pairs) > 1.2 * share(zip(found.query_id, others, strict=True))
