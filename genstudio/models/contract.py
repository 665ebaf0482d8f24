"""The contract of a model, and the capabilities that panels and commands ask for.

Models know model units only. `fitted.Fitted` turns their answers into data units, so that the
log-determinant of the preparation is accounted for in one place.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.settings import Settings, describe
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings

Array = NDArray[Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Outcomes = Literal["density", "intensities", "bits", "bytes"]
_PLURALS = {
    Kind.TABLE: "tables", Kind.IMAGES: "pictures", Kind.SEQUENCES: "sequences", Kind.TEXT: "text",
    Kind.IMAGE_PAIRS: "pairs of pictures", Kind.TEXT_PAIRS: "pairs of texts",
}


@dataclass(frozen=True)
class ModelInfo:
    """What a list of models shows.

    Arguments:
        key: the name recipes use.
        summary: one line for a student.
        step_name: what one step is called ("EM step", "bandwidth").
        climbs: what the figures `train` and `valid` are: an exact log-likelihood, a lower bound of it, or neither.
        presets: titles to settings that differ from the defaults.
        references: authors, year, title.
    """

    key: str
    title: str
    summary: str
    kinds: frozenset[Kind]
    order: int = 100
    step_name: str = "step"
    climbs: Literal["log-likelihood", "bound", "nothing"] = "log-likelihood"
    presets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    references: tuple[str, ...] = ()


class Model(ABC):
    """Settings and learning of one family."""

    info: ClassVar[ModelInfo]
    Settings: ClassVar[type[Settings]]

    def __init__(self, settings: Any) -> None:
        self.settings = settings

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why the model cannot learn these data, or None when it can."""
        if data.kind not in cls.info.kinds:
            known = " or ".join(sorted(_PLURALS[kind] for kind in cls.info.kinds))
            return f"{cls.info.title} learns from {known}, not from {_PLURALS[data.kind]}."
        return None

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """Settings that suit these data better than the defaults do, by name."""
        return {}

    @abstractmethod
    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one step an event, until the model is satisfied or the budget is used up.

        Between two events anyone may ask the model anything, change `live`, or close the generator.
        Metrics named `train` and `valid` are mean log-likelihoods, or bounds of them as `info.climbs` says, nats per
        item, model units; so is `bound`, a bound on something else than either. Other names are the model's own.
        """

    @abstractmethod
    def state(self) -> dict[str, Array]:
        """All that was learned, as named arrays; copies."""

    @abstractmethod
    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """

    def live_settings(self) -> LiveSettings:
        """The model's live settings at the values it was made with."""
        return LiveSettings({s.name: getattr(self.settings, s.name) for s in describe(self.Settings) if s.live})


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
