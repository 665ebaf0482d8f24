"""The contract of a density that is known exactly."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class TrueDensity(Protocol):
    """The density that synthetic data were drawn from."""

    @property
    def entropy(self) -> float:
        """Differential entropy, nats: the lowest mean negative log-likelihood any model can reach."""

    def log_prob(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Exact log-density, nats, shape (N,), of points x, shape (N, D), data units."""

    def sample(self, n: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """n points, shape (n, D), and the component each came from, shape (n,)."""
