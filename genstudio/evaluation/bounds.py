"""Metrics of models that know no more than a lower bound of their likelihood, all in data units."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import cast

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.scores import without_likelihood
from genstudio.evaluation.items import Items
from genstudio.evaluation.likelihood import flattery, mean_figure, no_density
from genstudio.evaluation.metric import DRAWS, Figure, Metric, MetricInfo, sentences
from genstudio.evaluation.solving import allowing_for_steps
from genstudio.models.capabilities import Bound, Conditional, Density, Latent, Terms
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ACTIVE = 0.01
"""Least variance of a posterior mean over the items that makes its coordinate an active one."""
OF_WHAT = {
    "density": "",
    "intensities": "Of intensities in [0, 1] under a Bernoulli likelihood, which is no true probability: compare it "
    "with models of the same kind only.",
    "bits": "Of pixels drawn black or white by their intensity, once, with the seed.",
    "bytes": "Of pixels with 256 intensities each.",
}


class BoundMetric(Metric):
    """A mean over the items of something that only a bounded likelihood has."""

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs a bound that is made of two terms."""
        if not fitted.can(Bound):
            return _no_bound(fitted)
        return None if fitted.can(Terms) else f"{fitted.model.info.title} has no latent code that costs anything."

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The mean over the items."""
        values = self.values(fitted, data, seed)
        return mean_figure(values, self.ideal(fitted, data), sentences(self.note(fitted), flattery(data)))

    @abstractmethod
    def values(self, fitted: Fitted, data: Items, seed: int) -> Floats:
        """One a item, shape (N,)."""

    def ideal(self, fitted: Fitted, data: Items) -> float | None:
        """What the truth itself would reach."""
        return None

    def note(self, fitted: Fitted) -> str:
        """What a reader should know of it."""
        return of_what(fitted)


class Elbo(BoundMetric):
    """The bound that training raises."""

    info = MetricInfo(
        "elbo", "ELBO", "nats per item", "higher",
        "Evidence lower bound: how well items are reconstructed, less what the latent code costs. The likelihood is "
        "at least as high.", 11,
    )

    def values(self, fitted: Fitted, data: Items, seed: int) -> Floats:
        """Of one draw an item, its KL term exact."""
        reconstruction, kl = fitted.bound_terms(data.x, seed, classes(fitted, data))
        found: Floats = reconstruction - kl.sum(axis=1)
        return found

    def ideal(self, fitted: Fitted, data: Items) -> float | None:
        """Minus the entropy, of numbers."""
        return ideal(fitted, data)


class Iwae(BoundMetric):
    """The bound that many draws bring nearer to the likelihood."""

    info = MetricInfo(
        "iwae", "IWAE bound", "nats per item", "higher",
        "Importance-weighted lower bound of the log-likelihood; the more draws, the nearer it comes.", 12,
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs a bound."""
        return None if fitted.can(Bound) else _no_bound(fitted)

    def values(self, fitted: Fitted, data: Items, seed: int) -> Floats:
        """Of so many draws an item."""
        return fitted.log_prob_bound(data.x, draws_behind(fitted, self.draws), seed, classes(fitted, data))

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The mean over the items; its error allows for solving in steps."""
        return allowing_for_steps(super().measure(fitted, data, seed), fitted, data.x, classes(fitted, data))

    def ideal(self, fitted: Fitted, data: Items) -> float | None:
        """Minus the entropy, of numbers."""
        return ideal(fitted, data)

    def note(self, fitted: Fitted) -> str:
        """How many draws, and of what."""
        return sentences(f"A lower bound with {_draws(draws_behind(fitted, self.draws))} an item.", of_what(fitted))


class Reconstruction(BoundMetric):
    """The bound's first term."""

    info = MetricInfo(
        "reconstruction", "Reconstruction", "nats per item", "higher",
        "How likely an item is, decoded from its own latent code.", 13,
    )

    def values(self, fitted: Fitted, data: Items, seed: int) -> Floats:
        """Of one draw an item."""
        return fitted.bound_terms(data.x, seed, classes(fitted, data))[0]


class KL(BoundMetric):
    """The bound's second term."""

    info = MetricInfo(
        "kl", "KL term", "nats per item", "none",
        "What the latent code tells of an item; near 0 it tells nothing, which is a collapse.", 14,
    )

    def values(self, fitted: Fitted, data: Items, seed: int) -> Floats:
        """Over all latent coordinates."""
        found: Floats = fitted.bound_terms(data.x, seed, classes(fitted, data))[1].sum(axis=1)
        return found

    def note(self, fitted: Fitted) -> str:
        """Nothing: it is exact."""
        return ""


class ActiveUnits(Metric):
    """How much of the latent space is used."""

    info = MetricInfo(
        "active_units", "Active units", "", "none",
        "Latent coordinates whose posterior mean varies over the items; the others carry nothing.", 15,
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs a latent space, and items that could differ."""
        if not fitted.can(Latent):
            return f"{fitted.model.info.title} has no latent space."
        if not (fitted.can(Bound) or fitted.can(Density)):
            return f"{fitted.model.info.title} does not encode items: it searches for points that make the like."
        return None if len(data.x) > 1 else "One item does not vary."

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """Those whose mean has a variance beyond 0.01."""
        mean, _ = fitted.encode(data.x, classes(fitted, data))
        active = int((mean.var(axis=0) > ACTIVE).sum())
        return Figure(float(active), None, len(data.x), note=f"Of {mean.shape[1]} latent coordinates.")


class BitsPerDim(Metric):
    """The negative log-likelihood in bits, shared out among the columns or pixels."""

    info = MetricInfo(
        "bits_per_dim", "Bits per dimension", "bits", "lower",
        "The negative log-likelihood in bits, divided by the number of columns, or of pixels and their colours.", 20,
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs a density, or a bound of the probability of numbers or of 256 intensities."""
        if fitted.can(Density):
            return None
        if not fitted.can(Bound):
            return no_density(fitted)
        if outcomes(fitted) == "bytes" or (outcomes(fitted) == "density" and data.x.ndim == 2):
            return None
        return "It is defined for pictures of 256 intensities: choose the logistic likelihood."

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """The mean over the items."""
        unit = math.prod(data.x.shape[1:]) * math.log(2)
        ideal = None if data.truth is None else data.truth.entropy / unit
        values, note = self._log_prob(fitted, data, seed)
        labels = None if fitted.can(Density) else classes(fitted, data)
        figure = mean_figure(-values / unit, ideal, sentences(note, flattery(data)))
        return allowing_for_steps(figure, fitted, data.x, labels, nats=unit)

    def _log_prob(self, fitted: Fitted, data: Items, seed: int) -> tuple[Floats, str]:
        """Nats of each item, shape (N,), and what must be known of them."""
        if fitted.can(Density):
            return fitted.log_prob(data.x), ""
        draws = draws_behind(fitted, self.draws)
        values = fitted.log_prob_bound(data.x, draws, seed, classes(fitted, data))
        return values, f"From the bound with {_draws(draws)} an item: the real figure is at most as high."


def outcomes(fitted: Fitted) -> str:
    """What a model's bound is a likelihood of."""
    return cast("Bound", fitted.model).outcomes()


def draws_behind(fitted: Fitted, asked: int | None) -> int:
    """So many draws stand behind the bound of an item, unless others are asked for.

    Draws of a latent code are cheap, and tighten the bound much. Those of the noise within a byte take the whole
    likelihood anew each, and change little: one, as published figures have it.
    """
    return asked or (DRAWS if fitted.can(Terms) else 1)


def _draws(count: int) -> str:
    return "1 draw" if count == 1 else f"{count:,} draws"


def of_what(fitted: Fitted) -> str:
    """The same in a sentence; "" where it is the usual."""
    return OF_WHAT[outcomes(fitted)]


def _no_bound(fitted: Fitted) -> str:
    title = fitted.model.info.title
    return without_likelihood(title, fitted.can) or f"{title} does not learn by a bound."


def ideal(fitted: Fitted, data: Items) -> float | None:
    """Minus the entropy of the truth, where it is known."""
    return -data.truth.entropy if data.truth is not None and outcomes(fitted) == "density" else None


def classes(fitted: Fitted, data: Items) -> Ints | None:
    """The classes that a model which learned them apart is told; those of other files may mean something else."""
    learned = isinstance(fitted.model, Conditional) and fitted.model.n_conditions() > 0
    return data.labels if learned and data.train is not None else None
