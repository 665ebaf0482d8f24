"""What is asked of ways from a base to the data, of models whose ways are known by heart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.pictures import Pictures
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.reader import unwatched
from genstudio.data.table import points_table
from genstudio.errors import Cancelled, TrainingError
from genstudio.models.fitted import Fitted
from genstudio.models.registry import model
from genstudio.runs.question import Answer, Subject, answer
from tests.runs.turning import Fading, Layered, Parted, Turning


def rows(width: int = 2, scaling: str = "standard", labels: bool = True) -> Dataset:
    rng = np.random.default_rng(3)
    x, codes = rng.normal(5.0, 2.0, (80, width)), rng.integers(2, size=80)
    table = points_table("cloud", x, codes if labels else None, levels=["low", "high"] if labels else ())
    return prepare(table, PreparationSettings(scaling=scaling, valid=0.1, test=0.1), 0)


def pictures() -> Dataset:
    pixels = np.random.default_rng(0).integers(256, size=(30, 6, 6, 1)).astype(np.uint8)
    raw = Pictures("noise", pixels, np.arange(30) % 2, ("dark", "bright"))
    return prepare(raw, PreparationSettings(valid=0.1, test=0.1), 0)


def subject(data: Dataset, learner: Turning | None = None) -> Subject:
    return Subject(Fitted(learner or Turning(width=data.train.shape[1]), data.preparation), data)


def asked(whom: Subject, name: str, **arguments: Any) -> Answer:
    return answer(name, whom, arguments, unwatched)


def test_points_are_carried_from_the_base_with_a_grid_under_it() -> None:
    found, turning = asked(subject(rows()), "transport", n=50, seed=4, side=5), Turning()
    z = np.random.default_rng(4).standard_normal((50, 2))
    np.testing.assert_array_equal(found["stations"], turning.stations())
    np.testing.assert_allclose(found["way"], turning.carry(z))
    assert found["grid"].shape == (9, 5, 5, 2)
    np.testing.assert_allclose(found["grid"][0][0, -1], (3.0, -3.0))
    first, last = (found["grid"][place].reshape(-1, 2) for place in (0, -1))
    np.testing.assert_allclose(last, first @ turning.matrix(1.0).T)
    np.testing.assert_array_equal(found["base"], z)
    again = asked(subject(rows()), "transport", n=50, seed=4)
    np.testing.assert_array_equal(again["way"], found["way"])
    assert again["grid"].shape == (9, 0, 0, 2)


@pytest.mark.parametrize("width", [1, 3])
def test_there_is_no_grid_of_other_than_two_coordinates(width: int) -> None:
    for name in ("transport", "transport_back"):
        found = asked(subject(rows(width)), name, n=10, side=5)
        assert found["way"].shape == (9, 10, width)
        assert found["grid"].shape == (9, 0, 0, 2)


@pytest.mark.parametrize("scaling", ["none", "standard", "logit"])
def test_items_are_carried_back_in_the_order_of_stations(scaling: str) -> None:
    data = rows(scaling=scaling)
    found = asked(subject(data), "transport_back", n=20, side=4)
    np.testing.assert_allclose(found["way"][-1], data.train[np.isin(data.rows[0], found["row"])], atol=1e-9)
    np.testing.assert_allclose(found["way"][-1], found["way"][0] @ Turning().matrix(1.0).T, atol=1e-9)
    assert found["label"].tolist() == data.labels.train[np.isin(data.rows[0], found["row"])].tolist()
    (low, high), grid = (data.train.min(axis=0), data.train.max(axis=0)), found["grid"][-1].reshape(-1, 2)
    assert (grid.min(axis=0) < low).all()
    assert (grid.max(axis=0) > high).all()
    np.testing.assert_allclose(found["base"], found["way"][0], atol=1e-9)


def test_choices_say_how_it_is_reckoned_and_many_stations_are_thinned() -> None:
    found = asked(subject(rows()), "transport", n=3, choices={"steps": 3})
    np.testing.assert_allclose(found["stations"], [0, 1 / 3, 2 / 3, 1])
    found = asked(subject(rows()), "transport", n=3, choices={"steps": 64}, most_stations=9)
    assert len(found["stations"]) == len(found["way"]) == 9
    assert found["stations"][[0, -1]].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("scaling", ["none", "standard", "logit"])
@pytest.mark.parametrize("most", [33, 4])
def test_the_terms_of_a_log_density_sum_to_it(scaling: str, most: int) -> None:
    data = rows(scaling=scaling)
    whom = subject(data)
    x = data.preparation.to_data(data.train[:7])
    found = asked(whom, "log_prob_terms", x=x, most_stations=most)
    np.testing.assert_allclose(found["log_prob"], whom.fitted.log_prob(x))
    np.testing.assert_allclose(found["base"] + found["parts"].sum(axis=0) + found["scaling"], found["log_prob"])
    assert found["parts"].shape == (len(found["stations"]) - 1, 7)
    np.testing.assert_allclose(found["way"][-1], data.train[:7], atol=1e-9)


def test_a_velocity_field_is_known_at_each_node_and_time() -> None:
    turning = Turning()
    found = asked(subject(rows()), "velocity_field", bounds=(-2, 2, -1, 3), side=4, times=(0.0, 0.5))
    np.testing.assert_allclose(found["points"][[0, -1]], [(-1.5, -0.5), (1.5, 2.5)])
    np.testing.assert_allclose(found["velocity"][1], turning.velocity(found["points"], 0.5))


def test_guesses_belong_to_their_own_times() -> None:
    whom, turning = subject(rows()), Turning()
    x, times = np.random.default_rng(0).normal(size=(6, 2)), np.array([0.0, 0.5, 1.0, 0.5, 0.0, 0.25])
    found = asked(whom, "guesses", x=x, times=times)
    wanted = [turning.guess(x[k:k + 1], times[k])[0] for k in range(6)]
    np.testing.assert_allclose(found["guess"], whom.fitted.preparation.to_data(np.array(wanted)), rtol=1e-6)


def test_where_classes_go_ways_of_their_own_a_grid_is_of_one_class() -> None:
    whom = subject(rows(), Parted())
    assert asked(whom, "transport", n=4, side=3)["grid"].size == 0
    assert asked(whom, "transport_back", n=4, side=3)["grid"].size == 0
    assert asked(whom, "transport", n=4, side=3, condition=1)["grid"].shape == (9, 3, 3, 2)


@pytest.mark.parametrize(("condition", "ends"), [(0, [0.2]), (1, [0.9]), (None, [0.2, 0.9])])
def test_pictures_form_of_the_class_that_is_wanted(condition: int | None, ends: list[float]) -> None:
    found = asked(subject(pictures(), Fading()), "transport", n=30, condition=condition, side=4)
    assert found["way"].shape == (9, 30, 1, 6, 6)
    assert found["grid"].size == 0
    assert np.unique(found["way"][-1]).tolist() == pytest.approx(ends)
    np.testing.assert_allclose(found["way"][-1][:, 0, 0, 0], Fading().brightness(found["label"])[:, 0, 0, 0], rtol=1e-6)


def test_own_pictures_dissolve() -> None:
    data = pictures()
    found = asked(subject(data, Fading()), "transport_back", n=6, side=4)
    own = data.train[np.isin(data.rows[0], found["row"])]
    np.testing.assert_allclose(found["way"][-1], data.preparation.to_model(own))
    assert found["grid"].size == 0
    assert found["way"].dtype == np.float32
    assert found["base"].shape == (6, 0)


def test_without_data_only_new_points_have_a_way() -> None:
    bare = Subject(subject(rows()).fitted, None)
    assert asked(bare, "transport", n=2)["way"].shape == (9, 2, 2)
    with pytest.raises(TrainingError, match="not at hand"):
        asked(bare, "transport_back", n=2)


@pytest.mark.parametrize(("name", "arguments"), [
    ("transport", {"n": 20_000}), ("velocity_field", {"bounds": (0, 1, 0, 1), "side": 2, "times": (0.0, 1.0)}),
    ("guesses", {"x": np.zeros((2, 2)), "times": (0.0, 1.0)}),
])
def test_whoever_gives_up_is_not_kept_waiting(name: str, arguments: dict[str, Any]) -> None:
    def give_up(fraction: float, doing: str) -> None:
        assert doing
        raise Cancelled

    with pytest.raises(Cancelled):
        answer(name, subject(rows()), arguments, give_up)


def test_models_without_ways_and_velocities_say_so() -> None:
    data = rows()
    mixture = model("gmm")
    with pytest.raises(TrainingError, match="cannot"):
        asked(Subject(Fitted(mixture(mixture.Settings()), data.preparation), data), "transport", n=2)
    with pytest.raises(TrainingError, match="cannot show a velocity"):
        asked(subject(data, Layered()), "velocity_field", bounds=(0, 1, 0, 1), side=2, times=(0.0,))
