"""Gaussian mixture: the data as a sum of bell-shaped clouds, learned by EM."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.errors import ArchiveError, SettingsError, TrainingError
from genstudio.models._conditionals import of_mixture
from genstudio.models._gaussians import Mixture, SingularCovarianceError, shaped, unpacked
from genstudio.models._mixture_learners import BayesianLearner, Held, LikelihoodLearner
from genstudio.models._mixture_script import given_script, learned_script
from genstudio.models._mixture_settings import MixtureSettings
from genstudio.models._suitability import unsuitable_numbers
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.training.budget import Budget
from genstudio.training.em import Schedule, expectation_maximization
from genstudio.training.events import Event, LiveSettings

__all__ = ["GaussianMixtureModel", "MixtureSettings"]

LARGEST_COVARIANCES_BYTES = 2**30
# What is tried, and on how many rows, to recommend a number of components.
SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 25)
FEW = 10
JUDGED_ROWS = 2000
ROWS_A_COMPONENT = 10


class GaussianMixtureModel(Model):
    """A mixture p(x) = Σ_k w_k N(x; μ_k, Σ_k), fitted as scikit-learn's GaussianMixture or BayesianGaussianMixture.

    The density of the Bayesian variant is that of the mixture with the expected parameters.

    References:
        Dempster, Laird, Rubin (1977): Maximum likelihood from incomplete data via the EM algorithm.
        Blei, Jordan (2006): Variational inference for Dirichlet process mixtures.
    """

    info = ModelInfo(
        key="gmm",
        title="Gaussian mixture",
        summary="A sum of bell-shaped clouds, each with a weight, a centre and a shape.",
        kinds=frozenset({Kind.TABLE}),
        order=10,
        step_name="EM step",
        presets={
            "Three clouds": {"n_components": 3},
            "Many small clouds": {"n_components": 32, "init_params": "k-means++", "max_iter": 300},
            "Round clouds": {"n_components": 8, "covariance_type": "spherical"},
            "Finds its own number": {
                "n_components": 12, "weight_concentration_prior_type": "dirichlet_process",
                "weight_concentration_prior": 0.01, "max_iter": 300,
            },
        },
        references=(
            "Dempster, Laird, Rubin (1977): Maximum likelihood from incomplete data via the EM algorithm",
            "Blei, Jordan (2006): Variational inference for Dirichlet process mixtures",
        ),
    )
    Settings = MixtureSettings
    settings: MixtureSettings

    def __init__(self, settings: MixtureSettings) -> None:
        super().__init__(settings)
        self._held = Held()

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few rows, or numbers beyond what squares allow."""
        return super().unsuitable(data) or unsuitable_numbers(data, "A Gaussian mixture")

    @classmethod
    def recommended(cls, data: Dataset) -> dict[str, Any]:
        """As many components as BIC wants of some of the rows; takes some tenths of a second."""
        if cls.unsuitable(data) is not None:
            return {}
        rows = np.linspace(0, len(data.train) - 1, min(len(data.train), JUDGED_ROWS)).astype(np.int64)
        few = replace(data, train=np.ascontiguousarray(data.train[rows]), valid=data.valid[:0])
        best, lowest = 1, np.inf
        for k in (size for size in SIZES if size <= max(1, len(rows) // ROWS_A_COMPONENT)):
            criterion = cls._bic(few, k)
            if criterion < lowest:
                best, lowest = k, criterion
            elif k > max(FEW, 2 * best):
                break
        return {"n_components": best}

    @classmethod
    def _bic(cls, data: Dataset, k: int) -> float:
        model = cls(MixtureSettings(n_components=k))
        try:
            for _ in model.fit(data, model.live_settings(), seed=0):
                pass
        except TrainingError:
            return np.inf
        log_likelihood = float(model.log_prob(data.train).sum())
        return model.n_parameters() * float(np.log(len(data.train))) - 2 * log_likelihood

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Learn, one EM step an event; `bound` is the Bayesian variant's.

        Raises:
            TrainingError: the data do not suit, or a component collapsed.
            SettingsError: parameters given by hand have the wrong shape.
        """
        self._check(data)
        self._held = Held(by_hand=self.settings.max_iter == 0)
        make = BayesianLearner if self.settings.bayesian else LikelihoodLearner
        learner = make(data, self.settings, self._held, seed)
        schedule = Schedule(self.settings.max_iter, self.settings.tol, self.settings.n_init)
        yield from expectation_maximization(learner, schedule, budget)

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n points and the component that each came from; the temperature widens or narrows every component."""
        return self.mixture.sample(n, np.random.default_rng(seed), temperature)

    def log_prob(self, x: Floats) -> Floats:
        """Exact log-density, nats, shape (N,), model units."""
        return self.mixture.log_prob(x)

    def marginal_log_prob(self, x: Floats, columns: Sequence[int]) -> Floats:
        """Exact log-density over some coordinates, nats, shape (N,); x has shape (N, len(columns))."""
        return self.mixture.marginal(columns).log_prob(x)

    def conditional(self, columns: Sequence[int], values: Floats, asked: int) -> tuple[Floats, Floats, Floats]:
        """Weights, means and deviations, each shape (K,), of the mixture that one coordinate follows given others."""
        return of_mixture(self.mixture, columns, values, asked)

    def anomaly_score(self, x: Floats) -> Floats:
        """-log p(x), nats, shape (N,)."""
        return -self.mixture.log_prob(x)

    def contributions(self, x: Floats) -> Floats:
        """log p(all other coordinates) - log p(x), shape (N, D): how surprising each is given the others."""
        return self.mixture.surprises(x)

    def responsibilities(self, x: Floats) -> Floats:
        """Probability of each component given each point, shape (N, K)."""
        return self.mixture.responsibilities(x)

    def parameters(self) -> dict[str, Floats]:
        """`weights` (K,), `means` (K, D), `covariances` (K, D, D), model units; copies."""
        mixture = self.mixture
        return {
            "weights": mixture.weights.copy(), "means": mixture.means.copy(), "covariances": mixture.covariances.copy()
        }

    def set_parameters(self, weights: Floats, means: Floats, covariances: Floats) -> None:
        """Take parameters given by hand; there may be more or fewer components than were learned.

        Raises:
            SettingsError: a covariance that is not positive definite, or weights that do not make a mixture.
        """
        k, d = means.shape
        if weights.shape != (k,) or covariances.shape != (k, d, d):
            raise SettingsError(f"{k} means of {d} numbers need {k} weights and {k} covariances of {d} × {d}.")
        # NaN compares false, so that it fails here too.
        if not (weights.min() >= 0 and 0 < weights.sum() < np.inf):
            raise SettingsError("The weights of a mixture are not negative, and not all are 0.", "Change them.")
        if not np.isfinite(means).all():
            raise SettingsError("The means of a mixture are finite numbers.", "Change them.")
        weights = weights / weights.sum()
        try:
            symmetric = (covariances + np.swapaxes(covariances, 1, 2)) / 2
            spreads = shaped(self.settings.covariance_type, symmetric, weights)
            mixture = Mixture.of(self.settings.covariance_type, weights, means.copy(), spreads)
        except SingularCovarianceError:
            raise SettingsError("A covariance is not positive definite.", "Make the ellipse wider.") from None
        self._held.mixture, self._held.by_hand = mixture, True

    def n_parameters(self) -> int:
        """Free parameters: weights, means, covariances."""
        return self.mixture.n_parameters()

    def script(self, seed: int, steps: int) -> str:
        """The same mixture in scikit-learn; parameters changed by hand stand in it as numbers."""
        if self._held.by_hand:
            return given_script(self.mixture)
        return learned_script(self.settings, seed, steps)

    def state(self) -> dict[str, Array]:
        """Weights, means and covariances, the last in scikit-learn's shape; empty before any learning."""
        mixture = self._held.mixture
        if mixture is None:
            return {}
        return {
            "weights": mixture.weights.copy(), "means": mixture.means.copy(),
            "covariances": np.ascontiguousarray(mixture.packed(mixture.spreads)),
            "by_hand": np.array([self._held.by_hand], dtype=np.int64),
        }

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing, has a wrong shape, or holds no mixture.
        """
        if not state:
            self._held = Held()
            return
        try:
            self._held = Held(_from_state(self.settings, state), bool(state["by_hand"][0]))
        except (KeyError, IndexError, ValueError) as error:
            raise ArchiveError(f"The Gaussian mixture's parameters are damaged: {error}.", "Train again.") from None

    @property
    def mixture(self) -> Mixture:
        """The current parameters.

        Raises:
            TrainingError: nothing has been learned yet.
        """
        if self._held.mixture is None:
            raise TrainingError("The Gaussian mixture has not learned anything yet.", "Train it first.")
        return self._held.mixture

    def _check(self, data: Dataset) -> None:
        if (reason := self.unsuitable(data)) is not None:
            raise TrainingError(reason)
        n, d = data.train.shape
        k = self.settings.n_components
        if self.settings.max_iter and n < k:
            raise TrainingError(f"{k} components cannot be learned from {n} rows.", f"Set n_components to {n} or less.")
        whole = self.settings.covariance_type in ("full", "tied")
        if whole and k * d * d * 8 > LARGEST_COVARIANCES_BYTES:
            raise TrainingError(
                f"{k} covariances of {d} × {d} numbers do not fit into memory.",
                'Set covariance_type to "diag", or choose fewer columns.',
            )


def _from_state(settings: MixtureSettings, state: Mapping[str, Array]) -> Mixture:
    weights, means = state["weights"], state["means"]
    if means.ndim != 2 or weights.shape != (len(means),):
        raise ValueError(f"weights have shape {weights.shape}, means {means.shape}")
    arrays: list[NDArray[Any]] = [weights, means, state["covariances"]]
    if not all(np.isfinite(array).all() for array in arrays):
        raise ValueError("not all numbers are finite")
    spreads = unpacked(settings.covariance_type, state["covariances"], *means.shape)
    try:
        return Mixture.of(settings.covariance_type, weights.copy(), means.copy(), spreads)
    except SingularCovarianceError:
        raise ValueError("a covariance is not positive definite") from None
