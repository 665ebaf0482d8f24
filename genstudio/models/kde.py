"""Kernel density estimation: a little cloud on every row."""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
from annotated_types import Gt

from genstudio.data.dataset import Dataset, Kind
from genstudio.errors import ArchiveError, TrainingError
from genstudio.models._conditionals import of_kernels
from genstudio.models._kernels import KERNELS, Kernel, KernelSum, sphere
from genstudio.models._suitability import unsuitable_numbers
from genstudio.models.contract import Array, Floats, Ints, Model, ModelInfo
from genstudio.settings import Settings, setting
from genstudio.training.budget import Budget
from genstudio.training.events import Event, LiveSettings, Note, Progress

# Rows that a bandwidth is judged by: more would not change the choice, and each is held against all others.
MOST_JUDGED, FEWEST_JUDGED = 2000, 100
JUDGED_DISTANCES = 40_000_000
CANDIDATES = 21


class KernelDensityModel(Model):
    """A density p(x) = mean over rows of K((x - row) / h) / h^D, as scikit-learn's KernelDensity.

    The bandwidth h is given, follows a rule, or is the one among 21 that gives rows the highest likelihood under
    all the other rows; then one candidate is tried a step, and the best is kept.

    References:
        Parzen (1962): On estimation of a probability density function and mode.
        Habbema, Hermans, van den Broek (1974): A stepwise discriminant analysis program using density estimation.
    """

    info = ModelInfo(
        key="kde",
        title="Kernel density",
        summary="A small cloud on every row; all clouds together are the density.",
        kinds=frozenset({Kind.TABLE}),
        order=20,
        step_name="bandwidth",
        presets={"Sharp edges": {"kernel": "tophat"}, "Scott's rule": {"bandwidth": "scott"}},
        references=(
            "Parzen (1962): On estimation of a probability density function and mode",
            "Habbema, Hermans, van den Broek (1974): A stepwise discriminant analysis program using density estimation",
        ),
    )

    class Settings(Settings):
        """How a kernel density is made."""

        kernel: Literal["gaussian", "tophat", "epanechnikov"] = setting(
            "gaussian", "Shape of each cloud: bell-shaped, a disc with a sharp edge, or a dome."
        )
        bandwidth: Annotated[float, Gt(0)] | Literal["likelihood", "scott", "silverman"] = setting(
            "likelihood", "How wide each cloud is: a number in model units, the width under which rows are likeliest "
            "given the other rows, or a rule meant for data in standard units.", log=True,
        )

    settings: KernelDensityModel.Settings

    def __init__(self, settings: KernelDensityModel.Settings) -> None:
        super().__init__(settings)
        self._sum: KernelSum | None = None
        self._bandwidth = math.nan

    @classmethod
    def unsuitable(cls, data: Dataset) -> str | None:
        """A sentence saying why not: the kind, too few rows, or numbers beyond what squares allow."""
        return super().unsuitable(data) or unsuitable_numbers(data, "A kernel density")

    def fit(
        self, data: Dataset, live: LiveSettings, seed: int, budget: Budget | None = None
    ) -> Generator[Event, None, None]:
        """Try one bandwidth an event; `train` is the likelihood of rows under all the other rows.

        Raises:
            TrainingError: the data do not suit.
        """
        if (reason := self.unsuitable(data)) is not None:
            raise TrainingError(reason)
        self._sum = KernelSum(data.train.copy())
        candidates = self._candidates(data.train)
        rng = np.random.default_rng(seed)
        judged = _some(rng, len(data.train), len(data.train))
        valid = data.valid[_some(rng, len(data.valid), len(data.train))]
        best, best_log_prob = float(candidates[0]), -math.inf
        try:
            for step, bandwidth in enumerate(candidates, start=1):
                self._bandwidth = float(bandwidth)
                held_out = self._mean(data.train[judged], judged)
                if held_out > best_log_prob:
                    best, best_log_prob = self._bandwidth, held_out
                yield self._progress(step, len(candidates), held_out, valid)
                if budget is not None and budget.reached(step, step):
                    break
        finally:
            self._bandwidth = best
        if step > 1:
            yield self._progress(step, len(candidates), best_log_prob, valid)
            yield from _remarks(candidates, best, best_log_prob)

    def sample(
        self, n: int, seed: int, temperature: float = 1.0, condition: int | None = None
    ) -> tuple[Floats, Ints]:
        """n points; they belong to no component (-1). The temperature is a factor of the bandwidth."""
        points = self._known().points
        rng = np.random.default_rng(seed)
        chosen = points[rng.integers(len(points), size=n)]
        radius = self._kernel.radius(rng, n, points.shape[1])[:, None] * self._bandwidth * temperature
        return chosen + radius * sphere(rng, n, points.shape[1]), np.full(n, -1)

    def log_prob(self, x: Floats) -> Floats:
        """Log-density, nats, shape (N,), model units; exact but for a relative 1e-12 of the density."""
        return self._known().log_prob(x, self._kernel, self._bandwidth)

    def marginal_log_prob(self, x: Floats, columns: Sequence[int]) -> Floats:
        """Log-density over some coordinates, nats, shape (N,); x has shape (N, len(columns)).

        Raises:
            TrainingError: the kernel is not the product of its coordinates that the Gaussian is.
        """
        self._require_product("to look at pairs of columns")
        return self._known().part(columns).log_prob(x, self._kernel, self._bandwidth)

    def conditional(self, columns: Sequence[int], values: Floats, asked: int) -> tuple[Floats, Floats, Floats]:
        """Weights, means and deviations, each shape (K,), of the mixture that one coordinate follows given others.

        Raises:
            TrainingError: the kernel is not the product of its coordinates that the Gaussian is.
        """
        self._require_product("to fix some of them")
        return of_kernels(self._known().points, self._bandwidth, columns, values, asked)

    def anomaly_score(self, x: Floats) -> Floats:
        """-log p(x), nats, shape (N,); infinite where no kernel reaches."""
        return -self.log_prob(x)

    def contributions(self, x: Floats) -> Floats:
        """log p(all other coordinates) - log p(x), shape (N, D); exact, and meant for some hundred rows."""
        return self._known().surprises(x, self._kernel, self._bandwidth)

    def script(self, seed: int, steps: int) -> str:
        """The same estimator in scikit-learn, with the bandwidth that was found."""
        return "\n".join([
            "from sklearn.neighbors import KernelDensity",
            "",
            f"# Bandwidth: {self.settings.bandwidth}. In one leaf, sums are exact far from the rows too.",
            f'model = KernelDensity(bandwidth={self._bandwidth!r}, kernel="{self.settings.kernel}",',
            "                      leaf_size=len(train)).fit(train)",
        ])

    def state(self) -> dict[str, Array]:
        """The points and the bandwidth; empty before any learning."""
        if self._sum is None:
            return {}
        return {"points": self._sum.points.copy(), "bandwidth": np.array([self._bandwidth])}

    def load_state(self, state: Mapping[str, Array]) -> None:
        """Take up what was learned.

        Raises:
            ArchiveError: an array is missing or has a wrong shape.
        """
        if not state:
            self._sum, self._bandwidth = None, math.nan
            return
        points, bandwidth = state.get("points"), state.get("bandwidth")
        if points is None or bandwidth is None or points.ndim != 2 or len(points) < 2 or bandwidth.shape != (1,):
            raise ArchiveError("The points or the bandwidth of the kernel density are damaged.", "Train again.")
        if not (np.isfinite(points).all() and 0 < bandwidth[0] < math.inf):
            raise ArchiveError("The kernel density holds numbers that cannot be.", "Train again.")
        self._sum, self._bandwidth = KernelSum(points.copy()), float(bandwidth[0])

    def _require_product(self, doing: str) -> None:
        if self.settings.kernel != "gaussian":
            raise TrainingError(
                f"A {self.settings.kernel} kernel cannot be integrated over some of the columns.",
                f"Choose the gaussian kernel {doing}.",
            )

    @property
    def _kernel(self) -> Kernel:
        return KERNELS[self.settings.kernel]

    def _known(self) -> KernelSum:
        if self._sum is None:
            raise TrainingError("The kernel density has not learned anything yet.", "Train it first.")
        return self._sum

    def _candidates(self, x: Floats) -> Floats:
        n, d = x.shape
        # Scikit-learn's rules leave the spread of the data to the scaling.
        rules = {"scott": n ** (-1 / (d + 4)), "silverman": (n * (d + 2) / 4) ** (-1 / (d + 4))}
        if self.settings.bandwidth != "likelihood":
            given = self.settings.bandwidth
            return np.array([rules[given] if isinstance(given, str) else given])
        return np.asarray(_spread(x) * rules["scott"] * np.geomspace(0.03, 3.0, CANDIDATES))

    def _mean(self, x: Floats, own: Ints | None = None) -> float:
        return float(self._known().log_prob(x, self._kernel, self._bandwidth, own).mean())

    def _progress(self, step: int, total: int, held_out: float, valid: Floats) -> Progress:
        figures = {"train": held_out, **({"valid": self._mean(valid)} if len(valid) else {})}
        # A kernel with an edge gives rows beyond it no density at all; such figures are not numbers to plot.
        finite = {name: value for name, value in figures.items() if math.isfinite(value)}
        return Progress(step, total, finite, len(self._known().points))


def _remarks(candidates: Floats, best: float, log_prob: float) -> Iterator[Note]:
    if not math.isfinite(log_prob):
        yield Note(
            "warning", "Under no bandwidth tried does every row lie within reach of another.",
            "Choose the gaussian kernel, or give a wider bandwidth.",
        )
    elif best == candidates[0]:
        yield Note(
            "warning", "The narrowest bandwidth was the likeliest: many rows are equal.", "Give a bandwidth yourself."
        )


def _spread(x: Floats) -> float:
    """Typical deviation of the columns that vary; quartiles keep it from following outliers."""
    quartiles = np.subtract(*np.percentile(x, [75, 25], axis=0)) / 1.349
    deviation = x.std(axis=0)
    spread = np.where(quartiles > 0, np.minimum(quartiles, deviation), deviation)
    varying = spread[spread > 0]
    return float(np.exp(np.log(varying).mean())) if len(varying) else 1.0


def _some(rng: np.random.Generator, n: int, points: int) -> Ints:
    """Which of n rows to judge by, where each is held against so many points."""
    most = int(np.clip(JUDGED_DISTANCES // points, FEWEST_JUDGED, MOST_JUDGED))
    return np.sort(rng.permutation(n)[:most])
