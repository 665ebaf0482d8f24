"""Settings of hidden Markov models: hmmlearn's names and defaults."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from genstudio.settings import Settings, setting

EmissionName = Literal["gaussian", "mixture", "categorical", "poisson"]
GIVEN: dict[str, tuple[str, ...]] = {
    "gaussian": ("means", "covars"),
    "mixture": ("weights", "means", "covars"),
    "categorical": ("emissionprob",),
    "poisson": ("lambdas",),
}
"""The parameters of each emission, beside `startprob` and `transmat`."""


class MarkovSettings(Settings):
    """How a hidden Markov model is learned."""

    n_components: int = setting(
        1, "How many hidden states the chain has.", ge=1, le=1000, label="States"
    )
    emission: EmissionName = setting(
        "gaussian", "What a state shows: numbers round a centre (gaussian) or round several (mixture), one of several "
        "symbols (categorical), or counts (poisson).", label="Emission",
    )
    covariance_type: Literal["full", "tied", "diag", "spherical"] = setting(
        "diag", "What shapes the Gaussians may take: any (full), any but all the same (tied; in mixtures the same "
        "within a state), along the axes (diag), or round (spherical).", label="Covariances",
    )
    n_mix: int = setting(
        1, "How many Gaussians each state has, where the emission is a mixture.", ge=1, le=1000,
        label="Gaussians a state",
    )
    topology: Literal["ergodic", "left_to_right", "banded"] = setting(
        "ergodic", "Which transitions there are: from any state to any (ergodic), onwards only, from the first state "
        "(left_to_right), or to neighbouring states (banded).", label="Topology",
    )
    bandwidth: int = setting(
        1, "How many states a transition goes at most, where the topology is left_to_right or banded.", ge=1,
        label="Bandwidth",
    )
    n_iter: int = setting(
        10, "Most EM steps of one start. 0 leaves parameters typed by hand as they are.", ge=0, le=1_000_000,
        label="Most steps",
    )
    tol: float = setting(
        1e-2, "EM has converged when the log-likelihood of all rows together changes by less in a step.", ge=0,
        log=True, label="Tolerance", unit="nats",
    )
    n_init: int = setting(1, "How many times EM starts anew; the best result is kept.", ge=1, le=1000, label="Restarts")
    min_covar: float = setting(
        1e-3, "Added to the variances that EM starts from, and to those of a Gaussian that would collapse.", gt=0,
        log=True, label="Least variance", advanced=True,
    )
    covars_prior: float = setting(
        1e-2, "Added to the summed squares that each covariance is made of, so that none shrinks to nothing.", ge=0,
        log=True, label="Covariance prior", advanced=True,
    )
    covars_weight: float = setting(
        1.0, "How many rows the prior of the covariances counts as; up to 1 (diag, spherical), or up to the number of "
        "columns (full, tied), it has no effect.", ge=0, label="Covariance prior's weight", advanced=True,
    )
    startprob: tuple[float, ...] | None = setting(None, "Probability of each state at the first row.", hidden=True)
    transmat: tuple[tuple[float, ...], ...] | None = setting(
        None, "Probability of each state (columns) after each state (rows). What is 0 stays 0.", hidden=True
    )
    means: Any = setting(None, "Means of the states, model units, in hmmlearn's shape.", hidden=True)
    covars: Any = setting(
        None, "Covariances of the states, model units: in hmmlearn's shape for their type, or whole matrices.",
        hidden=True,
    )
    weights: tuple[tuple[float, ...], ...] | None = setting(
        None, "Weights of the Gaussians of each state, where the emission is a mixture.", hidden=True
    )
    emissionprob: tuple[tuple[float, ...], ...] | None = setting(
        None, "Probability of each symbol (columns) in each state (rows).", hidden=True
    )
    lambdas: tuple[tuple[float, ...], ...] | None = setting(
        None, "Mean counts of each state.", hidden=True
    )

    @property
    def given(self) -> dict[str, Any]:
        """The parameters typed by hand, by name."""
        return {name: getattr(self, name) for name in self._names if getattr(self, name) is not None}

    @property
    def all_given(self) -> bool:
        """Whether nothing is left to be found before learning."""
        return len(self.given) == len(self._names)

    @property
    def _names(self) -> tuple[str, ...]:
        return ("startprob", "transmat", *GIVEN[self.emission])

    @model_validator(mode="after")
    def _consistent(self) -> MarkovSettings:
        if self.n_iter == 0 and not self.all_given:
            lacking = [name for name in self._names if name not in self.given]
            raise ValueError(f"n_iter = 0 needs parameters by hand: {', '.join(lacking)}")
        foreign = sorted(
            name for names in GIVEN.values() for name in names
            if name not in GIVEN[self.emission] and getattr(self, name) is not None
        )
        if foreign:
            raise ValueError(f"`{foreign[0]}` belongs to another emission than {self.emission}")
        return self
