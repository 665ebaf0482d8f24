"""Hidden Markov models as named arrays, as they are kept in files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.models._gaussians import Mixture, SingularCovarianceError
from genstudio.models._hmm_categorical import CategoricalEmission
from genstudio.models._hmm_emission import Emission, HiddenMarkov
from genstudio.models._hmm_gaussian import GaussianEmission
from genstudio.models._hmm_passes import Markov
from genstudio.models._hmm_poisson import PoissonEmission
from genstudio.models._hmm_settings import MarkovSettings

Array = NDArray[Any]
Floats = NDArray[np.float64]


def model_state(model: HiddenMarkov, by_hand: bool) -> dict[str, Array]:
    """All parameters; copies."""
    return {
        "startprob": model.chain.startprob.copy(), "transmat": model.chain.transmat.copy(),
        **model.emission.state(), "by_hand": np.array([by_hand], dtype=np.int64),
    }


def model_from_state(settings: MarkovSettings, state: Mapping[str, Array]) -> HiddenMarkov:
    """The model that `model_state` described.

    Raises:
        KeyError: an array is missing.
        ValueError: an array has a wrong shape, or holds what cannot be.
    """
    k = len(state["startprob"])
    startprob = _shares(state, "startprob", (k,))
    transmat = _shares(state, "transmat", (k, k))
    return HiddenMarkov(Markov(startprob, transmat), _EMISSIONS[settings.emission](settings, state, k))


def _gaussian(settings: MarkovSettings, state: Mapping[str, Array], k: int) -> Emission:
    if state["weights"].ndim != 2 or state["means"].ndim != 2:
        raise ValueError("weights and means have two dimensions")
    m, d = state["weights"].shape[1], state["means"].shape[1]
    diagonal = settings.covariance_type in ("diag", "spherical")
    weights = _finite(state, "weights", (k, m)).reshape(-1)
    spreads = _finite(state, "covars", (k * m, d) if diagonal else (k * m, d, d))
    try:
        components = Mixture.of(settings.covariance_type, weights, _finite(state, "means", (k * m, d)), spreads)
    except SingularCovarianceError:
        raise ValueError("a covariance is not positive definite") from None
    return GaussianEmission(components, m, settings.emission == "mixture")


def _categorical(settings: MarkovSettings, state: Mapping[str, Array], k: int) -> Emission:
    return CategoricalEmission(_shares(state, "emissionprob", (k, state["emissionprob"].shape[-1])))


def _poisson(settings: MarkovSettings, state: Mapping[str, Array], k: int) -> Emission:
    return PoissonEmission(_finite(state, "lambdas", (k, state["lambdas"].shape[-1])))


_EMISSIONS = {"gaussian": _gaussian, "mixture": _gaussian, "categorical": _categorical, "poisson": _poisson}


def _finite(state: Mapping[str, Array], name: str, shape: tuple[int, ...]) -> Floats:
    values = state[name]
    if values.shape != shape or not values.size:
        raise ValueError(f"{name} has the shape {values.shape}, where {shape} belongs")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return np.array(values, dtype=np.float64)


def _shares(state: Mapping[str, Array], name: str, shape: tuple[int, ...]) -> Floats:
    values = _finite(state, name, shape)
    if values.min() < 0 or not np.allclose(values.sum(axis=-1), 1.0, atol=1e-6):
        raise ValueError(f"{name} holds no probabilities")
    return values
