"""Gaussian mixtures as plain scikit-learn code."""

from __future__ import annotations

from collections.abc import Iterable

from genstudio.models._gaussians import Mixture
from genstudio.models._mixture_learners import BAYESIAN_NAMES
from genstudio.models._mixture_settings import HAND_GIVEN, MixtureSettings

PLAIN_NAMES = ("n_components", "covariance_type", "reg_covar", "init_params", *HAND_GIVEN)
ALWAYS_SHOWN = ("n_components", "covariance_type")


def given_script(mixture: Mixture) -> str:
    """Code for a mixture whose parameters were given, not learned."""
    return "\n".join([
        "import numpy as np",
        "from sklearn.mixture import GaussianMixture",
        "",
        "# The parameters were given by hand.",
        f'model = GaussianMixture({mixture.n_components}, covariance_type="{mixture.shape}")',
        f"model.weights_ = np.array({mixture.weights.tolist()})",
        f"model.means_ = np.array({mixture.means.tolist()})",
        f"model.covariances_ = np.array({mixture.packed(mixture.spreads).tolist()})",
        f"model.precisions_cholesky_ = np.array({mixture.packed(mixture.factors).tolist()})",
    ])


def learned_script(settings: MixtureSettings, seed: int, steps: int) -> str:
    """Code that learns the same mixture in as many steps."""
    return "\n".join([
        "import warnings",
        *(["import numpy as np"] if settings.n_init > 1 else []),
        "from sklearn.exceptions import ConvergenceWarning",
        f"from sklearn.mixture import {', '.join(sorted({'GaussianMixture', _class_name(settings)}))}",
        "",
        *(_restarts(settings, seed, steps) if settings.n_init > 1 else _one_start(settings, seed, steps)),
        *(_plug_in(settings) if settings.bayesian else _normalised(steps)),
    ])


def _one_start(settings: MixtureSettings, seed: int, steps: int) -> Iterable[str]:
    yield f"# The run took {steps} steps: so many are taken again, whether or not they converge."
    yield "with warnings.catch_warnings():"
    yield '    warnings.simplefilter("ignore", ConvergenceWarning)'
    yield f"    model = {_class_name(settings)}("
    yield f"        {_arguments(settings)},"
    yield f"        max_iter={steps}, tol=0.0, random_state={seed},"
    yield "    ).fit(train)"


def _restarts(settings: MixtureSettings, seed: int, steps: int) -> Iterable[str]:
    yield f"# The run took {steps} steps in at most {settings.n_init} starts, of which the best is kept."
    yield f"random_state, model, left = np.random.RandomState({seed}), None, {steps}"
    yield "with warnings.catch_warnings():"
    yield '    warnings.simplefilter("ignore", ConvergenceWarning)'
    yield f"    for _ in range({settings.n_init}):"
    yield f"        start = {_class_name(settings)}("
    yield f"            {_arguments(settings)},"
    yield f"            max_iter=min({settings.max_iter}, left), tol={settings.tol!r}, random_state=random_state,"
    yield "        ).fit(train)"
    yield "        if model is None or start.lower_bound_ > model.lower_bound_:"
    yield "            model = start"
    yield "        left -= start.n_iter_"
    yield "        if left == 0:"
    yield "            break"


def _normalised(steps: int) -> Iterable[str]:
    if steps == 0:
        yield "model.weights_ = model.weights_ / model.weights_.sum()"


def _plug_in(settings: MixtureSettings) -> Iterable[str]:
    yield "# The Bayesian estimator's own scores are no log-density; the mixture with its parameters has one."
    yield "bayesian = model"
    yield f'model = GaussianMixture({settings.n_components}, covariance_type="{settings.covariance_type}")'
    for name in ("weights_", "means_", "covariances_", "precisions_cholesky_"):
        yield f"model.{name} = bayesian.{name}"


def _class_name(settings: MixtureSettings) -> str:
    return "BayesianGaussianMixture" if settings.bayesian else "GaussianMixture"


def _arguments(settings: MixtureSettings) -> str:
    values = settings.model_dump(include=set(BAYESIAN_NAMES if settings.bayesian else PLAIN_NAMES))
    defaults = {name: field.get_default() for name, field in MixtureSettings.model_fields.items()}
    changed = {name: value for name, value in values.items() if name in ALWAYS_SHOWN or value != defaults[name]}
    return ", ".join(f"{name}={value!r}" for name, value in changed.items())
