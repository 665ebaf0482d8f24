"""Where the mixture of a flow's base starts: at the mixture that EM finds, so that layers only bend what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.errors import TrainingError
from genstudio.models._gaussians import Mixture, log_sum
from genstudio.models.gmm import GaussianMixtureModel, MixtureSettings
from genstudio.nets.flows.base import GaussianMixture
from genstudio.nets.flows.flow import Flow

Floats = NDArray[np.float64]

ROWS = 50_000
"""So many rows are enough to start from."""
MOST_COMPONENTS = 64
JUDGED_ROWS, JUDGED_NUMBERS = 4000, 16_000
"""So many rows, and so many numbers in them, tell how many components there are to be."""
JUDGED_STEPS = 12
ROWS_A_COMPONENT = 40
FLAT = 0.84
"""Rows within Gaussians whose tails have less than this share of a Gaussian's are no bells any more."""


def start(net: Flow, data: Dataset, x: Floats) -> None:
    """Let a mixture as base start at what EM finds of the data behind untrained layers; as it is where EM fails.

    Arguments:
        x: training rows as the flow takes them, shape (N, D).
    """
    base = net.base
    if not isinstance(base, GaussianMixture):
        return
    rows = _spread(len(x), ROWS)
    few = torch.from_numpy(x[rows]).float()
    with torch.no_grad():
        z = net.inward(few, few.new_zeros(len(few), base.n_classes))[0].double().numpy()
    found = _found(data, z, len(base.means), steps=50)
    if found is None:
        return
    # Lower triangles A with A (z - mean) of deviation 1: their product gives the precision.
    factors = np.linalg.inv(np.linalg.cholesky(found.covariances))
    base.put(*(torch.from_numpy(part).float() for part in (found.weights, found.means, factors)))
    if data.labels is not None and base.of_class is not None:
        favours = _favours(found, z, data.labels.train[rows], base.n_classes)
        base.of_class.data.copy_(torch.from_numpy(favours))


def _favours(mixture: Mixture, z: Floats, codes: NDArray[np.int64], n_classes: int) -> Floats:
    """How much more often each class has each component than all have, as logarithms, shape (K, n_classes)."""
    shares = mixture.responsibilities(z)
    weights = np.maximum(mixture.weights, np.finfo(np.float32).tiny)
    # One more item, like all the others, keeps logarithms finite.
    counts = np.stack([shares[codes == code].sum(axis=0) + weights for code in range(n_classes)], axis=1)
    favours: Floats = np.log(counts / counts.sum(axis=0) / weights[:, None])
    return favours


def components(data: Dataset) -> int:
    """As many Gaussians as the Bayesian information criterion wants, by what some of the rows tell of all.

    Doubled until twice twice as many are no better; then one and a half times as many are tried, and three quarters.
    One, where rows want as many as there may be and yet lie flat within them, as those do that fill areas with sharp
    edges: layers draw edges better, and would have to smooth out the Gaussians first.
    """
    rows = min(JUDGED_ROWS, max(1, JUDGED_NUMBERS // data.train.shape[1]))
    x = data.train[_spread(len(data.train), rows)]
    most = min(MOST_COMPONENTS, max(1, len(x) // ROWS_A_COMPONENT))
    best, lowest, k = 1, _criterion(data, x, 1), 2
    while k <= min(most, 4 * best):
        if (criterion := _criterion(data, x, k)) < lowest:
            best, lowest = k, criterion
        k *= 2
    if best > 1 and 2 * best > most and _tails(data, x, best) < FLAT:
        return 1
    between = [size for size in (3 * best // 4, 3 * best // 2) if 2 < size <= most]
    return min([best, *between], key=lambda size: lowest if size == best else _criterion(data, x, size))


def _found(data: Dataset, x: Floats, k: int, steps: int) -> Mixture | None:
    model = GaussianMixtureModel(MixtureSettings(n_components=k, init_params="k-means++", max_iter=steps))
    few = replace(data, train=x, valid=x[:0])
    try:
        for _ in model.fit(few, model.live_settings(), seed=0):
            pass
    except TrainingError:
        return None
    return model.mixture


def _criterion(data: Dataset, x: Floats, k: int) -> float:
    """The criterion of all rows, a row, half of it, as far as some of them tell.

    Of some, the likelihood is flattered by half a nat a parameter, which all would not do.
    """
    found = _found(data, x, k, steps=JUDGED_STEPS)
    if found is None:
        return np.inf
    flattered, rows = 0.5 * found.n_parameters() / len(x), len(data.train)
    return 0.5 * found.n_parameters() * float(np.log(rows)) / rows + flattered - float(found.log_prob(x).mean())


def _tails(data: Dataset, x: Floats, k: int) -> float:
    """How far rows spread within the Gaussians they belong to: 1 as a bell does, 0.4 as a box of even density does.

    It is the variance of their squared distances from the means, in deviations, by that of a Gaussian.
    """
    found = _found(data, x, k, steps=JUDGED_STEPS)
    if found is None:
        return 1.0
    joint = found.log_joint(x)
    squared, shares = 2 * (found.log_heights[:, None] - joint), np.exp(joint - log_sum(joint))
    mean = np.average(squared, weights=shares)
    # By their own mean: a Gaussian that is too wide or too narrow is no less a bell.
    return float(np.average((squared / mean - 1) ** 2, weights=shares) * x.shape[1] / 2)


def _spread(rows: int, count: int) -> NDArray[np.int64]:
    """At most so many rows, spread over all."""
    return np.linspace(0, rows - 1, min(rows, count)).astype(np.int64)
