"""A small shop whose answer is known: a written job with its files."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

GENRES = 4
SIZE = 8  # items of a genre


def write_shop(folder, *, n_baskets=600, seed=0, **sections):
    """Write orders.parquet, products.parquet and job.toml; items of one genre are bought together.

    Item ``g * SIZE + i`` is product i of genre g. Returns the job's path.
    """
    draws = np.random.default_rng(seed)
    genre = draws.integers(0, GENRES, n_baskets)
    items = [draws.choice(SIZE, 4, replace=False) + SIZE * g for g in genre]
    basket = np.repeat(np.arange(n_baskets), 4)
    minutes = np.repeat(np.arange(n_baskets), 4).astype("timedelta64[m]")
    orders = {
        "basket_id": basket,
        "product_id": np.concatenate(items),
        "ordered_at": np.datetime64("2024-03-01T09:00", "us") + minutes,
    }
    pq.write_table(pa.table(orders), folder / "orders.parquet")
    products = {
        "product_id": np.arange(GENRES * SIZE),
        "title": [f"genre {item // SIZE} product {item % SIZE}" for item in range(GENRES * SIZE)],
    }
    pq.write_table(pa.table(products), folder / "products.parquet")
    job = {
        "source": (
            'adapter = "baskets"\npath = "orders.parquet"\nsequence = "basket_id"\n'
            'item = "product_id"\ntime = "ordered_at"'
        ),
        "items": 'path = "products.parquet"\nitem = "product_id"',
        "model": "vector_size = 16\nepochs = 5\nsample = 0",
        "evaluate": "k = [5]",
        "publish": 'store = "store"',
        **sections,
    }
    text = "\n\n".join(f"[{name}]\n{body}" for name, body in job.items() if body is not None)
    (folder / "job.toml").write_text(text, encoding="utf-8")
    return folder / "job.toml"
