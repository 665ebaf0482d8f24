"""Settings of Gaussian mixtures: scikit-learn's names and defaults."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from genstudio.settings import Settings, setting

HAND_GIVEN = ("weights_init", "means_init", "precisions_init")


class MixtureSettings(Settings):
    """How a Gaussian mixture is learned."""

    n_components: int = setting(1, "How many Gaussians the mixture is made of.", ge=1, le=10_000, label="Components")
    covariance_type: Literal["full", "tied", "diag", "spherical"] = setting(
        "full", "What shapes the Gaussians may take: any (full), any but all the same (tied), along the axes (diag), "
        "or round (spherical).", label="Covariances",
    )
    weight_concentration_prior_type: Literal["none", "dirichlet_process", "dirichlet_distribution"] = setting(
        "none", "A Dirichlet prior on the weights makes the mixture Bayesian: components that the data do not need "
        "fade away.", label="Bayesian prior",
    )
    init_params: Literal["kmeans", "k-means++", "random", "random_from_data"] = setting(
        "kmeans", "Where the Gaussians start: on clusters found by k-means, on rows spread far apart, anywhere at "
        "random, or on rows drawn at random.", label="Start",
    )
    max_iter: int = setting(
        100, "Most EM steps of one start. 0 leaves parameters typed by hand as they are.", ge=0, le=1_000_000,
        label="Most steps",
    )
    tol: float = setting(
        1e-3, "EM has converged when the log-likelihood changes by less in a step.", ge=0, log=True,
        label="Tolerance", unit="nats",
    )
    n_init: int = setting(1, "How many times EM starts anew; the best result is kept.", ge=1, le=1000, label="Restarts")
    reg_covar: float = setting(
        1e-6, "Added to every variance, so that no Gaussian collapses onto a single point.", ge=0, log=True,
        label="Regularisation", advanced=True,
    )
    weight_concentration_prior: float | None = setting(
        None, "Bayesian only: low values leave few components alive, high values many; 1 / components when left out.",
        gt=0, log=True, advanced=True,
    )
    mean_precision_prior: float | None = setting(
        None, "Bayesian only: how strongly the means are drawn to their prior; 1 when left out.", gt=0, log=True,
        advanced=True,
    )
    degrees_of_freedom_prior: float | None = setting(
        None, "Bayesian only: how strongly the covariances are drawn to their prior; the number of columns when left "
        "out.", gt=0, advanced=True,
    )
    mean_prior: tuple[float, ...] | None = setting(
        None, "Bayesian only: where the means are drawn to, one number a column; the data's mean when left out.",
        hidden=True,
    )
    covariance_prior: Any = setting(
        None, "Bayesian only: what the covariances are drawn to; the data's covariance when left out.", hidden=True
    )
    weights_init: tuple[float, ...] | None = setting(
        None, "Weights to start from, one a component, sum 1.", hidden=True
    )
    means_init: tuple[tuple[float, ...], ...] | None = setting(
        None, "Means to start from, one row a component, model units.", hidden=True
    )
    precisions_init: tuple[Any, ...] | None = setting(
        None, "Inverse covariances to start from, in scikit-learn's shape for the covariance type, model units.",
        hidden=True,
    )

    @property
    def bayesian(self) -> bool:
        """Whether the weights have a prior."""
        return self.weight_concentration_prior_type != "none"

    @model_validator(mode="after")
    def _consistent(self) -> MixtureSettings:
        given = [name for name in HAND_GIVEN if getattr(self, name) is not None]
        if self.bayesian and (given or self.max_iter == 0):
            raise ValueError("the Bayesian mixture takes no parameters by hand and at least one step")
        if self.max_iter == 0 and len(given) < len(HAND_GIVEN):
            raise ValueError(f"max_iter = 0 needs parameters by hand: {', '.join(HAND_GIVEN)}")
        return self
