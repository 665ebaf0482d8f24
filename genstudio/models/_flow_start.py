"""Where the mixture of a flow's base starts: at the mixture that EM finds, so that layers only bend what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.errors import TrainingError
from genstudio.models._gaussians import Mixture
from genstudio.models.gmm import GaussianMixtureModel, MixtureSettings
from genstudio.nets.flows.base import GaussianMixture
from genstudio.nets.flows.flow import Flow

Floats = NDArray[np.float64]

ROWS = 50_000
"""So many rows are enough to start from."""
SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Numbers of components that are tried, on rows spread over the data."""
JUDGED_ROWS = 5000
ROWS_A_COMPONENT = 50
MORE_ROWS, MOST_COMPONENTS = 15_000, 96
"""Many rows can tell more Gaussians apart."""


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
    """As many Gaussians as the Bayesian information criterion wants of some of the rows, or twice as many of more."""
    x = data.train[_spread(len(data.train), JUDGED_ROWS)]
    best, lowest = 1, np.inf
    for k in (size for size in SIZES if size <= max(1, len(x) // ROWS_A_COMPONENT)):
        criterion = _criterion(data, x, k)
        if criterion < lowest:
            best, lowest = k, criterion
        elif k > 2 * best:
            break
    more = data.train[_spread(len(data.train), MORE_ROWS)]
    return best if len(more) == len(x) else _doubled(data, more, best)


def _doubled(data: Dataset, x: Floats, k: int) -> int:
    """Twice as many Gaussians, as long as the criterion wants them of these rows."""
    lowest = _criterion(data, x, k)
    while 2 * k <= MOST_COMPONENTS and (criterion := _criterion(data, x, 2 * k)) < lowest:
        k, lowest = 2 * k, criterion
    return k


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
    found = _found(data, x, k, steps=25)
    if found is None:
        return np.inf
    return found.n_parameters() * float(np.log(len(x))) - 2.0 * float(found.log_prob(x).sum())


def _spread(rows: int, count: int) -> NDArray[np.int64]:
    """At most so many rows, spread over all."""
    return np.linspace(0, rows - 1, min(rows, count)).astype(np.int64)
