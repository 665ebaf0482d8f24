"""A trained model together with the preparation of its data: everything in data units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from genstudio.data.preparation import Preparation
from genstudio.errors import TrainingError
from genstudio.models._fitted_sequences import FittedSequences
from genstudio.models.capabilities import (
    Adversarial,
    Approximates,
    Bound,
    Components,
    Conditionals,
    Counted,
    Density,
    Flowing,
    Hierarchical,
    Latent,
    LatentSize,
    Marginals,
    Samples,
    Scores,
    Steered,
    Terms,
    Transports,
)
from genstudio.models.contract import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
C = TypeVar("C")
SCORE_DRAWS = 16
"""Draws behind the bound that stands for a likelihood in an anomaly score."""


@dataclass(frozen=True)
class Fitted(FittedSequences):
    """Answers of a model in data units; the model itself stays in model units.

    Every method raises TrainingError, with a sentence, when the model cannot do what is asked.
    """

    model: Model
    preparation: Preparation

    def can(self, capability: type[object]) -> bool:
        """Whether the model has a capability of `models.capabilities`."""
        return self.model.offers(capability, self.preparation.kind)

    def steered(self, choices: Mapping[str, Any]) -> Fitted:
        """The same, answering by these choices of how to draw and reckon; unchanged where there are none."""
        if not choices:
            return self
        model = self._as(Steered, "be asked in several ways").steered(choices)  # type: ignore[type-abstract]
        return Fitted(cast("Model", model), self.preparation)

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n new items, shape (n, *item), data units, and the component of each, shape (n,)."""
        inventor = self._as(Samples, "invent samples")  # type: ignore[type-abstract]
        x, component = inventor.sample(n, seed, temperature, condition)
        return self.preparation.to_data(x), component

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), of points x in data units, shape (N, D)."""
        density = self._as(Density, "state a likelihood")  # type: ignore[type-abstract]
        log_det = self.preparation.log_det(x)
        result = np.full(len(x), -np.inf)
        inside = np.isfinite(log_det)
        result[inside] = density.log_prob(self.preparation.to_model(x[inside])) + log_det[inside]
        return result

    def marginal_log_prob(self, x: Floats, columns: Sequence[int]) -> Floats:
        """Exact log-density over some columns, the others integrated out; x in data units, shape (N, len(columns))."""
        if list(columns) == list(range(len(self.preparation.columns))):
            return self.log_prob(x)
        density = self._as(Marginals, "integrate columns out")  # type: ignore[type-abstract]
        part = self.preparation.part(columns)
        log_det = part.log_det(x)
        result = np.full(len(x), -np.inf)
        inside = np.isfinite(log_det)
        result[inside] = density.marginal_log_prob(part.to_model(x[inside]), columns) + log_det[inside]
        return result

    def conditional(self, columns: Sequence[int], values: Floats, asked: int) -> tuple[Floats, Floats, Floats]:
        """The Gaussian mixture that one column follows in model units, given others in data units.

        Arguments:
            values: of the columns that are given, shape (len(columns),), data units.

        Returns:
            Weights, means and deviations, each shape (K,); the last two in model units of the asked column.
        """
        model = self._as(Conditionals, "fix columns exactly")  # type: ignore[type-abstract]
        given = self.preparation.part(columns).to_model(np.asarray(values, float)[None])[0]
        if not np.isfinite(given).all():
            raise TrainingError("The scaling of these data has no place for these values.", "Fix others.")
        return model.conditional(columns, given, asked)

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted lower bound of the log-density with k draws, nats, shape (N,), data units."""
        bound = self._as(Bound, "bound its likelihood")  # type: ignore[type-abstract]
        log_det = self.preparation.log_det(x)
        result = np.full(len(x), -np.inf)
        inside = np.isfinite(log_det)
        given = None if labels is None else labels[inside]
        z = self.preparation.to_model(x[inside])
        result[inside] = bound.log_prob_bound(z, k, seed, given) + log_det[inside]
        return result

    def bound_terms(self, x: Floats, seed: int, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Reconstruction, shape (N,), and KL of each latent coordinate, shape (N, Z), of the ELBO, nats, data units."""
        terms = self._as(Terms, "take its bound apart")  # type: ignore[type-abstract]
        explained, kl = terms.bound_terms(self.preparation.to_model(x), seed, labels)
        return explained + self.preparation.log_det(x), kl

    def sample_levels(
        self, n: int, seed: int, fixed: int, temperature: float = 1.0, condition: int | None = None
    ) -> Floats:
        """n items that share so many latent levels from the top down, shape (n, *item), data units."""
        levels = self._as(Hierarchical, "hold one level fixed")  # type: ignore[type-abstract]
        return self.preparation.to_data(levels.sample_levels(n, seed, fixed, temperature, condition))

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space."""
        # Classes cannot be asked whether they have a property, and whoever has a latent space knows its size.
        latent = self._as(Latent, "walk in a latent space")  # type: ignore[type-abstract]
        return cast("LatentSize", latent).latent_dim

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Latent means and deviations, each shape (N, Z), of items in data units."""
        latent = self._as(Latent, "walk in a latent space")  # type: ignore[type-abstract]
        return latent.encode(self.preparation.to_model(x), labels)

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Items in data units, shape (N, *item), of latent points (N, Z)."""
        latent = self._as(Latent, "walk in a latent space")  # type: ignore[type-abstract]
        return self.preparation.to_data(latent.decode(z, labels))

    def log_prob_error(self, x: Floats, labels: Ints | None = None) -> Floats:
        """About how far the log-density, or the bound, may be off from solving in steps, nats, shape (N,)."""
        solver = self._as(Approximates, "judge its solver")  # type: ignore[type-abstract]
        return solver.log_prob_error(self.preparation.to_model(x), labels)

    def stations(self) -> Floats:
        """Where the stations between base and data are, shape (S,), rising."""
        return self._as(Transports, "be followed from base to data").stations()  # type: ignore[type-abstract]

    def carry(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Where points of the base, shape (N, Z), are at each station, shape (S, N, *item), model units.

        Only what is at the last station is an item, which the preparation can turn into data units.
        """
        transport = self._as(Transports, "be followed from base to data")  # type: ignore[type-abstract]
        return transport.carry(z, labels)

    def carry_back(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The way of items in data units back to the base.

        Returns:
            Where they are at each station, shape (S, N, *item), model units; and what each part of the way adds to
            the log-density, nats, shape (S - 1, N).
        """
        transport = self._as(Transports, "be followed from base to data")  # type: ignore[type-abstract]
        return transport.carry_back(self.preparation.to_model(x), labels)

    def velocity(self, x: Floats, time: float, labels: Ints | None = None) -> Floats:
        """How items at a time move, shape (N, *item); both in model units, as only items at time 1 are data."""
        return self._as(Flowing, "show a velocity").velocity(x, time, labels)  # type: ignore[type-abstract]

    def guess(self, x: Floats, time: float, labels: Ints | None = None) -> Floats:
        """The items in data units that are expected of what is seen at a time, model units, shape (N, *item)."""
        flowing = self._as(Flowing, "guess what becomes of an item")  # type: ignore[type-abstract]
        return self.preparation.to_data(flowing.guess(x, time, labels))

    def verdict(self, x: Floats, labels: Ints | None = None) -> Floats:
        """How real a discriminator holds items in data units to be, 0 to 1, shape (N,)."""
        game = self._as(Adversarial, "tell its own items from real ones")  # type: ignore[type-abstract]
        return game.verdict(self.preparation.to_model(x), labels)

    def pull(self, z: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The items of latent points (N, Z), and the way each is to go, both (N, *item), model units."""
        return self._as(Adversarial, "be drawn by a discriminator").pull(z, labels)  # type: ignore[type-abstract]

    def attention(self, x: Floats, labels: Ints | None = None) -> Floats:
        """How much a discriminator's output hangs on each number of items in data units, shape (N, *item)."""
        game = self._as(Adversarial, "look at items with a discriminator")  # type: ignore[type-abstract]
        return game.attention(self.preparation.to_model(x), labels)

    def parameters(self) -> dict[str, Floats]:
        """Weights (K,), means (K, D) and covariances (K, D, D) of the components, data units."""
        found = self._as(Components, "name components").parameters()  # type: ignore[type-abstract]
        shift, scale = self._affine()
        covariances = found["covariances"] * scale[:, None] * scale
        return {"weights": found["weights"], "means": found["means"] * scale + shift, "covariances": covariances}

    def set_parameters(self, weights: Floats, means: Floats, covariances: Floats) -> None:
        """Take parameters given by hand, data units."""
        components = self._as(Components, "take parameters by hand")  # type: ignore[type-abstract]
        shift, scale = self._affine()
        components.set_parameters(weights, (means - shift) / scale, covariances / scale[:, None] / scale)

    def anomaly_score(self, x: Floats) -> Floats:
        """Higher is stranger, shape (N,): -log_prob, or minus a bound of it, in nats, data units, where it is known."""
        if self.can(Density):
            return -self.log_prob(x)
        if self.can(Bound):
            return -self.log_prob_bound(x, SCORE_DRAWS, seed=0)
        return self._as(Scores, "score anomalies").anomaly_score(self.preparation.to_model(x))  # type: ignore[type-abstract]

    def contributions(self, x: Floats) -> Floats:
        """What each column adds to the strangeness, shape (N, D), nats; +inf where the scaling has no place."""
        scores = self._as(Scores, "score anomalies")  # type: ignore[type-abstract]
        z = self.preparation.to_model(x)
        result = np.where(np.isfinite(z), 0.0, np.inf)
        inside = np.isfinite(z).all(axis=1)
        result[inside] = scores.contributions(z[inside])
        return result

    def responsibilities(self, x: Floats) -> Floats:
        """Probability of each component given each row, shape (N, K)."""
        components = self._as(Components, "name components")  # type: ignore[type-abstract]
        return components.responsibilities(self.preparation.to_model(x))

    def n_parameters(self) -> int:
        """Free parameters of the model."""
        return self._as(Counted, "count its parameters").n_parameters()  # type: ignore[type-abstract]

    def _affine(self) -> tuple[Floats, Floats]:
        known = self.preparation.scaling.affine(len(self.preparation.columns))
        if known is None:
            raise TrainingError("Under a logit scaling components are no ellipses.", "Choose another scaling.")
        return known

    def _as(self, capability: type[C], doing: str) -> C:
        if not isinstance(self.model, capability) or not self.can(capability):
            raise TrainingError(f"{self.model.info.title} cannot {doing}.", "Choose a model that can.")
        return self.model
