"""Modes that samples cover, on mixtures of which the answer is known."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.densities.mixture import GaussianMixture
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.data.table import points_table
from genstudio.errors import DataError
from genstudio.evaluation.items import from_dataset
from genstudio.evaluation.metric import evaluate, unsuitable
from genstudio.evaluation.modes import DRAWS, find_modes
from genstudio.models.fitted import Fitted
from genstudio.settings import Settings, validate
from tests.evaluation.gaussian import GaussianModel, SamplesOnly, trained

KEYS = ["modes_covered", "high_quality"]
GRID = GaussianMixture(
    np.full(25, 1 / 25), np.array([[2.0 * i, 2.0 * j] for i in range(5) for j in range(5)]), np.full(25, 0.05)
)
WITHIN = 1 - math.exp(-4.5)
"""Share of a round Gaussian on the plane within three deviations."""


class Part(GaussianModel):
    """Draws from some modes only, and spread too wide."""

    def __init__(self, modes: int, spread: float = 1.0) -> None:
        super().__init__(Settings())
        self.density = GaussianMixture(np.full(modes, 1 / modes), GRID.means[:modes], spread * GRID.stds[:modes])  # type: ignore[assignment]


def data_of(truth: Any) -> Dataset:
    return prepare(points_table("points", truth.sample(500, 0)[0], truth=truth), PreparationSettings(), 0)


def measured(modes: int, spread: float = 1.0) -> dict[str, Any]:
    data = data_of(GRID)
    return evaluate(Fitted(Part(modes, spread), data.preparation), from_dataset(data), KEYS)


@pytest.mark.parametrize("modes", [1, 20, 25])
def test_modes_that_are_never_made_are_not_counted(modes: int) -> None:
    found = measured(modes)
    assert found["modes_covered"].value == modes
    assert found["modes_covered"].ideal == 25
    assert found["modes_covered"].stderr < 1e-6
    assert ("no sample" in found["modes_covered"].note) == (modes < 25)
    assert found["high_quality"].value == pytest.approx(WITHIN, abs=5 * math.sqrt(WITHIN * (1 - WITHIN) / DRAWS))
    assert found["high_quality"].stderr == pytest.approx(math.sqrt(WITHIN * (1 - WITHIN) / DRAWS), rel=0.3)


def test_what_is_spread_too_wide_is_of_low_quality() -> None:
    found = measured(25, spread=2.0)
    assert found["modes_covered"].value == 25
    assert found["high_quality"].value == pytest.approx(1 - math.exp(-4.5 / 4), abs=0.03)
    assert found["high_quality"].ideal == pytest.approx(WITHIN, abs=0.01)


def test_points_belong_to_the_nearest_mode_in_its_own_deviations() -> None:
    truth = GaussianMixture(np.full(2, 0.5), np.array([[0.0, 0.0], [10.0, 0.0]]), np.array([0.5, 2.0]))
    found = find_modes(np.array([[1.4, 0], [1.6, 0], [4.5, 0], [3.9, 0], [10, 5.9], [10, 6.1]]), truth)
    assert found.counts.tolist() == [1, 2]
    assert found.near == 0.5
    assert found.near_stderr == pytest.approx(math.sqrt(0.25 / 6))


def test_the_error_of_the_count_is_that_of_repetition() -> None:
    weights = np.array([0.97, *np.full(10, 0.003)])
    truth = GaussianMixture(weights, np.array([[5.0 * k, 0.0] for k in range(11)]), np.full(11, 0.1))
    found = [find_modes(truth.sample(500, seed)[0], truth) for seed in range(300)]
    covered = np.array([one.covered for one in found])
    assert np.sqrt(np.mean([one.covered_stderr**2 for one in found])) == pytest.approx(covered.std(), rel=0.35)


@pytest.mark.parametrize(("key", "modes"), [("ring", 8), ("grid", 25)])
def test_the_toys_of_the_catalogue_have_their_modes(key: str, modes: int) -> None:
    table = source(key)().load(validate(source(key).Settings, {"samples": 400}, key), 0)
    data = prepare(table, PreparationSettings(), 0)
    assert evaluate(trained(data), from_dataset(data), KEYS)["modes_covered"].ideal == modes


def test_where_there_are_none_to_be_counted() -> None:
    square = prepare(points_table("square", GRID.sample(200, 0)[0]), PreparationSettings(), 0)
    with pytest.raises(DataError, match="not known to be drawn from a mixture"):
        evaluate(trained(square), from_dataset(square), ["modes_covered"])
    close = data_of(GaussianMixture(np.full(2, 0.5), np.array([[0.0, 0.0], [1.5, 0.0]]), np.ones(2)))
    assert "overlap" in unsuitable(trained(close), from_dataset(close))["high_quality"]
    grid = data_of(GRID)
    assert "cannot invent samples" in unsuitable(trained(grid, SamplesOnly), from_dataset(grid))["modes_covered"]
