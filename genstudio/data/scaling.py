"""Scalings of columns: each knows its inverse and how much it changes volumes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from genstudio.errors import DataError

Floats = NDArray[np.float64]


class Scaling(ABC):
    """An invertible map of each column on its own."""

    name: ClassVar[str]

    @classmethod
    @abstractmethod
    def fit(cls, x: Floats, columns: Sequence[str], everything: Floats | None = None) -> Scaling:
        """The scaling that suits training rows x, shape (N, D).

        Arguments:
            everything: all rows, those held out too, where the scaling must have a place for each of them.

        Raises:
            DataError: a column that cannot be scaled so.
        """

    @abstractmethod
    def forward(self, x: Floats) -> Floats:
        """Model units from data units, shape (N, D)."""

    @abstractmethod
    def inverse(self, z: Floats) -> Floats:
        """Data units from model units, shape (N, D)."""

    @abstractmethod
    def log_det(self, x: Floats) -> Floats:
        """Sum over columns of log |dz/dx| at x (data units), shape (N,)."""

    def affine(self, dimension: int) -> tuple[Floats, Floats] | None:
        """Shift and scale with x = z * scale + shift, each shape (D,), or None where the map is no such thing."""
        return None

    def part(self, columns: Sequence[int]) -> Scaling:
        """The scaling of some of the columns alone."""
        return type(self)(**{key: value[list(columns)] for key, value in vars(self).items()})

    def state(self) -> dict[str, Any]:
        """Plain values for a file."""
        return {key: np.asarray(value).tolist() for key, value in vars(self).items()}

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Scaling:
        """The scaling that `state` described."""
        return cls(**{key: np.array(value, dtype=float) for key, value in state.items()})


class Unscaled(Scaling):
    """Numbers stay as they are."""

    name = "none"

    @classmethod
    def fit(cls, x: Floats, columns: Sequence[str], everything: Floats | None = None) -> Unscaled:
        """Nothing to learn."""
        return cls()

    def forward(self, x: Floats) -> Floats:
        """The same numbers."""
        return x

    def inverse(self, z: Floats) -> Floats:
        """The same numbers."""
        return z

    def log_det(self, x: Floats) -> Floats:
        """Zero everywhere."""
        return np.zeros(len(x))

    def affine(self, dimension: int) -> tuple[Floats, Floats] | None:
        """Nothing is shifted or scaled."""
        return np.zeros(dimension), np.ones(dimension)


@dataclass(frozen=True)
class Affine(Scaling):
    """z = (x - shift) / scale."""

    shift: Floats
    scale: Floats

    def forward(self, x: Floats) -> Floats:
        """Shifted, then divided."""
        return (x - self.shift) / self.scale

    def inverse(self, z: Floats) -> Floats:
        """Multiplied, then shifted back."""
        return z * self.scale + self.shift

    def log_det(self, x: Floats) -> Floats:
        """The same at every point."""
        return np.full(len(x), -np.log(self.scale).sum())

    def affine(self, dimension: int) -> tuple[Floats, Floats] | None:
        """The shift and the scale."""
        return self.shift, self.scale


class Standard(Affine):
    """Mean 0 and standard deviation 1."""

    name = "standard"

    @classmethod
    def fit(cls, x: Floats, columns: Sequence[str], everything: Floats | None = None) -> Standard:
        """Mean and deviation of each column, found without overflow; constant columns keep their scale."""
        # Powers of two change no digit.
        exponent = np.frexp(np.abs(x).max(axis=0))[1]
        unit = np.ldexp(x, -exponent)
        deviation = unit.std(axis=0)
        # From a row, not from 0: far from 0 the sum would lose the digits in which the rows differ.
        mean = unit[0] + (unit - unit[0]).mean(axis=0)
        # Rounding leaves a constant column a deviation of some 1e-17, not 0.
        scale = np.where(deviation <= 1e-14, 1.0, np.ldexp(deviation, exponent))
        return cls(np.ldexp(mean, exponent), _usable(scale))


class MinMax(Affine):
    """The training rows span 0 to 1."""

    name = "minmax"

    @classmethod
    def fit(cls, x: Floats, columns: Sequence[str], everything: Floats | None = None) -> MinMax:
        """Range of each column; constant columns keep their scale."""
        low, high = x.min(axis=0), x.max(axis=0)
        return cls(low, _usable(high - low))


@dataclass(frozen=True)
class Logit(Scaling):
    """logit((x - low) / span): an interval becomes the whole line."""

    name = "logit"
    low: Floats
    span: Floats

    @classmethod
    def fit(cls, x: Floats, columns: Sequence[str], everything: Floats | None = None) -> Logit:
        """The range of each column, widened by 5 % on either side so that no row lies on its edge.

        It is that of all rows: one held-out row outside of it would have the density 0, and its part -inf.
        """
        known = x if everything is None else everything
        low, high = known.min(axis=0), known.max(axis=0)
        for name, width in zip(columns, high - low, strict=True):
            if not width > 0:
                raise DataError(f"Column `{name}` is constant and has no logit.", "Leave it out or scale otherwise.")
        return cls(low - 0.05 * (high - low), 1.1 * (high - low))

    def forward(self, x: Floats) -> Floats:
        """Logit; points outside of the interval become infinite."""
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.clip((x - self.low) / self.span, 0.0, 1.0)
            return np.log(share) - np.log1p(-share)

    def inverse(self, z: Floats) -> Floats:
        """Logistic function, computed without overflow."""
        return self.low + self.span * 0.5 * (1.0 + np.tanh(0.5 * z))

    def log_det(self, x: Floats) -> Floats:
        """Outside of the interval the density is 0: -inf."""
        share = (x - self.low) / self.span
        inside = ((share > 0) & (share < 1)).all(axis=1)
        result = np.full(len(x), -np.inf)
        s = share[inside]
        result[inside] = -(np.log(s) + np.log1p(-s) + np.log(self.span)).sum(axis=1)
        return result


SCALINGS: dict[str, type[Scaling]] = {kind.name: kind for kind in (Unscaled, Standard, MinMax, Logit)}


def _usable(scale: Floats) -> Floats:
    return np.where(np.isfinite(scale) & (scale > 0), scale, 1.0)
