"""What holds for every density that is known exactly: mass one, the stated entropy, fair samples."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from genstudio.data.density import TrueDensity
from genstudio.data.source import sources

Floats = NDArray[np.float64]

SOURCES = sources()
DENSITIES = [key for key, plug in SOURCES.items() if plug.info.group in ("Toy densities", "Textbook examples")]
POINTS = 1_000_000
# With a span that is a multiple of five, edges of squares and boards fall between the grid's points.
GRID, CELLS = 720, 20
# Folds in the pinwheel, gaps and edges elsewhere: settings that the defaults are too tame for.
WILD: dict[str, dict[str, Any]] = {
    "pinwheel": {"arms": 2, "radial_std": 0.4, "tangential_std": 0.15, "rate": 0.4},
    "spirals": {"arms": 3, "turns": 0.8, "noise": 0.2},
    "two_moons": {"noise": 0.3, "upper": 0.8},
    "swiss_roll": {"turns": 0.7, "noise": 0.3},
    "rings": {"circles": 2, "spacing": 0.4, "noise": 0.3},
    "blobs": {"centers": 5, "cluster_std": (5.0, 0.2), "box": 4.0},
    "grid": {"side": 3, "step": 0.5, "std": 0.3},
    "checkerboard": {"squares": 5, "width": 5.0},
    "cheese": {"holes": 13, "hole_size": 0.95},
    "textbook_anomalies": {"normal": 100, "anomalies": 100, "span": 4.0},
}
MEASURED = {
    "ring": 2.8316,
    "blobs": 3.9357,
    "textbook_blobs": 3.9357,
    "two_moons": 1.0076,
    "rings": 2.6232,
    "pinwheel": 2.3178,
    "checkerboard": 3.4657,
    "spirals": 2.6455,
    "swiss_roll": 2.6696,
}
CASES = [pytest.param(key, (), id=key) for key in DENSITIES] + [
    pytest.param(key, tuple(chosen.items()), id=f"{key}-wild") for key, chosen in WILD.items()
]


@lru_cache
def density(key: str, chosen: tuple[tuple[str, Any], ...] = ()) -> TrueDensity:
    plug = SOURCES[key]
    truth = plug().load(plug.Settings(**dict(chosen)), seed=0).truth
    assert truth is not None
    return truth


@lru_cache
def cell_masses(key: str, chosen: tuple[tuple[str, Any], ...]) -> tuple[float, Floats]:
    """Half the side of a square that holds everything, and the mass in each of its cells by the midpoint rule."""
    truth = density(key, chosen)
    points, _ = truth.sample(20_000, seed=3)
    span = 5 * float(np.ceil(1.2 * np.abs(points).max() / 5))
    middles = span * ((2 * np.arange(GRID) + 1) / GRID - 1)
    mesh = np.stack(np.meshgrid(middles, middles, indexing="ij"), axis=-1).reshape(-1, 2)
    values = np.exp(truth.log_prob(mesh)).reshape(CELLS, GRID // CELLS, CELLS, GRID // CELLS)
    return span, values.sum(axis=(1, 3)) * (2 * span / GRID) ** 2


@pytest.mark.parametrize("key", DENSITIES)
def test_entropy_agrees_with_a_million_points(key: str) -> None:
    truth = density(key)
    points, _ = truth.sample(POINTS, seed=11)
    surprises = -truth.log_prob(points)
    error = surprises.std() / np.sqrt(POINTS)
    assert abs(surprises.mean() - truth.entropy) <= 4 * error + 1e-9


@pytest.mark.parametrize(("key", "chosen"), CASES[len(DENSITIES) :])
def test_entropy_agrees_far_from_the_defaults(key: str, chosen: tuple[tuple[str, Any], ...]) -> None:
    truth = density(key, chosen)
    points, _ = truth.sample(100_000, seed=12)
    surprises = -truth.log_prob(points)
    assert abs(surprises.mean() - truth.entropy) <= 4 * surprises.std() / np.sqrt(len(points)) + 1e-9


@pytest.mark.parametrize(("key", "expected"), list(MEASURED.items()), ids=list(MEASURED))
def test_default_entropies_are_the_published_ones(key: str, expected: float) -> None:
    assert density(key).entropy == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(("key", "chosen"), CASES)
def test_density_integrates_to_one(key: str, chosen: tuple[tuple[str, Any], ...]) -> None:
    assert cell_masses(key, chosen)[1].sum() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(("key", "chosen"), CASES)
def test_samples_fill_the_cells_as_the_density_says(key: str, chosen: tuple[tuple[str, Any], ...]) -> None:
    span, masses = cell_masses(key, chosen)
    points, _ = density(key, chosen).sample(20_000, seed=5)
    edges = np.linspace(-span, span, CELLS + 1)
    counts = np.histogram2d(points[:, 0], points[:, 1], bins=[edges, edges])[0]
    expected = masses * len(points)
    full = expected > 10
    # A sliver of a cell may slip through the grid that its mass is taken on.
    assert counts[expected < 1e-9].sum() < 5
    chi_square = float(((counts[full] - expected[full]) ** 2 / expected[full]).sum())
    assert chi_square < full.sum() + 5 * np.sqrt(2 * full.sum())


@pytest.mark.parametrize("key", DENSITIES)
def test_samples_repeat_with_their_seed_and_know_their_components(key: str) -> None:
    truth = density(key)
    points, components = truth.sample(500, seed=1)
    again, same = truth.sample(500, seed=1)
    np.testing.assert_array_equal(points, again)
    np.testing.assert_array_equal(components, same)
    assert (points.shape, components.shape) == ((500, 2), (500,))
    assert components.min() >= 0
    assert len(set(components)) > 1
    assert not np.array_equal(points, truth.sample(500, seed=2)[0])


@pytest.mark.parametrize("key", DENSITIES)
def test_no_points_and_points_far_out_are_answered(key: str) -> None:
    truth = density(key)
    assert truth.log_prob(np.empty((0, 2))).shape == (0,)
    far = truth.log_prob(np.array([[1e3, -1e3], [0.0, 1e5], [-60.0, 0.0]]))
    assert not np.isnan(far).any()
    assert (far < -50).all()


@pytest.mark.parametrize("key", DENSITIES)
def test_points_are_answered_alike_alone_and_among_others(key: str) -> None:
    truth = density(key)
    points, _ = truth.sample(3000, seed=9)
    points = np.concatenate([points, 2 * points[:1000]])
    alone = np.concatenate([truth.log_prob(points[start : start + 1]) for start in range(0, len(points), 100)])
    np.testing.assert_allclose(truth.log_prob(points)[::100], alone, rtol=0, atol=1e-7)
