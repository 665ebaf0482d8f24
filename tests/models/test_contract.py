"""What every registered model keeps to, whatever it learns and whatever it claims to know."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np
import pytest
import safetensors.numpy

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.scaling import SCALINGS
from genstudio.errors import ArchiveError, SettingsError, TrainingError
from genstudio.models.capabilities import (
    Adversarial,
    Approximates,
    Bound,
    Components,
    Conditional,
    Density,
    Hierarchical,
    Latent,
    LatentSize,
    Resumable,
    Samples,
    Scores,
    Scripted,
    Steered,
    Terms,
)
from genstudio.models.contract import Model
from genstudio.models.fitted import Fitted
from genstudio.models.registry import models
from genstudio.models.sequential import Chain, Classifies, Continues, Hidden
from genstudio.settings import describe, validate
from genstudio.training.budget import Budget
from genstudio.training.descent_settings import DescentSettings
from genstudio.training.events import Event, Progress

MakeDataset = Callable[..., Dataset]

TABLES = ("plane", "space")
PICTURES = ("grey", "colour", "odd sides")
SERIES = ("series", "gaps", "symbols")
SMALL = {"hidden_features": (8,), "channels": (4, 6), "latent_dims": (3, 2)}
"""Networks for tests, of models that are made of networks."""
FEW = {"steps": 8}
"""Enough of a solver's for what so little training gives."""
QUICK = {
    "learning_rate": 0.01, "discriminator_rate": 0.01, "warmup": 0, "kl_warmup": 0, "hidden_features": (32,),
}
STEPS = 6


def having(*capabilities: type, kind: Kind = Kind.TABLE) -> pytest.MarkDecorator:
    """The models that claim some capabilities and learn from data of a kind."""
    return pytest.mark.parametrize("key", [
        key for key, family in models().items()
        if kind in family.info.kinds and all(family.offers(capability, kind) for capability in capabilities)
    ])


def can(model: Model, data: Dataset, capability: type) -> bool:
    """Whether a model claims a capability for the kind of these data."""
    return isinstance(model, capability) and model.offers(capability, data.kind)


def learning_from(*kinds: Kind) -> pytest.MarkDecorator:
    """Each model with each of the data sets it can learn from."""
    names = {Kind.TABLE: TABLES, Kind.IMAGES: PICTURES, Kind.SEQUENCES: SERIES}
    return pytest.mark.parametrize(("key", "data"), [
        pytest.param(key, name, id=f"{key}-{name}")
        for key, family in models().items() for kind in kinds if kind in family.info.kinds for name in names[kind]
    ], indirect=["data"])


every = learning_from(Kind.TABLE, Kind.IMAGES, Kind.SEQUENCES)
series_of_every = learning_from(Kind.SEQUENCES)
tables = learning_from(Kind.TABLE)
every_key = pytest.mark.parametrize("key", models())


@pytest.fixture
def data(
    request: pytest.FixtureRequest, dataset: MakeDataset, pictures: MakeDataset, series: MakeDataset,
    clouds: Callable[..., np.ndarray], walks: Callable[..., np.ndarray],
) -> Dataset:
    lengths = [40, 25, 30, 1, 35, 29]
    makers: dict[str, Callable[[], Dataset]] = {
        "plane": lambda: dataset(clouds(200, 2)),
        "space": lambda: dataset(clouds(150, 3, seed=1), valid=0.2, scaling="standard"),
        "grey": lambda: pictures(40),
        "colour": lambda: pictures(40, channels=3, valid=0.2),
        "odd sides": lambda: pictures(40, 7, 9),
        "series": lambda: series(walks(160, 2), lengths, scaling="standard", valid=0.3),
        "gaps": lambda: series(with_gaps(walks(160, 2)), lengths),
        "symbols": lambda: series(np.sign(walks(160, 1)) + 1, lengths, symbols="abc"),
    }
    return makers[request.param]()


def with_gaps(x: np.ndarray) -> np.ndarray:
    """Rows of which some are missing as a whole and others in part."""
    x = x.copy()
    x[50:60] = x[100:110, 0] = x[20:24, 1] = np.nan
    return x


def new(key: str, data: Dataset, **changes: object) -> Model:
    kind = models()[key]
    deep = issubclass(kind.Settings, DescentSettings)
    small = {name: value for name, value in SMALL.items() if deep and name in kind.Settings.model_fields}
    model = kind(validate(kind.Settings, {**kind.recommended(data), **small, **changes}, f"the model `{key}`"))
    return model.steered(FEW) if isinstance(model, Steered) else model  # type: ignore[return-value]


def quick(key: str) -> dict[str, object]:
    """Settings that let a model learn within few steps."""
    return {name: value for name, value in QUICK.items() if name in models()[key].Settings.model_fields}


def learning(model: Model, data: Dataset, seed: int = 0, steps: int = STEPS) -> Iterator[Event]:
    long = isinstance(model.settings, DescentSettings) or data.kind is Kind.SEQUENCES
    budget = Budget(steps=steps, batch_size=64, precision="float32") if long else None
    return model.fit(data, model.live_settings(), seed, budget)


def learned(key: str, data: Dataset, seed: int = 0, **changes: object) -> tuple[Model, list[Event]]:
    model = new(key, data, **changes)
    return model, list(learning(model, data, seed))


def last_step(events: list[Event]) -> int:
    return max(event.step for event in events if isinstance(event, Progress))


def intensities(data: Dataset) -> np.ndarray:
    """Training items in model units."""
    return data.preparation.to_model(data.train)


def answers(model: Model, data: Dataset) -> dict[str, np.ndarray]:
    """What a model says of the first training items, by every capability that it claims."""
    x = data.preparation.to_model(data.train[:5])
    found = {}
    if can(model, data, Density):
        found["log_prob"] = model.log_prob(x)  # type: ignore[attr-defined]
    if can(model, data, Bound):
        found["bound"] = model.log_prob_bound(x, 3, seed=1)  # type: ignore[attr-defined]
    if isinstance(model, Scores):
        found["score"] = model.anomaly_score(x)
    if isinstance(model, Latent):
        found["mean"], found["deviation"] = model.encode(x)
        found["decoded"] = model.decode(found["mean"])
    if isinstance(model, Samples):
        found["sample"], found["component"] = model.sample(5, 5)
    return {**found, **answers_in_time(model, x)}


def answers_in_time(model: Model, x: np.ndarray) -> dict[str, np.ndarray]:
    """What a model says of rows as one sequence, by every capability of sequences that it claims."""
    found, lengths = {}, np.array([len(x)])
    if isinstance(model, Hidden):
        found["states"], found["posteriors"] = model.states(x, lengths), model.posteriors(x, lengths)
        found["step_log_prob"] = model.step_log_prob(x, lengths)
    if isinstance(model, Chain):
        found |= model.chain()
    if isinstance(model, Continues):
        found["forecast"], found["fill"] = model.forecast(x, 3, 2, seed=4), model.fill(x, lengths, 2, seed=4)
    if isinstance(model, Classifies):
        found["classify"] = model.classify(x, lengths)
    return found


def train_of(data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Training rows of sequences and their lengths."""
    assert data.lengths is not None
    return data.train, data.lengths[0]


def assert_same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    assert one.keys() == other.keys()
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], name)


def grid(low: np.ndarray, high: np.ndarray, cells: int) -> tuple[np.ndarray, float]:
    """Midpoints of a grid over a rectangle, and the area of one cell."""
    widths = (high - low) / cells
    axes = [low[i] + widths[i] * (np.arange(cells) + 0.5) for i in range(2)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    return points, float(widths.prod())


class TestEveryModel:
    @every_key
    def test_it_tells_what_it_is(self, key: str) -> None:
        info = models()[key].info
        assert info.key == key
        assert info.title
        assert info.summary.endswith(".")
        assert info.references

    @every_key
    def test_it_samples_and_knows_how_likely_things_are(self, key: str) -> None:
        family = models()[key]
        assert issubclass(family, Samples)
        for kind in family.info.kinds:
            ways = (Density, Bound, Hidden, Classifies)
            known = [capability for capability in ways if family.offers(capability, kind)]
            # A game is played with samples alone.
            assert len(known) == (0 if family.offers(Adversarial, kind) else 1)
            assert family.info.climbs != "bound" or known == [Bound]

    @every_key
    def test_every_setting_is_explained(self, key: str) -> None:
        for setting in describe(models()[key].Settings):
            assert setting.help.endswith("."), setting.name
            assert setting.label, setting.name

    @every_key
    def test_presets_are_valid(self, key: str) -> None:
        kind = models()[key]
        for title, values in kind.info.presets.items():
            assert validate(kind.Settings, values, title)

    @every
    def test_events_are_frozen_and_count_steps(self, key: str, data: Dataset) -> None:
        _, events = learned(key, data)
        steps = [event for event in events if isinstance(event, Progress)]
        assert [event.step for event in steps] == sorted(event.step for event in steps)
        assert steps[-1].step >= 1
        assert all(event.total is None or event.step <= event.total for event in steps)
        assert all(np.isfinite(list(event.metrics.values())).all() for event in steps)
        told = {name for event in steps if event.step == steps[-1].step for name in event.metrics}
        falling = ["loss", "distance" if issubclass(models()[key], Adversarial) else "valid_loss"]
        names = falling if models()[key].info.climbs == "nothing" else ["train", "valid"]
        assert told >= set(names if len(data.valid) else names[:1])
        assert all(event.items <= len(data.train) for event in steps)
        assert sum(event.items for event in steps) > 0
        for event in events:
            with pytest.raises(dataclasses.FrozenInstanceError):
                event.step = 0  # type: ignore[union-attr, misc]

    @every
    def test_same_seed_same_numbers(self, key: str, data: Dataset) -> None:
        first, second = (learned(key, data, 3)[0] for _ in range(2))
        assert_same(first.state(), second.state())
        assert_same(answers(first, data), answers(second, data))

    @every
    def test_closed_half_way_it_stays_usable(self, key: str, data: Dataset) -> None:
        model = new(key, data)
        training = learning(model, data)
        for _ in range(2):
            next(training)
        training.close()  # type: ignore[attr-defined]
        assert all(np.isfinite(found).all() for found in answers(model, data).values())

    @every
    def test_it_can_be_asked_between_any_two_events_which_changes_nothing(self, key: str, data: Dataset) -> None:
        model = new(key, data)
        for _ in learning(model, data):
            assert all(np.isfinite(found).all() for found in answers(model, data).values())
        assert_same(model.state(), learned(key, data)[0].state())

    @every
    def test_state_round_trip_is_exact(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        other = new(key, data)
        other.load_state(safetensors.numpy.load(safetensors.numpy.save(model.state())))
        assert_same(answers(model, data), answers(other, data))
        assert_same(model.state(), other.state())

    @every
    def test_state_is_a_copy(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        before = answers(model, data)
        for array in model.state().values():
            array.fill(0)
        assert_same(before, answers(model, data))

    @every
    def test_damaged_state_is_refused(self, key: str, data: Dataset) -> None:
        state = learned(key, data)[0].state()
        for name, array in state.items():
            damaged = [{other: state[other] for other in state if other != name}, {**state, name: np.empty(0)}]
            if array.dtype.kind == "f":
                damaged.append({**state, name: np.full_like(array, np.nan)})
            for wrong in damaged:
                with pytest.raises(ArchiveError, match=r"\.$"):
                    new(key, data).load_state(wrong)

    @every
    def test_samples_have_the_shape_asked_for(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        assert isinstance(model, Samples)
        for n in (0, 1, 7):
            x, component = model.sample(n, 1)
            assert x.shape == (n, *data.train.shape[1:])
            assert component.shape == (n,)
        same, other = model.sample(7, 1)[0], model.sample(7, 2)[0]
        np.testing.assert_array_equal(same, x)
        assert not np.array_equal(other, x)

    @every
    def test_temperature_widens_what_is_drawn(self, key: str, data: Dataset) -> None:
        if data.kind is Kind.SEQUENCES and data.preparation.columns[0].levels:
            pytest.skip("symbols have no width")
        model, _ = learned(key, data)
        assert isinstance(model, Samples)
        cold, usual, hot = (model.sample(400, 1, temperature)[0] for temperature in (0.0, 1.0, 2.0))
        assert all(np.isfinite(x).all() for x in (cold, usual, hot))
        assert cold.var(axis=0).sum() < usual.var(axis=0).sum() < hot.var(axis=0).sum()

    @every
    def test_nothing_can_be_asked_before_learning(self, key: str, data: Dataset) -> None:
        model = new(key, data)
        for _ in range(2):
            with pytest.raises(TrainingError, match="has not learned anything"):
                answers(model, data)
            with pytest.raises(TrainingError, match="has not learned anything"):
                model.sample(1, 0)  # type: ignore[attr-defined]
            model.load_state(model.state())


class TestUnsuitable:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"kind": Kind.TEXT}, "learns from"),
            ({"train": np.zeros((1, 2))}, "at least 2 rows"),
            ({"train": np.zeros((0, 2))}, "at least 2 rows"),
            ({"train": np.array([[1e200, 1.0], [-1e200, 2.0], [3.0, 1.0]])}, "scale"),
            ({"train": np.array([[np.nan, 1.0], [0.0, 2.0], [3.0, 1.0]])}, "scale"),
        ],
    )
    @having()
    def test_rows_are_refused_in_a_sentence(
        self, key: str, change: dict[str, object], words: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        self.refused(key, dataclasses.replace(dataset(clouds(30, 2)), **change), words)  # type: ignore[arg-type]

    @pytest.mark.parametrize("count", [0, 1])
    @having(kind=Kind.IMAGES)
    def test_too_few_pictures_are_refused_in_a_sentence(self, key: str, count: int, pictures: MakeDataset) -> None:
        few = pictures(10)
        self.refused(key, dataclasses.replace(few, train=few.train[:count]), "at least 2 pictures")

    @staticmethod
    def refused(key: str, data: Dataset, words: str) -> None:
        reason = models()[key].unsuitable(data)
        assert reason is not None
        assert words in reason
        assert reason.endswith(".")
        model = models()[key](models()[key].Settings())
        with pytest.raises(TrainingError, match=words):
            list(learning(model, data))

    @pytest.mark.parametrize(
        "x",
        [
            np.repeat([[1.0, 2.0]], 40, axis=0),
            np.column_stack([np.linspace(-1, 1, 40), np.full(40, 7.0)]),
            np.repeat(np.arange(4.0), 10)[:, None] * [1.0, -2.0],
            np.random.default_rng(0).normal(size=(40, 2)) * 1e-200,
            np.random.default_rng(0).normal(size=(40, 2)) * 1e90,
            np.vstack([np.random.default_rng(0).normal(size=(40, 2)), [[1e12, -1e12]]]),
            np.array([[0.0, 0.0], [1.0, 2.0]]),
        ],
        ids=["one point", "constant column", "duplicates on a line", "tiny", "huge", "far outlier", "two rows"],
    )
    @having()
    def test_awkward_data_is_learned(self, key: str, x: np.ndarray, dataset: MakeDataset) -> None:
        data = dataset(x)
        model, events = learned(key, data)
        assert all(np.isfinite(found).all() for found in answers(model, data).values())
        assert all(not isinstance(event, Progress) or event.step >= 0 for event in events)


class TestDensity:
    @tables
    def test_samples_follow_the_density(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Density) or not can(model, data, Density):
            pytest.skip("knows no density")
        assert isinstance(model, Samples)
        x, _ = model.sample(4000, 0)
        for part in np.split(x, 2):
            # Mean log-density is an unbiased estimate of minus the entropy for both halves: they agree within 5 errors.
            scores = model.log_prob(part)
            others = model.log_prob(model.sample(4000, 99)[0])
            error = np.sqrt(scores.var() / len(scores) + others.var() / len(others))
            assert abs(scores.mean() - others.mean()) < 5 * error

    @pytest.mark.parametrize("scaling", sorted(SCALINGS))
    @having(Density)
    def test_it_integrates_to_one_in_data_units(
        self, key: str, scaling: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        x = clouds(150, 2) * [3.0, 0.5] + [20.0, -4.0]
        data = dataset(x, scaling=scaling)
        fitted = Fitted(learned(key, data)[0], data.preparation)
        span = x.max(axis=0) - x.min(axis=0)
        # The logit's density is 0 beyond 5 % of the range, and the others' all but 0 beyond once the range.
        margin = 0.05 / 1.0 * span if scaling == "logit" else 1.0 * span
        cells = 150 if models()[key].offers(Approximates, Kind.TABLE) else 500
        points, area = grid(x.min(axis=0) - margin, x.max(axis=0) + margin, cells)
        assert np.exp(fitted.log_prob(points)).sum() * area == pytest.approx(1.0, abs=1e-3)

    @having(Density, Scores)
    def test_surprises_agree_with_quadrature(
        self, key: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        if models()[key].offers(Approximates, Kind.TABLE):
            pytest.skip("finds surprises without integrals, which would take a solver too long")
        data = dataset(clouds(100, 2))
        model, _ = learned(key, data)
        assert isinstance(model, Scores)
        x = data.train[:4]
        line = np.linspace(data.train.min() - 20, data.train.max() + 20, 20001)
        for j in range(2):
            for row, found in zip(x, model.contributions(x)[:, j], strict=True):
                points = np.tile(row, (len(line), 1))
                points[:, j] = line
                marginal = np.exp(model.log_prob(points)).sum() * (line[1] - line[0])  # type: ignore[attr-defined]
                assert found == pytest.approx(np.log(marginal) - model.log_prob(row[None])[0], abs=1e-6)  # type: ignore[attr-defined]

    @having(Density, Scores)
    def test_one_column_is_as_surprising_as_the_row(self, key: str, dataset: MakeDataset) -> None:
        data = dataset(np.random.default_rng(0).normal(size=(60, 1)))
        model, _ = learned(key, data)
        assert isinstance(model, Scores)
        np.testing.assert_allclose(model.contributions(data.train)[:, 0], model.anomaly_score(data.train), atol=1e-12)

    @tables
    def test_responsibilities_are_shares(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Components):
            pytest.skip("has no components")
        shares = model.responsibilities(data.train)
        assert shares.shape == (len(data.train), len(model.parameters()["weights"]))
        np.testing.assert_allclose(shares.sum(axis=1), 1.0)

    @tables
    def test_a_script_gives_the_same_numbers(self, key: str, data: Dataset) -> None:
        model, events = learned(key, data, 5)
        if not isinstance(model, Scripted):
            pytest.skip("cannot be written as a script")
        text = model.script(5, last_step(events))
        assert "genstudio" not in text
        names: dict[str, object] = {"train": data.train}
        exec(text, names)
        expected = model.log_prob(data.train)  # type: ignore[attr-defined]
        np.testing.assert_allclose(names["model"].score_samples(data.train), expected, rtol=1e-9)  # type: ignore[attr-defined]


class TestBound:
    @every
    def test_more_draws_bound_more_closely(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Bound) or not can(model, data, Bound):
            pytest.skip("knows its density, or nothing of it")
        x = intensities(data)
        if isinstance(model, Approximates):
            # What is estimated cannot be weighed by importance: more draws make it more certain alone.
            one, many = (np.std([model.log_prob_bound(x[:8], k, seed) for seed in range(8)], 0).mean() for k in (12, 1))
        else:
            one, many = (np.mean([model.log_prob_bound(x, k, seed) for seed in range(8)]) for k in (1, 30))
        # Noise within the cells of intensities may cost so little that draws tell nothing of it.
        assert one < many + (0.0 if can(model, data, Terms) or isinstance(model, Approximates) else 1e-3)

    @every
    def test_the_bound_of_an_item_does_not_hang_on_those_beside_it(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Bound) or not can(model, data, Bound):
            pytest.skip("knows its density, or nothing of it")
        x = intensities(data)
        together = model.log_prob_bound(x, 4, seed=2)
        np.testing.assert_allclose(model.log_prob_bound(x[3:5], 4, seed=2), together[3:5], rtol=1e-4)
        assert not np.allclose(model.log_prob_bound(x, 4, seed=3), together, rtol=1e-6)
        assert model.log_prob_bound(x[:0], 4, seed=2).shape == (0,)

    @pytest.mark.parametrize("scaling", sorted(SCALINGS))
    @having(Bound)
    def test_it_integrates_to_less_than_one_in_data_units(
        self, key: str, scaling: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        x = clouds(150, 2) * [3.0, 0.5] + [20.0, -4.0]
        data = dataset(x, scaling=scaling)
        fitted = Fitted(learned(key, data)[0], data.preparation)
        span = x.max(axis=0) - x.min(axis=0)
        margin = 0.0499 * span if scaling == "logit" else 2.0 * span
        points, area = grid(x.min(axis=0) - margin, x.max(axis=0) + margin, 60)
        elbo = np.mean([fitted.log_prob_bound(points, 1, seed) for seed in range(10)], axis=0)
        assert 0.3 < np.exp(elbo).sum() * area < 1.02

    @having(Bound)
    def test_figures_are_those_of_the_bound_whatever_the_units(
        self, key: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        data = dataset(clouds(300, 2) * [1e6, 1e-6] + [1e8, 0.0], valid=0.5)
        model, events = learned(key, data)
        told = [event.metrics["valid"] for event in events if isinstance(event, Progress) and "valid" in event.metrics]
        assert isinstance(model, Bound)
        found = np.mean([model.log_prob_bound(data.valid, 1, seed) for seed in range(20)])
        assert told[-1] == pytest.approx(found, abs=0.3)


class TestScores:
    @having(Scores)
    def test_what_is_far_away_is_strange_by_the_column_that_is(
        self, key: str, dataset: MakeDataset, clouds: Callable[..., np.ndarray]
    ) -> None:
        if issubclass(models()[key], Adversarial):
            pytest.skip("has never been shown what is far away")
        data = dataset(clouds(200, 3))
        model, _ = learned(key, data)
        assert isinstance(model, Scores)
        x = data.train[:3].copy()
        x[:, 1] += 100.0
        assert (model.anomaly_score(x) > model.anomaly_score(data.train).max()).all()
        found = model.contributions(x)
        assert found.shape == x.shape
        assert (found.argmax(axis=1) == 1).all()


class TestLatent:
    @every
    def test_there_and_back(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Latent):
            pytest.skip("has no latent space")
        assert isinstance(model, LatentSize)
        x = intensities(data)
        mean, deviation = model.encode(x)
        assert mean.shape == deviation.shape == (len(x), model.latent_dim)
        assert (deviation >= 0).all()
        assert model.decode(mean).shape == x.shape
        np.testing.assert_allclose(model.encode(x[4:6])[0], mean[4:6], atol=1e-4)
        assert model.decode(mean[:0]).shape == (0, *x.shape[1:])
        if data.kind is Kind.IMAGES:
            assert 0 <= model.decode(10 * mean).min() <= model.decode(10 * mean).max() <= 1

    @every
    def test_levels_that_are_held_are_held(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Hierarchical) or not isinstance(model, Latent):
            pytest.skip("has no levels")
        rows = [model.sample_levels(30, 4, fixed) for fixed in range(model.n_levels() + 1)]
        assert all(row.shape == (30, *data.train.shape[1:]) for row in rows)
        np.testing.assert_array_equal(rows[1], model.sample_levels(30, 4, 1))
        if data.kind is Kind.IMAGES:
            assert rows[-1].var(axis=0).max() < 1e-12
            assert all(row.var(axis=0).max() > 1e-9 for row in rows[:-1])


class TestConditional:
    @having(Conditional, kind=Kind.IMAGES)
    def test_classes_are_learned_apart_only_where_asked(self, key: str, pictures: MakeDataset) -> None:
        data = pictures(120)
        assert data.labels is not None
        plain, _ = learned(key, data)
        assert isinstance(plain, Conditional)
        assert plain.n_conditions() == 0
        model = new(key, data, conditional=True, **quick(key))
        for _ in learning(model, data, steps=150):
            pass
        assert isinstance(model, Conditional)
        assert isinstance(model, Samples)
        assert model.n_conditions() == 2
        left, right = (model.sample(200, 0, condition=code)[0].mean(axis=(0, 1, 2)) for code in (0, 1))
        column = np.arange(8)
        assert left @ column / left.sum() + 1 < right @ column / right.sum()
        for wrong in (-1, 2):
            with pytest.raises(TrainingError, match="class"):
                model.sample(1, 0, condition=wrong)

    @having(Conditional, Bound, kind=Kind.IMAGES)
    def test_the_right_class_explains_better(self, key: str, pictures: MakeDataset) -> None:
        data = pictures(120)
        assert data.labels is not None
        model = new(key, data, conditional=True, **quick(key))
        for _ in learning(model, data, steps=150):
            pass
        assert isinstance(model, Bound)
        x, right = intensities(data), data.labels.train
        good, bad = (model.log_prob_bound(x, 10, 0, labels).mean() for labels in (right, 1 - right))
        assert bad < good
        assert np.isfinite(model.log_prob_bound(x, 2, 0, np.full(len(x), -1))).all()


class TestResumable:
    @every
    def test_going_on_equals_never_having_stopped(self, key: str, data: Dataset) -> None:
        model = new(key, data)
        if not isinstance(model, Resumable):
            pytest.skip("cannot go on")
        training = learning(model, data)
        for event in islice(training, 4):
            reached = event.step if isinstance(event, Progress) else 0
        training.close()  # type: ignore[attr-defined]
        assert reached < STEPS
        kept = [safetensors.numpy.load(safetensors.numpy.save(part)) for part in (model.state(), model.checkpoint())]
        other = new(key, data)
        assert isinstance(other, Resumable)
        other.load_state(kept[0])
        other.load_checkpoint(kept[1])
        assert_same(answers(model, data), answers(other, data))
        assert min(event.step for event in learning(other, data) if isinstance(event, Progress)) > reached
        assert_same(learned(key, data)[0].state(), other.state())

    @every
    def test_a_damaged_checkpoint_is_refused(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Resumable):
            pytest.skip("cannot go on")
        other = new(key, data)
        assert isinstance(other, Resumable)
        other.load_state(model.state())
        whole = model.checkpoint()
        for name in ("step", "draw", next(name for name in whole if name.startswith("weights."))):
            for wrong in ({key: value for key, value in whole.items() if key != name}, {**whole, name: np.empty(0)}):
                with pytest.raises(ArchiveError, match=r"\.$"):
                    other.load_checkpoint(wrong)


class TestSequences:
    @series_of_every
    def test_states_are_probable_and_paths_possible(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Hidden):
            pytest.skip("has no hidden states")
        x, lengths = train_of(data)
        states, posteriors = model.states(x, lengths), model.posteriors(x, lengths)
        assert states.shape == (len(x),)
        assert posteriors.shape == (len(x), model.n_states())
        assert 0 <= states.min() <= states.max() < model.n_states()
        np.testing.assert_allclose(posteriors.sum(axis=1), 1.0, rtol=1e-9)
        assert posteriors.min() >= 0
        # A path can only go where something is left of each state.
        assert posteriors[np.arange(len(x)), states].min() > 0

    @series_of_every
    def test_a_sequence_does_not_hang_on_those_beside_it(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Hidden):
            pytest.skip("has no hidden states")
        x, lengths = train_of(data)
        own = slice(int(lengths[0]), int(lengths[:2].sum()))
        for ask in (model.states, model.posteriors, model.step_log_prob):
            np.testing.assert_allclose(ask(x[own], lengths[1:2]), ask(x, lengths)[own], rtol=1e-9, atol=1e-12)
            assert len(ask(x[:0], lengths[:0])) == 0

    @series_of_every
    def test_steps_know_the_past_alone_and_gaps_say_nothing(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Hidden):
            pytest.skip("has no hidden states")
        x, lengths = train_of(data)
        x, n = x[: lengths[0]], int(lengths[0])
        steps = model.step_log_prob(x, np.array([n]))
        np.testing.assert_allclose(model.step_log_prob(x[:9], np.array([9])), steps[:9], rtol=1e-9)
        ended = np.concatenate([x, np.full((5, x.shape[1]), np.nan)])
        longer = model.step_log_prob(ended, np.array([n + 5]))
        np.testing.assert_allclose(longer, np.append(steps, np.zeros(5)), rtol=1e-9)
        nothing = np.full((4, x.shape[1]), np.nan)
        assert not model.step_log_prob(nothing, np.array([4])).any()
        assert np.isfinite(model.posteriors(nothing, np.array([4]))).all()

    @series_of_every
    def test_a_chain_given_back_is_the_same(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Chain):
            pytest.skip("is no chain")
        chain = model.chain()
        k = len(chain["startprob"])
        assert chain["transmat"].shape == (k, k)
        np.testing.assert_allclose(chain["transmat"].sum(axis=1), 1.0)
        before = answers(model, data)
        for array in model.chain().values():
            array.fill(0)
        model.set_chain(chain)
        for name, array in answers(model, data).items():
            np.testing.assert_allclose(array, before[name], rtol=1e-6, atol=1e-9, err_msg=name)

    @series_of_every
    def test_a_chain_that_cannot_be_is_refused_in_words(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Chain):
            pytest.skip("is no chain")
        before = model.chain()
        for name, array in before.items():
            for wrong in (np.full_like(array, np.nan), array[:0], np.full_like(array, -1.0)):
                if name == "means" and wrong.size and np.isfinite(wrong).all():
                    continue
                with pytest.raises(SettingsError, match=name if name != "covars" else "ovar"):
                    model.set_chain({**before, name: wrong})
        with pytest.raises(SettingsError, match="sums to 2"):
            model.set_chain({**before, "startprob": 2 * before["startprob"]})
        assert_same(model.chain(), before)

    @series_of_every
    def test_sequences_go_on_and_gaps_are_filled(self, key: str, data: Dataset) -> None:
        model, _ = learned(key, data)
        if not isinstance(model, Continues):
            pytest.skip("does not go on")
        x, lengths = train_of(data)
        new, states = model.sample_sequences(np.array([7, 1, 0, 4]), seed=1)
        assert new.shape == (12, x.shape[1])
        assert states.shape == (12,)
        np.testing.assert_array_equal(new, model.sample_sequences(np.array([7, 1, 0, 4]), seed=1)[0])
        for start in (x[: lengths[0]], x[:0]):
            assert np.isfinite(model.forecast(start, 6, 3, seed=1)).all()
            assert model.forecast(start, 6, 3, seed=1).shape == (3, 6, x.shape[1])
        gappy = np.where(np.random.default_rng(0).random(x.shape) < 0.3, np.nan, x)
        filled = model.fill(gappy, lengths, 3, seed=1)
        known = ~np.isnan(gappy)
        assert filled.shape == (3, *x.shape)
        assert np.isfinite(filled).all()
        assert (filled[:, known] == gappy[known]).all()
        assert not np.array_equal(filled[0], filled[1])

    @pytest.mark.parametrize(
        "x",
        [
            np.repeat([[1.0, 2.0]], 40, axis=0),
            np.column_stack([np.linspace(-1, 1, 40), np.full(40, 7.0)]),
            np.repeat(np.arange(4.0), 10)[:, None] * [1.0, -2.0],
            np.random.default_rng(0).normal(size=(40, 2)) * 1e-200,
            np.random.default_rng(0).normal(size=(40, 2)) * 1e90,
            np.vstack([np.random.default_rng(0).normal(size=(39, 2)), [[1e12, -1e12]]]),
            np.where(np.arange(80).reshape(40, 2) % 3 == 0, np.nan, np.random.default_rng(0).normal(size=(40, 2))),
            np.where(np.arange(80).reshape(40, 2) % 2 == 0, np.nan, np.random.default_rng(0).normal(size=(40, 2))),
        ],
        ids=["one point", "constant", "duplicates", "tiny", "huge", "far outlier", "no row whole", "a column never"],
    )
    @having(kind=Kind.SEQUENCES)
    def test_awkward_sequences_are_learned(self, key: str, x: np.ndarray, series: MakeDataset) -> None:
        data = series(x, [10, 10, 20])
        model, _ = learned(key, data)
        assert all(np.isfinite(found).all() for found in answers(model, data).values())
