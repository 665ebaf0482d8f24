"""One moment of a game over two columns, and what lies between two moments. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genstudio.applications.game import Bounds, latent_nodes, mistaken, noise_places

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """What the question `game_plane` answered; all in data units.

    Arguments:
        z: first two coordinates of latent points, shape (N, 2).
        made: what the generator makes of them, shape (N, 2).
        way: where each of these is asked to go, shape (N, 2).
        made_verdict: shape (N,), 0 to 1.
        grid: corners of the generator's manifold, shape (R, C, 2).
        landscape: verdicts over `bounds`, shape (ny, nx).
        real: training items, shape (M, 2), and their verdicts.
        latent_dim: coordinates of the latent space.
    """

    z: Floats
    made: Floats
    way: Floats
    made_verdict: Floats
    grid: Floats
    landscape: Floats
    bounds: Bounds
    real: Floats
    real_verdict: Floats
    latent_dim: int

    @classmethod
    def of(cls, answer: Mapping[str, Array]) -> Scene:
        """The answer as a scene."""
        names = ("z", "made", "way", "made_verdict", "grid", "landscape", "real", "real_verdict")
        x0, x1, y0, y1 = map(float, answer["bounds"])
        return cls(
            **{name: np.asarray(answer[name], float) for name in names}, bounds=(x0, x1, y0, y1),
            latent_dim=int(answer["latent_dim"]),
        )

    def noise(self, view: Bounds) -> Floats:
        """Where the latent points are drawn in a view, shape (N, 2)."""
        return noise_places(self.z, view)

    def noise_grid(self, view: Bounds) -> Floats:
        """Where the corners of the latent cells are drawn in a view, shape as `grid`."""
        side = len(self.grid) - 1
        return noise_places(latent_nodes(side), view) if side > 0 else self.grid

    @property
    def wrong_made(self) -> NDArray[np.bool_]:
        """Which made points are taken for real, shape (N,)."""
        return mistaken(self.made_verdict, real=False)

    @property
    def wrong_real(self) -> NDArray[np.bool_]:
        """Which real points are taken for made, shape (M,)."""
        return mistaken(self.real_verdict, real=True)

    @property
    def real_recognised(self) -> float:
        """Share of the real points that are taken for real; NaN where there are none at hand."""
        return float(1 - self.wrong_real.mean()) if len(self.real) else float("nan")

    @property
    def made_recognised(self) -> float:
        """Share of the made points that are taken for made."""
        return float(1 - self.wrong_made.mean())

    @property
    def made_mean(self) -> float:
        """Mean verdict on the made points, 0 to 1."""
        return float(self.made_verdict.mean())


def between(first: Scene, second: Scene, share: float) -> Scene:
    """What lies so far from one moment (0) to another (1); points go straight."""
    if share <= 0 or share >= 1 or first.landscape.shape != second.landscape.shape:
        return first if share <= 0 else second
    mixed = {
        name: (1 - share) * getattr(first, name) + share * getattr(second, name)
        for name in ("made", "grid", "landscape", "way", "made_verdict")
    }
    return replace(first, **mixed)
