"""Which sequences a hidden Markov model can learn from, and how it had best begin."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.data.table import ColumnType
from genstudio.errors import TrainingError
from genstudio.models._hmm_learner import ChainLearner, Held
from genstudio.models._hmm_settings import MarkovSettings
from genstudio.models._hmm_topology import free_parameters
from genstudio.models._suitability import FEWEST_ROWS, LARGEST
from genstudio.training.em import Schedule, expectation_maximization

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# What is tried, and on how many rows and steps, to recommend a number of states.
SIZES = (1, 2, 3, 4, 5, 6, 8)
JUDGED_ROWS = 1500
STRETCH_ROWS = 150
JUDGED_STEPS = 12
ROWS_A_STATE = 10
# Beyond so many columns whole covariances take more rows than there mostly are.
WHOLE_COLUMNS = 6
RECOMMENDED = {"n_iter": 100, "n_init": 3}


def unsuitable_sequences(data: Dataset) -> str | None:
    """A sentence saying what is wrong with the rows, or None; missing numbers are nothing wrong."""
    known = ~np.isnan(data.train).all(axis=1)
    if known.sum() < FEWEST_ROWS:
        return f"A hidden Markov model needs at least {FEWEST_ROWS} rows to learn from; {data.name} has {known.sum()}."
    if not np.nanmax(np.abs(data.train)) <= LARGEST:
        return f"{data.name} holds numbers beyond {LARGEST:g}; scale its columns to standard units."
    return None


def recommended_settings(data: Dataset) -> dict[str, Any]:
    """An emission that suits the columns, and the number of states with the lowest BIC on some of the rows."""
    found: dict[str, Any] = dict(RECOMMENDED)
    if all(column.type is ColumnType.CATEGORY for column in data.preparation.columns):
        found["emission"] = "categorical"
    elif data.train.shape[1] <= WHOLE_COLUMNS:
        found["covariance_type"] = "full"
    few = _some(data)
    sizes = [size for size in SIZES if size <= max(1, len(few.train) // ROWS_A_STATE)]
    if "emission" in found:
        # One state of symbols is a count of them; a short training seldom finds more worth their parameters.
        sizes = sizes[1:] or sizes
    best, lowest = sizes[0], np.inf
    for k in sizes:
        criterion = _bic(few, _judged(found, k))
        if criterion < lowest:
            best, lowest = k, criterion
        elif k > 2 * best:
            break
    return {**found, "n_components": best}


def _judged(found: dict[str, Any], k: int) -> MarkovSettings:
    """A short training that begins with even chances: with chances drawn at random it would be judged by its luck."""
    even = np.full((k, k), 0.5 / k) + 0.5 * np.eye(k)
    return MarkovSettings(
        **{**found, "n_iter": JUDGED_STEPS}, n_components=k, startprob=tuple(np.full(k, 1.0 / k)),
        transmat=tuple(map(tuple, even.tolist())),
    )


def _some(data: Dataset) -> Dataset:
    """Stretches of rows from all over the sequences."""
    assert data.lengths is not None
    n, none = len(data.train), np.zeros(0, dtype=np.int64)
    starts = np.linspace(0, max(n - STRETCH_ROWS, 0), JUDGED_ROWS // STRETCH_ROWS).astype(np.int64)
    rows = np.unique(starts[:, None] + np.arange(STRETCH_ROWS)) if n > JUDGED_ROWS else np.arange(n)
    owner = np.repeat(np.arange(len(data.lengths[0])), data.lengths[0])[rows]
    # A stretch ends where its rows leave off, or its sequence does.
    ends = np.flatnonzero((np.diff(rows) > 1) | (np.diff(owner) > 0)) + 1
    lengths = np.diff(np.concatenate([[0], ends, [len(rows)]]))
    return replace(data, train=data.train[rows], valid=data.valid[:0], lengths=(lengths, none, none))


def _bic(data: Dataset, settings: MarkovSettings) -> float:
    held = Held()
    learner = ChainLearner(data, settings, held, seed=0)
    try:
        # k-means finds the same clusters again; symbols start at random.
        restarts = settings.n_init if settings.emission == "categorical" else 1
        for _ in expectation_maximization(learner, Schedule(settings.n_iter, settings.tol, restarts)):
            pass
    except TrainingError:
        return np.inf
    model = learner.model
    free = free_parameters(model.chain, settings, by_hand=False) + model.emission.n_parameters()
    return free * float(np.log(learner.items)) - 2 * learner.items * learner.metrics()["train"]
