"""Training against its peers: seconds and next-item quality, in turn, same tokens and parameters.

    python -m benchmarks.training                                  # Complete Journey
    python -m benchmarks.training --best-alpha
    python -m benchmarks.training --events clicks.tsv --sequence SessionId --item ItemId --time Time
    python -m benchmarks.training --quick                          # does it run? tells nothing

Each round trains A, B, C, A, B, C ... on one corpus, and the ratio is taken round by round; the
median of the rounds is printed with the lowest and the highest. Every engine has the same number of
threads, unless it can't use them. Seconds are from the corpus, in memory or in the file that the
engine reads, to both matrices; what is imported and compiled once is not counted.

Quality is NDCG@20 of the held-out last item against the whole catalogue (one item of each basket),
mean and standard deviation over the rounds, each with a seed of its own: in-vectors against
out-vectors plus the logarithm of the engine's own noise distribution, and cosine. With
``--best-alpha`` each engine has the learning rate, of a list, that is best for it on a validation
part of the training data: it goes up the list or down until quality falls.

The last table has the native engine alone, with one worker and with more in turn: what a second
thread is worth, and what share of the processor's peak its useful arithmetic is.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.alphas import best, try_alphas
from benchmarks.engines import Engine, GensimFile, GensimIterable, Native
from benchmarks.peers import Cleora, FastText, Itembed
from benchmarks.roofline import flops_of_a_pair, paces
from benchmarks.rounds import feeding, play, warm_up
from benchmarks.tables import heading, mean_and_deviation, median_and_range, row
from benchmarks.workload import Workload, complete_journey, generated, one_file
from x2vec import SkipGram

__all__ = ["main"]

NATIVE = Native()
PEERS = {
    peer.name: peer
    for peer in (
        Native(deterministic=True),
        GensimFile(),
        GensimIterable(),
        FastText(),
        Itembed(),
        Cleora(),
        Cleora(iterations=40),
    )
}
ALPHAS = [0.00625, 0.0125, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8]
QUICK = {"sizes": [16], "workers": [2], "epochs": 2, "seeds": 3}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark that the command line asks for."""
    asked = _parse(arguments)
    engines = [NATIVE, *_installed(PEERS[name] for name in asked.peers)]
    workloads = list(_workloads(asked))
    for workload in workloads:
        corpus = workload.corpus
        print(
            f"{workload.name}: {corpus.n_tokens:,} tokens of {corpus.n_items:,} items in "
            f"{len(corpus):,} sequences"
        )
    alphas = {}
    if asked.best_alpha is not None:
        alphas = choose_alphas(engines, workloads, asked)
    compare(engines, workloads, asked, alphas)
    scale(workloads, asked)


def choose_alphas(
    engines: Sequence[Engine], workloads: Sequence[Workload], asked: argparse.Namespace
) -> dict[tuple[str, int, str], float]:
    """Print what each engine reaches at the learning rates it tries; return its best one.

    Returns:
        By data, size and engine.
    """
    alphas = asked.best_alpha or ALPHAS
    chosen = {}
    heading("data", "size", "engine", *(f"at {alpha}" for alpha in alphas), "best alpha")
    for workload, model in _cases(workloads, asked):
        workers = max(asked.workers)
        warm_up(engines, model, ordered=workload.corpus.ordered)
        figures = try_alphas(engines, workload.validation, model, alphas, workers=workers)
        for name, at in figures.items():
            chosen[workload.name, model.vector_size, name] = best(at)
            cells = (f"{at[alpha]:.4f}" if alpha in at else "" for alpha in alphas)
            row(workload.name, model.vector_size, name, *cells, best(at))
    return chosen


def compare(
    engines: Sequence[Engine],
    workloads: Sequence[Workload],
    asked: argparse.Namespace,
    alphas: dict[tuple[str, int, str], float],
) -> None:
    """Print seconds and quality of every engine, at its own learning rate or all at one."""
    heading(
        "data", "size", "workers", "engine", "alpha", "seconds", "times native", "in-out", "cosine"
    )
    for workload, model in _cases(workloads, asked):
        warm_up(engines, model, ordered=workload.corpus.ordered)
        case = workload.name, model.vector_size
        models = {
            engine.name: replace(model, alpha=alphas.get((*case, engine.name), asked.alpha))
            for engine in engines
        }
        with feeding(engines, workload.corpus, model) as fed:
            for workers in asked.workers:
                runs = play(engines, fed, workload, models, workers=workers, rounds=asked.seeds)
                for engine in engines:
                    alpha = models[engine.name].alpha if engine.has_alpha else "-"
                    figures = _figures(runs[engine.name], runs[NATIVE.name])
                    row(*case, workers, _label(engine, workers), alpha, *figures)


def scale(workloads: Sequence[Workload], asked: argparse.Namespace) -> None:
    """Print what threads are worth to the native engine, and how near it comes to the peak."""
    heading(
        "data", "size", "workers", "seconds", "times one thread",
        "million pairs/s", "GFLOP/s", "FMA peak GFLOP/s", "share of peak",
    )  # fmt: skip
    for workload, model in _cases(workloads, asked):
        runs = paces(workload, model, sorted({1, *asked.workers}), rounds=asked.seeds)
        for workers, pace in runs.items():
            rate = pace.pairs * flops_of_a_pair(model)
            row(
                workload.name,
                model.vector_size,
                workers,
                f"{np.median(pace.seconds):.2f}",
                median_and_range(runs[1].seconds / pace.seconds, digits=2),
                f"{np.median(pace.pairs) / 1e6:.1f}",
                f"{np.median(rate) / 1e9:.0f}",
                f"{np.median(pace.peaks) / 1e9:.0f}",
                median_and_range(rate / pace.peaks, digits=2),
            )


def _workloads(asked: argparse.Namespace) -> Iterator[Workload]:
    if asked.quick:
        return generated()
    if asked.events is None:
        return complete_journey()
    columns = {"sequence": asked.sequence, "item": asked.item, "time": asked.time}
    return one_file(asked.events, adapter=asked.adapter, **columns)


def _cases(
    workloads: Sequence[Workload], asked: argparse.Namespace
) -> Iterator[tuple[Workload, SkipGram]]:
    """Give each data set with each size of vector."""
    for workload in workloads:
        for size in asked.sizes:
            model = SkipGram(vector_size=size, epochs=asked.epochs, alpha=asked.alpha)
            yield workload, workload.fitted(model)


def _installed(peers: Iterable[Engine]) -> Iterator[Engine]:
    """Give the peers that are there; say once how to get each other package."""
    missing = {}
    for peer in peers:
        if peer.is_installed:
            yield peer
        else:
            missing[peer.requirement] = peer.module
    for requirement, module in missing.items():
        print(f"{module} is left out; to have it: pip install {requirement}")


def _figures(runs: NDArray[np.float64], native: NDArray[np.float64]) -> tuple[str, str, str, str]:
    """Write what the rounds of an engine measured, beside those of the native engine."""
    seconds, in_out, cosine = runs.T
    ratios = median_and_range(seconds / native[:, 0])
    quality = mean_and_deviation(in_out), mean_and_deviation(cosine)
    return f"{np.median(seconds):.2f}", ratios, *quality


def _label(engine: Engine, workers: int) -> str:
    most = engine.most_workers
    return engine.name if most is None or workers <= most else f"{engine.name} ({most} thread)"


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", help="a file of events; Complete Journey unless given")
    parser.add_argument("--adapter", default="events")
    parser.add_argument("--sequence")
    parser.add_argument("--item")
    parser.add_argument("--time")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS))
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128])
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3, help="rounds; 3 or more")
    parser.add_argument("--alpha", type=float, default=SkipGram.alpha)
    parser.add_argument(
        "--best-alpha", type=float, nargs="*", metavar="ALPHA", help=f"of these; {ALPHAS}"
    )
    parser.add_argument("--quick", action="store_true", help=f"a generated corpus and {QUICK}")
    asked = parser.parse_args(arguments)
    if asked.quick:
        vars(asked).update(QUICK)
    if asked.seeds < 3:
        parser.error(f"--seeds {asked.seeds}: a median and a deviation need 3 or more")
    return asked


if __name__ == "__main__":
    main()
