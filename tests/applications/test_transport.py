"""Where points are between two stations, and what tells them apart."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from genstudio.applications.transport import (
    Ways,
    between,
    brightness,
    fewer_stations,
    lit,
    neighbour,
    no_ways,
    radii,
    standard_normal_log_prob,
    summed,
    turns,
)

STATIONS = np.array([0.0, 1.0, 4.0])


def ways(way: np.ndarray) -> Ways:
    return Ways(STATIONS, way, way[0], np.full(way.shape[1], -1))


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    return points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


@pytest.mark.parametrize(("place", "value"), [(-1, 0), (0, 0), (0.5, 5), (1, 10), (2.5, 5), (4, 0), (9, 0)])
def test_values_lie_on_straight_lines_between_stations(place: float, value: float) -> None:
    assert between(STATIONS, np.array([[0.0], [10.0], [0.0]]), place) == pytest.approx([value])


@pytest.mark.parametrize(("place", "way", "found"), [
    (0.0, 1, 1.0), (0.4, 1, 1.0), (1.0, 1, 4.0), (4.0, 1, 4.0), (4.0, -1, 1.0), (1.0, -1, 0.0), (0.0, -1, 0.0),
    (1.0 + 1e-9, 1, 4.0),
])
def test_the_next_station_is_never_the_one_where_one_is(place: float, way: int, found: float) -> None:
    assert neighbour(STATIONS, place, way) == found


def test_points_that_turn_are_not_squeezed_together_half_way() -> None:
    start = np.random.default_rng(0).normal(size=(50, 2))
    found = ways(np.stack([start, turned(start, 2.5) + 3.0, turned(start, 2.5) + 3.0]))
    np.testing.assert_allclose(found.at(0.0), start)
    np.testing.assert_allclose(found.at(1.0), turned(start, 2.5) + 3.0)
    middle = start.mean(axis=0)
    half = (middle + turned(middle[None], 2.5)[0] + 3.0) / 2
    np.testing.assert_allclose(found.at(0.5), turned(start - middle, 1.25) + half, atol=1e-9)
    np.testing.assert_allclose(found.at(0.5).std(), start.std(), rtol=0.05)


def test_others_go_along_and_lines_pass_through_all_stations() -> None:
    way = np.random.default_rng(1).normal(size=(3, 20, 2))
    found = ways(way)
    np.testing.assert_allclose(found.carried(way[:, :6].reshape(3, 2, 3, 2), 2.0).reshape(6, 2), found.at(2.0)[:6])
    line = found.line(4, 5)
    assert line.shape == (11, 2)
    np.testing.assert_allclose(line[::5], way[:, 4])


@pytest.mark.parametrize("shape", [(3, 4, 1), (3, 4, 3), (3, 1, 2), (3, 2, 1, 2, 2)])
def test_what_cannot_turn_goes_straight(shape: tuple[int, ...]) -> None:
    way = np.random.default_rng(1).normal(size=shape)
    np.testing.assert_allclose(ways(way).at(0.5), (way[0] + way[1]) / 2)


def test_no_ways_are_nowhere() -> None:
    assert len(no_ways()) == 0
    assert no_ways().at(0.5).shape == (0, 2)


def test_angles_and_radii_tell_points_of_the_base_apart() -> None:
    circle = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    for middle in (0.0, 7.0):
        assert turns(circle + middle) == pytest.approx([0.0, 0.25, 0.5, 0.75])
    assert radii(np.array([[0.1, 0.0], [0.0, 9.0], [-3.0, 0.0], [0.0, -4.0], [0.0, 0.0]])).argsort()[-1] == 1
    assert turns(np.empty((0, 2))).shape == radii(np.empty((0, 2))).shape == (0,)


@pytest.mark.parametrize("most", [2, 3, 5, 100])
def test_fewer_stations_keep_both_ends_and_all_that_is_added(most: int) -> None:
    stations, parts = np.linspace(0, 1, 9), np.random.default_rng(0).normal(size=(8, 3))
    kept = fewer_stations(stations, most)
    assert len(kept) == min(most, 9)
    assert (kept[0], kept[-1]) == (0, 8)
    np.testing.assert_allclose(summed(parts, kept).sum(axis=0), parts.sum(axis=0))


def test_the_base_has_the_density_of_a_normal() -> None:
    z = np.random.default_rng(0).normal(size=(5, 3))
    np.testing.assert_allclose(standard_normal_log_prob(z), norm.logpdf(z).sum(axis=1))


def test_noise_is_seen_and_pictures_are_as_they_are() -> None:
    noise, pictures = np.random.default_rng(0).normal(size=(40, 1, 8, 8)), np.full((40, 1, 8, 8), 0.25)
    ends = brightness(np.stack([noise, pictures]))
    assert ends[1].tolist() == [0.0, 1.0]
    assert ends[0] == pytest.approx((-2.3, 2.3), abs=0.2)
    assert ((lit(noise, ends[0]) > 0) & (lit(noise, ends[0]) < 1)).mean() > 0.97
    np.testing.assert_allclose(lit(pictures, ends[1]), 0.25)
    assert brightness(np.empty((2, 0, 1, 4, 4))).tolist() == [[0, 1], [0, 1]]
