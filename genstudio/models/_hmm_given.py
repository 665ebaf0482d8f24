"""Hidden Markov models whose parameters a person types: what is wrong with them is said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import SettingsError
from genstudio.models._gaussians import Mixture, Shape, SingularCovarianceError, shaped
from genstudio.models._hmm_categorical import CategoricalEmission
from genstudio.models._hmm_emission import Emission, HiddenMarkov
from genstudio.models._hmm_gaussian import GaussianEmission
from genstudio.models._hmm_passes import Markov
from genstudio.models._hmm_poisson import PoissonEmission
from genstudio.models._hmm_settings import MarkovSettings

Floats = NDArray[np.float64]

# Typed decimals add up to 1 no closer than this.
ROUNDING = 1e-6
EXACT = 1e-9


def model_of(parameters: Mapping[str, Any], settings: MarkovSettings, dimension: int | None) -> HiddenMarkov:
    """A model from the parameters that `sequential.Chain` names, or as hmmlearn shapes them.

    Arguments:
        dimension: numbers of a row, or symbols, that the data have; anything goes when None.

    Raises:
        SettingsError: a parameter is lacking, has a wrong shape, or cannot be what it is named.
    """
    startprob = _shares("startprob", _numbers(parameters, "startprob", 1))
    k = len(startprob)
    transmat = _shares("transmat", _numbers(parameters, "transmat", 2))
    if transmat.shape != (k, k):
        raise SettingsError(
            f"`transmat` has {_size(transmat)} numbers, but {k} states need {k} × {k}.",
            "Type one row and one column for each state.",
        )
    emission = EMISSIONS[settings.emission](parameters, settings, k, dimension)
    return HiddenMarkov(Markov(startprob, transmat), emission)


def _gaussian(parameters: Mapping[str, Any], settings: MarkovSettings, k: int, dimension: int | None) -> Emission:
    means = _numbers(parameters, "means", 2)
    d = _fitting("means", means, k, dimension, "columns")
    shape = settings.covariance_type
    covars = whole_covars(parameters, shape, k, d)
    return GaussianEmission(_components(shape, np.ones(k), means, shaped(shape, covars, np.ones(k))))


def _mixture(parameters: Mapping[str, Any], settings: MarkovSettings, k: int, dimension: int | None) -> Emission:
    weights = _shares("weights", _numbers(parameters, "weights", 2))
    m = weights.shape[1]
    _fitting("weights", weights, k, None, "Gaussians")
    means = _numbers(parameters, "means", 3)
    _fitting("means", means, k, None, "Gaussians")
    d = _fitting("means", means.reshape(-1, means.shape[2]), k * m, dimension, "columns")
    shape = settings.covariance_type
    covars = whole_covars(parameters, shape, k, d, m)
    spreads = [shaped(shape, own, share) for own, share in zip(covars.reshape(k, m, d, d), weights, strict=True)]
    components = _components(shape, weights.reshape(-1), means.reshape(k * m, d), np.concatenate(spreads))
    return GaussianEmission(components, m, mixed=True)


def _categorical(parameters: Mapping[str, Any], settings: MarkovSettings, k: int, dimension: int | None) -> Emission:
    emissionprob = _shares("emissionprob", _numbers(parameters, "emissionprob", 2))
    _fitting("emissionprob", emissionprob, k, dimension, "symbols")
    return CategoricalEmission(emissionprob)


def _poisson(parameters: Mapping[str, Any], settings: MarkovSettings, k: int, dimension: int | None) -> Emission:
    lambdas = _numbers(parameters, "lambdas", 2)
    _fitting("lambdas", lambdas, k, dimension, "columns")
    if lambdas.min() < 0:
        raise SettingsError("`lambdas` holds a number below 0, but counts have no mean below 0.", "Change it.")
    return PoissonEmission(lambdas)


EMISSIONS = {"gaussian": _gaussian, "mixture": _mixture, "categorical": _categorical, "poisson": _poisson}


def whole_covars(parameters: Mapping[str, Any], shape: Shape, k: int, d: int, m: int = 0) -> Floats:
    """Covariances as matrices, (K, D, D) or (K · M, D, D), from these or from hmmlearn's shape for their type.

    Arguments:
        m: Gaussians of a state, where states are mixtures; else 0.

    Raises:
        SettingsError: they are lacking, have neither shape, or are no covariances.
    """
    covars = _numbers(parameters, "covars")
    each = (k, m) if m else (k,)
    n, eye = k * max(m, 1), np.eye(d)
    packed = {"spherical": each, "diag": (*each, d), "full": (*each, d, d), "tied": (k, d, d) if m else (d, d)}[shape]
    if covars.shape == (*each, d, d):
        matrices = covars.reshape(n, d, d)
    elif covars.shape != packed:
        raise SettingsError(
            f"`covars` has the shape {covars.shape}, where {packed} or {(*each, d, d)} belongs.",
            "Type one covariance for each state.",
        )
    elif shape == "tied":
        matrices = np.repeat(covars, m, axis=0) if m else np.tile(covars, (k, 1, 1))
    else:
        matrices = covars.reshape(n, -1, 1) * eye
    _require_covariances(matrices)
    return matrices


def _require_covariances(matrices: Floats) -> None:
    for number, matrix in enumerate(matrices, 1):
        if not np.allclose(matrix, matrix.T, rtol=1e-8, atol=0.0):
            raise SettingsError(
                f"Covariance {number} is not symmetric.", "Type the same number on both sides of its diagonal."
            )
        if np.diagonal(matrix).min() <= 0:
            raise SettingsError(f"Covariance {number} has a variance of 0 or less.", "Type one above 0.")


def _components(shape: Shape, weights: Floats, means: Floats, spreads: Floats) -> Mixture:
    for number, spread in enumerate(spreads, 1):
        try:
            Mixture.of(shape, np.ones(1), means[:1], spread[None])
        except SingularCovarianceError:
            raise SettingsError(
                f"Covariance {number} is not positive definite.", "Type larger variances, or covariances nearer to 0."
            ) from None
    return Mixture.of(shape, weights, means, spreads)


def _numbers(parameters: Mapping[str, Any], name: str, dimensions: int | None = None) -> Floats:
    if name not in parameters:
        raise SettingsError(f"`{name}` is lacking.", "Type it.")
    try:
        values = np.array(parameters[name], dtype=np.float64)
    except (TypeError, ValueError):
        raise SettingsError(f"`{name}` is no regular table of numbers.", "Type as many in each row.") from None
    if dimensions is not None and (values.ndim != dimensions or not values.size):
        raise SettingsError(
            f"`{name}` has {values.ndim} dimensions or no numbers, where {dimensions} belong.", "Type it anew."
        )
    if not np.isfinite(values).all():
        raise SettingsError(f"`{name}` holds something that is no finite number.", "Type numbers alone.")
    return values


def _shares(name: str, values: Floats) -> Floats:
    """Probabilities that sum to 1 in each row, but for what rounding leaves."""
    table = np.atleast_2d(values)
    for number, row in enumerate(table, 1):
        where = f"Row {number} of `{name}`" if values.ndim > 1 else f"`{name}`"
        if row.min() < 0:
            raise SettingsError(f"{where} holds {row.min():g}, but no probability is below 0.", "Change it.")
        if abs(row.sum() - 1.0) > ROUNDING:
            raise SettingsError(
                f"{where} sums to {row.sum():.6g}, but probabilities sum to 1.", "Divide them by their sum."
            )
    total = values.sum(axis=-1, keepdims=True)
    # What was typed stays as it was typed, to the last digit.
    return np.where(np.abs(total - 1.0) <= EXACT, values, values / total)


def _fitting(name: str, values: Floats, k: int, expected: int | None, things: str) -> int:
    """The second dimension, after checking both."""
    if len(values) != k:
        raise SettingsError(f"`{name}` has {len(values)} rows for {k} states.", "Type one row for each state.")
    if expected is not None and values.shape[1] != expected:
        raise SettingsError(
            f"`{name}` has {values.shape[1]} {things}, but the data have {expected}.", f"Type {expected} in each row."
        )
    return int(values.shape[1])


def _size(values: Floats) -> str:
    return " × ".join(str(n) for n in values.shape)
