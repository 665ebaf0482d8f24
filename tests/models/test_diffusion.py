"""Flow matching: what a field says of a known distribution, whatever the solver, and what is asked of it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch

from genstudio.data.dataset import Dataset, Kind, Labels
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.source import source
from genstudio.errors import SettingsError
from genstudio.models._diffusion_learner import MatchingLearner
from genstudio.models._diffusion_ode import Solution, moments, spaced
from genstudio.models._diffusion_pairing import paired
from genstudio.models._diffusion_settings import SolverSettings
from genstudio.models._diffusion_targets import mean_ways, same_class
from genstudio.models.capabilities import Bound, Density
from genstudio.models.diffusion import FlowMatching
from genstudio.models.fitted import Fitted
from genstudio.settings import validate
from genstudio.training.budget import Budget
from genstudio.training.events import Note, Progress

MakeDataset = Callable[..., Dataset]
SMALL = {"hidden_features": (32, 32), "channels": (8,), "learning_rate": 1e-2, "warmup": 0, "waves": 1, "average": 0.9}


def trained(data: Dataset, steps: int, **changes: object) -> FlowMatching:
    model = FlowMatching(validate(FlowMatching.Settings, {**SMALL, **changes}, "flow matching"))
    for _ in model.fit(data, model.live_settings(), 0, Budget(steps=steps, batch_size=128, precision="float32")):
        pass
    return model


def toy(key: str, rows: int = 2000) -> Dataset:
    kind = source(key)
    return prepare(kind().load(kind.Settings(samples=rows), 0), PreparationSettings(valid=0.1, test=0), 0)


@pytest.fixture(scope="module")
def ring() -> Dataset:
    return toy("ring")


@pytest.fixture(scope="module")
def learned(ring: Dataset) -> FlowMatching:
    return trained(ring, 150)


@pytest.fixture(scope="module")
def by_class() -> FlowMatching:
    """Two narrow clouds, one left and one right, each a class."""
    rng = np.random.default_rng(0)
    codes = np.arange(600) % 2
    x = rng.normal(size=(600, 2)) * 0.3 + np.where(codes[:, None], [3.0, 0.0], [-3.0, 0.0])
    kind = source("ring")
    data = prepare(kind().load(kind.Settings(samples=700), 0), PreparationSettings(valid=0, test=0), 0)
    none = np.zeros(0, np.int64)
    labelled = dataclasses.replace(
        data, train=x, valid=x[:0], test=x[:0], labels=Labels(("left", "right"), codes, none, none)
    )
    return trained(labelled, 250, conditional=True)


class TestKnownFields:
    """A normal of another mean and deviation: its velocity is linear, and all that is asked is known."""

    MEAN, DEVIATION = torch.tensor([1.5, -0.5]), torch.tensor([0.3, 2.0])

    class Field(torch.nn.Module):
        def forward(self, x: torch.Tensor, time: torch.Tensor, given: torch.Tensor) -> torch.Tensor:
            mean, deviation = TestKnownFields.MEAN.to(x), TestKnownFields.DEVIATION.to(x)
            spread = ((1 - time) ** 2 + (time * deviation) ** 2).sqrt()
            growth = (time * deviation**2 - (1 - time)) / spread**2
            return mean + growth * (x - time * mean)

    def solution(self, steps: int, **choices: object) -> Solution:
        return Solution(self.Field(), moments(steps), SolverSettings(**choices))  # type: ignore[arg-type]

    def test_noise_becomes_the_normal_by_an_affine_map(self) -> None:
        z = torch.randn(50, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        none = torch.zeros(50, 0)
        expected = self.MEAN.double() + self.DEVIATION.double() * z
        for solver, steps, allowed in (("rk4", 32, 1e-4), ("heun", 64, 1e-2), ("euler", 1000, 3e-2)):
            solution = self.solution(solver=solver, steps=steps)
            torch.testing.assert_close(solution.decode(z, none), expected, atol=allowed, rtol=0)
        torch.testing.assert_close(self.solution(steps=64).encode(expected, none), z, atol=1e-5, rtol=0)

    @pytest.mark.parametrize("estimated", [False, True])
    def test_the_log_density_is_that_of_the_normal(self, estimated: bool) -> None:
        """Its velocity does not mix coordinates, so that signs as probes estimate without any error."""
        x = torch.randn(50, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        probes = torch.ones(3, 50, 2, dtype=torch.float64) if estimated else None
        found = self.solution(steps=64).log_prob(x, torch.zeros(50, 0), probes)
        expected = torch.distributions.Normal(self.MEAN.double(), self.DEVIATION.double())
        log_prob = expected.log_prob(x).sum(1)  # type: ignore[no-untyped-call]
        assert found.shape == (3 if estimated else 1, 50)
        torch.testing.assert_close(found, log_prob.expand_as(found), atol=1e-4, rtol=0)


class TestThereAndBack:
    def test_samples_come_back_to_the_noise_that_they_were(self, learned: FlowMatching) -> None:
        z = np.random.default_rng(0).normal(size=(200, 2))
        fine = learned.steered({"steps": 64})
        np.testing.assert_allclose(fine.encode(fine.decode(z))[0], z, atol=1e-3)

    def test_as_nothing_is_chosen_rows_come_back_as_they_were(self, ring: Dataset, learned: FlowMatching) -> None:
        x = ring.train[:50]
        back = learned.decode(learned.encode(x)[0])
        np.testing.assert_allclose(learned.scaling.forward(back), learned.scaling.forward(x), atol=1e-4)
        exact = learned.steered({"steps": 128}).log_prob(x)
        usual, few = (np.abs(other.log_prob(x) - exact).mean() for other in (learned, learned.steered({"steps": 16})))
        assert usual < 1e-3
        assert usual < few / 10

    def test_while_it_learns_it_answers_in_fewer_steps(self, ring: Dataset) -> None:
        model = FlowMatching(validate(FlowMatching.Settings, SMALL, "flow matching"))
        learning = model.fit(ring, model.live_settings(), 0, Budget(steps=3, batch_size=64, precision="float32"))
        counts = [len(model.stations()) for event in learning if isinstance(event, Progress)]
        assert set(counts) == {17}
        assert len(model.stations()) == 65

    def test_a_way_ends_where_noise_is_decoded_and_an_item_is_encoded(self, learned: FlowMatching) -> None:
        z = np.random.default_rng(0).normal(size=(20, 2))
        way = learned.carry(z)
        assert learned.stations()[0] == 0
        assert learned.stations()[-1] == 1
        assert way.shape == (len(learned.stations()), 20, 2)
        np.testing.assert_allclose(way[-1], learned.decode(z))
        back, added = learned.carry_back(way[-1])
        assert added.shape == (len(way) - 1, 20)
        np.testing.assert_allclose(learned.scaling.forward(back[0]), learned.encode(way[-1])[0], atol=1e-6)
        np.testing.assert_allclose(back, way, atol=0.05)

    def test_what_a_way_adds_is_the_log_density_but_for_that_of_the_noise(self, learned: FlowMatching) -> None:
        x, _ = learned.sample(30, 0)
        noise = learned.encode(x)[0]
        of_noise = -0.5 * (noise**2).sum(1) - math.log(2 * math.pi)
        np.testing.assert_allclose(of_noise + learned.carry_back(x)[1].sum(0), learned.log_prob(x), atol=1e-5)

    @pytest.mark.parametrize(("steps", "stations"), [(1, 2), (16, 17), (64, 65), (1000, 65)])
    def test_stations_are_moments_of_the_solver(self, learned: FlowMatching, steps: int, stations: int) -> None:
        found = learned.steered({"steps": steps}).stations()
        assert len(found) == stations
        assert set(found) <= set(moments(steps))
        assert all(early < late for early, late in pairwise(found))

    def test_velocity_and_guess_go_with_the_way(self, learned: FlowMatching) -> None:
        euler = learned.steered({"steps": 50, "solver": "euler"})
        way, times = euler.carry(np.random.default_rng(0).normal(size=(9, 2))), euler.stations()
        moved = way[10] + (times[11] - times[10]) * euler.velocity(way[10], times[10])
        np.testing.assert_allclose(moved, way[11], atol=1e-5)
        np.testing.assert_allclose(
            euler.guess(way[10], times[10]), way[10] + (1 - times[10]) * euler.velocity(way[10], times[10])
        )
        np.testing.assert_array_equal(euler.guess(way[-1], 1.0), way[-1])


class TestDensity:
    @pytest.mark.parametrize("key", [
        "ring", "blobs", "two_moons", "rings", "pinwheel", "checkerboard", "spirals", "swiss_roll",
    ])
    def test_it_integrates_to_one_on_every_toy(self, key: str) -> None:
        data = toy(key, 500)
        model = trained(data, 30)
        low, high = data.train.min(0), data.train.max(0)
        low, high = low - 1.2 * (high - low), high + 1.2 * (high - low)
        cells = 90
        axes = [low[i] + (high[i] - low[i]) / cells * (np.arange(cells) + 0.5) for i in range(2)]
        points = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
        density = np.exp(model.log_prob(points))
        assert density.sum() * np.prod((high - low) / cells) == pytest.approx(1, abs=1e-3)

    def test_learning_brings_it_nearer_to_the_truth(self, ring: Dataset, learned: FlowMatching) -> None:
        truth = ring.truth
        assert truth is not None
        x, _ = truth.sample(300, 1)
        gaps = [np.mean(truth.log_prob(x) - model.log_prob(x)) for model in (trained(ring, 1), learned)]
        assert gaps[1] < gaps[0] - 0.1

    def test_the_error_of_few_steps_is_known(self, learned: FlowMatching) -> None:
        x, _ = learned.sample(100, 0)
        exact = learned.steered({"steps": 200}).log_prob(x)
        for choices in ({"steps": 4}, {"steps": 16, "solver": "midpoint"}):
            model = learned.steered(choices)
            told, made = model.log_prob_error(x), np.abs(model.log_prob(x) - exact)
            assert 0.3 * made.mean() < told.mean() < 3 * made.mean()
        assert learned.log_prob_error(x).mean() < learned.steered({"steps": 4}).log_prob_error(x).mean()

    def test_many_columns_are_estimated_with_a_known_error(self, dataset: MakeDataset) -> None:
        rng = np.random.default_rng(0)
        model = trained(dataset(rng.normal(size=(300, 3)) @ rng.normal(size=(3, 14)) + rng.normal(size=(300, 14))), 40)
        x, _ = model.sample(40, 0)
        found = model.log_prob(x)
        np.testing.assert_allclose(model.log_prob(x[5:8]), found[5:8], atol=1e-3)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("genstudio.models._diffusion_field.EXACT", 14)
            exact = model.log_prob(x)
        assert np.abs(found - exact).mean() < 3 * model.log_prob_error(x).mean()
        assert np.abs(found - exact).max() > 1e-6

    def test_surprises_of_columns_add_up_to_the_score(self, learned: FlowMatching) -> None:
        x, _ = learned.sample(200, 0)
        found, score = learned.contributions(x), learned.anomaly_score(x)
        np.testing.assert_allclose(found.sum(1), score, atol=1e-9)
        x[:, 1] += 20
        assert (learned.contributions(x).argmax(1) == 1).all()


class TestByClass:
    CODES = np.arange(40) % 2

    def decoded(self, model: FlowMatching, guidance: float, labels: np.ndarray | None) -> np.ndarray:
        z = np.random.default_rng(0).normal(size=(40, 2))
        return model.steered({"guidance": guidance}).decode(z, labels)

    def test_samples_are_of_the_class_that_is_asked_for(self, by_class: FlowMatching) -> None:
        assert by_class.n_conditions() == 2
        for code, side in ((0, -1), (1, 1)):
            x, _ = by_class.sample(100, 0, condition=code)
            assert (np.sign(x[:, 0]) == side).mean() > 0.95
        both = np.sign(by_class.sample(200, 0)[0][:, 0])
        assert abs(both.mean()) < 0.5

    def test_guidance_of_one_is_the_class_and_of_none_is_no_class(self, by_class: FlowMatching) -> None:
        z = np.random.default_rng(0).normal(size=(40, 2))
        given = by_class.decode(z, self.CODES)
        np.testing.assert_array_equal(self.decoded(by_class, 1, self.CODES), given)
        np.testing.assert_allclose(self.decoded(by_class, 1 + 1e-9, self.CODES), given, atol=1e-4)
        np.testing.assert_array_equal(self.decoded(by_class, 0, self.CODES), by_class.decode(z))
        assert np.abs(self.decoded(by_class, 3, self.CODES) - given).max() > 0.05

    def test_unknown_classes_are_none(self, by_class: FlowMatching) -> None:
        np.testing.assert_array_equal(
            self.decoded(by_class, 2, np.full(40, -1)), self.decoded(by_class, 1, None)
        )

    def test_the_right_class_is_likelier(self, by_class: FlowMatching) -> None:
        x, _ = by_class.sample(100, 0, condition=0)
        codes = np.zeros(100, np.int64)
        assert by_class.log_prob(x, codes).mean() > by_class.log_prob(x).mean() > by_class.log_prob(x, 1 - codes).mean()


class TestPictures:
    @pytest.fixture(scope="class")
    @staticmethod
    def model(pictures: MakeDataset) -> FlowMatching:
        return trained(pictures(60, valid=0.1), 40)

    def test_bytes_have_a_bound_and_no_density(self, model: FlowMatching) -> None:
        assert model.outcomes() == "bytes"
        assert [FlowMatching.offers(kind, Kind.IMAGES) for kind in (Density, Bound)] == [False, True]
        assert [FlowMatching.offers(kind, Kind.TABLE) for kind in (Density, Bound)] == [True, False]

    def test_the_bound_is_of_bytes(self, model: FlowMatching, pictures: MakeDataset) -> None:
        """A field that says nothing is a normal of each channel; its bytes are reckoned by hand."""
        data = pictures(60)
        plain = trained(data, 1, learning_rate=0.0)
        x = data.preparation.to_model(data.train[:6])
        mean, deviation = data.train.mean() / 255, math.sqrt((data.train / 255).var() + 1 / 12 / 255**2)
        expected = -0.5 * ((x - mean) / deviation) ** 2 - math.log(deviation * math.sqrt(2 * math.pi) * 255)
        bounds = plain.log_prob_bound(x, 4, 0)
        np.testing.assert_allclose(bounds, expected.sum((1, 2, 3)), rtol=2e-3)
        assert model.log_prob_bound(x, 1, 0).mean() > bounds.mean()

    def test_its_error_is_about_the_scatter_of_single_draws(self, model: FlowMatching, pictures: MakeDataset) -> None:
        data = pictures(60)
        x = data.preparation.to_model(data.train[:10])
        draws = np.array([model.steered({"steps": 6}).log_prob_bound(x, 1, seed) for seed in range(10)])
        told = model.steered({"steps": 6}).log_prob_error(x)
        assert 0.2 < told.mean() / draws.std(0).mean() < 5

    def test_items_are_intensities(self, model: FlowMatching) -> None:
        few = model.steered({"steps": 4})
        x, _ = few.sample(4, 0, temperature=3.0)
        assert 0 <= x.min() < x.max() <= 1
        guess = few.guess(few.carry(np.random.default_rng(0).normal(size=(4, 64)))[2], few.stations()[2])
        assert guess.shape == (4, 1, 8, 8)
        assert 0 <= guess.min() < guess.max() <= 1


class TestChoices:
    @pytest.mark.parametrize(("choices", "words"), [
        ({"steps": 0}, "`steps`"), ({"solver": "simpson"}, "`solver`"), ({"guidance": -1}, "`guidance`"),
        ({"stpes": 4}, "did you mean `steps`"),
    ])
    def test_wrong_choices_are_named(self, learned: FlowMatching, choices: dict[str, object], words: str) -> None:
        with pytest.raises(SettingsError, match=words):
            learned.steered(choices)

    def test_a_steered_model_shares_what_was_learned_and_changes_nothing(self, learned: FlowMatching) -> None:
        before, few = learned.sample(5, 0)[0], learned.steered({"steps": 2, "solver": "euler"})
        assert few.field is learned.field
        assert not np.allclose(few.sample(5, 0)[0], before, atol=1e-3)
        np.testing.assert_array_equal(learned.sample(5, 0)[0], before)

    def test_more_steps_come_nearer_by_any_solver(self, learned: FlowMatching) -> None:
        exact = learned.steered({"steps": 200}).sample(50, 0)[0]
        for solver in ("euler", "midpoint", "heun", "rk4"):
            few, many = (
                np.abs(learned.steered({"steps": steps, "solver": solver}).sample(50, 0)[0] - exact).mean()
                for steps in (8, 32)
            )
            assert many < few / 2

    def test_fitted_asks_in_data_units(self, ring: Dataset, learned: FlowMatching) -> None:
        fitted = Fitted(learned, ring.preparation)
        x, _ = fitted.sample(10, 0)
        fine = fitted.steered({"steps": 40})
        np.testing.assert_allclose(fine.decode(fine.encode(x)[0]), x, atol=1e-2)
        assert fitted.log_prob_error(x).shape == (10,)


class TestLearning:
    def test_the_mean_of_ways_is_what_is_expected_where_any_row_may_have_come_to_a_place(self) -> None:
        """By Bayes' rule over the rows, in float64 and the plain formula."""
        draw = torch.Generator().manual_seed(0)
        noise, x = torch.randn(2, 60, 3, generator=draw)
        time = torch.rand(60, generator=draw)
        found = mean_ways(x, noise, time, None)
        for row in range(60):
            t = float(time[row])
            place = ((1 - t) * noise[row] + t * x[row]).double()
            noises = (place - t * x.double()) / (1 - t)
            weights = torch.softmax(-0.5 * noises.square().sum(1), 0)
            expected = (weights[:, None] * (x.double() - noises)).sum(0)
            torch.testing.assert_close(found[row].double(), expected, atol=1e-3, rtol=1e-3)

    def test_the_mean_of_ways_is_the_way_itself_where_no_other_row_may_come(self) -> None:
        noise, x = torch.randn(2, 8, 2, generator=torch.Generator().manual_seed(0))
        for time in (0.0, 0.5, 1.0):
            alone = mean_ways(x, noise, torch.full((8,), time), torch.eye(8) > 0)
            torch.testing.assert_close(alone, x - noise)
            assert torch.isfinite(mean_ways(x, noise, torch.full((8,), time), None)).all()

    def test_a_row_stands_among_those_of_its_class_or_all_where_it_is_withheld(self) -> None:
        given = torch.tensor([[1.0, 0], [0, 1], [1, 0], [0, 0]])
        told = given * torch.tensor([[1.0], [1], [0], [1]])
        allowed = same_class(given, told)
        assert allowed is not None
        assert allowed.tolist() == [
            [True, False, True, False], [False, True, False, False], [True] * 4, [True] * 4,
        ]
        assert same_class(given[:, :0], told[:, :0]) is None

    def test_pairing_brings_noise_near_and_keeps_classes_apart(self) -> None:
        draw = torch.Generator().manual_seed(0)
        noise, x = torch.randn(2, 300, 2, generator=draw)
        found = paired(noise, x, torch.zeros(300, 0))
        assert (found - x).square().mean() < 0.5 * (noise - x).square().mean()
        torch.testing.assert_close(found.sort(0).values, noise.sort(0).values)
        given = torch.eye(2)[torch.arange(300) % 2] * (torch.arange(300) % 3 > 0)[:, None]
        found = paired(noise, x, given)
        for rows in (given[:, 0] > 0, given[:, 1] > 0, given.sum(1) == 0):
            torch.testing.assert_close(found[rows].sort(0).values, noise[rows].sort(0).values)

    def test_optimal_pairing_learns_straighter_ways(self, ring: Dataset) -> None:
        """The fewer the steps, the more straight ways help."""
        errors = []
        for pairing in ("independent", "optimal"):
            model = trained(ring, 150, pairing=pairing)
            few, many = (model.steered({"steps": n, "solver": "euler"}).sample(300, 0)[0] for n in (2, 100))
            errors.append(np.abs(few - many).mean())
        assert errors[1] < 0.8 * errors[0]

    @pytest.mark.parametrize("sampling", ["uniform", "logit_normal", "late"])
    def test_times_are_sampled_where_they_are_wanted(self, ring: Dataset, sampling: str) -> None:
        model = trained(ring, 1, time_sampling=sampling)
        learner = model.learner(ring, model.live_settings(), torch.device("cpu"))
        assert isinstance(learner, MatchingLearner)
        times = learner._time_of((torch.arange(10_000) + 0.5) / 10_000)
        assert ((times >= 0) & (times <= 1)).all()
        late, middle = (times > 0.9).double().mean(), ((times > 0.4) & (times < 0.6)).double().mean()
        expected = {"uniform": (0.1, 0.2), "logit_normal": (0.014, 0.315), "late": (0.316, 0.142)}[sampling]
        assert (float(late), float(middle)) == pytest.approx(expected, abs=0.002)

    def test_a_solver_with_too_few_steps_is_told_of_once(self, ring: Dataset, learned: FlowMatching) -> None:
        def notes(error: float) -> list[Note]:
            learner = learned.learner(ring, learned.live_settings(), torch.device("cpu"))
            learner._solver_error = lambda: error
            return [note for step in range(50, 9001, 50) for note in learner.remarks(step)]

        assert notes(0.001) == []
        (note,) = notes(0.4)
        assert note.level == "warning"
        assert "0.4 nats" in note.text

    def test_what_validated_best_is_kept(self, ring: Dataset) -> None:
        model = FlowMatching(validate(FlowMatching.Settings, {**SMALL, "average": 0.0}, "flow matching"))
        told = []
        for event in model.fit(ring, live := model.live_settings(), 0, Budget(steps=200, batch_size=128)):
            if isinstance(event, Progress) and "valid_loss" in event.metrics:
                told.append(event.metrics["valid_loss"])
            if isinstance(event, Progress) and event.step == 100:
                live.set("learning_rate", 3.0)
        learner = model.learner(ring, live, torch.device("cpu"))
        with torch.no_grad():
            assert learner.validate(0)["valid_loss"] == pytest.approx(min(told[1:]), rel=1e-6)
        assert told[-1] > min(told)


@pytest.mark.parametrize(("count", "most"), [(1 + 1, 65), (17, 65), (1001, 65), (66, 65)])
def test_some_of_many_are_spread_from_the_first_to_the_last(count: int, most: int) -> None:
    found = spaced(count, most)
    assert found[0] == 0
    assert found[-1] == count - 1
    assert len(set(found)) == min(count, most)
