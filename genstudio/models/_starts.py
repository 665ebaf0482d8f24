"""Where mixtures start: scikit-learn's four ways, number for number, and parameters given by hand."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.exceptions import ConvergenceWarning

from genstudio.errors import SettingsError
from genstudio.models._expectation import TINY, Rows, Statistics, add_moments
from genstudio.models._gaussians import CHUNK_ROWS, Mixture, SingularCovarianceError, unpacked
from genstudio.models._mixture_settings import HAND_GIVEN, MixtureSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Start:
    """Parameters to start from.

    Arguments:
        log_mass: log of the sum of the weights as scikit-learn has them at the start. Starts on single rows give each
            component the weight of one row, and scikit-learn's first bound is lower by as much.
        idle: components that k-means left without rows.
    """

    mixture: Mixture
    log_mass: float = 0.0
    idle: int = 0


def find_start(x: Floats, rows: Rows, settings: MixtureSettings, random: np.random.RandomState) -> Start:
    """The start that scikit-learn would find for rows x, shape (N, D), with the same random state.

    Raises:
        SettingsError: parameters given by hand do not make a mixture for these data.
        SingularCovarianceError: the start has a covariance that is not positive definite.
    """
    given = {name: getattr(settings, name) for name in HAND_GIVEN if getattr(settings, name) is not None}
    if len(given) == len(HAND_GIVEN):
        return Start(_by_hand(None, given, settings, x.shape[1]))
    find = {"kmeans": _on_clusters, "random": _anywhere, "random_from_data": _on_rows, "k-means++": _on_rows}
    start = find[settings.init_params](x, rows, settings, random)
    if not given:
        return start
    mixture = _by_hand(start.mixture, given, settings, x.shape[1])
    return replace(start, mixture=mixture, log_mass=0.0 if "weights_init" in given else start.log_mass)


def overall(rows: Rows, settings: MixtureSettings) -> Mixture:
    """All components on the mean of the data, with the data's covariance."""
    statistics = _one_by_one(rows, lambda first, n: np.ones((1, n)), np.zeros((1, rows.dimension)))
    one = rows.maximize(statistics, settings.covariance_type, settings.reg_covar)
    k = settings.n_components
    return Mixture.of(
        one.shape, np.full(k, 1.0 / k), np.repeat(one.means, k, axis=0), np.repeat(one.spreads, k, axis=0)
    )


def _on_clusters(x: Floats, rows: Rows, settings: MixtureSettings, random: np.random.RandomState) -> Start:
    k = settings.n_components
    with warnings.catch_warnings():
        # Fewer clusters than asked for are counted below. Filters are global to all threads; should another
        # thread change them at the same moment, all that can stay behind is this one being ignored.
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = KMeans(n_clusters=k, n_init=1, random_state=random).fit(x).labels_
    counts = np.bincount(labels, minlength=k)
    sums = np.stack([np.bincount(labels, weights=z, minlength=k) for z in rows.z], axis=1)
    centres = sums / np.maximum(counts, 1)[:, None]
    components = np.arange(k)[:, None]
    statistics = _one_by_one(rows, lambda first, n: (labels[first : first + n] == components).astype(float), centres)
    mixture = rows.maximize(statistics, settings.covariance_type, settings.reg_covar)
    return Start(mixture, idle=int((counts == 0).sum()))


def _anywhere(x: Floats, rows: Rows, settings: MixtureSettings, random: np.random.RandomState) -> Start:
    def draw(first: int, n: int) -> Floats:
        resp = random.uniform(size=(n, settings.n_components))
        return np.asarray((resp / resp.sum(axis=1)[:, None]).T)

    # All components come to lie near the centre, so that moments about it lose nothing.
    origin = np.zeros((settings.n_components, rows.dimension))
    statistics = _one_by_one(rows, draw, origin)
    return Start(rows.maximize(statistics, settings.covariance_type, settings.reg_covar))


def _on_rows(x: Floats, rows: Rows, settings: MixtureSettings, random: np.random.RandomState) -> Start:
    k, d = settings.n_components, x.shape[1]
    if settings.init_params == "k-means++":
        chosen = kmeans_plusplus(x, k, random_state=random)[1]
    else:
        chosen = random.choice(len(x), size=k, replace=False)
    count = 1.0 + TINY
    means = x[chosen] / count
    if settings.covariance_type == "tied":
        # Scikit-learn sums over all rows but divides by the chosen ones, about the origin of the data's units.
        shared = (x.T @ x - count * means.T @ means) / (k * count) + settings.reg_covar * np.eye(d)
        spreads = np.tile(shared, (k, 1, 1))
    elif settings.covariance_type == "full":
        spreads = np.tile(settings.reg_covar * np.eye(d), (k, 1, 1))
    else:
        spreads = _single_row_variances(x[chosen], count, settings)
    mixture = Mixture.of(settings.covariance_type, np.full(k, 1.0 / k), means, spreads)
    return Start(mixture, log_mass=math.log(k * count / len(x)))


def _single_row_variances(chosen: Floats, count: float, settings: MixtureSettings) -> Floats:
    """Scikit-learn's variances of single rows, shape (K, D): `reg_covar` and the rounding errors of E[x²] − E[x]².

    Against so narrow components the rounding decides rows that lie as far from one as from another, so that the
    same errors must be made. Far from zero they swallow `reg_covar`, which then stands alone.
    """
    variances = chosen * chosen / count - (chosen / count) ** 2 + settings.reg_covar
    if settings.covariance_type == "spherical":
        variances = np.repeat(variances.mean(axis=1, keepdims=True), chosen.shape[1], axis=1)
    return np.where(variances > 0.5 * settings.reg_covar, variances, settings.reg_covar)


def _one_by_one(rows: Rows, responsibilities: Any, origin: Floats) -> Statistics:
    """Statistics about `origin`, with responsibilities (K, n) made for n rows from a first one on."""
    second = np.zeros(origin.shape if rows.diagonal else (*origin.shape, rows.dimension))
    zeroth, first_order = np.zeros(len(origin)), np.zeros(origin.shape)
    for first in range(0, rows.n, CHUNK_ROWS):
        z = rows.z[:, first : first + CHUNK_ROWS]
        add_moments(z, responsibilities(first, z.shape[1]), origin, (zeroth, first_order, second))
    return Statistics(origin, zeroth, first_order, second)


def _by_hand(found: Mixture | None, given: dict[str, Any], settings: MixtureSettings, dimension: int) -> Mixture:
    """Parameters given by hand, the missing ones from the start that was found."""
    k, shape = settings.n_components, settings.covariance_type
    weights = _given_array(given, "weights_init", (k,))
    means = _given_array(given, "means_init", (k, dimension))
    spreads = _given_spreads(given, settings, dimension)
    if weights is not None and not (weights.min() >= 0 and math.isclose(weights.sum(), 1.0, abs_tol=1e-6)):
        raise SettingsError("`weights_init` must hold numbers from 0 to 1 with the sum 1.", "Divide them by their sum.")
    return Mixture.of(
        shape,
        weights if weights is not None else _instead(found).weights,
        means if means is not None else _instead(found).means,
        spreads if spreads is not None else _instead(found).spreads,
    )


def _instead(found: Mixture | None) -> Mixture:
    if found is None:
        raise ValueError("a start must be found when not all parameters are given")
    return found


def _given_array(given: dict[str, Any], name: str, expected: tuple[int, ...]) -> Floats | None:
    if name not in given:
        return None
    rows = given[name]
    widths = {len(row) for row in rows} if len(expected) > 1 else set(expected[1:])
    if len(rows) != expected[0] or widths - set(expected[1:]):
        raise SettingsError(
            f"`{name}` has {len(rows)} entries of {sorted(widths) or 1} numbers, where {expected} belong.",
            "Give one for each component, with one number for each column.",
        )
    return np.array(rows, dtype=np.float64)


def _given_spreads(given: dict[str, Any], settings: MixtureSettings, dimension: int) -> Floats | None:
    if "precisions_init" not in given:
        return None
    try:
        precisions = unpacked(
            settings.covariance_type, given["precisions_init"], settings.n_components, dimension
        )
        if precisions.ndim == 2:
            return 1.0 / _positive(precisions)
        np.linalg.cholesky(precisions)
        return np.asarray(np.linalg.inv(precisions))
    except (ValueError, TypeError, np.linalg.LinAlgError) as error:
        raise SettingsError(
            f"`precisions_init` cannot be used for {settings.covariance_type} covariances: {error}.",
            "Give positive definite matrices (or positive numbers) in scikit-learn's shape.",
        ) from None


def _positive(values: Floats) -> Floats:
    if not (values > 0).all():
        raise SingularCovarianceError("not all are positive")
    return values
