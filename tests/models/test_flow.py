"""Flows of tables: exact both ways, densities that sum to 1, classes, rounded numbers, and the guard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from scipy import stats

from genstudio.data.dataset import Dataset, Labels
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.models._flow_learner import FlowLearner
from genstudio.models._flow_rounding import rounding
from genstudio.models._slices import surprises
from genstudio.models.capabilities import Bound, Density
from genstudio.models.fitted import Fitted
from genstudio.models.flow import FlowSettings, NormalizingFlow
from genstudio.training.budget import Budget
from genstudio.training.events import Note, Progress

MakeDataset = Callable[..., Dataset]
TOYS = ("ring", "blobs", "two_moons", "rings", "pinwheel", "checkerboard", "spirals", "swiss_roll")
SMALL: dict[str, Any] = {
    "base": "gaussian", "transforms": 3, "bins": 6, "hidden_features": (16,), "octaves": 2, "warmup": 0,
}
KINDS = ("spline", "affine", "autoregressive")
BASES = ("gaussian", "mixture")
every_build = pytest.mark.parametrize(("kind", "base"), [(kind, base) for kind in KINDS for base in BASES])


def learned(data: Dataset, steps: int, **settings: Any) -> tuple[NormalizingFlow, list[Any]]:
    made = NormalizingFlow(FlowSettings(**{**SMALL, "learning_rate": 5e-3, **settings}))
    return made, list(made.fit(data, made.live_settings(), 0, Budget(steps=steps)))


def toy(key: str, samples: int = 2000) -> Dataset:
    table = source(key)().load(source(key).Settings(samples=samples), 0)
    return prepare(table, PreparationSettings(valid=0.1, test=0), 0)


def labelled(data: Dataset, train: np.ndarray) -> Dataset:
    none = np.zeros(0, np.int64)
    levels = tuple(f"class {code}" for code in range(train.max() + 1))
    return replace(data, labels=Labels(levels, train.astype(np.int64), none, none))


def two_classes(dataset: MakeDataset, share: float = 0.75, missing: int = 0) -> Dataset:
    """Normal at -3 or at 3, of unequal frequency; some of unknown class."""
    rng = np.random.default_rng(0)
    codes = (rng.random(1200) > share).astype(np.int64)
    x = np.column_stack([6.0 * codes - 3.0, np.zeros(1200)]) + rng.normal(size=(1200, 2))
    codes[:missing] = -1
    return labelled(dataset(x), codes)


class TestExactness:
    @every_build
    @pytest.mark.parametrize("dimension", [1, 2, 5])
    def test_there_and_back(
        self, kind: str, base: str, dimension: int, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        data = dataset(clouds(300, dimension) * 100 + 50)
        model, _ = learned(data, 10, kind=kind, base=base, base_components=3)
        z, deviations = model.encode(data.train)
        np.testing.assert_allclose(model.decode(z), data.train, atol=1e-4)
        assert not deviations.any()

    @every_build
    def test_the_way_adds_up_to_the_log_density(
        self, kind: str, base: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        data = dataset(clouds(200, 3) * [1.0, 50.0, 0.01])
        model, _ = learned(data, 10, kind=kind, base=base, base_components=3)
        way, added = model.carry_back(data.train)
        z = model.encode(data.train)[0]
        assert way.shape == (len(model.stations()), *data.train.shape)
        total = stats.norm.logpdf(z).sum(axis=1) + added.sum(axis=0)
        np.testing.assert_allclose(total, model.log_prob(data.train), atol=1e-6)
        np.testing.assert_allclose(way[-1], data.train, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(model.carry(z), way, rtol=1e-6, atol=1e-6)

    @every_build
    def test_the_density_is_that_of_the_jacobian(
        self, kind: str, base: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        data = dataset(clouds(200, 2) * [3.0, 0.5])
        model, _ = learned(data, 10, kind=kind, base=base, base_components=3)
        x, step = data.train[:20], 1e-5
        columns = [
            (model.encode(x + step * e)[0] - model.encode(x - step * e)[0]) / (2 * step) for e in np.eye(2)
        ]
        jacobian = np.stack(columns, axis=2)
        z = model.encode(x)[0]
        expected = stats.norm.logpdf(z).sum(axis=1) + np.linalg.slogdet(jacobian)[1]
        np.testing.assert_allclose(model.log_prob(x), expected, atol=1e-4)

    @pytest.mark.parametrize("kind", KINDS)
    def test_log_determinants_of_many_bins_are_those_of_autograd(self, kind: str) -> None:
        data = toy("two_moons", 500)
        model, _ = learned(data, 20, kind=kind, bins=48, transforms=8, learning_rate=2e-2)
        with model._tables._exactly() as net:
            x = torch.from_numpy(model._tables.scaling.forward(data.train[:20]))
            _, found = net.inward(x, x.new_zeros(len(x), 0))
            rows = torch.autograd.functional.jacobian(lambda row: net.inward(row, row.new_zeros(len(row), 0))[0], x)
        jacobians = rows.diagonal(dim1=0, dim2=2).permute(2, 0, 1)
        torch.testing.assert_close(found, torch.linalg.slogdet(jacobians)[1], atol=1e-6, rtol=0)

    @pytest.mark.parametrize("key", TOYS)
    def test_densities_of_toys_integrate_to_one(self, key: str) -> None:
        data = toy(key)
        recommended = {"base": "mixture", **NormalizingFlow.recommended(data), "learning_rate": 2e-3}
        model, _ = learned(data, 20, **recommended)
        low, high = data.train.min(axis=0), data.train.max(axis=0)
        low, high = low - 0.6 * (high - low), high + 0.6 * (high - low)
        cells = 400
        axes = [a + (b - a) * (np.arange(cells) + 0.5) / cells for a, b in zip(low, high, strict=True)]
        points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
        total = np.exp(Fitted(model, data.preparation).log_prob(points)).sum() * ((high - low) / cells).prod()
        assert total == pytest.approx(1.0, abs=1e-3)

    def test_surprises_of_a_normal_are_those_of_its_formula(self) -> None:
        covariance = np.array([[1.0, 0.8, 0.2], [0.8, 1.0, -0.1], [0.2, -0.1, 1.0]])
        joint = stats.multivariate_normal(np.zeros(3), covariance)
        x = joint.rvs(30, random_state=0)
        for column in range(3):
            others = [place for place in range(3) if place != column]
            rest = stats.multivariate_normal(np.zeros(2), covariance[np.ix_(others, others)])
            expected = rest.logpdf(x[:, others]) - joint.logpdf(x)
            np.testing.assert_allclose(surprises(joint.logpdf, x)[:, column], expected, atol=1e-8)

    def test_tables_have_a_density_and_pictures_a_bound(self, dataset: MakeDataset, pictures: MakeDataset) -> None:
        for data, known, other in ((dataset(np.eye(3)), Density, Bound), (pictures(4), Bound, Density)):
            assert NormalizingFlow.offers(known, data.kind)
            assert not NormalizingFlow.offers(other, data.kind)


class TestLearning:
    @pytest.mark.parametrize("kind", KINDS)
    def test_it_learns(self, kind: str) -> None:
        data = toy("two_moons")
        model, events = learned(data, 100, kind=kind, learning_rate=1e-2)
        told = [event.metrics["valid"] for event in events if isinstance(event, Progress) and "valid" in event.metrics]
        assert told[-1] > told[0] + 0.3
        assert max(told) == pytest.approx(model.log_prob(data.valid).mean(), abs=1e-4)

    def test_a_mixture_starts_where_em_ends(self) -> None:
        data = toy("ring")
        model, _ = learned(data, 1, base="mixture", base_components=8, learning_rate=0.0)
        assert data.truth is not None
        x = data.truth.sample(4000, 1)[0]
        gap = data.truth.log_prob(x) - Fitted(model, data.preparation).log_prob(x)
        assert abs(gap.mean()) < 0.05

    @pytest.mark.parametrize(("key", "gap"), [("ring", 0.05), ("two_moons", 0.25)])
    def test_a_recipe_that_says_no_more_than_the_name_starts_near_the_truth(self, key: str, gap: float) -> None:
        data = toy(key)
        assert data.truth is not None
        model = NormalizingFlow(FlowSettings())
        list(model.fit(data, model.live_settings(), 0, Budget(steps=3)))
        x = data.truth.sample(4000, 1)[0]
        found = data.truth.log_prob(x) - Fitted(model, data.preparation).log_prob(x)
        assert abs(found.mean()) < gap

    def test_what_is_recommended_is_a_mixture_where_the_data_fall_apart(self, dataset: MakeDataset) -> None:
        assert NormalizingFlow.recommended(toy("ring"))["base_components"] == 8
        bell = dataset(np.random.default_rng(0).normal(size=(500, 2)))
        assert NormalizingFlow.recommended(bell)["base"] == "gaussian"
        assert NormalizingFlow.recommended(dataset(np.zeros((1, 2)))) == {}

    @pytest.mark.parametrize(("key", "flat"), [("checkerboard", True), ("rings", False), ("spirals", False)])
    def test_rows_that_fill_areas_with_sharp_edges_are_not_begun_as_bells(self, key: str, flat: bool) -> None:
        assert (NormalizingFlow.recommended(toy(key, 20_000)).get("base") == "gaussian") == flat


class TestClasses:
    @pytest.mark.parametrize("base", BASES)
    def test_without_labels_classes_count_as_often_as_they_were(self, base: str, dataset: MakeDataset) -> None:
        data = two_classes(dataset)
        assert data.labels is not None
        model, _ = learned(data, 80, conditional=True, base=base, base_components=2, learning_rate=1e-2)
        points = np.stack(np.meshgrid(np.linspace(-9, 9, 240), np.linspace(-8, 8, 240)), axis=-1).reshape(-1, 2)
        mass = np.exp(model.log_prob(points)) * (18 / 239) * (16 / 239)
        assert mass.sum() == pytest.approx(1.0, abs=0.01)
        assert mass[points[:, 0] > 0].sum() == pytest.approx(data.labels.train.mean(), abs=0.03)
        x, _ = model.sample(2000, 0)
        assert (x[:, 0] > 0).mean() == pytest.approx(data.labels.train.mean(), abs=0.04)

    @pytest.mark.parametrize("base", BASES)
    def test_samples_can_be_asked_of_a_class(self, base: str, dataset: MakeDataset) -> None:
        data = two_classes(dataset, missing=100)
        model, _ = learned(data, 200, conditional=True, base=base, base_components=2, learning_rate=1e-2)
        assert model.n_conditions() == 2
        for code in (0, 1):
            x, _ = model.sample(4000, 1, condition=code)
            # Each class has its own half of the plane but for what lies three deviations from its mean.
            assert ((x[:, 0] > 0) == (code == 1)).mean() == pytest.approx(stats.norm.cdf(3.0), abs=0.02)
        z = model.encode(data.train[100:150], data.labels.train[100:150])[0]  # type: ignore[union-attr]
        back = model.decode(z, data.labels.train[100:150])  # type: ignore[union-attr]
        np.testing.assert_allclose(back, data.train[100:150], atol=1e-6)


class TestRounding:
    @pytest.mark.parametrize("offset", [0.0, 0.3])
    @pytest.mark.parametrize("step", [1.0, 0.1, 250.0])
    def test_steps_are_found(self, step: float, offset: float) -> None:
        rng = np.random.default_rng(0)
        x = np.column_stack([step * rng.integers(0, 30, 400) + offset, rng.normal(size=400), np.full(400, 7.0)])
        found, notes = rounding(x, ("a", "b", "c"), spread=True)
        np.testing.assert_allclose(found, [step, 0.0, 1.0], rtol=1e-6)
        assert "a, c" in notes[0].text

    def test_what_repeats_itself_without_a_step_is_told(self) -> None:
        x = np.repeat(np.random.default_rng(0).normal(size=(40, 1)), 10, axis=0)
        found, notes = rounding(x, ("width",), spread=True)
        assert not found.any()
        assert [note.level for note in notes] == ["warning"]
        assert "width" in notes[0].text

    def test_spread_integers_keep_a_density_that_sums_to_their_frequencies(self, dataset: MakeDataset) -> None:
        rng = np.random.default_rng(0)
        data = dataset(rng.binomial(8, 0.4, size=(1500, 1)).astype(float))
        model, events = learned(data, 120, learning_rate=2e-2, transforms=2)
        assert any(isinstance(event, Note) and event.badge == "spread" for event in events)
        cells = np.arange(9)[:, None] + (np.arange(50) + 0.5) / 50 - 0.5
        mass = np.exp(model.log_prob(cells.reshape(-1, 1))).reshape(9, 50).mean(axis=1)
        np.testing.assert_allclose(mass, stats.binom.pmf(np.arange(9), 8, 0.4), atol=0.05)


class TestGuard:
    def watched(self, data: Dataset) -> tuple[NormalizingFlow, FlowLearner]:
        model, _ = learned(data, 1)
        tables = model._tables
        return model, tables.learner(data, model.live_settings(), torch.device("cpu"))

    def test_it_is_silent_where_all_is_well(self) -> None:
        _, learner = self.watched(toy("two_moons"))
        with torch.no_grad():
            figures = learner.validate(50)
        assert figures["round_trip"] < 1e-4
        assert figures["log_det_error"] < 1e-4
        assert not list(learner.remarks(50))

    @pytest.mark.parametrize(("size", "badge"), [(1e3, "inexact"), (np.nan, "inexact")])
    def test_it_says_once_that_figures_cannot_be_trusted(self, size: float, badge: str) -> None:
        model, learner = self.watched(toy("two_moons"))
        with torch.no_grad():
            for parameter in model._tables.net.parameters():
                parameter.mul_(size)
            learner.validate(50)
        notes = [note for note in learner.remarks(50) if note.badge == badge]
        assert [note.level for note in notes] == ["alarm"]
        assert "cannot be trusted" in notes[0].text
        assert "spline bound" in notes[0].remedy
        assert not [note for note in learner.remarks(100) if note.badge == badge]

    def test_a_density_that_runs_to_infinity_is_told(self) -> None:
        model, learner = self.watched(toy("two_moons"))
        with torch.no_grad():
            for stage in model._tables.net.stages:
                for name, parameter in stage.named_parameters():
                    if name.endswith("log_diagonal"):
                        parameter.add_(40.0)
            learner.validate(50)
        assert "runaway" in [note.badge for note in learner.remarks(50)]
