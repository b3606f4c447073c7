"""An interrupted training goes on to the bytes of an uninterrupted one, or says why it cannot."""

import json
from pathlib import Path

import numpy as np
import pytest
from engines import engine_of, offer
from shop import write_shop

import x2vec
from x2vec.errors import (
    ConfigError,
    DamagedError,
    DivergedError,
    QualityFloorError,
    StorageError,
    UsageError,
)
from x2vec.jobs import checkpoints
from x2vec.progress import Notice, Progress
from x2vec.training import Matrices

MODEL = "vector_size = 16\nepochs = 6"
OFTEN = "checkpoint_every = 0.0001"  # after each slice
SHORT = "vector_size = 16\nepochs = 2"
SEQUENCES = x2vec.Sequences.from_lists(
    [[f"{(7 * n + step) % 53:02}" for step in range(5)] for n in range(3000)]
)
EPOCHS = x2vec.SkipGram(vector_size=16, epochs=6)


def interrupt_at(share):
    """Make a listener that interrupts once this share of the training is done."""

    def listen(event):
        is_far = isinstance(event, Progress) and event.done / (event.total or 1) >= share
        if event.stage == "train" and is_far:
            raise KeyboardInterrupt

    return listen


def interrupted(call, *arguments, at=0.5, **options):
    """Call and interrupt; return what the interrupt says."""
    with pytest.raises(KeyboardInterrupt) as stop:
        call(*arguments, **options, listen=interrupt_at(at))
    return " ".join(getattr(stop.value, "__notes__", []))


def heard(call, *arguments, **options):
    """Call, and return what came of it with the notices."""
    events = []
    made = call(*arguments, **options, listen=events.append)
    return made, " ".join(event.text for event in events if isinstance(event, Notice))


def bytes_of(report):
    return [
        (Path(report.version) / name).read_bytes() for name in ("items.parquet", "context.parquet")
    ]


def checkpoint_of(job):
    return job.parent / "store" / ".checkpoint"


@pytest.mark.parametrize(
    ("first", "then", "model"),
    [
        ("workers = 1", "workers = 1", MODEL),
        (f"workers = 1\n{OFTEN}", "workers = 1\ncheckpoint_every = 0", SHORT),
        ("deterministic = true\nworkers = 2", "deterministic = true\nworkers = 4", MODEL),
        ("patience = 3\nvalidation_queries = 40", "patience = 3\nvalidation_queries = 40", MODEL),
    ],
    ids=["one worker", "kept often", "deterministic", "early stopping"],
)
def test_a_resumed_run_publishes_the_bytes_and_figures_of_an_uninterrupted_one(
    tmp_path, first, then, model
):
    whole = x2vec.run(write_shop(tmp_path, n_baskets=2000, model=model, training=first))
    job = write_shop(tmp_path, n_baskets=2000, model=model, training=first)
    for share in (0.2, 0.6):
        said = interrupted(x2vec.run, job, at=share, resume=True, force=True)
        assert said.startswith("nothing was published; the training, at epoch ")
        assert f"is kept in {checkpoint_of(job)}: run again with --resume" in said
    job = write_shop(tmp_path, n_baskets=2000, model=model, training=then)
    report, said = heard(x2vec.run, job, resume=True)
    assert "goes on from epoch " in said
    assert bytes_of(report) == bytes_of(whole)
    assert report.losses == whole.losses
    assert report.early_stopping == whole.early_stopping
    assert report.evaluation.measurements == whole.evaluation.measurements
    assert not checkpoint_of(job).exists()


def test_training_in_python_goes_on_too(tmp_path):
    place = tmp_path / "place"
    whole = x2vec.train(SEQUENCES, EPOCHS)
    said = interrupted(x2vec.train, SEQUENCES, EPOCHS, checkpoint=place)
    assert f"is kept in {place}" in said
    again, said = heard(x2vec.train, SEQUENCES, EPOCHS, checkpoint=place, resume=True)
    assert "goes on from epoch " in said
    assert again.vectors.tobytes() == whole.vectors.tobytes()
    assert again.context_vectors.tobytes() == whole.context_vectors.tobytes()
    assert not place.exists()


def test_a_checkpoint_of_another_training_is_refused_with_every_key_that_differs(tmp_path):
    job = write_shop(tmp_path, model=MODEL)
    interrupted(x2vec.run, job)
    other = "vector_size = 16\nepochs = 7\nalpha = 0.05"
    with pytest.raises(ConfigError) as refused:
        x2vec.run(write_shop(tmp_path, model=other, training="seed = 2"), resume=True)
    lines = str(refused.value).splitlines()
    assert lines[0] == f"{checkpoint_of(job)}: the checkpoint is of another training:"
    assert lines[1:4] == [
        "  model.epochs: 6 in the checkpoint, 7 now",
        "  model.alpha: 0.025 in the checkpoint, 0.05 now",
        "  training.seed: 1 in the checkpoint, 2 now",
    ]
    assert lines[-1].startswith("To go on, set these back. To start anew, run without --resume")
    assert len(lines) == 5


def test_a_checkpoint_of_other_data_is_refused_as_such(tmp_path):
    interrupted(x2vec.run, write_shop(tmp_path, model=MODEL))
    job = write_shop(tmp_path, model=MODEL, seed=1)
    with pytest.raises(ConfigError, match=r"training data \(sha256\): '.*' in the checkpoint"):
        x2vec.run(job, resume=True)
    assert checkpoint_of(job).exists()


def test_other_workers_are_another_training_unless_it_is_deterministic(tmp_path):
    interrupted(x2vec.run, write_shop(tmp_path, model=MODEL, training="workers = 1"))
    with pytest.raises(ConfigError, match=r"training\.workers: 1 in the checkpoint, 2 now"):
        x2vec.run(write_shop(tmp_path, model=MODEL, training="workers = 2"), resume=True)


def test_what_decides_about_no_byte_may_change_between_two_runs(tmp_path):
    interrupted(x2vec.run, write_shop(tmp_path, model=MODEL))
    job = write_shop(
        tmp_path, model=MODEL, training="checkpoint_every = 7\nvalidation_queries = 9",
        evaluate='k = [3]\nfloor = { metric = "hr@3", minimum = 0.1 }',
    )  # fmt: skip
    assert "goes on from" in heard(x2vec.run, job, resume=True)[1]


def test_without_a_checkpoint_resume_starts_anew_and_says_so(tmp_path):
    job = write_shop(tmp_path, model=MODEL)
    report, said = heard(x2vec.run, job, resume=True)
    assert f"no checkpoint in {checkpoint_of(job)}: training starts anew" in said
    assert said in " ".join(report.notices)


def test_without_resume_the_old_checkpoint_is_told_and_gone_after_publishing(tmp_path):
    job = write_shop(tmp_path, model=MODEL)
    interrupted(x2vec.run, job)
    _, said = heard(x2vec.run, job)
    assert f"starts anew, and replaces the checkpoint in {checkpoint_of(job)}, of epoch " in said
    assert "--resume (in Python resume=True) would have gone on" in said
    assert not checkpoint_of(job).exists()


def test_a_damaged_checkpoint_is_refused_and_replaced_without_resume(tmp_path):
    job = write_shop(tmp_path, model=MODEL)
    interrupted(x2vec.run, job)
    (checkpoint_of(job) / "checkpoint.json").write_text("{}")
    with pytest.raises(DamagedError, match=r"not those that were written. Run without --resume"):
        x2vec.run(job, resume=True)
    assert "not those that were written" in heard(x2vec.run, job)[1]
    assert not checkpoint_of(job).exists()


def test_below_the_floor_the_checkpoint_stays_for_a_run_with_a_lower_one(tmp_path):
    job = write_shop(
        tmp_path, model=SHORT, training=OFTEN,
        evaluate='k = [5]\nfloor = { metric = "mrr@5", minimum = 0.99 }',
    )  # fmt: skip
    with pytest.raises(QualityFloorError):
        x2vec.run(job)
    assert [path.name for path in (tmp_path / "store").iterdir()] == [".checkpoint"]
    assert "goes on from" in heard(x2vec.run, write_shop(tmp_path, model=SHORT), resume=True)[1]


def test_a_checkpoint_that_cannot_be_written_is_told_and_training_goes_on(tmp_path, monkeypatch):
    def refuse(*_):
        raise StorageError("need 1 MB")

    monkeypatch.setattr(checkpoints, "check_space", refuse)
    job = write_shop(tmp_path, model=SHORT, training=OFTEN)
    report, said = heard(x2vec.run, job)
    assert "no checkpoint is written: need 1 MB" in said
    assert Path(report.version).exists()
    assert (
        interrupted(x2vec.run, job, force=True) == ""
    )  # nothing is kept, so nothing is said of it


def test_a_second_run_for_the_same_store_does_not_touch_the_checkpoint_of_the_first(tmp_path):
    job = write_shop(tmp_path, model=SHORT, training=OFTEN)
    interrupted(x2vec.run, job)
    before = (checkpoint_of(job) / "checkpoint.json").read_bytes()
    with checkpoints.Checkpoint(checkpoint_of(job)) as first:
        first.read()
        for resume in (False, True):
            with pytest.raises(StorageError, match="another run is at work there"):
                x2vec.run(job, resume=resume)
    assert (checkpoint_of(job) / "checkpoint.json").read_bytes() == before


def test_an_engine_that_keeps_no_checkpoint_says_so_where_it_is_asked_to(tmp_path):
    job = write_shop(tmp_path, n_baskets=60, training='engine = "gensim"')
    assert "'gensim' keeps no checkpoint: training starts anew" in heard(
        x2vec.run, job, resume=True
    )[1]  # fmt: skip
    with pytest.raises(ConfigError, match="'gensim' keeps no checkpoint; engine 'native' does"):
        x2vec.train(SEQUENCES, engine="gensim", checkpoint=tmp_path / "place")
    with pytest.raises(UsageError, match="resume needs the checkpoint's directory"):
        x2vec.train(SEQUENCES, resume=True)


def test_vectors_that_are_not_finite_replace_no_checkpoint(tmp_path, monkeypatch):
    def diverges_in_epoch_three(corpus, epoch):
        vectors = np.full((corpus.n_items, 16), epoch if epoch < 3 else np.inf, np.float32)
        return Matrices(vectors, vectors)

    offer(monkeypatch, engine_of(diverges_in_epoch_three))
    with pytest.raises(DivergedError):
        x2vec.train(
            SEQUENCES, EPOCHS, engine="made", checkpoint=tmp_path / "p", checkpoint_every=0.01
        )
    facts = json.loads((tmp_path / "p" / "checkpoint.json").read_text())
    assert facts["epoch"] == 2


# An interrupt that comes too late


@pytest.mark.parametrize("at", ["the pointer is there", "the lock is let go", "removing"])
def test_interrupted_after_publishing_the_interrupt_says_what_is_published(
    tmp_path, monkeypatch, at
):
    from x2vec.embeddings import publishing

    job = write_shop(tmp_path, model=SHORT, training=OFTEN)
    store = tmp_path / "store"

    def stop_once_published(real):
        def step(*arguments, **options):
            made = real(*arguments, **options)
            if (store / "LATEST").exists():
                raise KeyboardInterrupt
            return made

        return step

    if at == "the pointer is there":
        monkeypatch.setattr(
            publishing, "sync_directory", stop_once_published(publishing.sync_directory)
        )
    elif at == "the lock is let go":
        monkeypatch.setattr(publishing, "_add", stop_once_published(publishing._add))
    else:
        remove = stop_once_published(checkpoints.Checkpoint.remove)
        monkeypatch.setattr(checkpoints.Checkpoint, "remove", remove)
    with pytest.raises(KeyboardInterrupt) as stop:
        x2vec.run(job)
    assert stop.value.__notes__ == [f"{store}/v000001 is published"]
    assert len(x2vec.load(store)) == 32


def test_interrupted_before_the_pointer_nothing_is_said_to_be_published(tmp_path, monkeypatch):
    from x2vec.embeddings import publishing

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "sync_directory", stop)
    with pytest.raises(KeyboardInterrupt) as caught:
        x2vec.run(write_shop(tmp_path, model=MODEL))
    assert not hasattr(caught.value, "__notes__")
    assert not (tmp_path / "store" / "LATEST").exists()
