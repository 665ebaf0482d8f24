"""Parameters given by hand: they stand in the recipe, under scikit-learn's names, and nothing is fitted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.errors import RecipeError
from genstudio.models.fitted import Fitted
from genstudio.runs.job import Job, Status
from genstudio.runs.question import Subject
from genstudio.runs.recipe import Recipe
from genstudio.runs.run import Run, with_settings
from genstudio.runs.work import new_model

Floats = NDArray[np.float64]
Parameters = tuple[Floats, Floats, Floats]
"""Weights (K,), means (K, D) and covariances (K, D, D), data units."""


def by_hand(recipe: Recipe, preparation: Preparation, weights: Floats, means: Floats, covariances: Floats) -> Recipe:
    """The recipe of a mixture with just these parameters.

    Arguments:
        weights: shape (K,), of which only the proportions count.
        means: shape (K, D), data units.
        covariances: shape (K, D, D), data units.

    Raises:
        RecipeError: a covariance is not positive definite, a weight is negative, or the scaling is no affine map.
    """
    scaling = preparation.scaling.affine(len(preparation.columns))
    if scaling is None:
        raise RecipeError("Under a logit scaling components are no ellipses.", "Choose another scaling.")
    check_mixture(weights, covariances)
    shift, scale = scaling
    precisions = np.linalg.inv(covariances / scale[:, None] / scale)
    return with_settings(
        recipe,
        n_components=len(weights), covariance_type="full", max_iter=0, n_init=1,
        weight_concentration_prior_type="none",
        weights_init=(weights / weights.sum()).tolist(),
        means_init=((means - shift) / scale).tolist(),
        precisions_init=(0.5 * (precisions + precisions.transpose(0, 2, 1))).tolist(),
    )


def hand_run(run: Run, parameters: Parameters) -> Run:
    """A run of the same data whose model has just these parameters, to be changed by hand; it never trains.

    Raises:
        RecipeError: as for `by_hand`, or the run's data are not at hand.
    """
    if run.data is None:
        raise RecipeError(f"The data of {run.name} are not at hand.", "Open them first.")
    recipe = by_hand(run.recipe, run.preparation, *parameters)
    fitted = Fitted(new_model(recipe, run.data), run.preparation)
    fitted.set_parameters(*parameters)
    job = Job(Subject(fitted, run.data), None)
    return Run(f"{run.name} by hand", recipe, run.preparation, run.data, job, status=Status.DONE, by_hand=True,
               raw=run.raw)


def given_parameters(recipe: Recipe, preparation: Preparation) -> Parameters | None:
    """The parameters that a recipe made by `by_hand` carries, data units; None where it carries none."""
    settings, scaling = recipe.model.settings, preparation.scaling.affine(len(preparation.columns))
    if settings.get("means_init") is None or scaling is None:
        return None
    shift, scale = scaling
    covariances = np.linalg.inv(np.array(settings["precisions_init"], float))
    means = np.array(settings["means_init"], float) * scale + shift
    return np.array(settings["weights_init"], float), means, covariances * scale[:, None] * scale


def moved(parameters: Parameters, index: int, mean: Floats, covariance: Floats, columns: Sequence[int]) -> Parameters:
    """The parameters after one component was dragged in a plane of two columns.

    The other columns follow by the linear map that takes the former ellipse to the new one, so that the
    covariance stays positive definite.

    Arguments:
        mean: shape (2,); covariance: shape (2, 2), data units.
    """
    weights, means, covariances = (array.copy() for array in parameters)
    plane = list(columns)
    former = np.linalg.cholesky(covariances[index][np.ix_(plane, plane)])
    change = np.eye(means.shape[1])
    change[np.ix_(plane, plane)] = np.linalg.cholesky(covariance) @ np.linalg.inv(former)
    means[index, plane] = mean
    covariances[index] = change @ covariances[index] @ change.T
    return weights, means, covariances


def check_mixture(weights: Floats, covariances: Floats) -> None:
    """Whether these make a mixture.

    Raises:
        RecipeError: naming the component that does not.
    """
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise RecipeError("The weights do not make a mixture.", "Give numbers from 0 up, at least one above 0.")
    for k, covariance in enumerate(covariances):
        if not np.isfinite(covariance).all() or np.linalg.eigvalsh(covariance).min() <= 0:
            raise RecipeError(
                f"The covariance of component {k + 1} is not positive definite.",
                "Make its variances larger or its correlations smaller.",
            )


def starting_parameters(x: Floats, k: int) -> Parameters:
    """A mixture to begin editing from: k equal components spread over rows x, shape (N, D), data units."""
    spread = np.cov(x.T).reshape(x.shape[1], x.shape[1]) + 1e-12 * np.eye(x.shape[1])
    values, vectors = np.linalg.eigh(spread)
    along = vectors[:, -1] * np.sqrt(values[-1])
    places = np.linspace(-1.2, 1.2, k) if k > 1 else np.zeros(1)
    means = x.mean(axis=0) + places[:, None] * along
    return np.full(k, 1 / k), means, np.repeat(spread[None] / max(1, k), k, axis=0)
