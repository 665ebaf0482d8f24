"""The window while the chain of `bench_hmm` is learned, beside the same alone and beside hmmlearn's one-shot fits."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import numpy as np

from genstudio.data.preparation import PreparationSettings
from genstudio.runs.loading import load_raw
from genstudio.runs.recipe import DataRecipe, ModelRecipe, Recipe
from tests.benchmarks.bench_hmm import IMPLEMENTATIONS, STATES, chain, hmmlearn, starting
from tests.benchmarks.desk import Delays, Window
from tests.benchmarks.report import Report

TYPE = "diag"
MOST_STEPS = 1_000_000
THEIR_STEPS = 10


def run(report: Report) -> None:
    """Throughput of all four in turn; event-loop delay and previews."""
    os.environ.setdefault("QT_QPA_PLATFORM", "" if os.environ.get("DISPLAY") else "offscreen")
    seconds, rounds = (2.0, 1) if report.short else (3.0, 8)
    raw = chain()
    x = np.column_stack([column.values for column in raw.columns])
    start = starting(x, TYPE)
    folder = tempfile.TemporaryDirectory()
    described = recipe(Path(folder.name), x, start)
    window = Window(described, load_raw(described))
    # Rows that have become sequences have their models judged before any learns.
    window.until(lambda: window.model.loading is None)
    alone, shown, delays = [], [], Delays()
    theirs: dict[str, list[float]] = {name: [] for name in IMPLEMENTATIONS}
    try:
        for place in range(rounds):
            for name in IMPLEMENTATIONS:
                theirs[name].append(hmmlearn(x, start, THEIR_STEPS, TYPE, name)[0])
            both = [(window.drained_alone, alone), (window.trained_in_window, shown)]
            # Each is the first as often as the other.
            for measure, rates in both if place % 2 == 0 else both[::-1]:
                rates.append(measure(seconds))
        window.trained_in_window(5 * seconds, delays)
    finally:
        window.close()
        folder.cleanup()
    references = {"alone": alone, **{f"hmmlearn_{name}": rates for name, rates in theirs.items()}}
    for name, rates in references.items():
        report(f"steps_per_second_with_live_plots_beside_{name}", median(shown), "1/s", reference=median(rates),
               ratio=median(ours / other for ours, other in zip(shown, rates, strict=True)))
    report("event_loop_delay_p50", delays.percentile(50), "ms")
    report("event_loop_delay_p99", delays.percentile(99), "ms")
    report("event_loop_delay_max", delays.percentile(100), "ms")
    report("preview_share_of_training", window.preview_share, "1")


def recipe(folder: Path, x: np.ndarray, start: Mapping[str, np.ndarray]) -> Recipe:
    """The model of `bench_hmm`, which goes on until it is stopped, on the same rows as a file."""
    path = folder / "chain.csv"
    np.savetxt(path, x, delimiter=",", header="x,y", comments="", fmt="%.17g")
    given = {name: value.tolist() for name, value in start.items()}
    settings = {"n_components": STATES, "covariance_type": TYPE, "n_iter": MOST_STEPS, "tol": 0.0, **given}
    preparation = PreparationSettings(kind="sequences", valid=0, test=0)
    return Recipe(
        seed=0, data=DataRecipe(path=str(path), preparation=preparation),
        model=ModelRecipe(name="hmm", settings=settings),
    )
