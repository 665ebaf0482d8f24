"""Flows of pictures: exact there and back, probabilities that sum to 1, stations, and the guard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.evaluation.bounds import BitsPerDim
from genstudio.evaluation.items import from_dataset
from genstudio.models._flow_settings import FlowSettings
from genstudio.models._one_net import BatchedItems
from genstudio.models._picture_flow_learner import PictureFlowLearner
from genstudio.models.capabilities import Bound, Conditional, Density, Latent, Resumable, Samples, Scores, Transports
from genstudio.models.fitted import Fitted
from genstudio.models.flow import NormalizingFlow
from genstudio.nets.flows.multiscale import MultiScaleFlow
from genstudio.training.budget import Budget
from genstudio.training.events import Progress

MakeDataset = Callable[..., Dataset]
SMALL: dict[str, Any] = {"channels": (4,), "blocks": 1, "bins": 16, "warmup": 0, "clip_norm": 500.0}
shapes = pytest.mark.parametrize("shape", [(8, 8, 1), (7, 5, 1), (5, 6, 3)], ids=["even", "odd", "colour"])


def learned(data: Dataset, steps: int, **settings: Any) -> tuple[NormalizingFlow, list[Progress]]:
    made = NormalizingFlow(FlowSettings(**{**SMALL, "learning_rate": 5e-3, **settings}))
    budget = Budget(steps=steps, precision="float32")
    events = [event for event in made.fit(data, made.live_settings(), 0, budget) if isinstance(event, Progress)]
    return made, events


def spots(pictures: MakeDataset, shape: tuple[int, int, int], n: int = 60) -> Dataset:
    return pictures(n, shape[0], shape[1], shape[2])


def intensities(data: Dataset) -> np.ndarray:
    return np.asarray(data.preparation.to_model(data.train), np.float64)


def test_pictures_have_probabilities_and_tables_densities() -> None:
    both = (Samples, Latent, Transports, Scores, Conditional, Resumable)
    for kind in (Kind.TABLE, Kind.IMAGES):
        assert all(NormalizingFlow.offers(capability, kind) for capability in both)
        assert NormalizingFlow.offers(Density, kind) == (kind is Kind.TABLE)
        assert NormalizingFlow.offers(Bound, kind) == (kind is Kind.IMAGES)


@shapes
def test_what_is_encoded_comes_back_exactly(pictures: MakeDataset, shape: tuple[int, int, int]) -> None:
    data = spots(pictures, shape)
    model, _ = learned(data, 20)
    x = intensities(data)
    z, deviation = model.encode(x)
    assert z.shape == (len(x), model.latent_dim)
    assert not deviation.any()
    np.testing.assert_allclose(model.decode(z), x, atol=1e-6)
    # Pictures of noise, which nobody would have expected, and one by one.
    odd = np.random.default_rng(0).integers(0, 256, size=x[:6].shape) / 255
    back = np.concatenate([model.decode(model.encode(each[None])[0]) for each in odd])
    np.testing.assert_allclose(back, odd, atol=1e-6)


@shapes
def test_the_way_there_is_the_way_back(pictures: MakeDataset, shape: tuple[int, int, int]) -> None:
    data = spots(pictures, shape)
    model, _ = learned(data, 20)
    x = intensities(data)[:6]
    z, _ = model.encode(x)
    stations = model.stations()
    way, added = model.carry_back(x)
    assert way.shape == (len(stations), *x.shape)
    assert (np.diff(stations) > 0).all()
    np.testing.assert_allclose(way, model.carry(z), atol=1e-6)
    np.testing.assert_allclose(way[0].reshape(6, -1), stats.norm.cdf(z), atol=1e-6)
    np.testing.assert_allclose(way[-1], x, atol=1e-6)
    base = stats.norm.logpdf(z).sum(axis=1)
    np.testing.assert_allclose(base + added.sum(axis=0), model.log_prob_bound(x, 8, seed=0), atol=0.05)


@shapes
def test_what_each_pixel_adds_is_all_that_is_strange(pictures: MakeDataset, shape: tuple[int, int, int]) -> None:
    data = spots(pictures, shape)
    model, _ = learned(data, 20)
    x = intensities(data)[:6]
    found = model.contributions(x)
    assert found.shape == (6, x[0].size)
    np.testing.assert_allclose(found.sum(axis=1), model.anomaly_score(x), atol=0.05)
    x[:, 0, 2, 3] = 1.0 - x[:, 0, 2, 3]
    assert (model.contributions(x)[:, 2 * shape[1] + 3] > found[:, 2 * shape[1] + 3]).mean() > 0.5


def test_all_pictures_have_all_the_probability() -> None:
    rng = np.random.default_rng(0)
    bright = rng.integers(0, 200, size=(300, 1, 1, 1))
    pixels = np.concatenate([bright, bright + rng.integers(0, 50, size=bright.shape)], axis=2).astype(np.uint8)
    data = prepare(Pictures("pairs", pixels), PreparationSettings(valid=0, test=0), 0)
    model, _ = learned(data, 100, learning_rate=2e-2)
    every = np.stack(np.meshgrid(np.arange(256), np.arange(256)), axis=-1).reshape(-1, 1, 1, 2) / 255
    logs = model.log_prob_bound(every, 1, seed=0)
    assert np.exp(logs).sum() == pytest.approx(1.0, abs=2e-3)
    # It has learned that the second pixel is a little brighter, whatever the first one is.
    chances = np.exp(logs).reshape(256, 256).T
    expected = (chances * np.arange(256)).sum(axis=1) / chances.sum(axis=1)
    assert expected[180] > expected[20] + 60


def test_samples_are_as_frequent_as_what_was_learned(pictures: MakeDataset) -> None:
    data = pictures(200)
    model, _ = learned(data, 1, learning_rate=1e-9)
    x, _ = model.sample(2000, 0)
    assert set(np.rint(255 * x.ravel()).astype(int)) <= set(range(256))
    np.testing.assert_allclose(255 * x, np.rint(255 * x), atol=1e-6)
    error = intensities(data).std(axis=0) / np.sqrt(200)
    assert (np.abs(x.mean(axis=0) - intensities(data).mean(axis=0)) < 4 * error + 0.02).all()
    assert np.ptp(model.sample(5, 0, temperature=0.0)[0], axis=0).max() < 1e-6


def test_small_digits_are_learned() -> None:
    raw = source("sklearn_digits")().load(source("sklearn_digits").Settings(), 0)
    data = prepare(raw, PreparationSettings(valid=0.2, test=0), 0)
    model, events = learned(data, 120, channels=(8,), bins=32)
    told = [event.metrics["valid"] for event in events if "valid" in event.metrics]
    assert told[-1] > told[0] + 5
    assert max(event.metrics.get("round_trip", 0.0) for event in events) < 1e-6
    found = BitsPerDim().measure(Fitted(model, data.preparation), from_dataset(data, "valid"), 0)
    assert found.value == pytest.approx(-told[-1] / (64 * np.log(2)), abs=0.01)


def test_a_class_that_is_told_counts(pictures: MakeDataset) -> None:
    data = pictures(120)
    assert data.labels is not None
    model, _ = learned(data, 120, conditional=True, channels=(8,))
    x, codes = intensities(data)[:20], data.labels.train[:20]
    right, _ = model.encode(x, codes)
    wrong, _ = model.encode(x, 1 - codes)
    np.testing.assert_allclose(model.decode(right, codes), x, atol=1e-6)
    assert np.abs(right - wrong).max() > 0.1
    assert np.abs(model.decode(right, 1 - codes) - x).max() > 0.05


def test_the_guard_speaks_once_where_pictures_do_not_come_back() -> None:
    net = MultiScaleFlow((1, 4, 4), 0, channels=(2,), blocks=1, bins=4)
    items = BatchedItems(np.zeros((4, 1, 4, 4), np.uint8), None, 0, torch.device("cpu"))
    learner = PictureFlowLearner(net, (items, items))
    with torch.no_grad():
        assert learner.validate(0)["round_trip"] < 1e-9
        assert not list(learner.remarks(0))
        net.coarsest.fill_(float("nan"))
        learner.validate(50)
    (alarm,) = learner.remarks(50)
    assert alarm.level == "alarm"
    assert alarm.text.endswith(".")
    assert not list(learner.remarks(100))


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_pictures_are_refused_in_a_sentence(count: int, pictures: MakeDataset) -> None:
    data = pictures(4)
    few = type(data)(**{**vars(data), "train": data.train[:count]})
    assert "at least 2 pictures" in (NormalizingFlow.unsuitable(few) or "")
