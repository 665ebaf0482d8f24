"""How much of the data a generator covers and how near it comes, in a feature space of the model's own."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from genstudio.data.dataset import Dataset
from genstudio.data.densities.mixture import GaussianMixture
from genstudio.models.contract import Floats

MOST_ROWS, MOST_PICTURES = 1000, 500
"""So many items a side are compared at most."""
NEIGHBOURS = 3
SEEN_SIDE = 32
"""Pictures are brought to about this side, pixels, before they are looked at."""
_WAVES, _LENGTHS = 64, (1.0, 0.3, 0.1, 0.03)
_WIDTHS = 16, 32, 32
_POOLED = 7
_REACH = 3.0
_FEW = 0.1
"""A mode is covered by this share of the samples that it would have by its weight."""
_LEAST_DEVIATION = 0.1
_DIRECT = 32
"""Distances of so few coordinates are reckoned without a matrix product, which would round small ones away."""

Found = dict[str, float]


class Gauge:
    """Compares made items with real ones that stay the same, so that its figures compare over a whole training.

    Rows are seen as they are, in deviations of the data, and by waves of four lengths in random directions, which tell
    clouds of one mean and covariance apart. Pictures are seen by a small network of seeded random weights that is
    never trained, and as intensities averaged over patches. Neighbours of rows are looked for among the rows as they
    are, those of pictures among these features.

    Arguments:
        real: items that are not learned from, (N, D) in deviations of the data or (N, C, H, W) as intensities from
            0 to 1; at least `NEIGHBOURS` + 1, the first `MOST_ROWS` or `MOST_PICTURES` count.
        modes: those of the truth; None where they are not known.

    References:
        Heusel, Ramsauer, Unterthiner, Nessler, Hochreiter (2017): GANs trained by a two time-scale update rule
        converge to a local Nash equilibrium.
        Kynkäänniemi, Karras, Laine, Lehtinen, Aila (2019): Improved precision and recall metric for assessing
        generative models.
        Rahimi, Recht (2007): Random features for large-scale kernel machines.
    """

    def __init__(self, real: Tensor, modes: Modes | None = None) -> None:
        rows = real.dim() == 2
        self.count = min(len(real), MOST_ROWS if rows else MOST_PICTURES)
        real = real[: self.count].cpu()
        self._features = _Waves(real.shape[1]) if rows else _Glance(real)
        self._place: Callable[[Tensor], Tensor] = Tensor.double if rows else self._features
        self._real = self._place(real)
        self._radii = _radii(self._real)
        self._moments = _moments(self._features(real))
        self._modes = modes

    @property
    def n_modes(self) -> int | None:
        """Modes of the truth, where they are known."""
        return None if self._modes is None else self._modes.count

    def figures(self, made: Tensor) -> Found:
        """What made items come to, of which the first `count` count.

        Arguments:
            made: shaped and in units as the real ones.

        Returns:
            `distance`, squared, in units of the features; `recall`, the share of real items with a made one near
            them, and `precision`, the share of made items with a real one near them; `modes`, where they are known.
            Nothing where numbers of the made ones have become infinite.
        """
        with torch.no_grad():
            made = made[: self.count].cpu()
            if not torch.isfinite(made).all():
                return {}
            found = {"distance": _frechet(self._moments, _moments(self._features(made))), **self._covered(made)}
            return found if self._modes is None else {**found, "modes": self._modes(made)}

    def recall(self, made: Tensor) -> float:
        """The share of real items with one of these near them."""
        with torch.no_grad():
            return self._covered(made[: self.count].cpu())["recall"]

    def _covered(self, made: Tensor) -> Found:
        """How many of either side lie within the reach of the other, which ends at its third neighbour."""
        places = self._place(made)
        apart = _apart(self._real, places)
        recalled = (apart <= _radii(places)).any(dim=1)
        precise = (apart <= self._radii[:, None]).any(dim=0)
        return {"recall": recalled.double().mean().item(), "precision": precise.double().mean().item()}


class Modes:
    """The modes of a mixture of round Gaussians.

    Arguments:
        outward: brings rows as the gauge is given them to data units.
    """

    def __init__(self, truth: GaussianMixture, outward: Callable[[Tensor], Floats]) -> None:
        self._truth, self._outward = truth, outward
        self.count = len(truth.weights)

    def __call__(self, made: Tensor) -> float:
        """The share of modes with at least a tenth as many rows within three deviations as their weight promises."""
        rows, truth = self._outward(made), self._truth
        within = np.linalg.norm(rows[:, None] - truth.means, axis=2) <= _REACH * truth.stds
        return float((within.sum(axis=0) >= np.maximum(1.0, _FEW * truth.weights * len(rows))).mean())


def modes_of(data: Dataset, outward: Callable[[Tensor], Floats]) -> Modes | None:
    """The modes of the truth where that is such a mixture; `outward` as for `Modes`."""
    return Modes(data.truth, outward) if isinstance(data.truth, GaussianMixture) else None


class _Waves:
    """Rows (N, D) as they are, and beside them sines and cosines along random directions; in double precision."""

    def __init__(self, dimension: int) -> None:
        draw = torch.Generator().manual_seed(0)
        lengths = torch.tensor(_LENGTHS, dtype=torch.float64).repeat(_WAVES // len(_LENGTHS))
        directions = torch.randn(dimension, _WAVES, generator=draw, dtype=torch.float64)
        self._rates = directions / (lengths * dimension**0.5)

    def __call__(self, x: Tensor) -> Tensor:
        x = x.double()
        angles = x @ self._rates
        return torch.cat([x, angles.sin() / _WAVES**0.5, angles.cos() / _WAVES**0.5], dim=1)


class _Glance:
    """What an untrained network sees in pictures (N, C, H, W), each feature in its deviations among the real ones."""

    def __init__(self, real: Tensor) -> None:
        draw = torch.Generator().manual_seed(0)
        inputs = (real.shape[1], *_WIDTHS[:-1])
        self._weights = [
            nn.init.orthogonal_(torch.empty(outputs, before, 3, 3), gain=2**0.5, generator=draw)
            for before, outputs in zip(inputs, _WIDTHS, strict=True)
        ]
        self._scale = torch.ones((), dtype=torch.float64)
        seen = self(real)
        deviations = seen.std(dim=0)
        # What hardly varies among real pictures must not count for more than what does.
        self._scale = (deviations + _LEAST_DEVIATION * deviations.mean()).clamp_min(1e-12) * seen.shape[1] ** 0.5

    def __call__(self, pictures: Tensor) -> Tensor:
        seen = [F.adaptive_avg_pool2d(pictures, _POOLED).flatten(1)]
        found = F.adaptive_avg_pool2d(pictures, SEEN_SIDE) if max(pictures.shape[2:]) > SEEN_SIDE else pictures
        for weight in self._weights:
            found = F.conv2d(found, weight, stride=2, padding=1).relu()
            seen.append(found.mean(dim=(2, 3)))
        seen.append(F.adaptive_avg_pool2d(found, 2).flatten(1))
        return torch.cat(seen, dim=1).double() / self._scale


def _moments(features: Tensor) -> tuple[Tensor, Tensor]:
    """Mean, shape (F,), and R with RᵀR the covariance."""
    mean = features.mean(dim=0)
    return mean, torch.linalg.qr((features - mean) / max(1, len(features) - 1) ** 0.5, mode="r").R


def _frechet(one: tuple[Tensor, Tensor], other: tuple[Tensor, Tensor]) -> float:
    """|m₁ - m₂|² + tr(S₁ + S₂ - 2 (S₁ S₂)^½): with S = RᵀR, the last trace is the sum of singular values of R₁ R₂ᵀ."""
    shared = torch.linalg.svdvals(one[1] @ other[1].T).sum()
    spread = one[1].square().sum() + other[1].square().sum() - 2 * shared
    return float((one[0] - other[0]).square().sum() + spread.clamp_min(0.0))


def _apart(one: Tensor, other: Tensor) -> Tensor:
    """Distances of all pairs, (N, M)."""
    direct = one.shape[1] <= _DIRECT
    return torch.cdist(one, other, compute_mode=f"{'donot_' if direct else ''}use_mm_for_euclid_dist")


def _radii(places: Tensor) -> Tensor:
    """How far it is to the third neighbour of each, itself left out, shape (N,)."""
    nearest = min(NEIGHBOURS + 1, len(places))
    return _apart(places, places).topk(nearest, dim=1, largest=False).values[:, -1]
