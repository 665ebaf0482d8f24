"""What the gauge of a generator tells, beside the formulas written out with NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from genstudio.data.catalogue.grid import Grid
from genstudio.data.catalogue.ring import Ring
from genstudio.data.dataset import Dataset
from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.models._gan_gauge import MOST_PICTURES, MOST_ROWS, Gauge, modes_of

Floats = NDArray[np.float64]
SHARP: dict[str, Any] = {"radius": 1.0, "std": 0.01}


def ring(n: int, seed: int, kept: int = 8) -> Tensor:
    """Points of the first modes of eight sharp ones, in deviations of the whole."""
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * rng.integers(kept, size=n) / 8
    points = np.column_stack([np.cos(angle), np.sin(angle)]) + 0.01 * rng.normal(size=(n, 2))
    return torch.from_numpy(points * 2**0.5).float()


def bars(n: int, seed: int, lying: bool = False, shape: tuple[int, int] = (16, 12)) -> Tensor:
    """Pictures of one bright bar each, standing or lying, in any place."""
    rng = np.random.default_rng(seed)
    pictures = np.zeros((n, 1, *shape), np.float32)
    for picture, place in zip(pictures, rng.integers(shape[0 if lying else 1], size=n), strict=True):
        if lying:
            picture[0, place] = 1.0
        else:
            picture[0, :, place] = 1.0
    return torch.from_numpy(pictures)


def within(one: Floats, other: Floats, k: int = 3) -> float:
    """The share of one set's items that lie as near to any of another as its k-th neighbour does."""
    radii = [np.sort(np.linalg.norm(other - x, axis=1))[k] for x in other]
    return float(np.mean([any(np.linalg.norm(other - x, axis=1) <= radii) for x in one]))


def test_recall_and_precision_are_those_of_third_neighbours() -> None:
    rng = np.random.default_rng(0)
    real, made = rng.normal(size=(60, 3)), rng.normal(size=(60, 3)) + 1.5
    found = Gauge(torch.from_numpy(real)).figures(torch.from_numpy(made))
    assert found["recall"] == pytest.approx(within(real, made))
    assert found["precision"] == pytest.approx(within(made, real))
    assert 0.2 < found["recall"] < 1


def test_distance_is_that_of_gaussians_of_all_features() -> None:
    rng = np.random.default_rng(0)
    real, made = torch.from_numpy(rng.normal(size=(300, 2))), torch.from_numpy(rng.normal(size=(300, 2)) + 0.5)
    gauge = Gauge(real)
    one, other = (gauge._features(x).numpy() for x in (real, made))
    first, second = np.cov(one.T), np.cov(other.T)
    # The trace of the root of a product of two covariances, by the eigenvalues of the product.
    shared = np.sqrt(np.linalg.eigvals(first @ second).real.clip(0)).sum()
    expected = ((one.mean(0) - other.mean(0)) ** 2).sum() + np.trace(first) + np.trace(second) - 2 * shared
    assert gauge.figures(made)["distance"] == pytest.approx(expected, rel=1e-3)


def test_distance_of_a_shift_is_its_square_at_least() -> None:
    real = ring(500, 0)
    moved = Gauge(real).figures(real + torch.tensor([0.3, 0.4]))["distance"]
    assert 0.25 <= moved < 2.0


@pytest.mark.parametrize("kept", [1, 2, 4])
def test_samples_of_some_modes_only_recall_as_many(kept: int) -> None:
    gauge = Gauge(ring(800, 0))
    all_of_them, some = gauge.figures(ring(800, 1)), gauge.figures(ring(800, 2, kept))
    assert some["recall"] == pytest.approx(kept / 8, abs=0.06)
    assert all_of_them["recall"] > 0.9
    assert min(all_of_them["precision"], some["precision"]) > 0.9
    assert some["distance"] > 3 * all_of_them["distance"]


def test_a_cloud_of_the_same_mean_and_covariance_is_farther_than_the_truth() -> None:
    gauge = Gauge(ring(1000, 0))
    cloud = torch.from_numpy(np.random.default_rng(0).normal(size=(1000, 2))).float()
    assert gauge.figures(cloud)["distance"] > 4 * gauge.figures(ring(1000, 1))["distance"]


def test_the_width_of_sharp_clouds_tells() -> None:
    gauge, truth = Gauge(ring(1000, 0)), ring(1000, 1)
    blurred = truth + 0.05 * torch.randn(truth.shape, generator=torch.Generator().manual_seed(0))
    assert gauge.figures(blurred)["distance"] > 1.15 * gauge.figures(truth)["distance"]


def test_pictures_of_another_kind_are_told_from_pictures_of_the_same() -> None:
    gauge = Gauge(bars(200, 0))
    same, other = gauge.figures(bars(200, 1)), gauge.figures(bars(200, 1, lying=True))
    assert other["distance"] > 3 * same["distance"]
    assert same["recall"] > 0.9
    assert other["recall"] < 0.2


def test_one_and_the_same_picture_recalls_nothing_else() -> None:
    found = Gauge(bars(200, 0)).figures(bars(1, 1).expand(200, -1, -1, -1))
    assert found["precision"] == 1.0
    assert found["recall"] < 0.2


@pytest.mark.parametrize("real", [ring(90, 0), bars(40, 0), bars(40, 0, shape=(70, 41)), torch.zeros(20, 3, 9, 9)])
def test_figures_are_finite_and_the_same_each_time(real: Tensor) -> None:
    made = real.flip(0) * 0.9
    state = torch.get_rng_state()
    first, second = (Gauge(real).figures(made) for _ in range(2))
    assert first == second
    assert np.isfinite(list(first.values())).all()
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("real", [ring(4, 0), bars(4, 0)])
def test_four_items_are_enough_to_be_measured(real: Tensor) -> None:
    assert np.isfinite(list(Gauge(real).figures(real).values())).all()


def test_items_beyond_the_most_are_left_out() -> None:
    assert Gauge(ring(MOST_ROWS + 9, 0)).count == MOST_ROWS
    assert Gauge(bars(MOST_PICTURES + 9, 0)).count == MOST_PICTURES


def test_nothing_is_told_of_infinite_samples() -> None:
    assert Gauge(ring(50, 0)).figures(torch.full((50, 2), torch.inf)) == {}


def drawn(source: type[Ring | Grid], **options: Any) -> Dataset:
    chosen = source.Settings(**options)
    return prepare(source().load(chosen, 0), PreparationSettings(), 0)


@pytest.mark.parametrize(("source", "options"), [(Ring, SHARP), (Grid, {})], ids=["ring", "grid"])
def test_modes_are_counted_in_data_units(source: type[Ring | Grid], options: dict[str, Any]) -> None:
    data = drawn(source, **options)
    covered = modes_of(data, lambda rows: 2.0 * rows.double().numpy())
    truth = data.truth
    assert covered is not None
    assert isinstance(truth, GaussianMixture)
    assert covered.count == Gauge(ring(9, 0), covered).n_modes == len(truth.weights)
    points, components = truth.sample(1000, 1)
    assert covered(torch.from_numpy(points / 2)) == 1.0
    few = np.resize(points[components < 3], (1000, 2))
    assert covered(torch.from_numpy(few / 2)) == 3 / len(truth.weights)
    # A stray sample or two is not a mode that is covered.
    stray = np.concatenate([few, np.repeat(truth.means[[5]], 2, axis=0)])
    assert covered(torch.from_numpy(stray / 2)) == 3 / len(truth.weights)
    assert covered(torch.from_numpy(points / 2 + 4 * truth.stds[0])) == 0.0


def test_no_modes_are_counted_where_none_are_known(dataset: Any) -> None:
    data = dataset(np.random.default_rng(0).normal(size=(60, 2)))
    assert modes_of(data, lambda rows: rows.numpy()) is None
