"""Metrics from exact log-densities, all in nats of the data's own units."""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.scores import without_likelihood
from genstudio.evaluation.items import Items
from genstudio.evaluation.metric import Figure, Metric, MetricInfo, sentences
from genstudio.evaluation.series import mean_in_time, row_log_prob, seen_owners
from genstudio.evaluation.solving import allowing_for_steps
from genstudio.models.capabilities import Approximates, Counted, Density
from genstudio.models.fitted import Fitted
from genstudio.models.sequential import Sequential

Floats = NDArray[np.float64]

DRAWS = 20_000
"""Fresh points for a divergence."""
DRAWS_IN_STEPS = 4_000
"""As many for models that solve an equation for each."""


class LogLikelihood(Metric):
    """How well the model expects rows it has not seen."""

    info = MetricInfo(
        "log_likelihood", "Log-likelihood", "nats per item", "higher",
        "How well the model expects rows it has not seen; the highest that is possible is minus the entropy.", 10,
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs an exact density, of sequences one of each row given those before it."""
        return no_likelihood(fitted, data)

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The mean over the rows; of sequences over those that are no gaps."""
        if data.lengths is not None:
            values, owner = row_log_prob(fitted, data.x, data.lengths), seen_owners(data.x, data.lengths)
            return mean_in_time(values, owner, sentences(_impossible(values), flattery(data)))
        ideal = None if data.truth is None else -data.truth.entropy
        return allowing_for_steps(mean_figure(fitted.log_prob(data.x), ideal, flattery(data)), fitted, data.x)


class KLToTruth(Metric):
    """How far the model is from the density that the data were drawn from."""

    info = MetricInfo(
        "kl_to_truth", "KL to the truth", "nats", "lower",
        "How much likelihood the model loses against the true density on fresh draws from it; 0 is perfect.", 30,
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs an exact density of the model and of the data."""
        if data.truth is None:
            return "The true density of these data is not known."
        return no_density(fitted)

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The mean over fresh draws from the truth."""
        truth = data.known_truth()
        x, _ = truth.sample(DRAWS_IN_STEPS if fitted.can(Approximates) else DRAWS, _fresh(seed))
        return allowing_for_steps(mean_figure(truth.log_prob(x) - fitted.log_prob(x), ideal=0.0), fitted, x)


class Criterion(Metric):
    """Likelihood of the training rows, less a price for parameters."""

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs an exact density, a count of parameters and the training rows."""
        if not fitted.can(Counted):
            return f"{fitted.model.info.title} has no number of free parameters."
        if data.train is None:
            return "It is defined on the rows that the model learned from, and they are not at hand."
        return no_likelihood(fitted, data)

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """-2 log-likelihood of all training rows + price × free parameters."""
        x, lengths = data.learned_from(), data.train_lengths
        log_prob = fitted.log_prob(x) if lengths is None else row_log_prob(fitted, x, lengths)
        value = -2.0 * float(log_prob.sum()) + self.price(len(log_prob)) * fitted.n_parameters()
        return Figure(value, None, len(log_prob), note=_impossible(log_prob))

    @abstractmethod
    def price(self, n: int) -> float:
        """What one parameter costs at n training rows."""


class BIC(Criterion):
    """The criterion that finds the true number of components, given enough rows."""

    info = MetricInfo(
        "bic", "BIC", "", "lower",
        "Bayesian information criterion of the training rows: fit against number of parameters, sparing.", 40,
    )

    def price(self, n: int) -> float:
        """Grows with the rows."""
        return math.log(n)


class AIC(Criterion):
    """The criterion that expects new rows best."""

    info = MetricInfo(
        "aic", "AIC", "", "lower",
        "Akaike information criterion of the training rows: fit against number of parameters, generous.", 50,
    )

    def price(self, n: int) -> float:
        """Always 2."""
        return 2.0


def no_likelihood(fitted: Fitted, data: Items) -> str | None:
    """A sentence saying that a model does not know how likely items are, or None where it does."""
    of_sequences = data.lengths is not None and fitted.can(Sequential)
    return None if of_sequences else no_density(fitted)


def no_density(fitted: Fitted) -> str | None:
    """A sentence saying that a model does not know its density, or None where it does."""
    if fitted.can(Density):
        return None
    title = fitted.model.info.title
    return without_likelihood(title, fitted.can) or f"{title} does not know its density exactly."


def _fresh(seed: int) -> int:
    """Another seed: the same one may have drawn the very rows that the model learned from."""
    return int(np.random.SeedSequence((seed, DRAWS)).generate_state(1)[0])


def mean_figure(values: Floats, ideal: float | None, note: str = "") -> Figure:
    """The mean and its standard error; infinite, and without one, as soon as a single value is."""
    if not np.isfinite(values).all():
        with np.errstate(invalid="ignore"):
            return Figure(float(values.mean()), None, len(values), ideal, f"{_impossible(values)} {note}".strip())
    stderr = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else None
    return Figure(float(values.mean()), stderr, len(values), ideal, note)


def _impossible(values: Floats) -> str:
    """What a person should know of values that are infinite; empty when none is."""
    finite = values[np.isfinite(values)]
    if len(finite) == len(values):
        return ""
    rest = f" The mean over the others is {finite.mean():.4g}." if len(finite) else ""
    return f"The model gives {len(values) - len(finite):,} of {len(values):,} points no density at all.{rest}"


def flattery(data: Items) -> str:
    """What a reader should know of figures of the very rows that were learned from; empty for others."""
    learned_from = data.part == "train" and data.train is not None
    return "Measured on the rows that the model learned from, which flatters it." if learned_from else ""
