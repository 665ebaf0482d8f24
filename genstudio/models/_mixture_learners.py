"""What the EM loop drives for a Gaussian mixture: maximum likelihood, and the Bayesian variant."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import BayesianGaussianMixture

from genstudio.data.dataset import Dataset
from genstudio.errors import SettingsError, TrainingError
from genstudio.models._expectation import Rows, Statistics
from genstudio.models._gaussians import Mixture, SingularCovarianceError, unpacked
from genstudio.models._mixture_settings import MixtureSettings
from genstudio.models._starts import Start, find_start, overall
from genstudio.training.background import in_background
from genstudio.training.events import Note

Floats = NDArray[np.float64]
Kept = tuple[Mixture | None, float | None]

# A start on fewer rows is found before anyone could look.
QUICK_ROWS = 5_000
# A tolerance that any finite change meets, so that scikit-learn does not warn after each single step.
ALWAYS_CONVERGED = 1e300


@dataclass
class Held:
    """What a mixture model holds at the moment.

    Arguments:
        by_hand: a person has set or changed the parameters since they were learned.
    """

    mixture: Mixture | None = None
    by_hand: bool = False

    def learned(self, mixture: Mixture | None) -> None:
        """Take up parameters that learning gave."""
        self.mixture = mixture


class MixtureLearner(ABC):
    """The part that both variants share."""

    def __init__(self, data: Dataset, settings: MixtureSettings, held: Held, seed: int) -> None:
        self.settings = settings
        self.held = held
        self.x = data.train
        # One state for all restarts, as scikit-learn has it.
        self.random = np.random.RandomState(seed)
        diagonal = settings.covariance_type in ("diag", "spherical")
        self.rows = Rows(self.x, diagonal)
        self.valid = Rows(data.valid, diagonal, self.rows.centre, self.rows.scale) if len(data.valid) else None
        self.idle = 0

    @property
    def items(self) -> int:
        """Rows that a step goes through."""
        return len(self.x)

    @property
    def mixture(self) -> Mixture:
        """The current parameters."""
        assert self.held.mixture is not None
        return self.held.mixture

    @abstractmethod
    def start(self) -> Generator[None, None, None]:
        """Take up new starting parameters."""

    @abstractmethod
    def step(self) -> float:
        """One E and one M step."""

    def metrics(self) -> Mapping[str, float]:
        """Mean log-likelihood of the training and the validation rows, nats, model units."""
        figures = {"train": self.train_log_prob()}
        if self.valid is not None:
            figures["valid"] = self.valid.mean_log_prob(self.mixture)
        return figures

    def train_log_prob(self) -> float:
        """Mean log-likelihood of the training rows, nats, model units."""
        return self.rows.mean_log_prob(self.mixture)

    def keep(self) -> Kept:
        """The current parameters, and the bound they reached where that is known."""
        return self.held.mixture, None

    def restore(self, kept: Kept) -> None:
        """Take up parameters that were kept."""
        self.held.learned(kept[0])

    def remarks(self) -> Iterable[Note]:
        """Components that stand only because of the regularisation, or on too few distinct rows."""
        if self.idle:
            yield Note(
                "warning", f"k-means found {self.settings.n_components - self.idle} distinct clusters, fewer than the "
                f"{self.settings.n_components} components asked for.", "Lower n_components; many rows may be equal.",
            )
        singular = self._held_open()
        if singular and self.settings.max_iter:
            reg = f"reg_covar = {self.settings.reg_covar:g}"
            yield Note(
                "warning", f"{singular} of {self.mixture.n_components} covariances would be singular, or nearly, and "
                f"{reg} holds them open: rows lie on a point, a line or a plane, or are small against it.",
                "Use fewer components, leave out constant columns, or scale the data.",
            )

    def _show_something(self) -> None:
        if self.held.mixture is None and self.items > QUICK_ROWS:
            with contextlib.suppress(SingularCovarianceError):
                self.held.learned(overall(self.rows, self.settings))

    def _held_open(self) -> int:
        spreads = self.mixture.spreads
        smallest = (spreads if spreads.ndim == 2 else np.linalg.eigvalsh(spreads)).min(axis=1)
        return int((smallest < 2 * self.settings.reg_covar).sum())


class LikelihoodLearner(MixtureLearner):
    """Maximum likelihood: the statistics of the current parameters are at hand between two steps."""

    def __init__(self, data: Dataset, settings: MixtureSettings, held: Held, seed: int) -> None:
        super().__init__(data, settings, held, seed)
        self._known: tuple[Mixture, float, Statistics] | None = None
        self._log_mass = 0.0

    def start(self) -> Generator[None, None, None]:
        """Scikit-learn's start; until it is found, all components lie on the mean of the data."""
        self._show_something()
        start = yield from in_background(self._find, "genstudio-start")
        self.idle, self._log_mass = start.idle, start.log_mass
        self.held.learned(start.mixture)

    def step(self) -> float:
        """One E and one M step; the mean log-likelihood of the parameters before it."""
        bound = self._expected()[1] + self._log_mass
        with _collapse_explained(self.settings):
            self.held.learned(self._maximized())
        self._log_mass = 0.0
        return bound

    def train_log_prob(self) -> float:
        """Mean log-likelihood of the training rows, nats, model units."""
        return self._expected()[1]

    def _find(self) -> Start:
        with _collapse_explained(self.settings):
            return find_start(self.x, self.rows, self.settings, self.random)

    def _expected(self) -> tuple[Mixture, float, Statistics]:
        # Parameters may have been dragged by hand since the last step.
        if self._known is None or self._known[0] is not self.mixture:
            self._known = (self.mixture, *self.rows.expect(self.mixture))
        return self._known

    def _maximized(self) -> Mixture:
        before, _, statistics = self._expected()
        shape, reg_covar = self.settings.covariance_type, self.settings.reg_covar
        exact = not self.rows.expandable(before)
        try:
            found = self.rows.maximize(statistics, shape, reg_covar)
            if exact or self.rows.expandable(found):
                return found
        except SingularCovarianceError:
            if exact:
                raise
        return self.rows.maximize(self.rows.deviations(before), shape, reg_covar)


class BayesianLearner(MixtureLearner):
    """Variational inference by scikit-learn, one of its iterations a step."""

    def __init__(self, data: Dataset, settings: MixtureSettings, held: Held, seed: int) -> None:
        super().__init__(data, settings, held, seed)
        self._bound: float | None = None
        self._estimator: Any = None

    def start(self) -> Generator[None, None, None]:
        """Scikit-learn's start; until it is found, all components lie on the mean of the data."""
        self._show_something()
        self._estimator = yield from in_background(self._started, "genstudio-start")
        self._bound = None
        self._take_up()

    def step(self) -> float:
        """One variational iteration; its lower bound as scikit-learn has it: of all rows, up to a constant."""
        try:
            self._estimator.fit(self.x)
        except ValueError as error:
            raise _collapsed(self.settings) from error
        # Scikit-learn has it as an array of one number where the covariances are tied.
        self._bound = float(np.asarray(self._estimator.lower_bound_).item())
        self._take_up()
        return self._bound

    def metrics(self) -> Mapping[str, float]:
        """Log-likelihoods of the plug-in mixture, and the lower bound per row, up to a constant."""
        bound = {} if self._bound is None else {"bound": self._bound / self.items}
        return {**super().metrics(), **bound}

    def keep(self) -> Kept:
        """The current parameters, and the bound they reached."""
        return self.held.mixture, self._bound

    def restore(self, kept: Kept) -> None:
        """Take up parameters that were kept."""
        self.held.learned(kept[0])
        self._bound = kept[1]

    def _started(self) -> Any:
        chosen = self.settings.model_dump(include=set(BAYESIAN_NAMES))
        estimator = BayesianGaussianMixture(**chosen, max_iter=0, warm_start=True, random_state=self.random)
        try:
            estimator.fit(self.x)
        except ValueError as error:
            raise SettingsError(f"scikit-learn cannot start with these settings: {error}.", "Change them.") from None
        estimator.set_params(max_iter=1, tol=ALWAYS_CONVERGED)
        # Minus infinity, as the start leaves it, would count as no convergence and warn.
        estimator.lower_bound_ = 0.0
        return estimator

    def _take_up(self) -> None:
        found = self._estimator
        k, d = found.means_.shape
        spreads = unpacked(self.settings.covariance_type, found.covariances_, k, d)
        mixture = Mixture.of(self.settings.covariance_type, found.weights_.copy(), found.means_.copy(), spreads)
        self.held.learned(mixture)


BAYESIAN_NAMES = (
    "n_components", "covariance_type", "reg_covar", "init_params", "weight_concentration_prior_type",
    "weight_concentration_prior", "mean_precision_prior", "mean_prior", "degrees_of_freedom_prior", "covariance_prior",
)


@contextlib.contextmanager
def _collapse_explained(settings: MixtureSettings) -> Iterator[None]:
    try:
        yield
    except SingularCovarianceError:
        raise _collapsed(settings) from None


def _collapsed(settings: MixtureSettings) -> TrainingError:
    return TrainingError(
        f"A component collapsed: its covariance is singular with reg_covar = {settings.reg_covar:g}.",
        "Raise reg_covar, use fewer components, or leave out columns that are constant or follow from others.",
    )
