"""How layers bend single numbers, by parameters that a network gives: splines, or a shift and a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from genstudio.nets.flows.spline import n_spline_parameters, spline, spline_inverse

MOST_LOG_SCALE = 3.0
"""No affine layer stretches a number more than e to this, so that rounding does not have the last word."""


class Bending(Protocol):
    """An invertible map of single numbers; zeros for parameters leave every number as it is."""

    @property
    def n_parameters(self) -> int:
        """Parameters for each number."""

    def __call__(self, x: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers (N, D) bent by unconstrained parameters (N, D, n_parameters), and the logarithms of the slopes."""

    def inverse(self, y: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """The numbers that are bent to y, and the logarithms of the inverse's slopes, each (N, D)."""


@dataclass(frozen=True)
class SplineBending:
    """Monotonic rational-quadratic splines between -bound and bound, the identity beyond."""

    bins: int
    bound: float

    @property
    def n_parameters(self) -> int:
        """Widths, heights and slopes."""
        return n_spline_parameters(self.bins)

    def __call__(self, x: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers bent, and the logarithms of the slopes there."""
        return spline(x, raw, self.bound)

    def inverse(self, y: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers bent back, and the logarithms of the inverse's slopes there."""
        return spline_inverse(y, raw, self.bound)


@dataclass(frozen=True)
class AffineBending:
    """A scale and a shift, as in RealNVP; the scale is held within bounds softly."""

    @property
    def n_parameters(self) -> int:
        """Shift and scale."""
        return 2

    def __call__(self, x: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers scaled and shifted, and the logarithms of the scales."""
        shift, log_scale = self._parts(raw)
        return x * log_scale.exp() + shift, log_scale

    def inverse(self, y: Tensor, raw: Tensor) -> tuple[Tensor, Tensor]:
        """Numbers shifted and scaled back, and the logarithms of those scales."""
        shift, log_scale = self._parts(raw)
        return (y - shift) * (-log_scale).exp(), -log_scale

    def _parts(self, raw: Tensor) -> tuple[Tensor, Tensor]:
        shift, scale = raw.unbind(-1)
        return shift, MOST_LOG_SCALE * torch.tanh(scale / MOST_LOG_SCALE)
