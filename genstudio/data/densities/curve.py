"""Curves on the plane, blurred by gaussian noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.mixture import GaussianMixture, SmearedMixture
from genstudio.data.densities.quadrature import panels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PANEL_ORDER = 16
_PANEL_STDS = 10.0
_JITTER_ORDER = 4


@dataclass(frozen=True)
class Arc:
    """A piece of curve along which points are strewn.

    The parameter of a point is `start + (stop - start) * u ** (1 / power)`, u uniform in [0, 1].

    Arguments:
        position: points, shape (N, 2), of parameters, shape (N,).
        share: how often this arc is taken, relative to the others.
    """

    position: Callable[[Floats], Floats]
    start: float
    stop: float
    power: float = 1.0
    share: float = 1.0

    def parameter(self, u: Floats) -> Floats:
        """Parameters of points from uniform numbers in [0, 1]."""
        return np.asarray(self.start + (self.stop - self.start) * u ** (1 / self.power))

    def density(self, t: Floats) -> Floats:
        """Density of the parameter."""
        span = self.stop - self.start
        return np.asarray(self.power / span * ((t - self.start) / span) ** (self.power - 1))

    def edges(self, step: float) -> Floats:
        """Parameters between which the arc is at most about `step` long, data units."""
        t = np.linspace(self.start, self.stop, 2001)
        lengths = np.linalg.norm(np.diff(self.position(t), axis=0), axis=1)
        travelled = np.concatenate([[0.0], np.cumsum(lengths)])
        count = int(np.ceil(travelled[-1] / step))
        return np.interp(np.linspace(0, travelled[-1], count + 1), travelled, t)

    def nodes(self, std: float) -> tuple[Floats, Floats]:
        """Weights, shape (K,), and places, shape (K, 2), that stand for the arc under noise of width std."""
        t, weights = panels(self.edges(_PANEL_STDS * std), _PANEL_ORDER)
        return weights * self.density(t), self.position(t)


@dataclass(frozen=True, eq=False)
class BlurredCurve:
    """Points strewn along arcs, each moved by round gaussian noise.

    The integral along the arcs is a Gauss-Legendre rule fine enough for the noise, which
    makes the density a mixture of gaussians centred at the nodes.

    Arguments:
        std: standard deviation of the noise, data units.
        jitter: width of a square, data units, over which each point is moved uniformly besides.
    """

    arcs: Sequence[Arc]
    std: float
    jitter: float = 0.0

    @property
    def entropy(self) -> float:
        """Differential entropy, nats."""
        return self._mixture.entropy

    def log_prob(self, x: Floats) -> Floats:
        """Log-density, nats, shape (N,), of finite points, shape (N, 2).

        Right to about 1e-6 wherever points can fall; tails below -100 nats to a thousandth of their value.
        """
        return self._mixture.log_prob(x)

    def sample(self, n: int, seed: int) -> tuple[Floats, Ints]:
        """n points, shape (n, 2), and the arc of each, shape (n,)."""
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(self.arcs), size=n, p=self._shares)
        u, shifts = rng.random(n), self.jitter * (rng.random((n, 2)) - 0.5)
        points = shifts + self.std * rng.standard_normal((n, 2))
        for index, arc in enumerate(self.arcs):
            rows = chosen == index
            points[rows] += arc.position(arc.parameter(u[rows]))
        return points, chosen

    @property
    def _shares(self) -> Floats:
        shares = np.array([arc.share for arc in self.arcs])
        return np.asarray(shares / shares.sum())

    @cached_property
    def _mixture(self) -> GaussianMixture:
        parts = [arc.nodes(self.std) for arc in self.arcs]
        weights = np.concatenate([share * part[0] for share, part in zip(self._shares, parts, strict=True)])
        places = np.concatenate([part[1] for part in parts])
        stds = np.full(len(weights), self.std)
        if not self.jitter:
            return GaussianMixture(weights / weights.sum(), places, stds)
        nodes, shares = panels(np.array([-0.5, 0.5]), _JITTER_ORDER)
        shifts = self.jitter * np.stack(np.meshgrid(nodes, nodes), axis=-1).reshape(-1, 2)
        return SmearedMixture(weights / weights.sum(), places, stds, shifts, np.outer(shares, shares).ravel())
