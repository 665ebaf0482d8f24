"""How near Gaussian mixtures come to densities that are known: mean log p_true - log p_model, nats, on fresh draws."""

from __future__ import annotations

import numpy as np

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.models.gmm import GaussianMixtureModel
from tests.benchmarks.report import Report

DENSITIES = ("ring", "blobs", "two_moons", "rings", "pinwheel", "checkerboard", "spirals", "swiss_roll")
TRAINING_ROWS, TEST_ROWS = 50_000, 20_000
SIZES = (8, 32, 128)


def run(report: Report) -> None:
    """One figure a density and size; the standard error stands beside it."""
    rows = 5_000 if report.short else TRAINING_ROWS
    for key in DENSITIES[:2] if report.short else DENSITIES:
        for size in SIZES[:1] if report.short else SIZES:
            gap, error = measured(key, size, rows)
            report(f"gap.{key}.gmm_{size}", gap, "nats")
            report(f"gap.{key}.gmm_{size}.stderr", error, "nats")


def measured(key: str, size: int, rows: int) -> tuple[float, float]:
    """The gap to the truth and its standard error."""
    kind = source(key)
    table = kind().load(kind.Settings(samples=rows), 0)
    data = prepare(table, PreparationSettings(valid=0, test=0), 0)
    model = GaussianMixtureModel(GaussianMixtureModel.Settings(n_components=size, max_iter=300, tol=1e-5))
    for _ in model.fit(data, model.live_settings(), 0):
        pass
    truth = table.truth
    assert truth is not None
    x, _ = truth.sample(TEST_ROWS, 12345)
    gaps = truth.log_prob(x) - model.log_prob(x)
    return float(gaps.mean()), float(gaps.std(ddof=1) / np.sqrt(len(gaps)))
