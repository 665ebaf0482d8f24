"""A chain whose parameters are known, in data units, and what follows from it exactly, by going through every path."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.stats import multivariate_normal

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model

STARTPROB = np.array([0.5, 0.3, 0.2])
TRANSMAT = np.array([[0.75, 0.2, 0.05], [0.1, 0.6, 0.3], [0.3, 0.1, 0.6]])
MEANS = np.array([[10.0, 250.0], [13.0, 400.0], [19.0, 150.0]])
COVARS = np.array([
    [[1.0, 12.0], [12.0, 400.0]], [[2.0, -20.0], [-20.0, 900.0]], [[1.5, 0.0], [0.0, 250.0]],
])
SERIES = np.array([
    [10.4, 262.0], [12.1, 380.0], [13.9, 410.0], [14.5, 300.0], [18.2, 160.0], [10.9, 240.0], [9.5, 231.0],
    [12.8, 377.0],
])


def known(scaling: str = "standard") -> tuple[Fitted, Dataset]:
    """The model that is so by hand, and data whose scaling is not trivial."""
    settings = PreparationSettings(kind="sequences", scaling=scaling, valid=0, test=0)  # type: ignore[arg-type]
    data = prepare(points_table("known", SERIES, names=("small", "large")), settings, 0)
    family = model("hmm")
    fitted = Fitted(family(family.Settings(n_components=3, covariance_type="full")), data.preparation)
    fitted.set_chain({"startprob": STARTPROB, "transmat": TRANSMAT, "means": MEANS, "covars": COVARS})
    return fitted, data


def paths(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every path of states, shape (P, T), and its probability given what is there of x, shape (T, 2)."""
    every = np.array(list(product(range(3), repeat=len(x))))
    emission = np.array([[_prob(row, state) for state in range(3)] for row in x])
    weights = STARTPROB[every[:, 0]]
    for step in range(len(x)):
        weights = weights * emission[step, every[:, step]]
        if step:
            weights = weights * TRANSMAT[every[:, step - 1], every[:, step]]
    return every, weights / weights.sum()


def last_state(x: np.ndarray) -> np.ndarray:
    """Probability of each state at the last row given all rows, shape (3,)."""
    every, weights = paths(x)
    return np.bincount(every[:, -1], weights, minlength=3)


def missing_moments(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Exact mean and variance of each value given what is there, shape (T, 2) each; of what is there itself and 0."""
    every, weights = paths(x)
    first, second = np.zeros(x.shape), np.zeros(x.shape)
    for step, row in enumerate(x):
        for state in range(3):
            share = weights[every[:, step] == state].sum()
            mean, variance = _conditional(row, state)
            first[step] += share * mean
            second[step] += share * (variance + mean**2)
    return first, second - first**2


def _prob(row: np.ndarray, state: int) -> float:
    seen = np.isfinite(row)
    if not seen.any():
        return 1.0
    return float(multivariate_normal(MEANS[state][seen], COVARS[state][np.ix_(seen, seen)]).pdf(row[seen]))


def _conditional(row: np.ndarray, state: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of both values of a row in a state given the one that is there, if any."""
    mean, variance = MEANS[state].copy(), np.diag(COVARS[state]).copy()
    seen = np.isfinite(row)
    for place in np.flatnonzero(seen):
        other = 1 - place
        slope = COVARS[state][place, other] / COVARS[state][place, place]
        mean[other] += slope * (row[place] - MEANS[state][place])
        variance[other] -= slope * COVARS[state][place, other]
    mean[seen], variance[seen] = row[seen], 0.0
    return mean, variance
