"""How near flows come to densities that are known: mean log p_true - log p_model, nats, on fresh draws.

Each is trained for a minute by `genstudio fit` with the recommended settings; zuko's neural spline flow beside it, in
its own plain loop, on the same rows and for as long. Both have one thread.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import torch
import zuko
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.density import TrueDensity
from genstudio.data.preparation import prepare
from genstudio.data.source import source
from genstudio.models.registry import model
from genstudio.runs.recipe import Recipe, recipe_from_values, to_toml
from tests.benchmarks.report import Report

Floats = NDArray[np.float64]

DENSITIES = ("ring", "blobs", "two_moons", "rings", "pinwheel", "checkerboard", "spirals", "swiss_roll")
ROWS, TEST_ROWS = 50_000, 40_000
SECONDS, SHORT_SECONDS = 60, 2
SEED, TEST_SEED = 42, 12345
ZUKO_BATCH = 512


def run(report: Report) -> None:
    """One figure a density: the gap, zuko's beside it; the standard errors of both follow."""
    seconds = SHORT_SECONDS if report.short else SECONDS
    for key in DENSITIES[:1] if report.short else DENSITIES:
        x, truth = fresh(key)
        true = truth.log_prob(x)
        data = prepared(recipe(key, seconds, {}))
        advice = model("flow").recommended(data)
        ours = true - by_command_line(recipe(key, seconds, advice), x)
        theirs = true - by_zuko(data.train, seconds, x)
        report(f"gap.{key}", ours.mean(), "nats", reference=theirs.mean(), ratio=theirs.mean() / ours.mean())
        report(f"gap.{key}.stderr", standard_error(ours), "nats", reference=standard_error(theirs))


def recipe(key: str, seconds: float, settings: dict[str, object]) -> Recipe:
    """Rows to learn from and to watch; those of the test are drawn afresh."""
    return recipe_from_values({
        "seed": SEED,
        "data": {"source": key, "samples": ROWS, "valid": 0.1, "test": 0.0},
        "model": {"name": "flow", **settings},
        "training": {"seconds": seconds, "threads": 1},
    })


def prepared(wanted: Recipe) -> Dataset:
    """The rows of a recipe."""
    kind = source(wanted.data.source or "")
    table = kind().load(kind.Settings(**wanted.data.options), wanted.data_seed)
    return prepare(table, wanted.data.preparation, wanted.data_seed)


def fresh(key: str) -> tuple[Floats, TrueDensity]:
    """Points that nobody learned from, and their density."""
    truth = source(key)().load(source(key).Settings(samples=10), 0).truth
    assert truth is not None
    return truth.sample(TEST_ROWS, TEST_SEED)[0], truth


def by_command_line(wanted: Recipe, x: Floats) -> Floats:
    """Log-densities by a run that `genstudio fit` trains and `genstudio score` asks."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "recipe.toml").write_text(to_toml(wanted), encoding="utf-8")
        pd.DataFrame(x, columns=["x", "y"]).to_csv(place / "points.csv", index=False)
        genstudio("fit", place / "recipe.toml", "-o", place / "run.genstudio")
        genstudio("score", place / "run.genstudio", place / "points.csv", "-o", place / "scores.csv")
        return pd.read_csv(place / "scores.csv")["log_prob"].to_numpy()


def genstudio(*words: str | Path) -> None:
    """Carry out a command."""
    subprocess.run([sys.executable, "-m", "genstudio", *map(str, words)], check=True, stdout=subprocess.DEVNULL)


def by_zuko(train: Floats, seconds: float, x: Floats) -> Floats:
    """Log-densities by zuko's flow with its own defaults, in standard units, by Adam."""
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    shift, scale = train.mean(axis=0), train.std(axis=0)
    rows = torch.from_numpy((train - shift) / scale).float()
    flow = zuko.flows.NSF(features=2)
    optimizer = torch.optim.Adam(flow.parameters(), lr=1e-3)
    began = perf_counter()
    while perf_counter() - began < seconds:
        loss = -flow().log_prob(rows[torch.randint(len(rows), (ZUKO_BATCH,))]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        found = flow().log_prob(torch.from_numpy((x - shift) / scale).float())
    return found.double().numpy() - np.log(scale).sum()


def standard_error(gaps: Floats) -> float:
    """Of their mean."""
    return float(gaps.std(ddof=1) / np.sqrt(len(gaps)))
