"""A table of NASA's shuttle: held-out log-likelihood of the flow beside scikit-learn's mixtures and kernel density.

The columns hold integers, whose density would run to infinity: every number is spread evenly over what is rounded to
it, once and for all, and all three see the same rows. Figures are nats a row in standard units of the training rows.
"""

from __future__ import annotations

import warnings
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.flow import FlowSettings, NormalizingFlow
from genstudio.training.budget import Budget
from tests.benchmarks.report import Report

Floats = NDArray[np.float64]

SECONDS, SHORT_SECONDS = 120, 2
SIZES = (1, 2, 4, 8, 16, 32, 64)
BANDWIDTHS = np.geomspace(0.02, 1.0, 9)
JUDGED_ROWS = 3000
"""So many rows decide on the bandwidth of the kernels, which is slow on more."""


def run(report: Report) -> None:
    """The flow's mean log-likelihood with its standard error, beside those of both others."""
    with np.load(report.data("tabular_shuttle.npz")) as arrays:
        train, test = standardized(arrays["shuttle_X"].astype(np.float64))
    if report.short:
        train, test = train[:2000], test[:1000]
    ours = by_flow(train, test, SHORT_SECONDS if report.short else SECONDS)
    report("log_likelihood.flow", ours.mean(), "nats")
    report("log_likelihood.flow.stderr", error(ours), "nats")
    others = {"mixture_by_bic": by_mixture(train, test), "kernel_density": by_kernels(train, test)}
    for name, found in others.items():
        report(f"log_likelihood.{name}", found.mean(), "nats")
        report(f"flow_less_{name}", (ours - found).mean(), "nats")
        report(f"flow_less_{name}.stderr", error(ours - found), "nats")


def standardized(x: Floats) -> tuple[Floats, Floats]:
    """Spread integers in standard units: four fifths to learn from, and the others."""
    rng = np.random.default_rng(0)
    spread = rng.permutation(x + rng.uniform(-0.5, 0.5, x.shape))
    train, test = spread[: len(x) * 4 // 5], spread[len(x) * 4 // 5 :]
    shift, scale = train.mean(axis=0), train.std(axis=0)
    return (train - shift) / scale, (test - shift) / scale


def by_flow(train: Floats, test: Floats, seconds: float) -> Floats:
    """The recommended flow; a tenth of the training rows watches."""
    data: Dataset = prepare(points_table("shuttle", train), PreparationSettings(valid=0.1, test=0), 0)
    model = NormalizingFlow(FlowSettings(**NormalizingFlow.recommended(data)))
    budget = Budget(seconds=seconds)
    training = model.fit(data, model.live_settings(), 0, budget)
    began = perf_counter()
    for _ in training:
        budget.spent = perf_counter() - began
    return model.log_prob(test)


def by_mixture(train: Floats, test: Floats) -> Floats:
    """The mixture that the Bayesian information criterion likes best."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = [GaussianMixture(k, random_state=0, max_iter=200).fit(train) for k in SIZES]
    best: GaussianMixture = min(found, key=lambda mixture: mixture.bic(train))
    return np.asarray(best.score_samples(test))


def by_kernels(train: Floats, test: Floats) -> Floats:
    """The bandwidth that explains held-out rows best, five times over."""
    search = GridSearchCV(KernelDensity(), {"bandwidth": BANDWIDTHS}, cv=5).fit(train[:JUDGED_ROWS])
    return np.asarray(KernelDensity(bandwidth=search.best_params_["bandwidth"]).fit(train).score_samples(test))


def error(found: Floats) -> float:
    """The standard error of a mean."""
    return float(found.std(ddof=1) / np.sqrt(len(found)))
