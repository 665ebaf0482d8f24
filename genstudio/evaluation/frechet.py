"""How far apart two sets of pictures are, by the Gaussians that their features make up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from genstudio.data.dataset import Kind
from genstudio.evaluation.compared import compared, uncomparable
from genstudio.evaluation.features import Extractor
from genstudio.evaluation.items import Items
from genstudio.evaluation.likelihood import flattery
from genstudio.evaluation.metric import Figure, Metric, MetricInfo, sentences, watch_of
from genstudio.models.fitted import Fitted

Floats = NDArray[np.float64]

GROUPS = 20
"""So many parts of both sets are left out in turn, to know the standard error."""
FEWEST = 2 * GROUPS


@dataclass(frozen=True)
class Distance:
    """A Fréchet distance between two sets.

    Arguments:
        value: in squared units of the features.
        stderr: standard error, from leaving out parts of both sets in turn.
        bias: about how much of the value is there only because the sets are finite.
    """

    value: float
    stderr: float
    bias: float


class Frechet(Metric):
    """Between features of real pictures and of as many that were made."""

    info = MetricInfo(
        "fid", "Fréchet distance", "", "lower",
        "How far made pictures are from real ones, by mean and covariance of what a network for pictures sees in "
        "them (FID, with a smaller network); 0 is indistinguishable.", 90,
    )

    def unsuitable(self, fitted: Fitted, data: Items) -> str | None:
        """Needs pictures, enough of them, and a model that makes some."""
        if fitted.preparation.kind is not Kind.IMAGES:
            return "It compares what a network for pictures sees, and these are none."
        return uncomparable(fitted, data, FEWEST)

    def measure(self, fitted: Fitted, data: Items, seed: int) -> Figure:
        """Of all judged items against as many samples; `ideal` is what as many training pictures reach."""
        both = compared(fitted, data, seed, self.features, watch_of(fitted))
        found = distance(both.real, both.made)
        ideal = None if both.training is None else frechet_distance(both.real, both.training)
        note = sentences(_note(both.extract, found), flattery(data))
        return Figure(found.value, found.stderr, len(data.x), ideal, note)


def distance(real: Floats, made: Floats) -> Distance:
    """The distance with its standard error and bias, by a jackknife over groups of both sets.

    Arguments:
        real, made: features, shapes (N, F) and (M, F), at least `FEWEST` rows each.

    References:
        Efron, Tibshirani (1993): An introduction to the bootstrap, chapter 11.
        Chong, Forsyth (2020): Effectively unbiased FID and Inception score and where to find them.
    """
    value = frechet_distance(real, made)
    # Shuffled, as rows may come in an order that repeats, class after class.
    shuffle = np.random.default_rng(0)
    groups = [shuffle.permutation(len(rows)) % GROUPS for rows in (real, made)]
    without = np.array([
        frechet_distance(real[groups[0] != left_out], made[groups[1] != left_out]) for left_out in range(GROUPS)
    ])
    stderr = np.sqrt((GROUPS - 1) * without.var())
    return Distance(value, float(stderr), float((GROUPS - 1) * (without.mean() - value)))


def frechet_distance(one: Floats, other: Floats) -> float:
    """|m₁ - m₂|² + tr(S₁ + S₂ - 2 (S₁ S₂)^½) of the means and covariances of features, shapes (N, F) and (M, F).

    With S = RᵀR, the trace of (S₁ S₂)^½ is the sum of the singular values of R₁ R₂ᵀ. No root of a matrix is taken,
    so that covariances may be singular, as they are wherever there are fewer items than features.

    References:
        Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter (2017): GANs trained by a two time-scale update rule
        converge to a local Nash equilibrium.
    """
    (mean, root), (other_mean, other_root) = _moments(one), _moments(other)
    shared = np.linalg.svd(root @ other_root.T, compute_uv=False).sum()
    spread = (root**2).sum() + (other_root**2).sum() - 2.0 * shared
    # Rounding may leave a distance of 0 a little below it.
    return float(((mean - other_mean) ** 2).sum() + max(spread, 0.0))


def _moments(features: Floats) -> tuple[Floats, Floats]:
    """Mean, shape (F,), and R with RᵀR the covariance."""
    mean = features.mean(axis=0)
    return mean, np.asarray(np.linalg.qr((features - mean) / np.sqrt(len(features) - 1), mode="r"))


def _note(extract: Extractor, found: Distance) -> str:
    return sentences(
        f"By {extract.words}: not the network of published FID figures, so compare it only with figures by the same "
        "features and n.",
        f"So few pictures raise it by about {found.bias:.2g}.",
    )
