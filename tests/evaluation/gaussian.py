"""One Gaussian with a full covariance: the model and the truth of which every figure is known in closed form."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import Table
from genstudio.models.contract import Model, ModelInfo
from genstudio.models.fitted import Fitted
from genstudio.settings import Settings
from genstudio.training.events import Event, LiveSettings, Progress

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Gaussian:
    """A density with mean (D,) and covariance (D, D)."""

    mean: Floats
    covariance: Floats

    @property
    def entropy(self) -> float:
        return 0.5 * np.linalg.slogdet(2 * np.pi * np.e * self.covariance)[1]

    def log_prob(self, x: Floats) -> Floats:
        off = x - self.mean
        squares = (off * np.linalg.solve(self.covariance, off.T).T).sum(axis=1)
        return -0.5 * (squares + np.linalg.slogdet(2 * np.pi * self.covariance)[1])

    def sample(self, n: int, seed: int) -> tuple[Floats, NDArray[np.int64]]:
        draws = np.random.default_rng(seed).multivariate_normal(self.mean, self.covariance, n)
        return draws, np.zeros(n, np.int64)

    def kl(self, other: Gaussian) -> float:
        off = other.mean - self.mean
        ratio = np.linalg.solve(other.covariance, self.covariance)
        distance = off @ np.linalg.solve(other.covariance, off)
        return 0.5 * (np.trace(ratio) - len(off) + distance - np.linalg.slogdet(ratio)[1])


class GaussianModel(Model):
    """Mean and covariance of the training rows."""

    info = ModelInfo("gaussian", "Gaussian", "One bell.", frozenset({Kind.TABLE}))
    Settings = Settings

    def fit(self, data: Dataset, live: LiveSettings, seed: int, budget: Any = None) -> Generator[Event, None, None]:
        x = data.train
        self.density = Gaussian(x.mean(axis=0), np.cov(x.T, bias=True).reshape(x.shape[1], x.shape[1]))
        yield Progress(1, 1, {"train": float(self.log_prob(x).mean())})

    def state(self) -> dict[str, NDArray[Any]]:
        return {"mean": self.density.mean, "covariance": self.density.covariance}

    def load_state(self, state: Mapping[str, NDArray[Any]]) -> None:
        self.density = Gaussian(state["mean"], state["covariance"])

    def log_prob(self, x: Floats) -> Floats:
        return self.density.log_prob(x)

    def sample(self, n: int, seed: int, *how: Any) -> tuple[Floats, NDArray[np.int64]]:
        return self.density.sample(n, seed)

    def anomaly_score(self, x: Floats) -> Floats:
        return -self.log_prob(x)

    def contributions(self, x: Floats) -> Floats:
        return 0.5 * (x - self.density.mean) ** 2 / np.diag(self.density.covariance)

    def n_parameters(self) -> int:
        d = len(self.density.mean)
        return d + d * (d + 1) // 2


class SamplesOnly(Model):
    """A model that knows no density, no score and no number of parameters."""

    info = ModelInfo("samples_only", "Sampler", "Draws only.", frozenset({Kind.TABLE}))
    Settings = Settings
    fit, state, load_state = GaussianModel.fit, GaussianModel.state, GaussianModel.load_state


def trained(data: Dataset, kind: type[Model] = GaussianModel) -> Fitted:
    """A model that has learned."""
    model = kind(Settings())
    if kind is GaussianModel:
        list(model.fit(data, LiveSettings(), seed=0))
    return Fitted(model, data.preparation)


def prepared(table: Table, **settings: Any) -> Dataset:
    """A data set of a table."""
    return prepare(table, PreparationSettings(**settings), seed=0)


def at_hand(density: Gaussian, data: Dataset) -> Fitted:
    """A model set to a density by hand."""
    model = GaussianModel(Settings())
    model.density = density
    return Fitted(model, data.preparation)
