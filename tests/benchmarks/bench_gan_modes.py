"""Modes that a game finds in a minute, by `genstudio fit`: recommended, plain, and plain with each remedy alone.

A mode is found where a sample lies within three deviations of it. What PacGAN's authors report of theirs stands beside
the recommended game: their mean over ten runs, in as many passes as they took.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.preparation import prepare
from genstudio.data.source import source
from genstudio.data.table import Table
from genstudio.models.registry import model
from genstudio.runs.recipe import Recipe, recipe_from_values, to_toml
from tests.benchmarks.report import Report

Floats = NDArray[np.float64]

TOYS: dict[str, dict[str, Any]] = {"ring": {"modes": 8, "radius": 1.0, "std": 0.01}, "grid": {}}
PUBLISHED = {"ring": (7.8, 0.96), "grid": (24.8, 0.94)}
"""Modes, and the share of samples within three deviations, of Lin, Khetan, Fanti, Oh (2018): PacGAN."""
PLAIN: dict[str, Any] = {
    "loss": "non_saturating", "r1": 0.0, "r2": 0.0, "average": 0.0, "schedule": "constant", "beta1": 0.5,
    "beta2": 0.999, "waves": 0, "latent_waves": 0, "generator_features": (),
    "instance_noise": 0.0, "learning_rate": 2e-4, "discriminator_rate": 2e-4, "latent_dim": 2,
    "pack": 1, "keep_best": False, "warmup": 0,
}
REMEDIES: dict[str, dict[str, Any]] = {
    "minibatch_discrimination": {"minibatch_discrimination": True}, "minibatch_stddev": {"minibatch_stddev": True},
    "unrolled": {"unrolled_steps": 5}, "packed": {"pack": 2}, "mode_seeking": {"mode_seeking": 0.1},
}
ROWS, SAMPLES, SHORT_SAMPLES = 50_000, 10_000, 200
SECONDS, THREADS, SHORT_STEPS = 60, 1, 3
"""Networks so small take no shorter steps on two threads, and longer ones where these have to wait for a core."""
SEEDS, FEW_SEEDS = range(1, 6), range(1, 3)


def run(report: Report) -> None:
    """The recommended game of each toy, then the plain one, and the plain one with each remedy."""
    for key in TOYS:
        played(report, key, "recommended", advice(key), SEEDS)
    for key in TOYS:
        for name, remedy in {"plain": {}, **REMEDIES}.items():
            played(report, key, name, {**advice(key), **PLAIN, **remedy}, FEW_SEEDS)
            if report.short:
                break


def played(report: Report, key: str, name: str, settings: Mapping[str, Any], seeds: range) -> None:
    """Two figures a seed: modes found, and the share of samples that belong to one."""
    truth = truth_of(key)
    published = PUBLISHED[key] if name == "recommended" else (None, None)
    for seed in seeds[:1] if report.short else seeds:
        found, within = modes(by_command_line(recipe(key, seed, settings, report.short), report.short), truth)
        report(f"{key}.{name}.{seed}.modes", found, "modes", reference=published[0])
        report(f"{key}.{name}.{seed}.within_3_deviations", within, "share", reference=published[1])


def advice(key: str) -> dict[str, Any]:
    """What is recommended for the rows of a toy."""
    wanted = recipe(key, 1, {}, short=False)
    table = source(key)().load(source(key).Settings(**wanted.data.options), wanted.data_seed)
    return model("gan").recommended(prepare(table, wanted.data.preparation, wanted.data_seed))


def recipe(key: str, seed: int, settings: Mapping[str, Any], short: bool) -> Recipe:
    """Rows to learn from and to watch, and a minute for it."""
    limits = {"steps": SHORT_STEPS} if short else {"seconds": SECONDS}
    return recipe_from_values({
        "seed": seed,
        "data": {"source": key, "samples": ROWS, "valid": 0.1, "test": 0.0, **TOYS[key]},
        "model": {"name": "gan", **settings},
        "training": {"threads": THREADS, **limits},
    })


def truth_of(key: str) -> GaussianMixture:
    """The mixture that a toy is drawn from."""
    table = source(key)().load(source(key).Settings(**TOYS[key]), 0)
    assert isinstance(table, Table)
    assert isinstance(table.truth, GaussianMixture)
    return table.truth


def by_command_line(wanted: Recipe, short: bool) -> Floats:
    """Samples of a run that `genstudio fit` trains and `genstudio sample` asks."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "recipe.toml").write_text(to_toml(wanted), encoding="utf-8")
        command("fit", place / "recipe.toml", "-o", place / "run.genstudio")
        command("sample", place / "run.genstudio", "-n", SHORT_SAMPLES if short else SAMPLES, "-o", place / "made.csv")
        return np.loadtxt(place / "made.csv", delimiter=",", skiprows=1)[:, :2]


def command(*arguments: object) -> None:
    """One command of the program, which must end well."""
    subprocess.run([sys.executable, "-m", "genstudio", *map(str, arguments)], check=True, capture_output=True)


def modes(x: Floats, truth: GaussianMixture) -> tuple[int, float]:
    """How many modes have a sample within three deviations, and the share of samples that are so near to one."""
    distances = np.linalg.norm(x[:, None] - truth.means, axis=2)
    nearest = distances.argmin(axis=1)
    near = distances.min(axis=1) < 3 * truth.stds[nearest]
    return len(np.unique(nearest[near])), float(near.mean())
