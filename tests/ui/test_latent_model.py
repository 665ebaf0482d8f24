"""Where one is in a latent space, and the way through it: no widgets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from genstudio.ui.latent_model import FARTHEST, LatentModel, Original
from genstudio.ui.latent_way import Station, Way

RNG = np.random.default_rng(0)


@pytest.fixture
def latent() -> LatentModel:
    found = LatentModel()
    found.take_space(4, 0)
    return found


def counted(signal: object) -> list[int]:
    calls: list[int] = []
    signal.connect(lambda *_: calls.append(1))  # type: ignore[attr-defined]
    return calls


def test_the_map_takes_the_two_most_active_coordinates_until_others_are_chosen(latent: LatentModel) -> None:
    items = RNG.normal(size=(10, 4))
    latent.take_items(items, np.zeros(10, int), np.arange(10), np.array([0.1, 2.0, 0.0, 3.0]))
    assert latent.axes == (3, 1)
    latent.choose_axes(0, 2)
    latent.take_items(items, np.zeros(10, int), np.arange(10), np.array([0.1, 2.0, 0.0, 3.0]))
    assert latent.axes == (0, 2)


def test_items_of_a_space_of_another_size_are_late_and_dropped(latent: LatentModel) -> None:
    latent.take_items(RNG.normal(size=(10, 3)), np.zeros(10, int), np.arange(10), np.zeros(3))
    assert not len(latent.items)


def test_moving_on_the_map_leaves_the_other_coordinates(latent: LatentModel) -> None:
    latent.go(np.array([1.0, 2.0, 3.0, 4.0]))
    latent.choose_axes(2, 0)
    latent.go_on_map(-1.0, 0.5)
    assert latent.z.tolist() == [0.5, 2.0, -1.0, 4.0]
    assert latent.cursor == (-1.0, 0.5)
    assert latent.off_map.tolist() == [0.0, 2.0, 0.0, 4.0]


@pytest.mark.parametrize(
    ("asked", "reached"), [(1e9, FARTHEST), (-np.inf, -FARTHEST), (np.nan, 0.0), (0.5, 0.5)]
)
def test_no_coordinate_goes_out_of_the_world(latent: LatentModel, asked: float, reached: float) -> None:
    latent.set_coordinate(1, asked)
    assert latent.z[1] == reached


def test_news_come_once_and_only_where_something_changed(latent: LatentModel) -> None:
    moved = counted(latent.moved)
    latent.go(np.ones(4))
    latent.go(np.ones(4))
    latent.go(np.ones(3))
    assert len(moved) == 1


def test_a_space_of_one_coordinate_is_walked_too() -> None:
    latent = LatentModel()
    latent.take_space(1, 0)
    latent.go_on_map(0.7, 3.0)
    assert latent.z.tolist() == [0.7]
    assert latent.cursor[0] == 0.7


def test_another_model_is_not_known_before_it_answers(latent: LatentModel) -> None:
    latent.compare(Original(np.zeros((1, 2)), "item 1", np.ones(4)))
    latent.forget(("a", "b"))
    assert not latent.known
    assert latent.original is None
    # Runs can be compared at one place.
    latent.take_space(4, 0)
    assert latent.known
    assert latent.z.tolist() == [1.0] * 4
    latent.take_space(2, 0)
    assert latent.z.tolist() == [0.0, 0.0]


def stations(count: int) -> list[Station]:
    return [Station(RNG.normal(size=3), f"station {k}") for k in range(count)]


@pytest.mark.parametrize(
    ("change", "order"),
    [
        (lambda way: way.remove(1), [0, 2]),
        (lambda way: way.shift(0, 1), [1, 0, 2]),
        (lambda way: way.shift(2, -1), [0, 2, 1]),
        (lambda way: way.shift(0, -1), [0, 1, 2]),
        (lambda way: way.shift(2, 1), [0, 1, 2]),
        (lambda way: way.set_stations(()), []),
    ],
)
def test_stations_are_reordered_and_removed(change: Callable[[Way], None], order: list[int]) -> None:
    way = Way()
    way.add(*stations(3))
    change(way)
    assert [station.title for station in way.stations] == [f"station {k}" for k in order]


def test_a_way_begins_and_ends_at_its_stations() -> None:
    way = Way()
    assert not way.line(4).size
    way.add(*stations(1))
    assert not way.leads_somewhere
    way.add(*stations(2))
    way.lead("linear", closed=False)
    line = way.line(4)
    np.testing.assert_array_equal(line[[0, 4, 8]], way.points)
    way.lead("spherical", closed=True)
    line = way.line(4)
    np.testing.assert_array_equal(line[0], line[-1])
    np.testing.assert_array_equal(way.at(0.0), way.points[0])


def test_late_pictures_of_other_stations_are_dropped() -> None:
    way = Way()
    way.add(*stations(3))
    way.picture(np.zeros((2, 1, 4, 4)))
    assert all(station.x is None for station in way.stations)
    way.picture(np.zeros((3, 1, 4, 4)))
    assert all(station.x is not None and station.x.shape == (1, 1, 4, 4) for station in way.stations)


def test_a_model_that_encodes_exactly_tells_variances() -> None:
    latent = LatentModel()
    latent.take_space(3, 0)
    latent.take_items(RNG.normal(size=(10, 3)), np.zeros(10, int), np.arange(10), np.array([0.5, 1.5, 1.0]), exact=True)
    assert latent.coordinates.names == ("z2", "z3", "z1")
    assert latent.coordinates.notes == ("1.50 var.", "1.00 var.", "0.50 var.")
