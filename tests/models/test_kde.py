from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sklearn.neighbors import KernelDensity

from genstudio.errors import SettingsError, TrainingError
from genstudio.models._kernels import KERNELS, KernelSum
from genstudio.models.kde import KernelDensityModel
from genstudio.settings import describe, validate
from genstudio.training.events import Note, Progress


def learn(data, seed: int = 0, **settings: Any) -> tuple[KernelDensityModel, list]:
    model = KernelDensityModel(validate(KernelDensityModel.Settings, settings, "the model"))
    return model, list(model.fit(data, model.live_settings(), seed))


def bandwidth(model: KernelDensityModel) -> float:
    return float(model.state()["bandwidth"][0])


@pytest.mark.parametrize("kernel", sorted(KERNELS))
@pytest.mark.parametrize("dimension", [1, 2, 3, 8])
@pytest.mark.parametrize("width", [0.02, 0.5, 3.0])
def test_sums_agree_with_scikit_learn(kernel: str, dimension: int, width: float) -> None:
    rng = np.random.default_rng(dimension)
    points, x = rng.normal(size=(300, dimension)), rng.normal(size=(150, dimension)) * 2
    # In one leaf its sums are exact; with more it loses digits where the density is small.
    expected = KernelDensity(bandwidth=width, kernel=kernel, leaf_size=300).fit(points).score_samples(x)
    found = KernelSum(points).log_prob(x, KERNELS[kernel], width)
    # Where no kernel reaches scikit-learn may say log(1e-300) or -inf.
    np.testing.assert_allclose(found, np.where(expected < -600, found, expected), rtol=1e-9)


@pytest.mark.parametrize("width", [0.05, 0.4, 5.0])
def test_a_grid_gives_the_same_as_scattered_rows(width: float) -> None:
    points = np.random.default_rng(0).normal(size=(500, 2))
    axis = np.linspace(-6, 6, 40)
    grid = np.stack(np.meshgrid(axis, axis * 2), axis=-1).reshape(-1, 2)
    model = KernelSum(points)
    single = np.concatenate([model.log_prob(row[None], KERNELS["gaussian"], width) for row in grid[::7]])
    np.testing.assert_allclose(model.log_prob(grid, KERNELS["gaussian"], width)[::7], single, rtol=1e-10)


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_leaving_a_row_out_equals_not_having_it(kernel: str) -> None:
    points = np.random.default_rng(0).normal(size=(80, 2))
    rows = np.arange(0, 80, 9)
    found = KernelSum(points).log_prob(points[rows], KERNELS[kernel], 0.5, rows)
    expected = [
        KernelSum(np.delete(points, row, axis=0)).log_prob(points[row][None], KERNELS[kernel], 0.5)[0] for row in rows
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_samples_lie_where_the_kernel_says(kernel: str, dataset) -> None:
    data = dataset([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    model, _ = learn(data, kernel=kernel, bandwidth=2.0)
    x, component = model.sample(40_000, 1)
    assert (component == -1).all()
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=0.05)
    # Second moments of one coordinate in three dimensions: h², h²/5, h²/7.
    variance = {"gaussian": 4.0, "tophat": 0.8, "epanechnikov": 4 / 7}[kernel]
    np.testing.assert_allclose(np.cov(x.T), np.eye(3) * variance, atol=0.03 * variance + 0.01)


@pytest.mark.parametrize(("rule", "expected"), [("scott", 100 ** (-1 / 6)), ("silverman", 100 ** (-1 / 6)), (0.7, 0.7)])
def test_rules_are_scikit_learns(rule: Any, expected: float, dataset, clouds) -> None:
    data = dataset(clouds(100, 2))
    model, events = learn(data, bandwidth=rule)
    assert bandwidth(model) == pytest.approx(expected)
    assert [event.step for event in events] == [1]
    if isinstance(rule, str):
        assert bandwidth(model) == pytest.approx(KernelDensity(bandwidth=rule).fit(data.train).bandwidth_)


def test_the_likeliest_bandwidth_is_found_one_a_step(dataset) -> None:
    data = dataset(np.random.default_rng(0).normal(size=(400, 2)), valid=0.25)
    model, events = learn(data)
    steps = [event for event in events if isinstance(event, Progress)]
    figures = [event.metrics["train"] for event in steps]
    assert steps[0].total == steps[-1].step == 21
    assert figures[-1] == max(figures)
    # Asymptotically best for a normal density in two dimensions: n^(-1/6).
    assert bandwidth(model) == pytest.approx(300 ** (-1 / 6), rel=0.4)
    assert steps[-1].metrics["valid"] == pytest.approx(model.log_prob(data.valid).mean(), rel=1e-9)


def test_closing_keeps_the_best_bandwidth_tried(dataset, clouds) -> None:
    data = dataset(clouds(200, 2))
    model = KernelDensityModel(KernelDensityModel.Settings())
    training = model.fit(data, model.live_settings(), 0)
    tried = {}
    for _ in range(15):
        figure = next(training).metrics["train"]
        tried[bandwidth(model)] = figure
    training.close()
    assert bandwidth(model) == max(tried, key=tried.__getitem__)


@pytest.mark.parametrize(
    ("x", "settings", "words"),
    [
        (np.repeat(np.arange(5.0), 20)[:, None], {}, "many rows are equal"),
        (np.append(np.arange(30) / 30, 1e6)[:, None], {"kernel": "tophat"}, "Under no bandwidth"),
    ],
)
def test_a_bandwidth_that_cannot_be_found_is_said(x: np.ndarray, settings: dict[str, Any], words: str, dataset) -> None:
    _, events = learn(dataset(x), **settings)
    assert any(words in event.text for event in events if isinstance(event, Note))


def test_rows_beyond_every_kernel_are_infinitely_strange(dataset) -> None:
    model, _ = learn(dataset([[0.0, 0.0], [1.0, 0.0]]), kernel="tophat", bandwidth=1.0)
    x = np.array([[5.0, 0.0], [0.5, 0.0]])
    assert model.log_prob(x)[0] == -math.inf
    assert model.anomaly_score(x)[0] == math.inf
    assert (model.contributions(x)[0] == math.inf).all()
    assert np.isfinite(model.contributions(x)[1]).all()


@pytest.mark.parametrize("value", [0.0, -1.0, "widest", float("inf")])
def test_bandwidths_that_cannot_be_are_refused(value: Any) -> None:
    with pytest.raises(SettingsError, match="bandwidth"):
        validate(KernelDensityModel.Settings, {"bandwidth": value}, "the model `kde`")


def test_the_form_knows_that_a_bandwidth_is_a_number_or_a_word() -> None:
    found = next(setting for setting in describe(KernelDensityModel.Settings) if setting.name == "bandwidth")
    assert (found.kind, found.minimum, found.open_minimum) == ("float", 0.0, True)
    assert found.choices == ("likelihood", "scott", "silverman")


def test_nothing_learned_nothing_asked() -> None:
    with pytest.raises(TrainingError):
        KernelDensityModel(KernelDensityModel.Settings()).contributions(np.zeros((1, 2)))
