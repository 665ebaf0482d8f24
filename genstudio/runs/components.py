"""One number of a mixture at a time: what the others do when a person types it. Everything in data units."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset
from genstudio.errors import DataError, RecipeError
from genstudio.runs.hand import Parameters, by_hand, check_mixture, starting_parameters
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run, with_settings

Floats = NDArray[np.float64]

HAND_GIVEN = ("weights_init", "means_init", "precisions_init")
"""Settings of a mixture that hold parameters given by hand."""

START_ROWS = 100_000
"""So many rows say well enough how the data are spread."""

COPY_DEVIATIONS = 0.5
"""So many standard deviations a copy lies beside its original, so that both can be seen and grasped."""


def started_by_hand(recipe: Recipe, data: Dataset) -> Recipe:
    """The recipe of a mixture that nobody fitted, to begin typing from: as many components as the recipe says.

    Raises:
        DataError: the data cannot be spread over.
        RecipeError: the scaling is no affine map.
    """
    some = data.train[np.linspace(0, len(data.train) - 1, min(START_ROWS, len(data.train))).astype(np.int64)]
    x = data.preparation.to_data(some)
    if len(x) < 2:
        raise DataError("A mixture needs at least two rows to be spread over.", "Load more rows.")
    with np.errstate(all="ignore"):
        if not np.isfinite(np.square(x).sum()):
            raise DataError(f"The numbers of {data.name} are too large for a Gaussian mixture.", "Scale the columns.")
    start = starting_parameters(x, int(recipe.model.settings.get("n_components", 1)))
    return by_hand(recipe, data.preparation, *start)


def trained_from(run: Run, parameters: Parameters) -> Recipe:
    """The run's recipe, to be trained from these parameters for as long as the model's default says.

    Raises:
        RecipeError: as for `by_hand`.
    """
    start = by_hand(run.recipe, run.preparation, *parameters)
    return with_settings(start, max_iter=run.model.Settings().max_iter)  # type: ignore[attr-defined]


def deviations(covariances: Floats) -> Floats:
    """Standard deviations, shape (K, D), of covariances, shape (K, D, D)."""
    found: Floats = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    return found


def correlation(covariance: Floats, i: int, j: int) -> float:
    """How two columns vary together, in (-1, 1)."""
    return float(covariance[i, j] / np.sqrt(covariance[i, i] * covariance[j, j]))


def with_weight(parameters: Parameters, k: int, weight: float, typed: Collection[int] = ()) -> Parameters:
    """The mixture with one weight as it was typed; the others share the rest in the proportions they had.

    Arguments:
        weight: in [0, 1].
        typed: components whose weights were typed before and stay, as long as that leaves room.

    Raises:
        RecipeError: the only component has no other weight than 1.
    """
    weights, means, covariances = parameters
    if len(weights) == 1 and weight != 1:
        raise RecipeError("A single component has the weight 1.", "Add another component first.")
    kept = [other for other in typed if other != k]
    free = [other for other in range(len(weights)) if other != k and other not in kept]
    rest = 1.0 - weight - float(weights[kept].sum())
    if not free or rest < 0:
        free, rest = [other for other in range(len(weights)) if other != k], 1.0 - weight
    changed = weights.copy()
    changed[k] = weight
    changed[free] = rest * _proportions(weights[free])
    return changed, means, covariances


def with_mean(parameters: Parameters, k: int, column: int, value: float) -> Parameters:
    """The mixture with one coordinate of a mean changed."""
    weights, means, covariances = parameters
    changed = means.copy()
    changed[k, column] = value
    return weights, changed, covariances


def with_deviation(parameters: Parameters, k: int, column: int, deviation: float) -> Parameters:
    """The mixture with one standard deviation changed; correlations stay as they are.

    Raises:
        RecipeError: the covariance is not positive definite any more (a deviation beyond what squares allow).
    """
    factor = np.ones(parameters[1].shape[1])
    with np.errstate(all="ignore"):
        factor[column] = deviation / deviations(parameters[2])[k, column]
        covariance = parameters[2][k] * factor[:, None] * factor
        covariance[column, column] = deviation**2
    return _with_covariance(parameters, k, covariance)


def with_correlation(parameters: Parameters, k: int, i: int, j: int, value: float) -> Parameters:
    """The mixture with the correlation of two columns changed; deviations stay as they are.

    Raises:
        RecipeError: no data can vary so, as other columns stand between the two.
    """
    covariance = parameters[2][k].copy()
    covariance[i, j] = covariance[j, i] = value * np.sqrt(covariance[i, i] * covariance[j, j])
    try:
        return _with_covariance(parameters, k, covariance)
    except RecipeError:
        raise RecipeError(
            f"With this correlation component {k + 1} has no valid covariance.", "Bring it closer to 0."
        ) from None


def added(parameters: Parameters) -> Parameters:
    """The mixture with one component more: in the middle of all, as wide as they are together."""
    weights, means, covariances = parameters
    share = 1 / (len(weights) + 1)
    middle = weights @ means
    apart = means - middle
    spread = np.einsum("k,kij->ij", weights, covariances + apart[:, :, None] * apart[:, None, :])
    return (
        np.append(weights * (1 - share), share), np.vstack([means, middle]),
        np.concatenate([covariances, spread[None] * share]),
    )


def duplicated(parameters: Parameters, k: int) -> Parameters:
    """The mixture with a component twice, each with half of its weight; the copy lies a little beside."""
    weights, means, covariances = parameters
    values, vectors = np.linalg.eigh(covariances[k])
    beside = means[k] + COPY_DEVIATIONS * np.sqrt(values[-1]) * vectors[:, -1]
    halved = np.append(weights, weights[k] / 2)
    halved[k] /= 2
    return halved, np.vstack([means, beside]), np.concatenate([covariances, covariances[k][None]])


def removed(parameters: Parameters, k: int) -> Parameters:
    """The mixture without a component; the others share its weight.

    Raises:
        RecipeError: it is the only one.
    """
    weights, means, covariances = (np.delete(array, k, axis=0) for array in parameters)
    if not len(weights):
        raise RecipeError("A mixture has at least one component.", "Add another one before this one is removed.")
    return _proportions(weights), means, covariances


def _with_covariance(parameters: Parameters, k: int, covariance: Floats) -> Parameters:
    weights, means, covariances = parameters
    changed = covariances.copy()
    changed[k] = covariance
    check_mixture(weights, changed)
    return weights, means, changed


def _proportions(weights: Floats) -> Floats:
    """The weights with sum 1; all alike where all are 0."""
    total = float(weights.sum())
    return weights / total if total > 0 else np.full(len(weights), 1 / max(len(weights), 1))
