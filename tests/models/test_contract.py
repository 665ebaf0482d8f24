"""What every registered model keeps to, whatever it learns."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import safetensors.numpy

from genstudio.data.dataset import Dataset, Kind
from genstudio.data.scaling import SCALINGS
from genstudio.errors import ArchiveError, TrainingError
from genstudio.models.contract import Components, Density, Model, Samples, Scores, Scripted
from genstudio.models.fitted import Fitted
from genstudio.models.registry import models
from genstudio.settings import describe, validate
from genstudio.training.events import Event, Progress

pytestmark = pytest.mark.parametrize("key", [key for key, kind in models().items() if Kind.TABLE in kind.info.kinds])


@pytest.fixture(params=["plane", "space"])
def data(request: pytest.FixtureRequest, dataset: Callable[..., Dataset], clouds: Callable[..., np.ndarray]) -> Dataset:
    if request.param == "plane":
        return dataset(clouds(200, 2))
    return dataset(clouds(150, 3, seed=1), valid=0.2, scaling="standard")


def new(key: str, data: Dataset) -> Model:
    kind = models()[key]
    return kind(validate(kind.Settings, kind.recommended(data), f"the model `{key}`"))


def learning(model: Model, data: Dataset, seed: int = 0) -> Iterator[Event]:
    return model.fit(data, model.live_settings(), seed)


def learned(key: str, data: Dataset, seed: int = 0) -> tuple[Model, list[Event]]:
    model = new(key, data)
    return model, list(learning(model, data, seed))


def last_step(events: list[Event]) -> int:
    return max(event.step for event in events if isinstance(event, Progress))


def grid(low: np.ndarray, high: np.ndarray, cells: int) -> tuple[np.ndarray, float]:
    """Midpoints of a grid over a rectangle, and the area of one cell."""
    widths = (high - low) / cells
    axes = [low[i] + widths[i] * (np.arange(cells) + 0.5) for i in range(2)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    return points, float(widths.prod())


def test_it_tells_what_it_is(key: str) -> None:
    info = models()[key].info
    assert info.key == key
    assert info.title
    assert info.summary.endswith(".")
    assert info.references


def test_every_setting_is_explained(key: str) -> None:
    for setting in describe(models()[key].Settings):
        assert setting.help.endswith("."), setting.name
        assert setting.label, setting.name


def test_presets_are_valid(key: str) -> None:
    kind = models()[key]
    for title, values in kind.info.presets.items():
        assert validate(kind.Settings, values, title)


def test_events_are_frozen_and_count_steps(key: str, data: Dataset) -> None:
    _, events = learned(key, data)
    steps = [event for event in events if isinstance(event, Progress)]
    assert [event.step for event in steps] == sorted(event.step for event in steps)
    assert steps[-1].step >= 1
    assert all(event.total is None or event.step <= event.total for event in steps)
    assert all(np.isfinite(list(event.metrics.values())).all() for event in steps)
    assert steps[-1].metrics.keys() >= ({"train", "valid"} if len(data.valid) else {"train"})
    assert steps[-1].items == len(data.train)
    for event in events:
        with pytest.raises(dataclasses.FrozenInstanceError):
            event.step = 0  # type: ignore[union-attr, misc]


def test_same_seed_same_numbers(key: str, data: Dataset) -> None:
    first, second = learned(key, data, 3)[0].state(), learned(key, data, 3)[0].state()
    assert first.keys() == second.keys()
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_closed_half_way_it_stays_usable(key: str, data: Dataset) -> None:
    model = new(key, data)
    training = learning(model, data)
    for _ in range(2):
        next(training)
    training.close()  # type: ignore[attr-defined]
    assert isinstance(model, Density)
    assert isinstance(model, Samples)
    assert np.isfinite(model.log_prob(data.train)).all()
    assert np.isfinite(model.sample(10, 0)[0]).all()


def test_it_can_be_asked_between_any_two_events(key: str, data: Dataset) -> None:
    model = new(key, data)
    assert isinstance(model, Density)
    for _ in learning(model, data):
        assert np.isfinite(model.log_prob(data.train[:5])).all()


def test_state_round_trip_is_exact(key: str, data: Dataset) -> None:
    model, _ = learned(key, data)
    other = new(key, data)
    other.load_state(safetensors.numpy.load(safetensors.numpy.save(model.state())))
    np.testing.assert_array_equal(model.log_prob(data.train), other.log_prob(data.train))  # type: ignore[attr-defined]
    for mine, loaded in zip(model.sample(20, 5), other.sample(20, 5), strict=True):  # type: ignore[attr-defined]
        np.testing.assert_array_equal(mine, loaded)


def test_state_is_a_copy(key: str, data: Dataset) -> None:
    model, _ = learned(key, data)
    before = model.log_prob(data.train)  # type: ignore[attr-defined]
    for array in model.state().values():
        array.fill(0)
    np.testing.assert_array_equal(model.log_prob(data.train), before)  # type: ignore[attr-defined]


def test_damaged_state_is_refused(key: str, data: Dataset) -> None:
    state = learned(key, data)[0].state()
    for name, array in state.items():
        damaged = [
            {other: state[other] for other in state if other != name},
            {**state, name: np.empty(0)},
        ]
        if array.dtype.kind == "f":
            damaged.append({**state, name: np.full_like(array, np.nan)})
        for wrong in damaged:
            with pytest.raises(ArchiveError, match=r"\.$"):
                new(key, data).load_state(wrong)


def test_samples_have_the_shape_asked_for(key: str, data: Dataset) -> None:
    model, _ = learned(key, data)
    for n in (0, 1, 7):
        x, component = model.sample(n, 1)  # type: ignore[attr-defined]
        assert x.shape == (n, data.train.shape[1])
        assert component.shape == (n,)
    same, other = model.sample(7, 1)[0], model.sample(7, 2)[0]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(same, x)
    assert not np.array_equal(other, x)


def test_samples_follow_the_density(key: str, data: Dataset) -> None:
    model, _ = learned(key, data)
    x, _ = model.sample(4000, 0)  # type: ignore[attr-defined]
    for part in np.split(x, 2):
        # Mean log-density is an unbiased estimate of minus the entropy for both halves: they agree within 5 errors.
        scores = model.log_prob(part)  # type: ignore[attr-defined]
        others = model.log_prob(model.sample(4000, 99)[0])  # type: ignore[attr-defined]
        error = np.sqrt(scores.var() / len(scores) + others.var() / len(others))
        assert abs(scores.mean() - others.mean()) < 5 * error


@pytest.mark.parametrize("scaling", sorted(SCALINGS))
def test_density_integrates_to_one_in_data_units(
    key: str, scaling: str, dataset: Callable[..., Dataset], clouds: Callable[..., np.ndarray]
) -> None:
    x = clouds(150, 2) * [3.0, 0.5] + [20.0, -4.0]
    data = dataset(x, scaling=scaling)
    fitted = Fitted(learned(key, data)[0], data.preparation)
    span = x.max(axis=0) - x.min(axis=0)
    # The logit's density is 0 beyond 5 % of the range, and the others' all but 0 beyond once the range.
    margin = 0.05 / 1.0 * span if scaling == "logit" else 1.0 * span
    points, area = grid(x.min(axis=0) - margin, x.max(axis=0) + margin, 500)
    assert np.exp(fitted.log_prob(points)).sum() * area == pytest.approx(1.0, abs=1e-3)


def test_surprises_agree_with_quadrature(
    key: str, dataset: Callable[..., Dataset], clouds: Callable[..., np.ndarray]
) -> None:
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


def test_one_column_is_as_surprising_as_the_row(key: str, dataset: Callable[..., Dataset]) -> None:
    data = dataset(np.random.default_rng(0).normal(size=(60, 1)))
    model, _ = learned(key, data)
    assert isinstance(model, Scores)
    np.testing.assert_allclose(model.contributions(data.train)[:, 0], model.anomaly_score(data.train), atol=1e-12)


def test_responsibilities_are_shares(key: str, data: Dataset) -> None:
    model, _ = learned(key, data)
    if not isinstance(model, Components):
        pytest.skip("has no components")
    shares = model.responsibilities(data.train)
    assert shares.shape == (len(data.train), len(model.parameters()["weights"]))
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)


def test_script_gives_the_same_numbers(key: str, data: Dataset) -> None:
    model, events = learned(key, data, 5)
    assert isinstance(model, Scripted)
    text = model.script(5, last_step(events))
    assert "genstudio" not in text
    names: dict[str, object] = {"train": data.train}
    exec(text, names)
    expected = model.log_prob(data.train)  # type: ignore[attr-defined]
    np.testing.assert_allclose(names["model"].score_samples(data.train), expected, rtol=1e-9)  # type: ignore[attr-defined]


def test_nothing_can_be_asked_before_learning(key: str, data: Dataset) -> None:
    model = new(key, data)
    for ask in (lambda: model.log_prob(data.train), lambda: model.sample(1, 0)):  # type: ignore[attr-defined]
        with pytest.raises(TrainingError, match="has not learned anything"):
            ask()
    model.load_state(model.state())
    with pytest.raises(TrainingError):
        model.log_prob(data.train)  # type: ignore[attr-defined]


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
def test_unsuitable_data_is_said_in_a_sentence(
    key: str, change: dict[str, object], words: str, dataset: Callable[..., Dataset], clouds: Callable[..., np.ndarray]
) -> None:
    data = dataclasses.replace(dataset(clouds(30, 2)), **change)  # type: ignore[arg-type]
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
def test_awkward_data_is_learned_or_refused_in_words(key: str, x: np.ndarray, dataset: Callable[..., Dataset]) -> None:
    data = dataset(x)
    model, events = learned(key, data)
    assert np.isfinite(model.log_prob(data.train)).all()  # type: ignore[attr-defined]
    assert np.isfinite(model.sample(5, 0)[0]).all()  # type: ignore[attr-defined]
    assert all(not isinstance(event, Progress) or event.step >= 0 for event in events)
