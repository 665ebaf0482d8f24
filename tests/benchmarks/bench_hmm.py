"""EM throughput of hidden Markov models beside hmmlearn's own fits: 100,000 x 2, five states, the same start."""

from __future__ import annotations

import time
from statistics import median
from typing import Any

import numpy as np
from hmmlearn.hmm import GaussianHMM

from genstudio.data.chains import GaussianChain
from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.sequences import Sequences, sequences
from genstudio.data.table import points_table
from genstudio.models.hmm import HiddenMarkovModel
from genstudio.training.events import Progress
from tests.benchmarks.report import Report

ROWS, STATES = 100_000, 5
IMPLEMENTATIONS = ("log", "scaling")
TYPES = ("diag", "full")


def run(report: Report) -> None:
    """Steps per second of ours and of both of hmmlearn's implementations in turn, and how far likelihoods are apart."""
    steps, rounds = (4, 1) if report.short else (20, 5)
    raw = chain()
    x = np.column_stack([column.values for column in raw.columns])
    data = prepare(raw, PreparationSettings(valid=0, test=0), 0)
    for covariance_type in TYPES:
        start = starting(x, covariance_type)
        taken: dict[str, list[tuple[float, float]]] = {"ours": [], **{name: [] for name in IMPLEMENTATIONS}}
        for _ in range(rounds):
            for name in IMPLEMENTATIONS:
                taken[name].append(hmmlearn(x, start, steps, covariance_type, name))
            taken["ours"].append(genstudio(data, start, steps, covariance_type))
        ours, score = median(rate for rate, _ in taken["ours"]), taken["ours"][0][1]
        for name in IMPLEMENTATIONS:
            theirs = median(rate for rate, _ in taken[name])
            ratio = median(a / b for (a, _), (b, _) in zip(taken["ours"], taken[name], strict=True))
            report(f"em_steps_per_second_{covariance_type}_beside_{name}", ours, "1/s", reference=theirs, ratio=ratio)
            difference = abs(score / taken[name][0][1] - 1)
            report(f"log_likelihood_difference_{covariance_type}_from_{name}", difference, "relative")


def chain() -> Sequences:
    """One sequence of five round clouds that overlap a little and are stayed in for a few rows."""
    rng = np.random.default_rng(0)
    transmat = np.full((STATES, STATES), 0.05) + 0.75 * np.eye(STATES)
    means = rng.normal(scale=3.0, size=(STATES, 2))
    known = GaussianChain(np.full(STATES, 1 / STATES), transmat, means, np.tile(np.eye(2), (STATES, 1, 1)))
    return sequences(points_table("chain", known.sample(ROWS, rng)[0]), np.array([ROWS]))


def starting(x: np.ndarray, covariance_type: str) -> dict[str, Any]:
    """Parameters to start from: some rows as means, the covariance of all, and even chances."""
    covariance = np.cov(x.T)
    covars = {"diag": np.tile(np.diag(covariance), (STATES, 1)), "full": np.tile(covariance, (STATES, 1, 1))}
    return {
        "startprob": np.full(STATES, 1 / STATES), "transmat": np.full((STATES, STATES), 1 / STATES),
        "means": x[:: len(x) // STATES][:STATES], "covars": covars[covariance_type],
    }


def genstudio(data: Dataset, start: dict[str, Any], steps: int, covariance_type: str) -> tuple[float, float]:
    """Steps per second and final log-likelihood of the generator drained without a window."""
    given = {name: value.tolist() for name, value in start.items()}
    settings = HiddenMarkovModel.Settings(
        n_components=STATES, covariance_type=covariance_type, n_iter=steps, tol=0.0, **given
    )
    model = HiddenMarkovModel(settings)
    taken, started = 0, time.perf_counter()
    for event in model.fit(data, model.live_settings(), seed=0):
        taken = max(taken, event.step) if isinstance(event, Progress) else taken
    seconds = time.perf_counter() - started
    return taken / seconds, float(model.step_log_prob(data.train, np.array([ROWS])).sum())


def hmmlearn(
    x: np.ndarray, start: dict[str, Any], steps: int, covariance_type: str, implementation: str
) -> tuple[float, float]:
    """The same of hmmlearn's one-shot fit."""
    model = GaussianHMM(
        STATES, covariance_type=covariance_type, n_iter=steps, tol=-np.inf, init_params="",
        implementation=implementation,
    )
    for name, value in start.items():
        setattr(model, f"{name}_", value.copy())
    started = time.perf_counter()
    model.fit(x)
    seconds = time.perf_counter() - started
    return model.monitor_.iter / seconds, float(model.score(x))
