"""A shop with a job, an item table, and items in it that nobody has bought yet."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

GENRES = ("tea", "soap", "lamp", "rope")
KNOWN = 20  # items of a genre that are bought
NEW = 5  # items of a genre that are not

COLD = 'categories = "genre"\nrungs = ["ridge", "category centroid"]'


def write_cold_shop(folder, *, cold=COLD, n_baskets=400, seed=0, **sections):
    """Write orders.parquet, products.parquet and job.toml; items of one genre are bought together.

    Ids are ``tea 0`` to ``tea 24``, the last five of a genre are new. Returns the job's path.
    """
    draws = np.random.default_rng(seed)
    genre = draws.integers(0, len(GENRES), n_baskets)
    items = [f"{GENRES[one]} {n}" for one in genre for n in draws.choice(KNOWN, 4, replace=False)]
    orders = {"order": np.repeat(np.arange(n_baskets), 4), "sku": items}
    pq.write_table(pa.table(orders), folder / "orders.parquet")
    pq.write_table(item_table(range(KNOWN + NEW)), folder / "products.parquet")
    job = {
        "source": 'adapter = "baskets"\npath = "orders.parquet"\nsequence = "order"\nitem = "sku"',
        "items": 'path = "products.parquet"\nitem = "sku"',
        "cold_start": cold,
        "model": "vector_size = 8\nepochs = 10\nalpha = 0.1\nsample = 0",
        "publish": 'store = "store"',
        **sections,
    }
    text = "\n\n".join(f"[{name}]\n{body}" for name, body in job.items() if body is not None)
    (folder / "job.toml").write_text(text, encoding="utf-8")
    return folder / "job.toml"


def item_table(numbers, *, genres=GENRES):
    """Return an item table of so many items of each genre: their ids, genres, titles and prices."""
    rows = [(genre, n) for genre in genres for n in numbers]
    return pa.table(
        {
            "sku": [f"{genre} {n}" for genre, n in rows],
            "genre": [genre for genre, _ in rows],
            "title": [f"{genre} number {n}" for genre, n in rows],
            "price": [1.0 + n for _, n in rows],
        }
    )


def genres_of(items):
    """Return the genre in each id."""
    return [item.split()[0] for item in items]
