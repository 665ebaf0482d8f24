"""What is asked of a game over two columns, in data units."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from genstudio.data.dataset import Dataset
from genstudio.data.preparation import PreparationSettings, prepare
from genstudio.data.table import points_table
from genstudio.models.fitted import Fitted
from genstudio.runs.question import Subject, answer
from tests.runs.duel import Duel

BOUNDS, SHAPE = (-4.0, 8.0, 0.0, 300.0), (12, 8)


def cloud(scaling: str = "standard") -> Dataset:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(90, 2)) * (2.0, 30.0) + (1.0, 150.0)
    table = points_table("cloud", x, rng.integers(2, size=90), names=("width", "height"), levels=("a", "b"))
    return prepare(table, PreparationSettings(scaling=scaling, valid=0.1, test=0.1), 0)


def plane(duel: Duel, data: Dataset | None, preparation: Any = None, **wish: Any) -> dict[str, Any]:
    subject = Subject(Fitted(duel, preparation or data.preparation), data)  # type: ignore[union-attr]
    asked = {"n": 30, "bounds": BOUNDS, "shape": SHAPE, "side": 6, **wish}
    return answer("game_plane", subject, asked, lambda fraction, doing: None)


def test_points_and_landscape_are_those_of_the_model_in_data_units() -> None:
    duel, data = Duel(), cloud()
    found = plane(duel, data)
    back = data.preparation.to_model
    np.testing.assert_allclose(back(found["made"]), duel.decode(found["z"]), atol=1e-12)
    np.testing.assert_allclose(found["made_verdict"], duel.verdict(duel.decode(found["z"])))
    assert found["landscape"].shape == (8, 12)
    # The middle of the lowest cell on the left.
    np.testing.assert_allclose(found["landscape"][0, 0], duel.verdict(back(np.array([[-3.5, 18.75]])))[0])
    np.testing.assert_allclose(found["real_verdict"], duel.verdict(back(found["real"])))
    assert len(found["real"]) == len(data.train)
    assert found["grid"].shape == (7, 7, 2)
    assert len(plane(duel, data, most_real=11)["real"]) == 11


@pytest.mark.parametrize("scaling", ["none", "standard", "logit"])
def test_ways_are_stretched_as_the_scaling_stretches_items(scaling: str) -> None:
    duel, data = Duel(), cloud(scaling)
    found = plane(duel, data)
    items, way = duel.pull(found["z"])
    small = 1e-5
    moved = (data.preparation.to_data(items + small * way) - data.preparation.to_data(items)) / small
    np.testing.assert_allclose(found["way"], moved, rtol=1e-3, atol=1e-6)


def test_the_same_seed_gives_the_same_noise() -> None:
    duel, data = Duel(), cloud()
    first, again, other = (plane(duel, data, seed=seed)["z"] for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_of_many_latent_coordinates_two_are_told_and_the_others_of_the_grid_are_0() -> None:
    duel, data = Duel(latent_dim=5), cloud()
    found = plane(duel, data)
    assert found["z"].shape == (30, 2)
    assert int(found["latent_dim"]) == 5
    # What hangs on the last coordinate alone stays as it is along it.
    flat = data.preparation.to_model(found["grid"].reshape(-1, 2)).reshape(7, 7, 2)
    np.testing.assert_allclose(flat[0], flat[-1], atol=1e-12)


def test_one_latent_coordinate_has_no_grid() -> None:
    found = plane(Duel(latent_dim=1), cloud())
    assert found["grid"].shape == (0, 0, 2)
    assert (found["z"][:, 1] == 0).all()


def test_without_data_there_are_no_real_points() -> None:
    found = plane(Duel(), None, cloud().preparation)
    assert found["real"].shape == (0, 2)
    assert found["real_verdict"].shape == (0,)
    assert len(found["made"]) == 30


class Classed(Duel):
    """Knows two classes, each of which is judged by itself."""

    def n_conditions(self) -> int:
        return 2

    def pull(self, z: Any, labels: Any = None) -> tuple[Any, Any]:
        items, way = super().pull(z)
        return items + np.asarray(labels)[:, None] * 10.0, way


def test_made_items_have_classes_as_often_as_the_data() -> None:
    data = cloud()
    found = data.preparation.to_model(plane(Classed(), data, n=400)["made"])
    assert data.labels is not None
    assert (found[:, 0] > 5).mean() == pytest.approx(data.labels.train.mean(), abs=0.1)
