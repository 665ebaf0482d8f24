"""The discriminative rival of a classifier by likelihood: logistic regression on a few figures of each sequence."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from genstudio.data.sequences import bounds
from genstudio.errors import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORDS = "mean and deviation of each column in both halves"
SYMBOL_WORDS = "share of each symbol in both halves"
MOST_STEPS = 1_000


def features(x: Floats, lengths: Ints, symbols: int = 0) -> Floats:
    """A few figures of each sequence, NaN where a half has no value at all.

    Arguments:
        x: rows, shape (N, D), one sequence after another; NaN where a value is missing.
        lengths: rows of each sequence, shape (S,).
        symbols: so many kinds where the rows are codes of symbols, else 0.

    Returns:
        Means and deviations of the columns in each half, shape (S, 4 D), or the share of each symbol in each half,
        shape (S, 2 symbols). The row in the middle of an odd sequence belongs to both halves.
    """
    values = _one_hot(x, symbols) if symbols else x
    rows, half = _halves(lengths)
    values, count = values[rows], 2 * len(lengths)
    means = _group_means(values, half, count)
    figures = [means]
    if not symbols:
        figures.append(np.sqrt(_group_means((values - means[half]) ** 2, half, count)))
    return np.concatenate([figure.reshape(len(lengths), 2 * values.shape[1]) for figure in figures], axis=1)


@dataclass(frozen=True)
class Rival:
    """Logistic regression of scikit-learn on standardised figures of each sequence.

    Arguments:
        fill: what stands for a figure that is missing, shape (F,): its mean over the training sequences.
    """

    pipeline: Pipeline
    fill: Floats
    symbols: int
    converged: bool

    @classmethod
    def trained(cls, x: Floats, lengths: Ints, codes: Ints, symbols: int = 0) -> Rival:
        """Learn from labelled sequences.

        Arguments:
            codes: the class of each sequence, shape (S,); those below 0 are left out.

        Raises:
            DataError: there are not two classes.
        """
        known = codes >= 0
        if len(np.unique(codes[known])) < 2:
            raise DataError("Logistic regression needs sequences of two classes or more.", "Choose another label.")
        figures = features(x, lengths, symbols)
        fill = _column_means(figures)
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MOST_STEPS))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            pipeline.fit(np.where(np.isnan(figures), fill, figures)[known], codes[known])
        converged = int(pipeline[-1].n_iter_.max()) < MOST_STEPS
        return cls(pipeline, fill, symbols, converged)

    def told(self, x: Floats, lengths: Ints) -> Ints:
        """The class that each sequence is told to be of, shape (S,)."""
        if not len(lengths):
            return np.zeros(0, dtype=np.int64)
        figures = features(x, lengths, self.symbols)
        return np.asarray(self.pipeline.predict(np.where(np.isnan(figures), self.fill, figures)), np.int64)


def _halves(lengths: Ints) -> tuple[Ints, Ints]:
    """Rows of first halves, then of second ones, and to which half each belongs: two a sequence, counted through."""
    owner = np.repeat(np.arange(len(lengths)), lengths)
    within = np.arange(len(owner)) - bounds(lengths)[owner]
    first = np.flatnonzero(within < (lengths[owner] + 1) // 2)
    second = np.flatnonzero(within >= lengths[owner] // 2)
    return np.concatenate([first, second]), np.concatenate([2 * owner[first], 2 * owner[second] + 1])


def _group_means(values: Floats, group: Ints, count: int) -> Floats:
    """Means of the values that are there, shape (count, W), NaN of a group that has none."""
    present = ~np.isnan(values)
    means = np.full((count, values.shape[1]), np.nan)
    for column in range(values.shape[1]):
        own = present[:, column]
        n = np.bincount(group[own], minlength=count)
        total = np.bincount(group[own], weights=values[own, column], minlength=count)
        means[n > 0, column] = total[n > 0] / n[n > 0]
    return means


def _one_hot(x: Floats, symbols: int) -> Floats:
    """A column a symbol: 1 where it stands; NaN at gaps, and for symbols that are not known."""
    codes = np.nan_to_num(x[:, 0], nan=-1.0)
    found: Floats = (codes[:, None] == np.arange(symbols)).astype(float)
    found[~found.any(axis=1)] = np.nan
    return found


def _column_means(figures: Floats) -> Floats:
    present = ~np.isnan(figures)
    counts = present.sum(axis=0)
    return np.asarray(np.where(present, figures, 0.0).sum(axis=0) / np.maximum(counts, 1))
