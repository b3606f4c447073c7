"""The verbs in Python: read, split, train, evaluate, run and others. Each calls rooms below."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from x2vec import embeddings as _embeddings
from x2vec import jobs as _jobs
from x2vec.corpus import Queries, SequenceRules, Sequences, Split
from x2vec.corpus import split as _split
from x2vec.embeddings import Embeddings
from x2vec.errors import ConfigError, UsageError
from x2vec.evaluation import Report
from x2vec.jobs import (
    Checkpoint,
    CheckReport,
    Limit,
    Preset,
    RunReport,
    Source,
    Training,
    Tuning,
    Update,
)
from x2vec.profiling import Profile, profile_sequences
from x2vec.progress import Listener, silent
from x2vec.training import Model, SkipGram

__all__ = [
    "check",
    "evaluate",
    "load",
    "preset",
    "profile",
    "read",
    "run",
    "split",
    "train",
    "tune",
    "update",
]


_K = 20
"""The cut-off of an evaluation, unless given."""


def read(
    adapter: str,
    source: Any,
    /,
    *,
    max_missing_share: float = Source.max_missing_share,
    listen: Listener = silent,
    **options: Any,
) -> Sequences:
    """Read any source into sequences.

    Args:
        adapter: The adapter's name, such as ``"events"`` or ``"baskets"``.
        source: What it reads: a path, a glob, several paths, or a table in memory.
        max_missing_share: Share of rows, 0 to 1, that may lack an id or a time.
        listen: Hears how many rows are read.
        options: The adapter's own options, such as ``sequence``, ``item`` and ``time``.

    Returns:
        The sequences as they stand in the source, cut and cleaned as the adapter's options ask;
        ``clean`` cuts and filters them further. Their ledger counts the rows that were set aside.

    Raises:
        PluginError: No such adapter.
        UsageError: An option that the adapter does not have.
        SourceError: The source cannot be read, or its rows break the schema of events.

    Example:
        >>> import pyarrow as pa
        >>> table = pa.table({"order": [1, 1, 2], "sku": ["tea", "milk", "tea"]})
        >>> read("baskets", table, sequence="order", item="sku")
        <2 baskets, 3 events, 2 items>
    """
    return _jobs.read_sequences(
        adapter, {"path": source, **options}, max_missing_share=max_missing_share, listen=listen
    )


def preset(shape: str) -> Preset:
    """Return settings that suit a shape of data, as tuning found them (docs/presets.md).

    Args:
        shape: ``"basket"``, ``"session"``, ``"playlist"``, ``"ratings"``, ``"walk"`` or ``"text"``.

    Returns:
        A ``model`` to train, and the ``query`` form to ask it in.

    Raises:
        ConfigError: There is no such shape.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> train(orders, preset("basket").model)
        Embeddings(3 items of string, 64 dimensions, with context vectors)
    """
    return _jobs.preset(shape)


def profile(
    source: str | Path | Sequences,
    rules: SequenceRules | None = None,
    *,
    listen: Listener = silent,
) -> Profile:
    """Say what data are like, what is suspicious about them, and which settings fit them.

    Args:
        source: A TOML job, which is read as a run reads it, or sequences as ``read`` returns them.
        rules: What would be done with sequences before training; a job says so itself.
        listen: Hears how many rows are read.

    Returns:
        The profile: ``print`` shows it, ``to_html`` and ``to_dict`` give the page and plain values.

    Raises:
        UsageError: ``source`` is something else, or rules were given beside a job.
        NothingLeftError: There are no events.
        SourceError: The source cannot be read, or the rules have a gap and the events no clock.
        ConfigError: The job is wrong.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> seen = profile(orders)
        >>> seen.n_items, seen.lengths.median, seen.findings
        (3, 2, ())
    """
    if isinstance(source, str | Path):
        if rules is not None:
            raise UsageError("profile: a job has rules of its own; leave rules out")
        return _jobs.profile_job(source, listen=listen)
    _refuse_others("profile", source)
    return profile_sequences(source, rules)


def train(
    sequences: Sequences,
    model: Model | None = None,
    *,
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    deterministic: bool = Training.deterministic,
    patience: int = Training.patience,
    validation_queries: int = Training.validation_queries,
    checkpoint: str | Path | None = None,
    checkpoint_every: float = Training.checkpoint_every,
    resume: bool = False,
    listen: Listener = silent,
) -> Embeddings:
    """Train embeddings of the items in some sequences.

    Args:
        sequences: What to learn from; those of one event are left out, as they make no pair.
        model: What to learn; ``SkipGram()`` unless given, or a ``SessionSoftmax``.
        engine: ``"native"``, ``"gensim"``, ``"reference"``, or the name of a plug-in.
        workers: Threads. With one, or ``deterministic``, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        deterministic: Whether any number of workers shall give the same bytes.
        patience: Epochs in a row without a better recall@20 of held-out items after which
            training ends, with the vectors of the best epoch; 0 trains all epochs.
        validation_queries: So many items are held out for that, at most, and at most one from a
            tenth of the sequences.
        checkpoint: A directory to keep the state of the training in, every ``checkpoint_every``
            seconds and when it is interrupted; removed when training is over.
        checkpoint_every: Seconds; 0 keeps the state only when interrupted.
        resume: Whether to go on from ``checkpoint``, if it is there.
        listen: Hears the progress.

    Raises:
        UsageError: ``sequences`` are something else, such as lists.
        ConfigError: An argument is out of bounds or asks for what the engine does not have, or
            the checkpoint is of another training; what differs is named.
        NothingLeftError: There is no pair, only one item, or nothing to measure epochs by.
        DivergedError: The vectors stopped being finite.
        DamagedError: The checkpoint is not what was written.
        PluginError: No such engine.

    Example:
        >>> baskets = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> train(baskets, SkipGram(vector_size=8, epochs=1), engine="reference")
        Embeddings(3 items of string, 8 dimensions, with context vectors)
    """
    _refuse_others("train", sequences)
    training = Training(
        engine=engine,
        workers=workers,
        seed=seed,
        deterministic=deterministic,
        checkpoint_every=checkpoint_every,
        patience=patience,
        validation_queries=validation_queries,
    )
    model = SkipGram() if model is None else model
    if checkpoint is None:
        if resume:
            raise UsageError("train: resume needs the checkpoint's directory: checkpoint = ...")
        return _jobs.fit_sequences(sequences, model, training, listen=listen).embeddings
    if not training.keeps_checkpoints:
        raise ConfigError(f"train: engine {engine!r} keeps no checkpoint; engine 'native' does")
    with Checkpoint(checkpoint) as place:
        trained = _jobs.fit_sequences(
            sequences, model, training, checkpoint=place, resume=resume, listen=listen
        )
        place.remove(listen)
    return trained.embeddings


def tune(
    model: type[SkipGram] | SkipGram | str | Path,
    sequences: Sequences | None = None,
    *,
    budget: str | None = None,
    trials: int | None = None,
    metric: str = "ndcg@20",
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    to: str | Path | None = None,
    resume: bool = False,
    listen: Listener = silent,
) -> Tuning:
    """Search the settings of a model, and the query form, that rank held-out items best.

    The last item of each sequence is held out, or one at random of each basket. The first trial is
    the model as it is given, so what wins is at least as good there. Of a job, what is held out is
    cut from its training part as it cuts its test part, which is asked once the winner is known.

    Args:
        model: ``SkipGram``, or one with the settings to start from. Alone, the path of a TOML job,
            which says data, engine, workers and seed itself.
        sequences: The training part; hold the test part out before.
        budget: How long, such as ``"10m"``; of a job, from reading to the report. A trial that
            would not end in time is not begun.
        trials: How many trials instead; the same seed then finds the same.
        metric: What settings are judged by, such as ``"hr@10"``.
        engine: As in ``train``.
        workers: Threads, which train one model at a time.
        seed: From 0 to 2**32 - 1.
        to: A directory to keep the trials in, as lines of JSON; of a job, the page and the job with
            the winner's settings too.
        resume: Whether to go on from the trials in ``to``, if there are any.
        listen: Hears how far it is, and of each trial that is the best so far.

    Returns:
        The tuning: ``model`` and ``query`` win; ``to_pandas`` gives the trials, ``to_html`` a page.

    Raises:
        UsageError: An argument is of another type, one was given that a job says itself, or resume
            was asked without ``to``.
        ConfigError: One is out of bounds, the trials in ``to`` are of another tuning, or the job
            is wrong.
        MissingPackageError: Optuna, the extra ``tune``, is not installed.
        NothingLeftError: There is nothing to hold out, or no pair to train on.

    Example:
        >>> orders = [["tea", "milk", "jam"], ["tea", "sugar", "milk"], ["jam", "bread", "tea"]]
        >>> best = tune(SkipGram(vector_size=8), Sequences.from_lists(orders), trials=2)
        >>> len(best.trials), best.metric
        (2, 'ndcg@20')
    """
    if resume and to is None:
        raise UsageError("tune: resume needs the directory of the trials: to = ...")
    directory, limit = None if to is None else Path(to), Limit(budget, trials)
    if isinstance(model, str | Path) and sequences is None:
        _refuse_beside_job("tune", engine=engine, workers=workers, seed=seed)
        return _jobs.tune_job(
            model, limit, metric=metric, directory=directory, resume=resume, listen=listen
        )
    if isinstance(model, type) and issubclass(model, SkipGram):
        model = model()
    if not isinstance(model, SkipGram):
        raise UsageError(
            f"tune: got {model!r}; expected SkipGram, or one with some settings, and sequences; or "
            "the path of a job alone"
        )
    _refuse_others("tune", sequences)
    assert isinstance(sequences, Sequences)
    return _jobs.tune_sequences(
        sequences,
        model,
        limit,
        Training(engine=engine, workers=workers, seed=seed),
        metric=metric,
        directory=directory,
        resume=resume,
        listen=listen,
    )


def update(
    embeddings: Embeddings,
    sequences: Sequences,
    model: SkipGram | None = None,
    *,
    weight: float = 1.0,
    min_count: int = 1,
    engine: str = Training.engine,
    workers: int = Training.workers,
    seed: int = Training.seed,
    deterministic: bool = Training.deterministic,
    listen: Listener = silent,
) -> Update:
    """Let embeddings learn from new sequences, without the old ones.

    New items get a vector. Items with new events move, by the share that these have in all their
    events. Items without stay exactly where they were, and nothing is rotated, so what was made
    for the old vectors can go on reading them; ``Update.drift`` says how far they have moved.

    Args:
        embeddings: What was learnt so far, with context vectors.
        sequences: What is new, and only that: events that were trained on before count twice.
        model: How to train; unless given, as the embeddings say that they were trained.
        weight: What a new event weighs against an old one; above 1, what is recent counts more
            and the old vectors move further.
        min_count: Items that are new and have fewer events are left out, as in training.
        engine: ``"native"``, or the name of a plug-in that can start from given vectors.
        workers: Threads. With one, or ``deterministic``, the same seed gives the same bytes.
        seed: From 0 to 2**32 - 1.
        deterministic: Whether any number of workers shall give the same bytes.
        listen: Hears the progress.

    Returns:
        The embeddings, their counts summed up, with nulls in the metadata of new items; and the
        drift, which the manifest keeps among the metrics.

    Raises:
        UsageError: An argument is of another type, or the embeddings have no context vectors or
            were trained in a way that cannot be continued.
        ConfigError: An argument is out of bounds, ``model`` has another vector size than the
            embeddings, or the engine cannot start from given vectors.
        DataError: The items are numbers on one side and text on the other.
        NothingLeftError: There is no pair, or only one item.
        DivergedError: The vectors stopped being finite.
        PluginError: No such engine.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk"], ["tea", "sugar"]], ordered=False)
        >>> yesterday = train(orders, SkipGram(vector_size=8))
        >>> today = Sequences.from_lists([["tea", "honey"], ["tea", "milk"]], ordered=False)
        >>> updated = update(yesterday, today)
        >>> updated.embeddings.items.to_pylist(), updated.drift.n_new
        (['tea', 'milk', 'honey', 'sugar'], 1)
        >>> bool((updated.embeddings["sugar"] == yesterday["sugar"]).all())
        True
    """
    if not isinstance(embeddings, Embeddings):
        raise UsageError(
            f"update: got {type(embeddings).__name__}; expected Embeddings. Open a store by load; "
            "what an update made has them as its .embeddings."
        )
    _refuse_others("update", sequences)
    training = Training(engine=engine, workers=workers, seed=seed, deterministic=deterministic)
    return _jobs.update_embeddings(
        embeddings, sequences, model, training, weight=weight, min_count=min_count, listen=listen
    )


def load(path: str | Path, *, version: str | None = None) -> Embeddings:
    """Open embeddings: a store (its latest version), a saved directory, or an items.parquet.

    Raises:
        DamagedError: The bytes are not what the manifest says; nothing of them is used.
        StorageError: There is nothing to read.
    """
    return _embeddings.load(path, version=version)


def run(job: str | Path, *, resume: bool = False, listen: Listener = silent) -> RunReport:
    """Run a TOML job from its source to a published store.

    Args:
        job: The TOML file.
        resume: Whether to go on from the checkpoint of an interrupted run, if there is one.
        listen: Hears progress and notices.

    Raises:
        X2VecError: Whatever went wrong; nothing is published then.
    """
    return _jobs.run(job, resume=resume, listen=listen)


def check(job: str | Path, *, listen: Listener = silent) -> CheckReport:
    """Check a TOML job without running it.

    Args:
        job: The job file.
        listen: Hears how far fetching remote files is.

    Raises:
        X2VecError: Every problem found, in one message.
    """
    return _jobs.check(job, listen=listen)


def split(
    sequences: Sequences,
    by: str | None = None,
    *,
    test: float = 0.1,
    ask: str = "last",
    max_queries: int | None = None,
    seed: int = Training.seed,
) -> Split:
    """Hold a part out, and make the queries that ask for it.

    Args:
        sequences: What to split, cleaned already.
        by: ``"time"`` trains strictly before a moment and asks after it; the default where events
            have a clock. ``"leave-last-out"`` holds out the last item of each sequence, or one of
            each basket; the default elsewhere. ``"sequences"`` holds out whole sequences, and
            ``"items"`` items, for cold start.
        test: Share that is held out: of the events by time, else of the sequences or the items.
        ask: ``"last"`` asks each held-out sequence for one item, the last or any one of a basket;
            ``"each"`` for every item after the first; ``"rest"`` for all items of its rest at once.
        max_queries: More queries than that are drawn from.
        seed: Decides every draw.

    Returns:
        The split, which unpacks: ``train, test = split(sequences)``.

    Raises:
        UsageError: ``sequences`` are something else, such as lists.
        ConfigError: An argument is unknown or out of bounds, or the events have no times to
            split by.
        NothingLeftError: One side is empty.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk", "jam"], ["tea", "jam"]])
        >>> train, test = split(orders, by="leave-last-out")
        >>> len(train), len(test)
        (2, 2)
    """
    _refuse_others("split", sequences)
    return _split(sequences, by, test=test, ask=ask, max_queries=max_queries, seed=seed)


def evaluate(
    models: Any,
    train: Sequences | None = None,
    test: Queries | Sequences | None = None,
    *,
    k: int | Sequence[int] = _K,
    seed: int = Training.seed,
    workers: int = Training.workers,
    engine: str = Training.engine,
    listen: Listener = silent,
) -> Report:
    """Measure models on one test part, each against the whole catalogue, with intervals.

    Args:
        models: The one on trial first. Each is parameters, which are trained on the training part
            (``SkipGram(...)``, called "skipgram", "skipgram 2" ...), by themselves or with the
            query form of a ``preset`` ("preset") or a ``tune`` ("tuned"); the name of a baseline,
            such as ``"popularity"``; embeddings that are trained already; or a fitted ranker in the
            rows of the training part's vocabulary. Alone, the path of a TOML job, which says all
            the rest itself.
        train: What the models may learn from.
        test: What they are asked: the queries of ``split``, or sequences, each of which is asked
            for its last item.
        k: The cut-off of the metrics, or several.
        seed: Of training, of baselines that draw, and of the queries of sequences.
        workers: Threads of the training.
        engine: What trains.
        listen: Hears the progress.

    Returns:
        The report: ``to_pandas``, ``compare``, ``to_markdown``, ``to_html``, ``save``.

    Raises:
        UsageError: A model is none or has an unknown name, ``train`` is something else, or what a
            job says itself was given beside it.
        ConfigError: A cut-off is out of bounds or beyond the catalogue, or the job is wrong.
        DataError: What is asked was trained on, training and test part are of two kinds, or the
            data are too much for a baseline.
        NothingLeftError: Nothing is left to train on or to ask.

    Example:
        >>> orders = Sequences.from_lists([["tea", "milk", "jam"], ["tea", "milk", "jam"]] * 9)
        >>> train, test = split(orders, by="leave-last-out")
        >>> report = evaluate(["popularity", "cooccurrence"], train, test, k=1)
        >>> report.models, report.n_queries
        (('popularity', 'cooccurrence'), 18)
    """
    if train is None and test is None:
        if not isinstance(models, str | Path):
            raise UsageError(
                "evaluate: give models, a training part and a test part, as split makes them; or "
                "the path of a job alone"
            )
        _refuse_beside_job("evaluate", k=k, engine=engine, workers=workers, seed=seed)
        return _jobs.evaluate_job(models, listen=listen).report
    _refuse_others("evaluate", train)
    if not isinstance(test, Queries | Sequences):
        raise UsageError(
            f"evaluate: the test part is {type(test).__name__}; expected Queries, as split makes "
            "them, or Sequences"
        )
    assert isinstance(train, Sequences)
    training = Training(engine=engine, workers=workers, seed=seed)
    return _jobs.contest(models, train, test, k=k, training=training, listen=listen)


def _refuse_others(verb: str, sequences: object) -> None:
    """Refuse anything but sequences, and say how to make them."""
    if not isinstance(sequences, Sequences):
        raise UsageError(
            f"{verb}: got {type(sequences).__name__}; expected Sequences. Make them of lists by "
            "Sequences.from_lists(lists), or of a source by read."
        )


def _refuse_beside_job(verb: str, **given: Any) -> None:
    """Refuse what a job says itself, rather than pass it over in silence."""
    usual = {"k": _K, **{name: getattr(Training, name) for name in given if name != "k"}}
    if said := [name for name in given if given[name] != usual[name]]:
        raise UsageError(
            f"{verb}: a job says {said[0]} itself; leave {said[0]} out, or set it there"
        )
