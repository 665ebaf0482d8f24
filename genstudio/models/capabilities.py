"""The capabilities of models that panels, questions and commands ask for; small protocols, each of one thing.

All speak in model units, as `models.contract` does. Whether a model has one for the kind of data that it learned from
is what `Model.offers` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, Self, runtime_checkable

from genstudio.models.contract import Array, Floats, Ints
from genstudio.settings import Settings

Outcomes = Literal["density", "intensities", "bits", "bytes"]


@runtime_checkable
class Samples(Protocol):
    """Can invent new items."""

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n items, shape (n, *item), model units, and the component each came from (-1: none), shape (n,).

        Arguments:
            temperature: factor of the deviation of what is random; below 1 samples are more typical and less diverse.
            condition: code of the class that is wanted, of a model that is `Conditional`.
        """


@runtime_checkable
class Conditional(Protocol):
    """Can learn what each class looks like."""

    def n_conditions(self) -> int:
        """Classes that samples can be asked of; 0 where none were learned."""


@runtime_checkable
class Bound(Protocol):
    """Knows a lower bound of its log-density."""

    def log_prob_bound(self, x: Floats, k: int, seed: int, labels: Ints | None = None) -> Floats:
        """Importance-weighted bound with k draws, nats, shape (N,), model units; with one draw the ELBO."""

    def outcomes(self) -> Outcomes:
        """What it bounds the likelihood of.

        Returns:
            "density" of numbers; "intensities" in [0, 1] under a Bernoulli distribution, which gives them no true
            probability; "bits", pixels drawn black or white by their intensity; "bytes", one of 256 intensities each.
        """


@runtime_checkable
class Terms(Protocol):
    """Can take the evidence lower bound apart."""

    def bound_terms(self, x: Floats, seed: int, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The two terms of the ELBO, nats, model units; it is the first less the sum of the second.

        Returns:
            log p(x | z) of one draw, shape (N,), and the KL divergence of the posterior from the prior that each
            latent coordinate carries, shape (N, Z).
        """


@runtime_checkable
class Hierarchical(Protocol):
    """Has latent levels, each of which is drawn given those above it."""

    def n_levels(self) -> int:
        """Latent levels."""

    def sample_levels(
        self, n: int, seed: int, fixed: int, temperature: float = 1.0, condition: int | None = None
    ) -> Floats:
        """n items that share so many levels from the top down, shape (n, *item), model units.

        Arguments:
            seed: the levels that are shared are the same for every `fixed`.
            fixed: 0 shares none, `n_levels` shares all.
        """


@runtime_checkable
class Latent(Protocol):
    """Has a latent space whose prior is a standard normal."""

    def encode(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where items lie: posterior means and deviations, each shape (N, Z); zero deviations where it is exact."""

    def decode(self, z: Floats, labels: Ints | None = None) -> Floats:
        """The items that latent points (N, Z) stand for, shape (N, *item), model units."""


@runtime_checkable
class LatentSize(Protocol):
    """Tells the size of its latent space; apart from `Latent`, as classes can only be asked for methods."""

    @property
    def latent_dim(self) -> int:
        """Coordinates of the latent space."""


@runtime_checkable
class Resumable(Protocol):
    """Can go on learning where it was stopped, as if it never had been."""

    def checkpoint(self) -> dict[str, Array]:
        """All that learning needs to go on besides `state`; empty where there is nothing to go on with. Copies."""

    def load_checkpoint(self, checkpoint: Mapping[str, Array]) -> None:
        """Let the next `fit` go on from here.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """


@runtime_checkable
class Density(Protocol):
    """Knows its density exactly."""

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), model units."""


@runtime_checkable
class Marginals(Protocol):
    """Can integrate coordinates out exactly."""

    def marginal_log_prob(self, x: Floats, columns: Sequence[int]) -> Floats:
        """Exact log-density over some coordinates only, nats, shape (N,); x has shape (N, len(columns))."""


@runtime_checkable
class Conditionals(Protocol):
    """Can fix some coordinates exactly: what another one is then, is a mixture of Gaussians."""

    def conditional(self, columns: Sequence[int], values: Floats, asked: int) -> tuple[Floats, Floats, Floats]:
        """What one coordinate follows given others, model units; those neither given nor asked are integrated out.

        Arguments:
            columns: what is given; none gives the marginal.
            values: of those, shape (len(columns),).

        Returns:
            Weights that sum to 1, means and deviations, each shape (K,).
        """


@runtime_checkable
class Scores(Protocol):
    """Can say how strange an item is, and why."""

    def anomaly_score(self, x: Floats) -> Floats:
        """Higher is stranger, shape (N,)."""

    def contributions(self, x: Floats) -> Floats:
        """How much each coordinate adds to the strangeness, shape (N, D), nats."""


@runtime_checkable
class Components(Protocol):
    """Is made of Gaussian components that can be seen and edited by hand."""

    def responsibilities(self, x: Floats) -> Floats:
        """Probability of each component given each item, shape (N, K)."""

    def parameters(self) -> dict[str, Floats]:
        """`weights` (K,), `means` (K, D), `covariances` (K, D, D), model units; copies."""

    def set_parameters(self, weights: Floats, means: Floats, covariances: Floats) -> None:
        """Take parameters given by hand; covariances are brought into the model's own shape.

        Raises:
            SettingsError: a covariance that is not positive definite, or weights that do not make a mixture.
        """


@runtime_checkable
class Counted(Protocol):
    """Has a number of free parameters, so that information criteria make sense."""

    def n_parameters(self) -> int:
        """Free parameters."""


@runtime_checkable
class Scripted(Protocol):
    """Can be written as plain Python that needs nothing of this program."""

    def script(self, seed: int, steps: int) -> str:
        """Lines that bind `model`, an estimator with `score_samples(x)`, equal to this one after `steps` steps.

        The lines find an array `train` in model units, shape (N, D), and import what they need themselves.
        """


@runtime_checkable
class Steered(Protocol):
    """Draws and reckons in a way that is chosen at each question: a solver, its steps, a guidance weight."""

    @classmethod
    def steering(cls) -> type[Settings]:
        """What can be chosen; the defaults hold where nobody chooses."""

    def steered(self, choices: Mapping[str, Any]) -> Self:
        """The same model, sharing all that was learned, that answers by these choices.

        Raises:
            SettingsError: a choice that there is not, or a value out of range.
        """


@runtime_checkable
class Approximates(Protocol):
    """Reckons its log-density numerically, and knows about how well."""

    def log_prob_error(self, x: Floats, labels: Ints | None = None) -> Floats:
        """About how far `log_prob`, or the bound, may be off from solving in steps, nats, shape (N,)."""


@runtime_checkable
class Transports(Protocol):
    """Carries a standard normal, the base, to the data over stations, layer by layer or moment by moment, and back."""

    def stations(self) -> Floats:
        """Where the stations are, shape (S,), rising: layers gone through, from 0, or times from 0 to 1.

        The first is the base, the last the data.
        """

    def carry(self, z: Floats, labels: Ints | None = None) -> Floats:
        """Where points of the base, shape (N, Z), are at each station, shape (S, N, *item), model units.

        At the first they are where the last scaling would bring them, so that the way has no leap of units in it.
        """

    def carry_back(self, x: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """The way of items back to the base.

        Returns:
            Where they are at each station, shape (S, N, *item), in the order of `stations`; and what each part of the
            way from one station to the next adds to the log-density, nats, shape (S - 1, N): the log-density of an
            item is that of its base point plus their sum.
        """


@runtime_checkable
class Flowing(Protocol):
    """Moves items along a velocity field in time, from noise at 0 to data at 1."""

    def velocity(self, x: Floats, time: float, labels: Ints | None = None) -> Floats:
        """How items at a time move, shape (N, *item), model units per unit of time."""

    def guess(self, x: Floats, time: float, labels: Ints | None = None) -> Floats:
        """The items that are expected at time 1 of what is seen at a time, shape (N, *item), model units."""


@runtime_checkable
class Adversarial(Protocol):
    """Learns as a game: a generator makes items, a discriminator tells them from real ones."""

    def verdict(self, x: Floats, labels: Ints | None = None) -> Floats:
        """How real the discriminator holds items to be, 0 to 1, shape (N,); at 0.5 it cannot tell."""

    def pull(self, z: Floats, labels: Ints | None = None) -> tuple[Floats, Floats]:
        """Where the game draws the generator's items.

        Arguments:
            z: points of the latent space, shape (N, Z).

        Returns:
            The items, and for each the way it is to go: the negative gradient of the generator's loss by the item.
            Both have the shape (N, *item) and are in model units.
        """

    def attention(self, x: Floats, labels: Ints | None = None) -> Floats:
        """How much the discriminator's output hangs on each number of an item, shape (N, *item), 0 or more."""


@runtime_checkable
class Grows(Protocol):
    """Begins with coarse pictures, and blends finer ones in while it learns."""

    def growth(self) -> tuple[tuple[int, int], tuple[int, int], float] | None:
        """Height and width of the coarser and of the finer resolution that pictures are made of now, and the share of
        the finer, 0 to 1; both are the same where nothing is being blended, None where nothing grows at all.
        """
