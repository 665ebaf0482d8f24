"""EM throughput beside scikit-learn's own fit: 100,000 x 2, K = 8, the same start, the same number of steps."""

from __future__ import annotations

import time
import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.gmm import GaussianMixtureModel
from genstudio.training.events import Progress
from tests.benchmarks.report import Report

ROWS, COMPONENTS = 100_000, 8
SETTINGS = {"n_components": COMPONENTS, "init_params": "random_from_data", "tol": 0.0}


def run(report: Report) -> None:
    """Steps per second of both, alternating, and how far their likelihoods are apart."""
    steps, rounds = (10, 1) if report.short else (40, 3)
    x = clusters()
    ours, theirs = [], []
    for _ in range(rounds):
        theirs.append(scikit_learn(x, steps))
        ours.append(genstudio(x, steps))
    (our_rate, our_score), (their_rate, their_score) = _median(ours), _median(theirs)
    report("em_steps_per_second", our_rate, "1/s", reference=their_rate, ratio=our_rate / their_rate)
    report("em_likelihood_difference", abs(our_score / their_score - 1), "relative")


def clusters() -> np.ndarray:
    """Eight round clusters that overlap a little."""
    generator = np.random.default_rng(0)
    centres = generator.normal(scale=4.0, size=(COMPONENTS, 2))
    return centres[generator.integers(COMPONENTS, size=ROWS)] + generator.normal(size=(ROWS, 2))


def genstudio(x: np.ndarray, steps: int) -> tuple[float, float]:
    """Steps per second and final mean log-likelihood of the generator drained without a window."""
    data = prepare(points_table("clusters", x), PreparationSettings(valid=0, test=0), 0)
    model = GaussianMixtureModel(GaussianMixtureModel.Settings(**SETTINGS, max_iter=steps))
    taken, started = 0, time.perf_counter()
    for event in model.fit(data, model.live_settings(), seed=0):
        taken = max(taken, event.step) if isinstance(event, Progress) else taken
    seconds = time.perf_counter() - started
    return taken / seconds, float(model.log_prob(data.train).mean())


def scikit_learn(x: np.ndarray, steps: int) -> tuple[float, float]:
    """The same of scikit-learn's one-shot fit."""
    mixture = GaussianMixture(**SETTINGS, max_iter=steps, random_state=0)
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture.fit(x)
    return mixture.n_iter_ / (time.perf_counter() - started), float(mixture.score(x))


def _median(results: list[tuple[float, float]]) -> tuple[float, float]:
    return sorted(results)[len(results) // 2]
