"""How many of the modes of the truth a model makes, and how many of its samples belong to one."""

from __future__ import annotations

import math
from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.densities.mixture import GaussianMixture
from genstudio.evaluation.compared import drawn
from genstudio.evaluation.items import Items
from genstudio.evaluation.metric import Figure, Metric, MetricInfo, remembered, watch_of
from genstudio.models.capabilities import Approximates, Samples
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

REACH = 3.0
"""A sample belongs to the nearest mode where it lies within so many of its deviations."""
DRAWS = 10_000
DRAWS_IN_STEPS = 2_500
"""As many of models that solve an equation for each."""
_APART = 2.0
"""Two round Gaussians nearer to each other than so many deviations have but one peak."""
_PIECE = 4096


@dataclass(frozen=True)
class Found:
    """Samples by the modes that they belong to.

    Arguments:
        counts: samples of each mode, shape (K,).
        n: all samples, those of no mode too.
    """

    counts: Ints
    n: int

    @property
    def covered(self) -> int:
        """Modes that have a sample."""
        return int(np.count_nonzero(self.counts))

    @property
    def near(self) -> float:
        """Share of samples that belong to a mode."""
        return float(self.counts.sum() / self.n)

    @property
    def covered_stderr(self) -> float:
        """Standard error of `covered`: a mode of s samples would, in other draws, have none once in about exp(s)."""
        missed = np.exp(-self.counts[self.counts > 0].astype(float))
        return float(np.sqrt((missed * (1 - missed)).sum()))

    @property
    def near_stderr(self) -> float:
        """Standard error of `near`, of a share."""
        return math.sqrt(self.near * (1 - self.near) / self.n)


def find_modes(x: Floats, truth: GaussianMixture) -> Found:
    """Which modes points x belong to, shape (N, 2), data units.

    References:
        Srivastava, Valkov, Russell, Gutmann, Sutton (2017): VEEGAN.
        Lin, Khetan, Fanti, Oh (2018): PacGAN: the power of two samples in generative adversarial networks.
    """
    counts = np.zeros(len(truth.means), np.int64)
    for start in range(0, len(x), _PIECE):
        away = np.linalg.norm(x[start : start + _PIECE, None] - truth.means, axis=2) / truth.stds
        nearest = away.argmin(axis=1)
        counts += np.bincount(nearest[away.min(axis=1) <= REACH], minlength=len(counts))
    return Found(counts, len(x))


class ModeMetric(Metric):
    """A figure of samples by the modes that they belong to."""

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs samples, and a truth of Gaussians that are apart."""
        if not isinstance(data.truth, GaussianMixture):
            return "These data are not known to be drawn from a mixture of Gaussians, whose modes could be counted."
        if not fitted.can(Samples):
            return f"{fitted.model.info.title} cannot invent samples."
        return None if _apart(data.truth) else "The Gaussians of the truth overlap, so that no modes can be counted."

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """Of fresh samples; `ideal` is what as many draws from the truth reach."""
        truth = data.known_truth()
        if not isinstance(truth, GaussianMixture):
            raise TypeError("a mixture of Gaussians is needed")
        n = DRAWS_IN_STEPS if fitted.can(Approximates) else DRAWS
        found = remembered(fitted, data.x, ("modes", seed), lambda: find_modes(
            drawn(fitted, n, seed, watch_of(fitted)), truth
        ))
        return self.figure(found, find_modes(truth.sample(n, seed)[0], truth))

    @abstractmethod
    def figure(self, found: Found, ideal: Found) -> Figure:
        """The figure of samples, beside what draws from the truth reach."""


class ModesCovered(ModeMetric):
    """How many modes are made at all."""

    info = MetricInfo(
        "modes_covered", "Modes covered", "modes", "higher",
        "How many of the truth's Gaussians have a sample within three deviations.", 97,
    )

    def figure(self, found: Found, ideal: Found) -> Figure:
        """Their number, of all that there are."""
        missed = len(found.counts) - found.covered
        note = f"{missed} of {len(found.counts)} modes have no sample." if missed else ""
        return Figure(float(found.covered), found.covered_stderr, found.n, float(ideal.covered), note)


class HighQuality(ModeMetric):
    """How many samples belong to a mode."""

    info = MetricInfo(
        "high_quality", "Samples of high quality", "", "higher",
        "Share of samples within three deviations of the nearest of the truth's Gaussians.", 98,
    )

    def figure(self, found: Found, ideal: Found) -> Figure:
        """Their share."""
        return Figure(found.near, found.near_stderr, found.n, ideal.near)


def _apart(truth: GaussianMixture) -> bool:
    """Whether every Gaussian has a peak of its own."""
    for place, (mean, std) in enumerate(zip(truth.means, truth.stds, strict=True)):
        others = np.arange(len(truth.means)) != place
        away = np.linalg.norm(truth.means[others] - mean, axis=1)
        if np.any(away < _APART * np.maximum(truth.stds[others], std)):
            return False
    return True
